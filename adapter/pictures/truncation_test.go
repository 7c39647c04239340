package pictures

import (
	"bytes"
	"testing"

	"midgate/adapter"
	"midgate/adapter/pictures/picturetest"
)

func TestReceiveRefusesWhatWasCutShort(t *testing.T) {
	s := newStore(t, "mem://")
	img := picturetest.Painting(64, 64, 1)
	tests := map[string][]byte{
		"a PNG": picturetest.PNG(t, img), "a JPEG": picturetest.JPEG(t, img, 90), "a WebP": webpBytes(t, img, false),
	}
	for name, b := range tests {
		for _, n := range []int{len(b) - 1, len(b) / 2, len(b) * 9 / 10} {
			if _, err := s.Receive(t.Context(), bytes.NewReader(b[:n]), limit); adapter.KindOf(err) != adapter.Invalid {
				t.Errorf("Receive of %d of %d bytes of %s = %v, want kind %q", n, len(b), name, err, adapter.Invalid)
			}
		}
		if _, err := s.Receive(t.Context(), bytes.NewReader(append(bytes.Clone(b), 0, 0, 0)), limit); err != nil {
			t.Errorf("Receive of %s with bytes after it = %v, want nil", name, err)
		}
	}
}
