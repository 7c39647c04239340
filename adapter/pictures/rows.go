package pictures

import (
	"bufio"
	"context"
	"errors"

	"midgate/adapter"
	"midgate/adapter/pictures/png"
)

// errEnough ends a walk over rows early; it is no failure.
var errEnough = errors.New("enough rows seen")

// eachRow walks the rows of a stored picture from top to bottom. A PNG of the usual
// form is never held whole. Callers hold a worker's place.
func (s *Store) eachRow(ctx context.Context, key string, h header, see png.RowFunc) error {
	if err := s.checkPixels(h); err != nil {
		return err
	}
	err := png.ErrForm
	if h.Format == adapter.PNG {
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
	src := &errReader{r: r}
	var stopped error
	err = png.EachRow(bufio.NewReaderSize(src, 64<<10), func(y int, row []byte, bpp int) error {
		stopped = see(y, row, bpp)
		return stopped
	})
	switch {
	case src.err != nil:
		return src.err
	case stopped != nil:
		return stopped
	case err == nil || errors.Is(err, png.ErrForm):
		return err
	default:
		return damagedPicture(err)
	}
}

func (s *Store) eachDecodedRow(ctx context.Context, key string, h header, see png.RowFunc) error {
	img, err := s.decodeStored(ctx, key, h)
	if err != nil {
		return err
	}
	return png.EachImageRow(img, see)
}
