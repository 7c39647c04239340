package pictures

import (
	"image"

	"golang.org/x/image/draw"

	"midgate/adapter/pictures/png"
)

// size is how large the rendition is: its part of the original, made smaller where a width is wanted.
func (p plan) size() image.Point {
	of := png.Quarter(p.source.Width, p.source.Height, p.quarter).Size()
	if p.width > 0 {
		of.X, of.Y = p.width, max(1, (of.Y*p.width+of.X/2)/of.X)
	}
	return of
}

// shrunk is a part of the original in the rendition's size.
func (p plan) shrunk(part image.Image) image.Image {
	if p.width == 0 {
		return part
	}
	small := image.NewNRGBA(image.Rectangle{Max: p.size()})
	draw.BiLinear.Scale(small, small.Bounds(), part, part.Bounds(), draw.Src, nil)
	return small
}
