package web

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

const (
	// readOnFor is how long a refused client may go on sending, and readOnPause how long it may send nothing meanwhile.
	readOnFor   = 15 * time.Second
	readOnPause = 2 * time.Second

	readOnPiece = 256 << 10
)

// arriving is a body that knows whether it was read to its end.
type arriving struct {
	io.ReadCloser
	begun, over bool
}

func (b *arriving) Read(p []byte) (int, error) {
	b.begun = true
	n, err := b.ReadCloser.Read(p)
	b.over = b.over || err != nil && !errors.Is(err, http.ErrBodyReadAfterClose)
	return n, err
}

// readOn takes what a client still sends after its refusal has left. Many send everything before they read, and would see
// a broken pipe in place of the answer if the connection were closed under them. It ends after twice the largest body,
// fifteen seconds, or two in which nothing comes, whichever is first; then the connection is closed.
func readOn(most int64, c *gin.Context, b *arriving) {
	if b == nil || b.over || !b.begun && c.Request.Header.Get("Expect") != "" { // who asked first sends nothing now
		return
	}
	conn := http.NewResponseController(c.Writer)
	end := time.Now().Add(readOnFor)
	if conn.SetReadDeadline(time.Now().Add(readOnPause)) != nil || conn.Flush() != nil {
		return
	}
	var err error
	for left := 2 * most; left > 0 && err == nil && time.Now().Before(end); left -= readOnPiece {
		_ = conn.SetReadDeadline(time.Now().Add(readOnPause)) // it could be set before
		_, err = io.CopyN(io.Discard, b.ReadCloser, min(left, readOnPiece))
	}
	if errors.Is(err, io.EOF) || errors.Is(err, http.ErrBodyReadAfterClose) {
		// All of it is here: net/http closes a body that it has read to its end itself, while it writes the answer. By now it
		// waits for the next request, and whatever ends that wait would end the contexts of all that come on this connection.
		_ = conn.SetReadDeadline(time.Time{})
		return
	}
	_ = conn.SetReadDeadline(time.Now()) // net/http itself would read on
}
