package paint

import (
	"bytes"
	"testing"

	"github.com/deepteams/webp/animation"
)

// A mosaic is one animated WebP of five seconds, whose four quarters move apart from the same picture.
func TestMosaicMoves(t *testing.T) {
	data := Mosaic(stripes(96, 64), "high")
	a, err := animation.DecodeBytes(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := a.DecodeFrames(); err != nil {
		t.Fatal(err)
	}
	d := animation.NewAnimDecoder(a)
	var seconds float64
	var first, last []byte
	n := 0
	for ; d.HasNext(); n++ {
		frame, lasts, err := d.NextFrame()
		if err != nil {
			t.Fatal(err)
		}
		if w, h := filmSize(96, 64); frame.Rect.Dx() != 2*w || frame.Rect.Dy() != 2*h {
			t.Fatalf("frame %d is %v, want four clips of %d×%d", n, frame.Rect, w, h)
		}
		seconds += lasts.Seconds()
		if last = frame.Pix; first == nil {
			first = frame.Pix
		}
	}
	if n != filmFrames/mosaicEvery || seconds < 4.9 || seconds > 5.1 || bytes.Equal(first, last) {
		t.Errorf("%d frames of %.1f s, moved: %v; want %d of 5 s that move", n, seconds, !bytes.Equal(first, last), filmFrames/mosaicEvery)
	}
}
