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

// pixels reads the pixels of stored pictures.
type pixels struct {
	bucket *bucket
	most   int // of a picture that is decoded
}

// eachRow walks the rows of a stored picture from top to bottom. A PNG of the usual
// form that is not turned is never held whole. Callers hold a worker's place.
func (p *pixels) eachRow(ctx context.Context, key string, h format.Header, see png.RowFunc) error {
	if err := p.check(h); err != nil {
		return err
	}
	err := png.ErrForm
	if h.Format == adapter.PNG && h.Turn == 0 {
		err = p.eachPNGRow(ctx, key, see)
	}
	if errors.Is(err, png.ErrForm) {
		err = p.eachDecodedRow(ctx, key, h, see)
	}
	if errors.Is(err, errEnough) {
		return nil
	}
	return err
}

func (p *pixels) eachPNGRow(ctx context.Context, key string, see png.RowFunc) error {
	r, err := p.bucket.open(ctx, key)
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

func (p *pixels) eachDecodedRow(ctx context.Context, key string, h format.Header, see png.RowFunc) error {
	img, err := p.decode(ctx, key, h)
	if err != nil {
		return err
	}
	return png.EachImageRow(img, see)
}

// decode decodes the object under key, whose header was read when it was
// stored. Callers have checked its number of pixels and hold a worker's place.
func (p *pixels) decode(ctx context.Context, key string, h format.Header) (image.Image, error) {
	r, err := p.bucket.open(ctx, key)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return format.Decode(r, h)
}

// check refuses a picture that would be too large once decoded.
func (p *pixels) check(h format.Header) error {
	if p.tooLarge(h) {
		return adapter.Errorf(adapter.TooLarge, "The picture has %d×%d pixels; at most %d pixels are allowed.", h.Width, h.Height, p.most)
	}
	return nil
}

func (p *pixels) tooLarge(h format.Header) bool { return h.Width*h.Height > p.most }
