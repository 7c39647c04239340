package pictures

import (
	"bytes"
	"image"
	"image/color"
	"sync"
	"testing"

	"midgate/adapter"
	"midgate/adapter/pictures/format"
)

// The first lossy WebPs of a process may be made at the same time; alone, this test is that time (-race).
func TestTheFirstWebPsMayBeMadeAtOnce(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 64, 64))
	for i := range 64 * 64 {
		img.Set(i%64, i/64, color.NRGBA{uint8(4 * i), uint8(i / 16), uint8(i % 7), 255})
	}
	made := make([]bytes.Buffer, 8)
	var all sync.WaitGroup
	for i := range made {
		all.Go(func() {
			if err := format.Encode(&made[i], img, adapter.WebP, 90); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for i := range made {
		if !bytes.Equal(made[i].Bytes(), made[0].Bytes()) {
			t.Errorf("picture %d differs from the first", i)
		}
	}
}
