package pictures

import (
	"bytes"
	"testing"

	"midgate/adapter/pictures/picturetest"
)

func TestLooksThatAreNotLooksAreRefused(t *testing.T) {
	good := LooksOf(picturetest.Painting(64, 64, 1)).bytes()
	for name, b := range map[string][]byte{"nothing": nil, "too short": good[:100], "another version": append([]byte{9}, good[1:]...)} {
		if _, ok := parseLooks(b); ok {
			t.Errorf("parseLooks of %s = true, want false", name)
		}
	}
	if l, ok := parseLooks(good); !ok || !bytes.Equal(l.bytes(), good) {
		t.Errorf("parseLooks = %t, want true and the same back", ok)
	}
}
