package studio

import (
	"crypto/sha256"
	"encoding/hex"
	"image"
	_ "image/gif" // uploads may be GIFs
	"strings"

	"midgate/adapter/midjourney/simulator/paint"
	"midgate/adapter/midjourney/simulator/prompts"
)

// upload is a file a client sent.
type upload struct {
	data   []byte
	format string // png, jpeg, webp, gif; "" is not a picture
	size   image.Point
	mean   paint.Ink
	opaque bool
	hole   paint.Frame // around the transparent part, in shares of the size
}

// Keep stores a file and returns its key.
func (s *Studio) Keep(data []byte) string {
	sum := sha256.Sum256(data)
	key := hex.EncodeToString(sum[:12])
	s.stock.get(key, func() *upload { return inspect(data) })
	return key
}

// KeepAll stores the pictures of a base64Array and returns their addresses; false when one of them is no base64.
// Addresses among them stay addresses.
func (s *Studio) KeepAll(base string, images []string) (links []string, ok bool) {
	for _, text := range images {
		if strings.TrimSpace(text) == "" {
			continue
		}
		if prompts.IsLink(text) {
			links = append(links, text)
			continue
		}
		data := Decode(text)
		if data == nil {
			return nil, false
		}
		links = append(links, s.Link(base, s.Keep(data)))
	}
	return links, true
}

// Link is the address of an upload.
func (s *Studio) Link(base, key string) string {
	extension := "png"
	if u, ok := s.stock.peek(key); ok && u.format != "" {
		extension = u.format
	}
	return base + "/cdn/uploads/" + key + "." + extension
}

// inspect looks a file over once.
func inspect(data []byte) *upload {
	u := &upload{data: data, opaque: true}
	img, format := decodeUpload(data)
	if img == nil {
		return u
	}
	u.format, u.size = format, img.Bounds().Size()
	u.look(img)
	return u
}

// look samples at most 256×256 pixels for the mean colour and the transparent part.
func (u *upload) look(img image.Image) {
	b, n, hole := img.Bounds(), 0., image.Rectangle{}
	stepX, stepY := max(1, b.Dx()/256), max(1, b.Dy()/256)
	for y := 0; y < b.Dy(); y += stepY {
		for x := 0; x < b.Dx(); x += stepX {
			r, g, bl, a := img.At(b.Min.X+x, b.Min.Y+y).RGBA()
			if a < 0x8000 {
				hole = hole.Union(image.Rect(x, y, min(x+stepX, b.Dx()), min(y+stepY, b.Dy())))
			}
			u.opaque = u.opaque && a >= 0xff00
			u.mean = paint.Colour(u.mean.R+float64(r)/65535, u.mean.G+float64(g)/65535, u.mean.B+float64(bl)/65535)
			n++
		}
	}
	u.mean, u.hole = paint.Scale(u.mean, 1/n), paint.Share(hole, b.Dx(), b.Dy())
}

// uploadSize is a stored picture's size.
func (s *Studio) uploadSize(key string) (image.Point, bool) {
	u, ok := s.stock.peek(key)
	if !ok || u.format == "" {
		return image.Point{}, false
	}
	return u.size, true
}

// uploadImage is a stored picture's pixels, nil if there are none.
func (s *Studio) uploadImage(key string) image.Image {
	u, ok := s.stock.peek(key)
	if !ok || u.format == "" {
		return nil
	}
	return s.views.get(key, func() image.Image {
		img, _ := decodeUpload(u.data)
		return img
	})
}

// opaque reports whether a stored picture has no transparent part; what is not there has none.
func (s *Studio) opaque(key string) bool {
	u, ok := s.stock.peek(key)
	return !ok || u.opaque
}

// hole is where a stored picture is transparent.
func (s *Studio) hole(key string) paint.Frame {
	if u, ok := s.stock.peek(key); ok {
		return u.hole
	}
	return paint.Frame{}
}

// tint is a stored picture's mean colour.
func (s *Studio) tint(key string) (paint.Ink, bool) {
	u, ok := s.stock.peek(key)
	if !ok || u.format == "" {
		return paint.Ink{}, false
	}
	return u.mean, true
}

// tintOf is the colour that the picture addresses of a prompt lend it: the first upload's, or one that belongs to a
// foreign address.
func (s *Studio) tintOf(links []string) (paint.Ink, bool) {
	if len(links) == 0 {
		return paint.Ink{}, false
	}
	if color, ok := s.tint(KeyOf(links[0])); ok {
		return color, true
	}
	h := paint.Hash(links[0])
	return paint.Colour(float64(h&255)/255, float64(h>>8&255)/255, float64(h>>16&255)/255), true
}

// Upload is a stored file and its MIME type.
func (s *Studio) Upload(key string) (data []byte, kind string, ok bool) {
	u, ok := s.stock.peek(key)
	if !ok {
		return nil, "", false
	}
	if u.format == "" {
		return u.data, "application/octet-stream", true
	}
	return u.data, "image/" + u.format, true
}
