package paint

import (
	"bytes"
	"image"
	"image/png"
)

// Share is a box in shares of a picture's sides.
func Share(box image.Rectangle, w, h int) Frame {
	return Frame{
		float64(box.Min.X) / float64(w), float64(box.Min.Y) / float64(h), float64(box.Max.X) / float64(w), float64(box.Max.Y) / float64(h),
	}
}

// ReadMask reads a mask at the size of bounds, white where to repaint; transparent counts as black.
func ReadMask(data []byte, bounds image.Rectangle) *image.Gray {
	if len(data) == 0 {
		return nil
	}
	size, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil || size.Width*size.Height > 1<<26 {
		return nil
	}
	src, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	out := image.NewGray(bounds)
	b := src.Bounds()
	for y := range bounds.Dy() {
		for x := range bounds.Dx() {
			r, g, bl, a := src.At(b.Min.X+x*b.Dx()/bounds.Dx(), b.Min.Y+y*b.Dy()/bounds.Dy()).RGBA()
			if a >= 0x8000 {
				out.Pix[y*out.Stride+x] = uint8((r + g + bl) / 3 >> 8)
			}
		}
	}
	return out
}
