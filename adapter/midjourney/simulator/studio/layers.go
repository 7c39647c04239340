package studio

import (
	"image"

	"midgate/adapter/midjourney/simulator/paint"
)

// inset puts a picture where its frame lies inside the new picture's, its edge melting into the surroundings.
type inset struct{ from *Picture }

func (l inset) lay(s *Studio, img *image.RGBA, p *Picture, divisor int) {
	paint.Inset(img, p.frame, s.drawn(l.from, divisor), l.from.frame)
}

// region keeps a picture where the mask is not white, to the last bit.
type region struct {
	from *Picture
	mask []byte
}

func (l region) lay(s *Studio, img *image.RGBA, _ *Picture, divisor int) {
	from := s.drawn(l.from, divisor)
	paint.KeepUnmasked(img, from, l.mask)
}

// fitted lays uploaded pictures over the scene, whole and in the middle. Where they are transparent, or masked white,
// the scene shows; through is how much of it shows everywhere.
type fitted struct {
	keys    []string
	mask    []byte
	through float64
}

func (l fitted) lay(s *Studio, img *image.RGBA, _ *Picture, _ int) {
	for n, key := range l.keys {
		src := s.uploadImage(key)
		if src == nil {
			continue
		}
		share := (1 - l.through) / float64(n+1)
		if n > 0 {
			share = 1 / float64(n+1)
		}
		paint.FitOver(img, src, share, l.mask)
	}
}

// larger is the picture scaled up; creative sharpens its contrast a little.
type larger struct {
	from     *Picture
	creative bool
}

func (l larger) lay(s *Studio, img *image.RGBA, _ *Picture, divisor int) {
	paint.Enlarge(img, s.drawn(l.from, divisor), l.creative)
}

// bent is a picture whose every line is pushed a little aside, with a hint of the new scene: the variation of
// something that no scene can draw.
type bent struct {
	from  *Picture
	share float64
	seed  uint32
}

func (l bent) lay(s *Studio, img *image.RGBA, _ *Picture, divisor int) {
	paint.Bend(img, s.drawn(l.from, divisor), l.share, l.seed)
}
