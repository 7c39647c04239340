package format

import (
	"bytes"
	"encoding/binary"
	"image"
	"slices"
	"testing"

	"midgate/adapter/pictures/picturetest"
)

// What is no orientation is as it lies, and no bytes lead the reader astray.
func TestBrokenExifMeansAsItLies(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 8, 8))
	for name, whole := range map[string][]byte{
		"JPEG": picturetest.TurnedJPEG(t, img, 6, binary.BigEndian),
		"PNG":  picturetest.TurnedPNG(t, img, 6, binary.BigEndian),
	} {
		orientation := func(b []byte) int {
			if name == "JPEG" {
				return jpegOrientation(b, bytes.NewReader(nil))
			}
			return pngOrientation(b[:min(len(b), 33)], bytes.NewReader(b[min(len(b), 33):]))
		}
		if got := orientation(whole); got != 6 {
			t.Fatalf("%s: orientation = %d, want 6", name, got)
		}
		for n := range 90 { // the end comes anywhere in the notes
			if got := orientation(whole[:n]); got != asItLies && got != 6 {
				t.Errorf("%s: orientation of %d bytes = %d", name, n, got)
			}
			for _, b := range []byte{0, 1, 0xff} {
				bent := slices.Clone(whole)
				bent[n] = b
				if got := orientation(bent); got < 1 || got > 8 {
					t.Errorf("%s: orientation with %#x at %d = %d", name, b, n, got)
				}
			}
		}
	}
}

// What stands behind the pixels of a PNG comes too late, as it does for browsers.
func TestAnEXIfBehindThePixelsIsNotObeyed(t *testing.T) {
	plain := picturetest.PNG(t, image.NewRGBA(image.Rect(0, 0, 8, 4)))
	end := len(plain) - 12
	late := slices.Concat(plain[:end], picturetest.Chunk("eXIf", picturetest.Exif(6, binary.BigEndian)), plain[end:])
	if h, _, err := ReadHeader(bytes.NewReader(late)); err != nil || h.Turn != 0 || h.Width != 8 {
		t.Errorf("ReadHeader = %+v, %v; want it as it lies", h, err)
	}
}
