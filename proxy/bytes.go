package proxy

import (
	"net/http"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
)

// serveBytes serves GET and HEAD /images/{id}.{ext}: a picture for everybody who knows its name (clients.md §2). What
// an Authorization header says does not matter here. Names are never used again, so the bytes may be kept for ever.
func (s *Server) serveBytes(c *gin.Context) error {
	id, ext, _ := strings.Cut(c.Param("file"), ".")
	if !adapter.ValidID(id) || !strings.HasPrefix(id, "img_") || pictureTypes[ext] == "" {
		return noPicture()
	}
	format := adapter.Format(ext)
	if ext == "jpg" {
		format = adapter.JPEG
	}
	blob, err := s.core.Keep.Bytes(c.Request.Context(), id, format, 0)
	if err != nil {
		return err
	}
	defer func() { _ = blob.Close() }() // only read
	h := c.Writer.Header()
	h.Set("Content-Type", pictureTypes[ext])
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	if blob.SHA256 != "" {
		h.Set("Etag", `"`+blob.SHA256+`"`)
	}
	s.metrics.HandedOut("bytes", 1)
	s.serveBlob(c, blob)
	return nil
}

// serveBlob writes a file, or the part of it that is asked for. Where no bytes follow, the header has its time, too: to
// open a picture may have taken long.
func (s *webServer) serveBlob(c *gin.Context, blob *adapter.Blob) {
	s.pace(c)
	http.ServeContent(&pacedWriter{ResponseWriter: c.Writer, pace: func() { s.pace(c) }}, c.Request, "", second(blob.Modified), blob)
}

func noPicture() error {
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
