package jetstream

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"strings"
	"testing"

	"midgate/adapter"
)

func TestCodec(t *testing.T) {
	for name, c := range map[string]struct {
		prompt string
		packed bool
	}{
		"a usual record is plain JSON":   {"a lighthouse", false},
		"a large record is compressed":   {strings.Repeat("a lighthouse ", 10_000), true},
		"text that looks like a frame":   {string(zstdMagic), false},
		"a record of more than the wire": {strings.Repeat("a lighthouse ", 1_000_000), true},
	} {
		t.Run(name, func(t *testing.T) {
			data, err := encode(adapter.Image{ID: "img_1", Prompt: c.prompt})
			if err != nil {
				t.Fatal(err)
			}
			if packed := bytes.HasPrefix(data, zstdMagic); packed != c.packed || len(data) > valueLimit {
				t.Errorf("encode = %d bytes, compressed %v, want compressed %v", len(data), packed, c.packed)
			}
			var got adapter.Image
			if err := decode(data, &got); err != nil || got.ID != "img_1" || len(got.Prompt) < len(c.prompt) {
				t.Errorf("decode = %s with a prompt of %d bytes, %v, want %d bytes", got.ID, len(got.Prompt), err, len(c.prompt))
			}
		})
	}
}

func TestARecordThatCannotBeStoredIsRefused(t *testing.T) {
	noise := make([]byte, 1<<20)
	_, _ = rand.Read(noise)
	if data, err := encode(adapter.Image{Prompt: hex.EncodeToString(noise)}); err == nil {
		t.Errorf("encode = %d bytes, want an error", len(data))
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"id":"img_1","looks":"AAE="}`))
	f.Add([]byte(`{"void":true}`))
	f.Add(zstdMagic)
	f.Add(deflater.EncodeAll([]byte(`{"id":"img_1"}`), nil))
	f.Add([]byte(`{"created":"not a time","buttons":7}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var img adapter.Image
		if decode(data, &img) != nil {
			return
		}
		again, err := encode(img)
		if err != nil {
			return
		}
		var same adapter.Image
		if err := decode(again, &same); err != nil || same.ID != img.ID {
			t.Errorf("decode of what was encoded = %q, %v, want %q", same.ID, err, img.ID)
		}
	})
}
