package simulator

import (
	"bytes"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"sync"

	"github.com/deepteams/webp"

	"midgate/adapter/midjourney/simulator/paint"
)

// studio draws pictures when they are first asked for, and remembers some of them.
type studio struct {
	pixels *memory[*image.RGBA]
	files  *memory[[]byte]
	stock  *memory[*upload]
	views  *memory[image.Image]
}

// The memories' limits, in bytes.
const (
	drawnLimit = 128 << 20
	filesLimit = 96 << 20
	stockLimit = 256 << 20
	viewsLimit = 64 << 20
)

func newStudio() *studio {
	return &studio{
		pixels: newMemory(drawnLimit, func(img *image.RGBA) int { return len(img.Pix) }),
		files:  newMemory(filesLimit, func(b []byte) int { return len(b) }),
		stock:  newMemory(stockLimit, func(u *upload) int { return len(u.data) + 64 }),
		views:  newMemory(viewsLimit, func(img image.Image) int { return 4 * img.Bounds().Dx() * img.Bounds().Dy() }),
	}
}

// drawn is a picture's pixels, its sides divided by divisor. Callers must not change them.
func (s *studio) drawn(p *picture, divisor int) *image.RGBA {
	key := p.key + "#" + string(rune('0'+divisor))
	return s.pixels.get(key, func() *image.RGBA { return s.paint(p, divisor) })
}

// paint draws a picture.
func (s *studio) paint(p *picture, divisor int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, shrink(p.w, divisor), shrink(p.h, divisor)))
	if l, ok := p.over.(larger); !ok || l.from == nil {
		p.scene.Draw(img, p.frame)
	}
	if p.over != nil {
		p.over.lay(s, img, p, divisor)
	}
	return img
}

// grid joins four pictures, or is the only one.
func (s *studio) grid(cells []*picture, divisor int) *image.RGBA {
	if len(cells) == 1 {
		return s.drawn(cells[0], divisor)
	}
	parts := make([]*image.RGBA, len(cells))
	var all sync.WaitGroup
	for i, p := range cells {
		all.Go(func() { parts[i] = s.drawn(p, divisor) })
	}
	all.Wait()
	size := parts[0].Bounds().Size()
	img := image.NewRGBA(image.Rect(0, 0, 2*size.X, 2*size.Y))
	for i, part := range parts {
		at := image.Pt(i%2*size.X, i/2*size.Y)
		draw.Draw(img, image.Rectangle{at, at.Add(size)}, part, image.Point{}, draw.Src)
	}
	return img
}

// file is the encoded picture of these cells in a format: png, webp or jpeg, all lossless but the last.
func (s *studio) file(cells []*picture, format string) []byte {
	key := cells[0].key + "+" + string(rune('0'+len(cells))) + "." + format
	return s.files.get(key, func() []byte { return encodePicture(s.grid(cells, 1), format) })
}

// preview is an early picture of these cells: small, and the more blurred the earlier.
func (s *studio) preview(cells []*picture, percent int) []byte {
	key := cells[0].key + "+" + string(rune('0'+len(cells))) + "~" + string(rune(percent+32))
	return s.files.get(key, func() []byte {
		divisor := 8
		if percent > 60 || cells[0].w < 256 {
			divisor = 4
		}
		img := s.grid(cells, divisor)
		soft := image.NewRGBA(img.Bounds())
		copy(soft.Pix, img.Pix)
		for range 2 {
			paint.Blur(soft, img.Bounds().Dx()*(100-percent)/1200)
		}
		var b bytes.Buffer
		_ = jpeg.Encode(&b, soft, &jpeg.Options{Quality: 40 + percent/3})
		return b.Bytes()
	})
}

// encodePicture renders pixels. Grids of new versions are lossless WebP, so a quarter cut out of one is the single
// picture to the last bit.
func encodePicture(img *image.RGBA, format string) []byte {
	var b bytes.Buffer
	var err error
	switch format {
	case "webp":
		err = webp.Encode(&b, img, &webp.EncoderOptions{Lossless: true, Quality: 40, Method: 4})
	case "jpeg":
		err = jpeg.Encode(&b, img, &jpeg.Options{Quality: 85})
	default:
		encoder := png.Encoder{CompressionLevel: png.BestSpeed}
		err = encoder.Encode(&b, img)
	}
	if err != nil {
		return nil
	}
	return b.Bytes()
}
