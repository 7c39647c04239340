package format

import (
	"bufio"
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

// Decode decodes a still picture, of a GIF the first frame. Broken bytes are an
// Invalid *adapter.Error.
func Decode(r io.Reader, h Header) (img image.Image, err error) {
	// Some decoders have panicked on broken input before; one picture must not end the process.
	defer func() {
		if p := recover(); p != nil {
			img, err = nil, Damaged(fmt.Errorf("decoder: %v", p))
		}
	}()
	src := &Source{Reader: bufio.NewReaderSize(r, 64<<10)}
	switch h.Format {
	case adapter.PNG:
		if img, err = png.Decode(src); err == nil {
			img = upright(img, h.Turn)
		}
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
	if src.Err != nil {
		return nil, src.Err
	}
	if err != nil {
		return nil, Damaged(err)
	}
	if b := img.Bounds(); b.Dx() != h.Width || b.Dy() != h.Height {
		return nil, Damaged(fmt.Errorf("decoded %v, announced %d×%d", b, h.Width, h.Height))
	}
	return img, nil
}

// firstFrame decodes a GIF's first frame and lays it on the canvas, which may be larger.
func firstFrame(r io.Reader, h Header) (image.Image, error) {
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
func decodeAVIF(r io.Reader, h Header) (image.Image, error) {
	file, err := io.ReadAll(io.LimitReader(r, adapter.MaxPicture))
	if err != nil {
		return nil, err
	}
	return avif.Decode(file, h.Width, h.Height)
}
