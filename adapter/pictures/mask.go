package pictures

import (
	"context"
	"fmt"
	"io"

	"midgate/adapter"
	"midgate/adapter/pictures/format"
)

var _ adapter.Retoucher = (*Store)(nil)

// Mask turns an upload into the mask that Midjourney takes:
// an 8-bit grey PNG of w×h pixels, white where it is to repaint. What is to be
// repainted is wholly transparent in the upload, or white where it is black and white
// and opaque. An Invalid *adapter.Error, param "mask", if that is nothing, everything or
// unclear, or if the ratio differs by more than 2 %.
func (s *Store) Mask(ctx context.Context, upload string, w, h int) (adapter.Picture, error) {
	f, err := s.still(ctx, upload)
	if err != nil {
		return adapter.Picture{}, fmt.Errorf("mask: %w", err)
	}
	if w <= 0 || h <= 0 || w*h > s.pixels.most {
		return adapter.Picture{}, fmt.Errorf("mask: for a picture of %d×%d", w, h)
	}
	if !sameRatio(f.Width, f.Height, w, h) {
		return adapter.Picture{}, badMask("The mask has %d×%d pixels, the picture %d×%d: give it the same width to height ratio.", f.Width, f.Height, w, h)
	}
	release, err := s.shop.worker(ctx)
	if err != nil {
		return adapter.Picture{}, err
	}
	defer release()
	m := newMaskPixels(f.Width, f.Height)
	if err := s.pixels.eachRow(ctx, upload, f.Header, m.see); err != nil {
		return adapter.Picture{}, fmt.Errorf("mask: %w", maskParam(err))
	}
	bit, err := m.meaning()
	if err != nil {
		return adapter.Picture{}, err
	}
	grey := m.scaled(w, h, bit)
	if err := someNotAll(grey, bit); err != nil {
		return adapter.Picture{}, err
	}
	return s.keepPNG(ctx, w, h, func(dst io.Writer) error { return writeMask(dst, grey, w, h) })
}

// still returns the metadata of an original that can be decoded.
func (s *Store) still(ctx context.Context, name string) (metadata, error) {
	if !validName(name) {
		return metadata{}, adapter.ErrNotFound
	}
	f, err := s.kept.original(ctx, name)
	if err != nil {
		return metadata{}, err
	}
	if f.Format.Film() || f.Animated {
		return metadata{}, format.Unusable(nil, "A moving picture cannot be used here.")
	}
	return f, nil
}

// sameRatio allows 2 % of difference, so that a rounded size still fits.
func sameRatio(w, h, ofW, ofH int) bool {
	a, b := float64(w)*float64(ofH), float64(h)*float64(ofW)
	return a <= b*1.02 && b <= a*1.02
}

func badMask(format string, args ...any) error {
	return adapter.BadParam("mask", "invalid_image_file", format, args...)
}

// maskParam names the parameter in an error about the upload.
func maskParam(err error) error {
	if adapter.KindOf(err) == adapter.Invalid {
		return badMask("The mask is damaged.")
	}
	return err
}

// Holes reports whether an upload has wholly transparent pixels.
func (s *Store) Holes(ctx context.Context, upload string) (bool, error) {
	f, err := s.still(ctx, upload)
	if err != nil {
		return false, fmt.Errorf("look for holes: %w", err)
	}
	if f.Format == adapter.JPEG {
		return false, nil // has no transparency
	}
	release, err := s.shop.worker(ctx)
	if err != nil {
		return false, err
	}
	defer release()
	holes := false
	err = s.pixels.eachRow(ctx, upload, f.Header, func(_ int, row []byte, bpp int) error {
		for i := 3; bpp == 4 && i < len(row); i += 4 {
			if row[i] == 0 {
				holes = true
				return errEnough
			}
		}
		return nil
	})
	if err != nil {
		return false, fmt.Errorf("look for holes: %w", err)
	}
	return holes, nil
}
