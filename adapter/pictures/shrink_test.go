package pictures

import (
	"image"
	"testing"

	"midgate/adapter"
	"midgate/adapter/pictures/picturetest"
)

func TestAThumbnailHasItsWidthAndIsNeverLarger(t *testing.T) {
	s := newSaved(t, picturetest.PNG(t, picturetest.Painting(800, 400, 1)))
	for _, c := range []struct {
		quarter, width int
		format         adapter.Format
		want           image.Point
	}{
		{0, 320, adapter.JPEG, image.Pt(320, 160)},
		{0, 320, adapter.PNG, image.Pt(320, 160)},
		{0, 0, adapter.PNG, image.Pt(800, 400)},
		{3, 320, adapter.JPEG, image.Pt(320, 160)},
		{3, 160, adapter.WebP, image.Pt(160, 80)},
		{3, 1280, adapter.JPEG, image.Pt(400, 200)}, // its own size
	} {
		for range 2 { // made, and as it was kept
			blob, data := read(t, s, adapter.Rendition{Name: "a", Quarter: c.quarter, Format: c.format, Width: c.width})
			if got := decodeBytes(t, data).Bounds().Size(); got != c.want || image.Pt(blob.Width, blob.Height) != c.want {
				t.Errorf("quarter %d as %s at width %d is %v, said to be %d×%d; want %v", c.quarter, c.format, c.width, got, blob.Width, blob.Height, c.want)
			}
		}
	}
}
