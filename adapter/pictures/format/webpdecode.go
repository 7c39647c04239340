package format

import (
	"image"
	"io"

	"golang.org/x/image/webp"
)

// decodeWebP decodes a still WebP with the colours that browsers show. A lossy WebP
// holds its colours in the range of video, 16–235, which x/image/webp hands on as if it
// were that of JPEG, 0–255: black would come out grey (https://go.dev/issue/40173).
func decodeWebP(r io.Reader) (image.Image, error) {
	img, err := webp.Decode(r)
	switch i := img.(type) {
	case *image.YCbCr:
		widen(i)
	case *image.NYCbCrA:
		widen(&i.YCbCr)
	}
	return img, err
}

// widen stretches the planes to JPEG's range, so that everything after may take them
// for what they claim to be, the JPEG encoder included.
func widen(img *image.YCbCr) {
	stretch(img.Y, &fullLuma)
	stretch(img.Cb, &fullChroma)
	stretch(img.Cr, &fullChroma)
}

func stretch(plane []byte, to *[256]byte) {
	for i, v := range plane {
		plane[i] = to[v]
	}
}

// Luma runs from 16 to 235, chroma 112 to either side of 128 (ITU-R BT.601).
var (
	fullLuma   = rangeTable(16, 219, 0)
	fullChroma = rangeTable(128, 224, 128)
)

// rangeTable maps zero+d to to+d·255/span, rounded and clamped.
func rangeTable(zero, span, to int) (t [256]byte) {
	for v := range t {
		d := (v - zero) * 255 * 2
		if d >= 0 {
			d += span
		} else {
			d -= span
		}
		t[v] = byte(max(0, min(255, to+d/(2*span))))
	}
	return t
}
