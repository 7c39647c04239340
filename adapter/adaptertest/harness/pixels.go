package harness

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"testing"
)

// RightHalf is a mask of w×h pixels whose right half is erased.
func RightHalf(t *testing.T, w, h int) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w / 2 {
			img.Set(x, y, color.NRGBA{R: 200, A: 255})
		}
	}
	return Encoded(t, img)
}

// Opaque is an opaque picture.
func Opaque(t *testing.T, w, h int) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			img.Set(x, y, color.RGBA{R: uint8(x * 2), G: uint8(y * 2), B: 90, A: 255})
		}
	}
	return Encoded(t, img)
}

// Encoded is an image as a PNG.
func Encoded(t *testing.T, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
