package pictures

import (
	"context"
	"fmt"
	"io"

	"midgate/adapter"
	"midgate/adapter/pictures/format"
	"midgate/adapter/pictures/png"
)

// Erase makes the part of a picture transparent that a mask made by Mask marks, in a
// PNG of the picture's own size, and stores it. What was there is gone from the file.
func (s *Store) Erase(ctx context.Context, picture adapter.Rendition, mask string) (adapter.Picture, error) {
	m, err := s.still(ctx, mask)
	if err != nil {
		return adapter.Picture{}, fmt.Errorf("erase: mask: %w", err)
	}
	if picture.Quarter == 0 {
		picture.Format = "" // as it is: it is decoded here in any case
	}
	p, err := s.renderer.plan(ctx, picture)
	if err != nil {
		return adapter.Picture{}, fmt.Errorf("erase: %w", err)
	}
	f, err := s.renderer.ensure(ctx, p)
	if err != nil {
		return adapter.Picture{}, fmt.Errorf("erase: %w", blame(picture.Name, err))
	}
	release, err := s.shop.worker(ctx)
	if err != nil {
		return adapter.Picture{}, err
	}
	defer release()
	marked := newMaskPixels(m.Width, m.Height)
	if err := s.pixels.eachRow(ctx, mask, m.Header, marked.see); err != nil {
		return adapter.Picture{}, fmt.Errorf("erase: mask: %w", err)
	}
	holes := marked.scaled(f.Width, f.Height, markWhite)
	return s.keepPNG(ctx, f.Width, f.Height, func(dst io.Writer) error {
		return blame(picture.Name, s.writeErased(ctx, dst, p.key, f.Header, holes))
	})
}

func (s *Store) writeErased(ctx context.Context, dst io.Writer, key string, h format.Header, holes []byte) error {
	w, err := png.NewWriter(dst, h.Width, h.Height, 4)
	if err != nil {
		return err
	}
	out := make([]byte, 4*h.Width)
	err = s.pixels.eachRow(ctx, key, h, func(y int, row []byte, bpp int) error {
		eraseRow(out, row, holes[y*h.Width:][:h.Width], bpp)
		return w.WriteRow(out)
	})
	if err != nil {
		return err
	}
	return w.Close()
}

// eraseRow copies a row to four bytes a pixel, nothing where there is a hole.
func eraseRow(dst, row, holes []byte, bpp int) {
	for x, hole := range holes {
		d := dst[4*x:][:4:4]
		if hole != 0 {
			clear(d)
			continue
		}
		d[3] = 255
		copy(d, row[bpp*x:][:bpp])
	}
}
