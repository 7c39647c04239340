package images

import (
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/web"
)

// ServeFile serves GET and HEAD /images/{id}.{ext}: a picture for everybody who knows its name. What
// an Authorization header says does not matter here. Names are never used again, so the bytes may be kept for ever.
func (s *Routes) ServeFile(c *gin.Context) error {
	id, ext, _ := strings.Cut(c.Param("file"), ".")
	if !adapter.ValidID(id) || !strings.HasPrefix(id, "img_") || web.PictureTypes[ext] == "" {
		return web.NoPicture()
	}
	format := adapter.Format(ext)
	if ext == "jpg" {
		format = adapter.JPEG
	}
	blob, err := s.library.Bytes(c.Request.Context(), id, format, 0)
	if err != nil {
		return err
	}
	defer func() { _ = blob.Close() }() // only read
	h := c.Writer.Header()
	h.Set("Content-Type", web.PictureTypes[ext])
	h.Set("Access-Control-Allow-Origin", "*")
	h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "default-src 'none'; sandbox")
	h.Set("Cache-Control", "public, max-age=31536000, immutable")
	if blob.SHA256 != "" {
		h.Set("Etag", `"`+blob.SHA256+`"`)
	}
	s.Metrics.HandedOut("bytes", 1)
	s.ServeBlob(c, blob)
	return nil
}
