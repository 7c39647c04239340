package png

import (
	"image"
	"image/draw"
	"io"
)

// Encode writes a decoded picture as an 8-bit PNG, RGB where it is opaque, with the
// pixels that image/png would write.
func Encode(w io.Writer, img image.Image) error {
	b := img.Bounds()
	bpp := 4
	if opaque(img) {
		bpp = 3
	}
	p, err := NewWriter(w, b.Dx(), b.Dy(), bpp)
	if err != nil {
		return err
	}
	err = EachImageRow(img, func(_ int, row []byte, _ int) error { return p.WriteRow(row) })
	if err != nil {
		return err
	}
	return p.Close()
}

// opaque reports whether img says that it has no transparent pixel.
func opaque(img image.Image) bool {
	o, ok := img.(interface{ Opaque() bool })
	return ok && o.Opaque()
}

// strip converts a picture to NRGBA bytes a few rows at a time, so that a whole
// picture in YCbCr never stands in memory twice.
type strip struct {
	img    image.Image
	buf    *image.NRGBA // rows of img not in that form already
	opaque *image.RGBA  // the same memory: for opaque pixels both forms are one
	from   int          // first row in buf
}

const stripRows = 16

func newStrip(img image.Image) *strip {
	b := img.Bounds()
	s := &strip{img: img, from: b.Min.Y - stripRows}
	if _, ok := img.(*image.NRGBA); ok {
		return s
	}
	s.buf = image.NewNRGBA(image.Rect(b.Min.X, 0, b.Max.X, stripRows))
	if opaque(img) {
		s.opaque = &image.RGBA{Pix: s.buf.Pix, Stride: s.buf.Stride, Rect: s.buf.Rect}
	}
	return s
}

// row writes row y in 3 or 4 bytes a pixel.
func (s *strip) row(dst []byte, y, bpp int) {
	src := s.nrgba(y)
	if bpp == 4 {
		copy(dst, src)
		return
	}
	for i, j := 0, 0; i+3 <= len(dst) && j+4 <= len(src); i, j = i+3, j+4 {
		d, p := dst[i:i+3:i+3], src[j:j+4:j+4]
		d[0], d[1], d[2] = p[0], p[1], p[2]
	}
}

// nrgba returns row y of the picture in four bytes a pixel, alpha not multiplied in.
func (s *strip) nrgba(y int) []byte {
	b := s.img.Bounds()
	if img, ok := s.img.(*image.NRGBA); ok {
		return img.Pix[img.PixOffset(b.Min.X, y):][:4*b.Dx()]
	}
	if y >= s.from+stripRows || y < s.from {
		s.fill(y)
	}
	return s.buf.Pix[(y-s.from)*s.buf.Stride:][:4*b.Dx()]
}

// fill converts the rows from y on. image/draw has fast paths into RGBA only; where
// alpha matters the colours are converted one by one, as image/png does it.
func (s *strip) fill(y int) {
	b := s.img.Bounds()
	s.from = y
	rows := min(stripRows, b.Max.Y-y)
	if s.opaque != nil {
		draw.Draw(s.opaque, image.Rect(b.Min.X, 0, b.Max.X, rows), s.img, image.Pt(b.Min.X, y), draw.Src)
		return
	}
	for i := range rows {
		for x := b.Min.X; x < b.Max.X; x++ {
			s.buf.Set(x, i, s.img.At(x, y+i))
		}
	}
}
