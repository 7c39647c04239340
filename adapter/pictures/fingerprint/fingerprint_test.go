package fingerprint

import (
	"bytes"
	"testing"

	"midgate/adapter/pictures/picturetest"
)

func TestParseRefusesWhatIsNoFingerprint(t *testing.T) {
	good := Of(picturetest.Painting(64, 64, 1)).Encode()
	for name, b := range map[string][]byte{"nothing": nil, "too short": good[:100], "another version": append([]byte{9}, good[1:]...)} {
		if _, ok := Parse(b); ok {
			t.Errorf("Parse of %s = true, want false", name)
		}
	}
	if l, ok := Parse(good); !ok || !bytes.Equal(l.Encode(), good) {
		t.Errorf("Parse = %t, want true and the same back", ok)
	}
}
