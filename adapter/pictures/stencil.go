package pictures

import (
	"context"
	"fmt"
	"image"
	"image/color"
	imagepng "image/png"
	"io"

	"midgate/adapter"
)

// stencilEdge is how long the longer side of a stencil is at most: it is scaled to its picture's size where it is used.
const stencilEdge = 1024

// Stencil makes a PNG in the shape of a picture of width×height pixels that is opaque but for the holes.
func (s *Store) Stencil(ctx context.Context, width, height int, holes []adapter.Hole) (adapter.Picture, error) {
	if width <= 0 || height <= 0 || width*height > s.pixels.most {
		return adapter.Picture{}, fmt.Errorf("stencil: for a picture of %d×%d", width, height)
	}
	size := fitted(image.Pt(width, height), stencilEdge)
	img := image.NewPaletted(image.Rectangle{Max: size}, color.Palette{color.NRGBA{A: 0xff}, color.NRGBA{}})
	for y := range size.Y {
		for x := range size.X {
			px, py := (float64(x)+0.5)*100/float64(size.X), (float64(y)+0.5)*100/float64(size.Y)
			for _, h := range holes {
				if inHole(h, px, py) {
					img.SetColorIndex(x, y, 1)
				}
			}
		}
	}
	return s.keepPNG(ctx, size.X, size.Y, func(dst io.Writer) error { return imagepng.Encode(dst, img) })
}

// inHole reports whether a point, in hundredths, is in a hole.
func inHole(h adapter.Hole, x, y float64) bool {
	if x < h.Left || y < h.Top || x > h.Left+h.Width || y > h.Top+h.Height {
		return false
	}
	dx, dy := (x-h.Left-h.Width/2)/(h.Width/2), (y-h.Top-h.Height/2)/(h.Height/2)
	return !h.Ellipse || dx*dx+dy*dy <= 1
}
