package pictures

import (
	"bytes"
	"os"
	"testing"

	"midgate/adapter"
	"midgate/adapter/pictures/format"
)

// TestAnAVIFGridIsCutLikeAnyOther: it is a picture with a size, and what is handed out of it is a PNG.
func TestAnAVIFGridIsCutLikeAnyOther(t *testing.T) {
	file, err := os.ReadFile("avif/testdata/grid.avif")
	if err != nil {
		t.Fatal(err)
	}
	s := newStore(t, "mem://")
	p, err := s.Save(t.Context(), "pictures/a", bytes.NewReader(file), limit)
	if err != nil || p.Format != adapter.AVIF || p.Width != 64 || p.Height != 48 || p.Moving {
		t.Fatalf("Save() = %+v, %v; want an AVIF of 64×48", p, err)
	}
	for name, c := range map[string]struct {
		r    adapter.Rendition
		want adapter.Format
		w, h int
	}{
		"as it is":     {adapter.Rendition{}, adapter.PNG, 64, 48},
		"as a JPEG":    {adapter.Rendition{Format: adapter.JPEG}, adapter.JPEG, 64, 48},
		"as a WebP":    {adapter.Rendition{Format: adapter.WebP}, adapter.WebP, 64, 48},
		"a quarter":    {adapter.Rendition{Quarter: 3}, adapter.PNG, 32, 24},
		"its own form": {adapter.Rendition{Format: adapter.AVIF}, adapter.AVIF, 64, 48},
	} {
		c.r.Name = "pictures/a"
		blob, err := s.Open(t.Context(), c.r)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if blob.Format != c.want || blob.Width != c.w || blob.Height != c.h {
			t.Errorf("%s: a %s of %d×%d, want a %s of %d×%d", name, blob.Format, blob.Width, blob.Height, c.want, c.w, c.h)
		}
		_ = blob.Close()
	}
}

// TestFilesOfBoxesAreToldApart: clips, pictures that can be read, and pictures that cannot.
func TestFilesOfBoxesAreToldApart(t *testing.T) {
	described := box("meta", append(make([]byte, 4), described(48, 32)...)...)
	for name, c := range map[string]struct {
		brands string
		want   adapter.Format
	}{
		"an AVIF":                          {"avif\x00\x00\x00\x00avifmif1miaf", adapter.AVIF},
		"an AVIF under its family's name":  {"mif1\x00\x00\x00\x00mif1avifmiaf", adapter.AVIF},
		"a sequence of AVIF":               {"avis\x00\x00\x00\x00avifavismsf1", adapter.AVIF},
		"a HEIC":                           {"heic\x00\x00\x00\x00mif1heic", ""},
		"a HEIC under its family's name":   {"mif1\x00\x00\x00\x00mif1heic", ""},
		"an MP4":                           {"isom\x00\x00\x02\x00isomiso2avc1mp41", adapter.MP4},
		"an MP4 without more brands":       {"mp42\x00\x00\x00\x00", adapter.MP4},
		"an MP4 of a phone":                {"3gp5\x00\x00\x00\x003gp5isom", adapter.MP4},
		"a QuickTime film":                 {"qt  \x00\x00\x00\x00qt  ", adapter.MP4},
		"an MP4 that holds AV1":            {"iso4\x00\x00\x00\x00iso4av01mp41", adapter.MP4},
		"an MP4 with a very short heading": {"isom", adapter.MP4},
	} {
		h, _, err := format.ReadHeader(bytes.NewReader(boxes(box("ftyp", []byte(c.brands)...), described)))
		if h.Format != c.want || (err == nil) != (c.want != "") {
			t.Errorf("%s is read as %q, %v; want %q", name, h.Format, err, c.want)
		}
		if c.want == adapter.AVIF && (h.Width != 48 || h.Height != 32) {
			t.Errorf("%s has %d×%d pixels, want those of its largest item", name, h.Width, h.Height)
		}
	}
}
