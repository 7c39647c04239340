package pictures

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"strconv"

	"golang.org/x/image/draw"
	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/math/fixed"

	"midgate/adapter"
	"midgate/adapter/pictures/png"
)

var _ adapter.Previewer = (*Store)(nil)

// Preview draws pictures on one JPEG that is as good as its bounds allow. It is not kept: what is looked at once is
// rarely looked at again.
func (s *Store) Preview(ctx context.Context, pictures []adapter.Rendition, form adapter.PreviewForm) ([]byte, error) {
	if len(pictures) == 0 || form.Edge <= 0 {
		return nil, errors.New("preview: of nothing")
	}
	release, err := s.shop.worker(ctx)
	if err != nil {
		return nil, err
	}
	defer release()
	sheet, err := s.sheet(ctx, pictures, form.Edge)
	if err != nil {
		return nil, fmt.Errorf("preview: %w", err)
	}
	for {
		for quality := 80; quality >= 50; quality -= 6 {
			var b bytes.Buffer
			if err := jpeg.Encode(&b, sheet, &jpeg.Options{Quality: quality}); err != nil {
				return nil, err
			}
			if b.Len() <= form.Most {
				return b.Bytes(), nil
			}
		}
		to := fitted(sheet.Bounds().Size(), max(sheet.Bounds().Dx(), sheet.Bounds().Dy())*4/5)
		if to.X < 16 || to.Y < 16 {
			return nil, fmt.Errorf("preview: does not fit into %d bytes", form.Most)
		}
		sheet = scaled(sheet, to)
	}
}

// sheet draws the pictures in columns and rows, the longer side of all being edge.
func (s *Store) sheet(ctx context.Context, pictures []adapter.Rendition, edge int) (*image.RGBA, error) {
	columns := 1
	for columns*columns < len(pictures) {
		columns++
	}
	rows := (len(pictures) + columns - 1) / columns
	var sheet *image.RGBA
	var cell image.Point
	var name string
	var whole image.Image
	for i, p := range pictures {
		if p.Name != name || whole == nil { // the quarters of a grid are decoded once
			var err error
			if whole, err = s.whole(ctx, p.Name); err != nil {
				return nil, err
			}
			name = p.Name
		}
		b := whole.Bounds()
		part := crop(whole, png.Quarter(b.Dx(), b.Dy(), p.Quarter).Add(b.Min))
		if sheet == nil {
			cell = fitted(part.Bounds().Size(), edge/max(columns, rows))
			sheet = image.NewRGBA(image.Rect(0, 0, cell.X*columns, cell.Y*rows))
			draw.Draw(sheet, sheet.Bounds(), image.White, image.Point{}, draw.Src)
		}
		at := image.Pt(cell.X*(i%columns), cell.Y*(i/columns))
		size := within(part.Bounds().Size(), cell)
		draw.BiLinear.Scale(sheet, image.Rectangle{Min: at, Max: at.Add(size)}, part, part.Bounds(), draw.Over, nil)
		if len(pictures) > 1 {
			number(sheet, at, strconv.Itoa(i+1), max(1, min(cell.X, cell.Y)/130))
		}
	}
	return sheet, nil
}

// whole decodes an original.
func (s *Store) whole(ctx context.Context, name string) (image.Image, error) {
	f, err := s.still(ctx, name)
	if err != nil {
		return nil, err
	}
	if err := s.pixels.check(f.Header); err != nil {
		return nil, err
	}
	return s.pixels.decode(ctx, name, f.Header)
}

// fitted is a size scaled so that its longer side is edge, unless it is shorter already.
func fitted(size image.Point, edge int) image.Point {
	return within(size, image.Pt(edge, edge))
}

// within is a size scaled down until it fits.
func within(size, room image.Point) image.Point {
	scale := min(1, float64(room.X)/float64(size.X), float64(room.Y)/float64(size.Y))
	return image.Pt(max(1, int(float64(size.X)*scale+0.5)), max(1, int(float64(size.Y)*scale+0.5)))
}

func scaled(img image.Image, to image.Point) *image.RGBA {
	dst := image.NewRGBA(image.Rectangle{Max: to})
	draw.BiLinear.Scale(dst, dst.Bounds(), img, img.Bounds(), draw.Src, nil)
	return dst
}

// number writes a picture's number into its upper left corner, white on black.
func number(dst *image.RGBA, at image.Point, text string, scale int) {
	face := basicfont.Face7x13
	small := image.NewRGBA(image.Rect(0, 0, face.Advance*len(text)+4, face.Height+2))
	draw.Draw(small, small.Bounds(), image.NewUniform(color.RGBA{A: 0xff}), image.Point{}, draw.Src)
	d := font.Drawer{Dst: small, Src: image.White, Face: face, Dot: fixed.P(2, face.Ascent+1)}
	d.DrawString(text)
	size := small.Bounds().Size().Mul(scale)
	draw.NearestNeighbor.Scale(dst, image.Rectangle{Min: at, Max: at.Add(size)}, small, small.Bounds(), draw.Src, nil)
}
