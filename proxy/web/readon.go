package web

import (
	"errors"
	"io"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
)

// readOnFor is how long a refused client may go on sending.
const readOnFor = 2 * time.Second

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
// a broken pipe in place of the answer if the connection were closed under them. It ends after twice the largest body or
// two seconds, whichever is first; then the connection is closed.
func readOn(most int64, c *gin.Context, b *arriving) {
	if b == nil || b.over || !b.begun && c.Request.Header.Get("Expect") != "" { // who asked first sends nothing now
		return
	}
	conn := http.NewResponseController(c.Writer)
	if conn.SetReadDeadline(time.Now().Add(readOnFor)) != nil || conn.Flush() != nil {
		return
	}
	_, err := io.CopyN(io.Discard, b.ReadCloser, 2*most) // it is thrown away
	if errors.Is(err, io.EOF) || errors.Is(err, http.ErrBodyReadAfterClose) {
		// All of it is here: net/http closes a body that it has read to its end itself, while it writes the answer. By now it
		// waits for the next request, and whatever ends that wait would end the contexts of all that come on this connection.
		_ = conn.SetReadDeadline(time.Time{})
		return
	}
	_ = conn.SetReadDeadline(time.Now()) // net/http itself would read on
}
