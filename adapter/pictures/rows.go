package pictures

import (
	"bufio"
	"context"
	"errors"
	"image"

	"midgate/adapter"
	"midgate/adapter/pictures/format"
	"midgate/adapter/pictures/png"
)

// errEnough ends a walk over rows early; it is no failure.
var errEnough = errors.New("enough rows seen")

// eachRow walks the rows of a stored picture from top to bottom. A PNG of the usual
// form that is not turned is never held whole. Callers hold a worker's place.
func (s *Store) eachRow(ctx context.Context, key string, h format.Header, see png.RowFunc) error {
	if err := s.checkPixels(h); err != nil {
		return err
	}
	err := png.ErrForm
	if h.Format == adapter.PNG && h.Turn == 0 {
		err = s.eachPNGRow(ctx, key, see)
	}
	if errors.Is(err, png.ErrForm) {
		err = s.eachDecodedRow(ctx, key, h, see)
	}
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

func (s *Store) eachPNGRow(ctx context.Context, key string, see png.RowFunc) error {
	r, err := s.bucket.open(ctx, key)
	if err != nil {
		return err
	}
	defer func() { _ = r.Close() }()
	src := &format.Source{Reader: r}
	var stopped error
	err = png.EachRow(bufio.NewReaderSize(src, 64<<10), func(y int, row []byte, bpp int) error {
		stopped = see(y, row, bpp)
		return stopped
	})
	switch {
	case src.Err != nil:
		return src.Err
	case stopped != nil:
		return stopped
	case err == nil || errors.Is(err, png.ErrForm):
		return err
	default:
		return format.Damaged(err)
	}
}

func (s *Store) eachDecodedRow(ctx context.Context, key string, h format.Header, see png.RowFunc) error {
	img, err := s.decodeStored(ctx, key, h)
	if err != nil {
		return err
	}
	return png.EachImageRow(img, see)
}

// decodeStored decodes the object under key, whose header was read when it was
// stored. Callers have checked its number of pixels and hold a worker's place.
func (s *Store) decodeStored(ctx context.Context, key string, h format.Header) (image.Image, error) {
	r, err := s.bucket.open(ctx, key)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return format.Decode(r, h)
}
