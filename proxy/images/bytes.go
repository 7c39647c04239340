package images

import (
	"strconv"
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
	width, err := widthOf(c.Query("width"))
	if err != nil {
		return err
	}
	var blob *adapter.Blob
	if width > 0 {
		blob, err = s.library.Thumbnail(c.Request.Context(), id, format, width)
	} else {
		blob, err = s.library.Bytes(c.Request.Context(), id, format, 0)
	}
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

// widths are those that a picture is made smaller to: few, for each is kept.
var widths = []int{160, 320, 640, 1280}

// widthOf reads ?width=: the smallest of the widths that is not below it; 0 where the whole picture is wanted.
func widthOf(text string) (int, error) {
	if text == "" {
		return 0, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > 1<<16 {
		return 0, adapter.BadParam("width", "invalid_value", "'width' must be a whole number of pixels, from 1 to 65536.")
	}
	for _, w := range widths {
		if n <= w {
			return w, nil
		}
	}
	return 0, nil
}
