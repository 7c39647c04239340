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
	var stopped error
	err = pngEachRow(bufio.NewReaderSize(src, 64<<10), func(y int, row []byte, bpp int) error {
		stopped = see(y, row, bpp)
		return stopped
	})
	switch {
	case src.err != nil:
		return src.err
	case stopped != nil:
		return stopped
	case err == nil || errors.Is(err, errPNGForm):
		return err
	default:
		return damagedPicture(err)
	}
}

// pngEachRow walks the rows of a PNG as they come; errPNGForm before the first one if
// the PNG is of another form. An error of see ends the walk and is returned.
func pngEachRow(r io.Reader, see rowFunc) error {
	rows, err := newPNGRows(r)
	if err != nil {
		return err
	}
	rows.see = see
	for range rows.height {
		if _, _, err := rows.next(); err != nil {
			return err
		}
	}
	return rows.finish()
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
