package pictures

import (
	"bufio"
	"context"
	"fmt"
	"image"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"midgate/adapter"
	"midgate/adapter/pictures/avif"
)

// decodeStored decodes the object under key, whose header was read when it was
// stored. Callers have checked its number of pixels and hold a worker's place.
func (s *Store) decodeStored(ctx context.Context, key string, h header) (image.Image, error) {
	r, err := s.bucket.open(ctx, key)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	return decode(r, h)
}

// decode decodes a still picture, of a GIF the first frame. Broken bytes are an
// Invalid *adapter.Error.
func decode(r io.Reader, h header) (img image.Image, err error) {
	// Some decoders have panicked on broken input before; one picture must not end the process.
	defer func() {
		if p := recover(); p != nil {
			img, err = nil, damagedPicture(fmt.Errorf("decoder: %v", p))
		}
	}()
	src := &errReader{r: bufio.NewReaderSize(r, 64<<10)}
	switch h.Format {
	case adapter.PNG:
		img, err = png.Decode(src)
	case adapter.JPEG:
		if img, err = jpeg.Decode(src); err == nil {
			img = upright(img, h.Turn)
		}
	case adapter.WebP:
		img, err = decodeWebP(src)
	case adapter.GIF:
		img, err = firstFrame(src, h)
	case adapter.AVIF:
		img, err = decodeAVIF(src, h)
	default:
		return nil, adapter.Errorf(adapter.Unsupported, "A %s file is not a picture.", h.Format)
	}
	if src.err != nil {
		return nil, src.err
	}
	if err != nil {
		return nil, damagedPicture(err)
	}
	if b := img.Bounds(); b.Dx() != h.Width || b.Dy() != h.Height {
		return nil, damagedPicture(fmt.Errorf("decoded %v, announced %d×%d", b, h.Width, h.Height))
	}
	return img, nil
}

// firstFrame decodes a GIF's first frame and lays it on the canvas, which may be larger.
func firstFrame(r io.Reader, h header) (image.Image, error) {
	frame, err := gif.Decode(r)
	if err != nil {
		return nil, err
	}
	canvas := image.Rect(0, 0, h.Width, h.Height)
	if frame.Bounds() == canvas {
		return frame, nil
	}
	img := image.NewNRGBA(canvas)
	draw.Draw(img, frame.Bounds(), frame, frame.Bounds().Min, draw.Src)
	return img, nil
}

// decodeAVIF decodes an AVIF picture, which is held whole.
func decodeAVIF(r io.Reader, h header) (image.Image, error) {
	file, err := io.ReadAll(io.LimitReader(r, adapter.MaxPicture))
	if err != nil {
		return nil, err
	}
	return avif.Decode(file, h.Width, h.Height)
}

// crop returns the part of img, sharing its memory where it can.
func crop(img image.Image, r image.Rectangle) image.Image {
	if r == img.Bounds() {
		return img
	}
	if s, ok := img.(interface {
		SubImage(r image.Rectangle) image.Image
	}); ok {
		return s.SubImage(r)
	}
	dst := image.NewNRGBA(r)
	draw.Draw(dst, r, img, r.Min, draw.Src)
	return dst
}
