package pictures

import (
	"bufio"
	"context"
	"errors"
	"image"
	"io"

	"midgate/adapter"
)

// rowFunc is told one row of a picture: 3 bytes a pixel where all is opaque, else 4
// with alpha not multiplied in. The bytes are its own only during the call.
type rowFunc func(y int, row []byte, bpp int) error

// errEnough ends a walk over rows early; it is no failure.
var errEnough = errors.New("enough rows seen")

// eachRow walks the rows of a stored picture from top to bottom. A PNG of the usual
// form is never held whole. Callers hold a worker's place.
func (s *Store) eachRow(ctx context.Context, key string, h header, see rowFunc) error {
	if err := s.checkPixels(h); err != nil {
		return err
	}
	err := errPNGForm
	if h.Format == adapter.PNG {
		err = s.eachPNGRow(ctx, key, see)
	}
	if errors.Is(err, errPNGForm) {
		err = s.eachDecodedRow(ctx, key, h, see)
	}
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

func (s *Store) eachPNGRow(ctx context.Context, key string, see rowFunc) error {
	r, err := s.bucket.open(ctx, key)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	src := &errReader{r: r}
	err = pngEachRow(bufio.NewReaderSize(src, 64<<10), see)
	if src.err != nil {
		return src.err
	}
	return err
}

// pngEachRow walks the rows of a PNG as they come; errPNGForm before the first one if
// the PNG is of another form.
func pngEachRow(r io.Reader, see rowFunc) error {
	rows, err := newPNGRows(r)
	if err != nil {
		return malformed(err)
	}
	for y := range rows.height {
		if _, _, err := rows.next(); err != nil {
			return malformed(err)
		}
		if err := see(y, rows.pixels, rows.bpp); err != nil {
			return err
		}
	}
	return malformed(rows.finish())
}

// malformed says that a PNG is broken; another form is not.
func malformed(err error) error {
	if err == nil || errors.Is(err, errPNGForm) {
		return err
	}
	return damagedPicture(err)
}

func (s *Store) eachDecodedRow(ctx context.Context, key string, h header, see rowFunc) error {
	img, err := s.decodeStored(ctx, key, h)
	if err != nil {
		return err
	}
	return imageRows(img, see)
}

// imageRows walks the rows of a decoded picture.
func imageRows(img image.Image, see rowFunc) error {
	bpp := 4
	if opaque(img) {
		bpp = 3
	}
	b := img.Bounds()
	row, strip := make([]byte, b.Dx()*bpp), newStrip(img)
	for y := range b.Dy() {
		strip.row(row, b.Min.Y+y, bpp)
		if err := see(y, row, bpp); err != nil {
			return err
		}
	}
	return nil
}
