package studio

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"image/png"
	"sync"

	"github.com/deepteams/webp"

	"midgate/adapter/midjourney/simulator/paint"
	"midgate/adapter/midjourney/simulator/prompts"
)

// Studio draws pictures when they are first asked for, and remembers some of them.
type Studio struct {
	edge  int    // of a square cell
	style uint64 // of uploads

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

// New opens a studio whose square cells have that edge, and where uploads look like that model.
func New(edge int, model prompts.Model) *Studio {
	return &Studio{
		edge: edge, style: model.Style(),
		pixels: newMemory(drawnLimit, func(img *image.RGBA) int { return len(img.Pix) }),
		files:  newMemory(filesLimit, func(b []byte) int { return len(b) }),
		stock:  newMemory(stockLimit, func(u *upload) int { return len(u.data) + 64 }),
		views:  newMemory(viewsLimit, func(img image.Image) int { return 4 * img.Bounds().Dx() * img.Bounds().Dy() }),
	}
}

// drawn is a picture's pixels, its sides divided by divisor. Callers must not change them.
func (s *Studio) drawn(p *Picture, divisor int) *image.RGBA {
	key := p.key + "#" + string(rune('0'+divisor))
	return s.pixels.get(key, func() *image.RGBA { return s.paint(p, divisor) })
}

// paint draws a picture.
func (s *Studio) paint(p *Picture, divisor int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, shrink(p.W, divisor), shrink(p.H, divisor)))
	if l, ok := p.over.(larger); !ok || l.from == nil {
		p.scene.Draw(img, p.frame)
	}
	if p.over != nil {
		p.over.lay(s, img, p, divisor)
	}
	return img
}

// grid joins four pictures, or is the only one.
func (s *Studio) grid(cells []*Picture, divisor int) *image.RGBA {
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

// File is the encoded picture of these cells in a format: png, webp or jpeg, all lossless but the last.
func (s *Studio) File(cells []*Picture, format string) []byte {
	key := cells[0].key + "+" + string(rune('0'+len(cells))) + "." + format
	return s.files.get(key, func() []byte { return encodePicture(s.grid(cells, 1), format) })
}

// Preview is an early picture of these cells: small, and the more blurred the earlier.
func (s *Studio) Preview(cells []*Picture, percent int) []byte {
	key := cells[0].key + "+" + string(rune('0'+len(cells))) + "~" + string(rune(percent+32))
	return s.files.get(key, func() []byte {
		divisor := 8
		if percent > 60 || cells[0].W < 256 {
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
		err = webp.Encode(&b, img, &webp.EncoderOptions{Lossless: true, Quality: 40, Method: 1}) // as small as with more effort, in half the time
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

// Clip is the video, named by its job, in which the camera moves from a picture on.
func (s *Studio) Clip(job string, from *Picture, motion string, i int) []byte {
	key := fmt.Sprintf("%s/%d.mp4", job, i)
	return s.files.get(key, func() []byte { return paint.Clip(s.drawn(from, 1), motion, i) })
}

// Mosaic is all four clips of a job in one animated picture.
func (s *Studio) Mosaic(job string, from *Picture, motion string) []byte {
	return s.files.get(job+"/mosaic", func() []byte { return paint.Mosaic(s.drawn(from, 1), motion) })
}
