package web

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
)

// ServeBlob writes a file, or the part of it that is asked for. Where no bytes follow, the header has its time, too: to
// open a picture may have taken long.
func (a *answering) ServeBlob(c *gin.Context, blob *adapter.Blob) {
	a.Pace(c)
	http.ServeContent(&pacedWriter{ResponseWriter: c.Writer, pace: func() { a.Pace(c) }}, c.Request, "", second(blob.Modified), blob)
}

// NoPicture says that no picture has this name.
func NoPicture() error {
	return &adapter.Error{Kind: adapter.NotFound, Code: "image_not_found", Message: "No picture has this name."}
}

// second drops what HTTP dates cannot say.
func second(t time.Time) time.Time { return t.Truncate(time.Second) }

// pacedWriter gives the client time for each piece that is copied to it.
type pacedWriter struct {
	gin.ResponseWriter
	pace func()
}

// Write writes one piece.
func (w *pacedWriter) Write(p []byte) (int, error) {
	w.pace()
	return w.ResponseWriter.Write(p)
}
