package format

import (
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"io"
	"sync"

	"github.com/deepteams/webp"

	"midgate/adapter"
	"midgate/adapter/pictures/png"
)

// webpMethod is the encoder's effort. 0 and 1 give garbage at high quality: TestWebPOutIsReadableAtEveryQuality
// measures it.
const webpMethod = 4

// Encode writes a picture in a format; quality is for JPEG and WebP.
func Encode(w io.Writer, img image.Image, f adapter.Format, quality int) error {
	switch f {
	case adapter.PNG:
		return png.Encode(w, img)
	case adapter.JPEG:
		return jpeg.Encode(w, flat(img), &jpeg.Options{Quality: quality})
	case adapter.WebP:
		if err := primeWebP(); err != nil {
			return err
		}
		return webp.Encode(w, origin(img), &webp.Options{Quality: float32(quality), Method: webpMethod})
	}
	return fmt.Errorf("no encoder for %q", f)
}

// primeWebP encodes a first picture alone: the encoder fills its tables then, without a lock, and a second picture at
// the same time would be drawn with half of them.
var primeWebP = sync.OnceValue(func() error {
	return webp.Encode(io.Discard, image.NewNRGBA(image.Rect(0, 0, 16, 16)), &webp.Options{Quality: 50, Method: webpMethod})
})

// flat returns a picture that JPEG can hold at its best speed: YCbCr, grey and opaque
// RGBA as they are, everything else laid on white.
func flat(img image.Image) image.Image {
	switch i := img.(type) {
	case *image.YCbCr, *image.Gray:
		return img
	case *image.RGBA:
		if i.Opaque() {
			return img
		}
	}
	b := img.Bounds()
	dst := image.NewRGBA(b)
	draw.Draw(dst, b, image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.Draw(dst, b, img, b.Min, draw.Over)
	return dst
}

// origin gives a part of a picture that begins at 0,0, so that no encoder need care.
func origin(img image.Image) image.Image {
	b := img.Bounds()
	if b.Min == (image.Point{}) {
		return img
	}
	dst := image.NewNRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(dst, dst.Rect, img, b.Min, draw.Src)
	return dst
}
