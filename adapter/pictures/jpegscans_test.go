package pictures

import (
	"bytes"
	"testing"

	"midgate/adapter"
	"midgate/adapter/pictures/format"
	"midgate/adapter/pictures/picturetest"
)

// progressive is a grey progressive JPEG of size² pixels with that many scans, each of which says nothing; notes stand in
// its APP1 segment, more after its end.
func progressive(size, scans int, notes, more string) []byte {
	var b bytes.Buffer
	segment := func(marker byte, payload ...byte) {
		b.Write([]byte{0xff, marker, byte((len(payload) + 2) >> 8), byte(len(payload) + 2)})
		b.Write(payload)
	}
	b.WriteString("\xff\xd8")
	segment(0xe1, []byte(notes)...)
	segment(0xdb, append([]byte{0}, bytes.Repeat([]byte{1}, 64)...)...)
	segment(0xc2, 8, byte(size>>8), byte(size), byte(size>>8), byte(size), 1, 1, 0x11, 0)
	one := append([]byte{1}, make([]byte, 15)...) // one code of one bit
	segment(0xc4, append(append([]byte{0x10}, one...), 0xe0)...)
	var run []byte // the code, and fourteen bits of a run of blocks without anything: 32767 of them
	for range ((size+7)/8*((size+7)/8) + 32766) / 32767 {
		run = append(run, "011111111111111"...)
	}
	for range scans {
		segment(0xda, 1, 1, 0, 1, 63, 0)
		b.Write(packed(run))
	}
	b.WriteString("\xff\xd9" + more)
	return b.Bytes()
}

// packed puts bits into a scan's bytes.
func packed(bits []byte) (out []byte) {
	for len(bits)%8 != 0 {
		bits = append(bits, '1')
	}
	for ; len(bits) > 0; bits = bits[8:] {
		var v byte
		for _, bit := range bits[:8] {
			v = v<<1 | bit&1
		}
		if out = append(out, v); v == 0xff {
			out = append(out, 0)
		}
	}
	return out
}

// A scan of a few bytes makes a decoder walk over the whole picture: thousands of them keep it busy for hours.
func TestAJPEGHasFewScans(t *testing.T) {
	s := newStore(t, "mem://")
	scan := "\xff\xda\x00\x08"
	for name, tt := range map[string]struct {
		data []byte
		kind adapter.Kind // empty: taken
	}{
		"as many as encoders write":       {progressive(64, 12, "", ""), ""},
		"one too many":                    {progressive(64, format.MaxScans+1, "", ""), adapter.Invalid},
		"thousands":                       {progressive(5000, 20000, "", ""), adapter.Invalid},
		"a note that looks like scans":    {progressive(64, 3, repeated(scan, 1000), ""), ""},
		"more pictures behind its end":    {progressive(64, 3, "", repeated(scan, 1000)), ""},
		"a baseline picture":              {picturetest.JPEG(t, picturetest.Painting(64, 64, 1), 90), ""},
		"a segment that leads past all":   {append(progressive(64, 3, "", "")[:100], "\xff\xe1\xff\xff\xff\xd9"...), adapter.Invalid},
		"fill bytes in front of a marker": {bytes.Replace(progressive(64, 3, "", ""), []byte("\xff\xda"), []byte("\xff\xff\xff\xda"), 1), ""},
	} {
		t.Run(name, func(t *testing.T) {
			p, err := s.Receive(t.Context(), bytes.NewReader(tt.data), limit)
			if kind := adapter.KindOf(err); err != nil && kind != tt.kind || err == nil && tt.kind != "" {
				t.Fatalf("Receive = %v, want kind %q", err, tt.kind)
			}
			if err != nil {
				return
			}
			blob, err := s.Open(t.Context(), adapter.Rendition{Name: p.Name, Format: adapter.PNG})
			if err != nil {
				t.Fatalf("Open = %v", err)
			}
			_ = blob.Close()
		})
	}
}

func repeated(s string, n int) string { return string(bytes.Repeat([]byte(s), n)) }
