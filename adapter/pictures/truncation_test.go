package pictures

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color/palette"
	"image/gif"
	"strings"
	"testing"

	"midgate/adapter"
	"midgate/adapter/pictures/picturetest"
)

// box is one of an MP4's boxes.
func box(kind string, body ...byte) []byte {
	return append(append(binary.BigEndian.AppendUint32(nil, uint32(8+len(body))), kind...), body...)
}

// largeBox is one whose size takes eight bytes.
func largeBox(kind string, body ...byte) []byte {
	head := append(append([]byte{0, 0, 0, 1}, kind...), binary.BigEndian.AppendUint64(nil, uint64(16+len(body)))...)
	return append(head, body...)
}

// described are the boxes in an AVIF that say how large it is, and that its thumbnail is smaller.
func described(w, h byte) []byte {
	return box("iprp", box("ipco", boxes(box("ispe", 0, 0, 0, 0, 0, 0, 0, w, 0, 0, 0, h), box("ispe", 0, 0, 0, 0, 0, 0, 0, w/2, 0, 0, 0, h/2))...)...)
}

func boxes(all ...[]byte) []byte { return bytes.Join(all, nil) }

// webmHeading is how a WebM begins.
var webmHeading = []byte("\x1a\x45\xdf\xa3\x8f\x42\x86\x81\x01\x42\x82\x84webm\x42\x87\x81\x04")

// animation is a GIF of two frames.
func animation(t *testing.T) []byte {
	t.Helper()
	frame := func(n byte) *image.Paletted {
		img := image.NewPaletted(image.Rect(0, 0, 24, 24), palette.Plan9)
		for i := range img.Pix {
			img.Pix[i] = byte(i)*n + n
		}
		return img
	}
	var b bytes.Buffer
	if err := gif.EncodeAll(&b, &gif.GIF{Image: []*image.Paletted{frame(3), frame(5)}, Delay: []int{5, 5}}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// thumbnailed is a JPEG that carries a smaller one, with an end of its own.
func thumbnailed(t *testing.T) []byte {
	t.Helper()
	small, large := picturetest.JPEG(t, picturetest.Painting(16, 16, 1), 50), picturetest.JPEG(t, picturetest.Painting(48, 48, 1), 90)
	note := append([]byte("\xff\xe1"), binary.BigEndian.AppendUint16(nil, uint16(2+len(small)))...)
	return boxes(large[:2], note, small, large[2:])
}

// wholeFiles are small files of every format that an upstream may send.
func wholeFiles(t *testing.T) map[string][]byte {
	t.Helper()
	img := picturetest.Painting(48, 48, 1)
	data := bytes.Repeat([]byte("frame\x00\x3b\xff\xd9IEND"), 12)
	ftyp := box("ftyp", []byte("isom\x00\x00\x02\x00isom")...)
	return map[string][]byte{
		"a PNG": picturetest.PNG(t, img), "a JPEG": picturetest.JPEG(t, img, 90), "a JPEG with a thumbnail": thumbnailed(t),
		"a lossy WebP": webpBytes(t, img, false), "a lossless WebP": webpBytes(t, img, true), "a GIF": animation(t),
		"an MP4":                           boxes(ftyp, box("moov", data[:90]...), box("mdat", data...)),
		"an MP4 with its index at the end": boxes(ftyp, box("free"), box("mdat", data...), box("moov", data[:90]...)),
		"an MP4 with a large box":          boxes(ftyp, box("moov", data[:90]...), largeBox("mdat", data...)),
		"a WebM":                           boxes(webmHeading, []byte("\x18\x53\x80\x67\x01\x00\x00\x00\x00\x00\x00\x96"), data[:150]),
		"an AVIF":                          boxes(box("ftyp", []byte("avif\x00\x00\x00\x00avifmif1")...), box("meta", append(make([]byte, 4), described(48, 48)...)...), box("mdat", data...)),
	}
}

// TestAFileThatStopsBeforeItsEndIsNotStored, wherever it stops.
func TestAFileThatStopsBeforeItsEndIsNotStored(t *testing.T) {
	s := newStore(t, "mem://")
	for name, b := range wholeFiles(t) {
		for n := range b {
			if n%23 != 0 && n < len(b)-20 {
				continue
			}
			_, err := s.Save(t.Context(), "pictures/a", bytes.NewReader(b[:n]), limit)
			if kind := adapter.KindOf(err); kind != adapter.Failed && kind != adapter.Invalid { // Invalid where not even the size is there
				t.Errorf("Save of %d of %d bytes of %s = %v, want kind %q", n, len(b), name, err, adapter.Failed)
			}
			if n > len(b)*4/5 && adapter.KindOf(err) != adapter.Failed {
				t.Errorf("Save of %d of %d bytes of %s = %v, want kind %q", n, len(b), name, err, adapter.Failed)
			}
			if err := s.Inspect(bytes.NewReader(b[:n]), limit); err == nil {
				t.Errorf("Inspect of %d of %d bytes of %s = nil, want an error", n, len(b), name)
			}
		}
		if _, err := s.Stat(t.Context(), "pictures/a"); !errors.Is(err, adapter.ErrNotFound) {
			t.Errorf("Stat after %s that was cut = %v, want %v", name, err, adapter.ErrNotFound)
		}
	}
}

// TestWhatFollowsAFilesEndDoesNotMatter: it is stored as it came.
func TestWhatFollowsAFilesEndDoesNotMatter(t *testing.T) {
	s := newStore(t, "mem://")
	for name, b := range wholeFiles(t) {
		for _, more := range []string{"", "\x00", "\n", "\x00\x00\x00\x00\x00\x00\x00\x00\x00", "and a note that is longer than a header", strings.Repeat("\xff", 100)} {
			whole := append(bytes.Clone(b), more...)
			p, err := s.Save(t.Context(), "pictures/a", bytes.NewReader(whole), limit)
			if err != nil || p.Size != int64(len(whole)) || p.SHA256 != digestOf(whole) {
				t.Errorf("Save of %s and %q = %+v, %v; want all of it", name, more, p, err)
			}
			if err := s.Inspect(bytes.NewReader(whole), limit); err != nil {
				t.Errorf("Inspect of %s and %q = %v, want nil", name, more, err)
			}
			if err := s.Inspect(bytes.NewReader(whole), int64(len(whole))-1); adapter.KindOf(err) != adapter.TooLarge {
				t.Errorf("Inspect of %s above the limit = %v, want kind %q", name, err, adapter.TooLarge)
			}
		}
	}
}

func TestReceiveRefusesWhatWasCutShort(t *testing.T) {
	s := newStore(t, "mem://")
	tests := wholeFiles(t)
	for _, name := range []string{"a PNG", "a JPEG", "a JPEG with a thumbnail", "a lossy WebP", "a lossless WebP"} {
		b := tests[name]
		for _, n := range []int{len(b) - 1, len(b) / 2, len(b) * 9 / 10} {
			if _, err := s.Receive(t.Context(), bytes.NewReader(b[:n]), limit); adapter.KindOf(err) != adapter.Invalid {
				t.Errorf("Receive of %d of %d bytes of %s = %v, want kind %q", n, len(b), name, err, adapter.Invalid)
			}
		}
		if _, err := s.Receive(t.Context(), bytes.NewReader(append(bytes.Clone(b), 0, 0, 0)), limit); err != nil {
			t.Errorf("Receive of %s with bytes after it = %v, want nil", name, err)
		}
	}
	b := tests["a GIF"]
	if _, err := s.Receive(t.Context(), bytes.NewReader(b[:len(b)-1]), limit); err != nil {
		t.Errorf("Receive of a GIF without its trailer = %v, want nil", err)
	}
}

// TestADamagedPictureOfTheUpstreamIsNobodysMistake: it has its end, and cannot be decoded.
func TestADamagedPictureOfTheUpstreamIsNobodysMistake(t *testing.T) {
	s := newStore(t, "mem://")
	b := picturetest.JPEG(t, picturetest.Painting(64, 64, 1), 90)
	at := bytes.Index(b, []byte("\xff\xda"))
	damaged := boxes(b[:at+16], []byte("\xff\xd9"))
	if _, err := s.Save(t.Context(), "pictures/a", bytes.NewReader(damaged), limit); err != nil {
		t.Fatal(err)
	}
	up, err := s.Receive(t.Context(), bytes.NewReader(damaged), limit)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]adapter.Kind{"pictures/a": adapter.Failed, up.Name: adapter.Invalid} {
		for quarter := range 2 {
			if _, err := s.Open(t.Context(), adapter.Rendition{Name: name, Quarter: quarter, Format: adapter.PNG}); adapter.KindOf(err) != want {
				t.Errorf("Open(quarter %d of %s) = %v, want kind %q", quarter, name, err, want)
			}
		}
	}
}
