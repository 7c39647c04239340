package pictures

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/gif"
	stdpng "image/png"
	"io"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"

	"midgate/adapter"
	"midgate/adapter/pictures/format"
	"midgate/adapter/pictures/picturetest"
	"midgate/adapter/pictures/png"
)

// read opens a rendition and checks what the blob says of its bytes.
func read(t testing.TB, s *Store, r adapter.Rendition) (*adapter.Blob, []byte) {
	t.Helper()
	blob, err := s.Open(t.Context(), r)
	if err != nil {
		t.Fatalf("Open(%+v) = %v, want nil", r, err)
	}
	defer func() { _ = blob.Close() }()
	b, err := io.ReadAll(blob)
	if err != nil {
		t.Fatalf("reading %+v: %v", r, err)
	}
	if int64(len(b)) != blob.Size || digestOf(b) != blob.SHA256 {
		t.Fatalf("Open(%+v): %d bytes with digest %s, but it says %d, %s", r, len(b), digestOf(b), blob.Size, blob.SHA256)
	}
	if blob.Format != adapter.MP4 {
		h, _, err := format.ReadHeader(bytes.NewReader(b))
		if err != nil || h.Format != blob.Format || h.Width != blob.Width || h.Height != blob.Height {
			t.Fatalf("Open(%+v): bytes are %+v, %v, but it says %s %d×%d", r, h, err, blob.Format, blob.Width, blob.Height)
		}
	}
	return blob, b
}

// psnr compares two pictures of one size, in decibels.
func psnr(a, b image.Image) float64 {
	var sum float64
	r := a.Bounds()
	o := b.Bounds().Min.Sub(r.Min)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			c, d := color.NRGBAModel.Convert(a.At(x, y)).(color.NRGBA), color.NRGBAModel.Convert(b.At(x+o.X, y+o.Y)).(color.NRGBA)
			for _, e := range [3]int{int(c.R) - int(d.R), int(c.G) - int(d.G), int(c.B) - int(d.B)} {
				sum += float64(e * e)
			}
		}
	}
	return 10 * math.Log10(255*255*3*float64(r.Dx()*r.Dy())/sum)
}

func decodeBytes(t testing.TB, b []byte) image.Image {
	t.Helper()
	h, _, err := format.ReadHeader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	img, err := format.Decode(bytes.NewReader(b), h)
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func gifBytes(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := gif.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestEveryFormatBecomesEveryOther(t *testing.T) {
	img := picturetest.Painting(128, 96, 1)
	originals := map[adapter.Format][]byte{
		adapter.PNG: picturetest.PNG(t, img), adapter.JPEG: picturetest.JPEG(t, img, 92),
		adapter.WebP: webpBytes(t, img, false), adapter.GIF: gifBytes(t, img),
	}
	s := newStore(t, t.TempDir())
	for from, b := range originals {
		save(t, s, "x/"+string(from), b)
		for quarter := range 5 {
			want := crop(decodeBytes(t, b), png.Quarter(128, 96, quarter))
			for _, to := range []adapter.Format{adapter.PNG, adapter.JPEG, adapter.WebP} {
				blob, got := read(t, s, adapter.Rendition{Name: "x/" + string(from), Quarter: quarter, Format: to})
				if blob.Format != to {
					t.Fatalf("%s quarter %d as %s came as %s", from, quarter, to, blob.Format)
				}
				pic := decodeBytes(t, got)
				switch {
				case quarter == 0 && to == from:
					if !bytes.Equal(got, b) {
						t.Errorf("%s was not passed on byte for byte", from)
					}
				case to == adapter.PNG:
					picturetest.SamePixels(t, pic, want, want.Bounds())
				case from == adapter.GIF: // its dither is noise: any picture will do
				default:
					if p := psnr(want, pic); p < 28 {
						t.Errorf("%s quarter %d as %s has %.1f dB, want at least 28", from, quarter, to, p)
					}
				}
			}
		}
	}
}

func TestWebPOutIsReadableAtEveryQuality(t *testing.T) {
	s := newStore(t, "mem://")
	img := picturetest.Painting(128, 128, 9)
	save(t, s, "a", picturetest.PNG(t, img))
	for _, quality := range []int{75, 95, 100} {
		_, b := read(t, s, adapter.Rendition{Name: "a", Format: adapter.WebP, Compression: quality})
		got, err := shownWebP(bytes.NewReader(b))
		if err != nil {
			t.Fatalf("quality %d: x/image/webp = %v", quality, err)
		}
		if p := psnr(img, got); p < 28 {
			t.Errorf("quality %d has %.1f dB, want at least 28", quality, p)
		}
	}
}

func TestCompressionIsTheQuality(t *testing.T) {
	s := newStore(t, "mem://")
	save(t, s, "a", picturetest.PNG(t, picturetest.Painting(128, 128, 9)))
	for _, f := range []adapter.Format{adapter.JPEG, adapter.WebP} {
		size := func(c int) int {
			_, b := read(t, s, adapter.Rendition{Name: "a", Format: f, Compression: c})
			return len(b)
		}
		if low, high := size(20), size(100); low*2 > high {
			t.Errorf("%s: %d bytes at 20, %d at 100", f, low, high)
		}
		if d, ninety := size(0), size(90); d != ninety {
			t.Errorf("%s: %d bytes by default, %d at 90", f, d, ninety)
		}
	}
}

// pngStart is the length of a PNG's signature and IHDR chunk.
const pngStart = 8 + 12 + 13

func TestAnIDIsWrittenIntoAPNGOnce(t *testing.T) {
	s := newStore(t, t.TempDir())
	plain := picturetest.PNG(t, picturetest.Painting(64, 64, 1))
	_, other := read(t, newSaved(t, plain), adapter.Rendition{Name: "a", ImageID: "img_OTHER"})
	save(t, s, "plain", plain)
	save(t, s, "sealed", other)
	const id = "img_ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	tests := map[string]adapter.Rendition{
		"a PNG that is passed on":       {Name: "plain"},
		"a quarter":                     {Name: "plain", Quarter: 3},
		"a PNG that carries another ID": {Name: "sealed"},
	}
	for name, r := range tests {
		t.Run(name, func(t *testing.T) {
			_, without := read(t, s, adapter.Rendition{Name: strings.Replace(r.Name, "sealed", "plain", 1), Quarter: r.Quarter})
			r.ImageID = id
			for range 2 { // made, then remembered
				_, b := read(t, s, r)
				if got := png.TagOf(bytes.NewReader(b)); got != id {
					t.Fatalf("MidgateID = %q, want %q", got, id)
				}
				if n := bytes.Count(b, []byte("midgate-id")); n != 1 {
					t.Fatalf("%d chunks, want 1", n)
				}
				added := len(b) - len(without)
				if !bytes.HasPrefix(b[pngStart+4:], []byte("iTXtmidgate-id\x00")) || !bytes.Equal(slices.Delete(bytes.Clone(b), pngStart, pngStart+added), without) {
					t.Fatal("something else than the chunk after IHDR changed")
				}
				if _, err := stdpng.Decode(bytes.NewReader(b)); err != nil {
					t.Fatal(err)
				}
			}
		})
	}
	jpg, b := read(t, s, adapter.Rendition{Name: "plain", Format: adapter.JPEG, ImageID: id})
	if jpg.Format != adapter.JPEG || bytes.Contains(b, []byte(id)) {
		t.Error("a JPEG carries the ID")
	}
}

func newSaved(t *testing.T, b []byte) *Store {
	t.Helper()
	s := newStore(t, "mem://")
	save(t, s, "a", b)
	return s
}

func TestASealedPNGSeeksLikeAFile(t *testing.T) {
	s := newSaved(t, picturetest.PNG(t, picturetest.Painting(64, 64, 1)))
	r := adapter.Rendition{Name: "a", ImageID: "img_X"}
	_, whole := read(t, s, r)
	blob, err := s.Open(t.Context(), r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = blob.Close() }()
	for _, at := range []int{0, 10, pngStart - 1, pngStart, pngStart + 20, 60, 80, 81, 200, len(whole) - 1, len(whole), 40} {
		if got, err := blob.Seek(int64(at), io.SeekStart); err != nil || got != int64(at) {
			t.Fatalf("Seek(%d) = %d, %v", at, got, err)
		}
		b, err := io.ReadAll(io.LimitReader(blob, 90))
		if err != nil || !bytes.Equal(b, whole[at:min(at+90, len(whole))]) {
			t.Fatalf("after Seek(%d): %d bytes, %v", at, len(b), err)
		}
	}
	if _, err := blob.Seek(-1, io.SeekStart); err == nil {
		t.Error("Seek(-1) = nil, want an error")
	}
	if at, err := blob.Seek(0, io.SeekEnd); err != nil || at != blob.Size {
		t.Errorf("Seek to the end = %d, %v, want %d", at, err, blob.Size)
	}
}

func TestWhatCannotBeMadeIsRefused(t *testing.T) {
	s := newStore(t, "mem://")
	save(t, s, "video", boxes(box("ftyp", []byte("isom")...), box("moov"), box("mdat", make([]byte, 84)...)))
	save(t, s, "moving", animatedWebP())
	save(t, s, "pixel", picturetest.PNG(t, picturetest.Painting(1, 5, 1)))
	save(t, s, "damaged", flipped(picturetest.PNG(t, picturetest.Painting(64, 64, 1))))
	tests := map[string]struct {
		r    adapter.Rendition
		kind adapter.Kind
	}{
		"a video as a picture":           {adapter.Rendition{Name: "video", Format: adapter.PNG}, adapter.Unsupported},
		"a quarter of a video":           {adapter.Rendition{Name: "video", Quarter: 1}, adapter.Unsupported},
		"a quarter of something moving":  {adapter.Rendition{Name: "moving", Quarter: 1}, adapter.Unsupported},
		"a picture as a GIF":             {adapter.Rendition{Name: "pixel", Format: adapter.GIF}, adapter.Unsupported},
		"a quarter of one column":        {adapter.Rendition{Name: "pixel", Quarter: 1}, adapter.Invalid},
		"a quarter of a damaged picture": {adapter.Rendition{Name: "damaged", Quarter: 1}, adapter.Failed},
		"a damaged picture as a JPEG":    {adapter.Rendition{Name: "damaged", Format: adapter.JPEG}, adapter.Failed},
		"a fifth quarter":                {adapter.Rendition{Name: "pixel", Quarter: 5}, adapter.Internal},
		"more than all quality":          {adapter.Rendition{Name: "pixel", Compression: 101}, adapter.Internal},
		"an ID that breaks out":          {adapter.Rendition{Name: "pixel", ImageID: "a\x00b"}, adapter.Internal},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			blob, err := s.Open(t.Context(), test.r)
			if err == nil {
				_ = blob.Close()
			}
			if err == nil || adapter.KindOf(err) != test.kind {
				t.Fatalf("Open = %v, want kind %q", err, test.kind)
			}
		})
	}
	if blob, b := read(t, s, adapter.Rendition{Name: "video"}); blob.Format != adapter.MP4 || len(b) != 112 {
		t.Errorf("the video came as %d bytes of %s", len(b), blob.Format)
	}
	if blob, b := read(t, s, adapter.Rendition{Name: "moving", Format: adapter.PNG}); blob.Format != adapter.WebP || !bytes.Equal(b, animatedWebP()) {
		t.Errorf("the animated WebP came as %d bytes of %s", len(b), blob.Format)
	}
}

// animatedWebP is as much of one as anybody here looks at.
func animatedWebP() []byte {
	b := append([]byte("RIFF\x00\x00\x00\x00WEBPVP8X\x0a\x00\x00\x00\x02\x00\x00\x00"), 63, 0, 0, 31, 0, 0)
	b = append(b, "ANIM\x06\x00\x00\x00\x00\x00\x00\x00\x00\x00ANMF"...)
	binary.LittleEndian.PutUint32(b[4:], uint32(len(b)-8))
	return b
}

func TestManyCallersMakeARenditionOnce(t *testing.T) {
	s := newSaved(t, picturetest.PNG(t, picturetest.Painting(128, 128, 1)))
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			r := adapter.Rendition{Name: "a", Quarter: 1 + i%4, ImageID: "img_X"}
			blob, err := s.Open(t.Context(), r)
			if err != nil {
				t.Errorf("Open = %v", err)
				return
			}
			defer func() { _ = blob.Close() }()
			if b, err := io.ReadAll(blob); err != nil || digestOf(b) != blob.SHA256 {
				t.Errorf("quarter %d: wrong bytes, %v", r.Quarter, err)
			}
		})
	}
	all.Wait()
}

func TestACallerWhoLeavesDoesNotStopTheWork(t *testing.T) {
	s := newSaved(t, picturetest.PNG(t, picturetest.Painting(128, 128, 1)))
	left, leave := context.WithCancel(t.Context())
	leave()
	p, err := s.renderer.plan(t.Context(), adapter.Rendition{Name: "a", Quarter: 2})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.renderer.ensure(left, p); err != nil && !errors.Is(err, context.Canceled) {
		t.Fatalf("ensure = %v, want nil or %v", err, context.Canceled)
	}
	read(t, s, adapter.Rendition{Name: "a", Quarter: 2})
}

func TestRenditionsAreMadeAgainWhenTheyWereLost(t *testing.T) {
	s := newStore(t, t.TempDir())
	save(t, s, "a", picturetest.PNG(t, picturetest.Painting(64, 64, 1)))
	r := adapter.Rendition{Name: "a", Quarter: 2, ImageID: "img_X"}
	_, want := read(t, s, r)
	key := renditionKey("a", 2, adapter.PNG, 0, 0)
	tests := map[string]func() error{
		"the bytes are gone":       func() error { return s.bucket.remove(t.Context(), key) },
		"the bytes were cut short": func() error { return s.bucket.writeAll(t.Context(), key, want[:100]) },
		"a crash left none":        func() error { return s.bucket.writeAll(t.Context(), key, nil) },
		"the metadata is gone": func() error {
			s.kept.metadata.dropFolder("")
			return s.bucket.remove(t.Context(), renditionMetadataKey(key))
		},
		"a crash left empty metadata": func() error {
			s.kept.metadata.dropFolder("")
			return s.bucket.writeAll(t.Context(), renditionMetadataKey(key), nil)
		},
		"the original's metadata is gone": func() error { s.kept.metadata.dropFolder(""); return s.bucket.remove(t.Context(), metadataKey("a")) },
	}
	for name, lose := range tests {
		t.Run(name, func(t *testing.T) {
			if err := lose(); err != nil {
				t.Fatal(err)
			}
			if _, got := read(t, s, r); !bytes.Equal(got, want) {
				t.Fatal("other bytes than before")
			}
		})
	}
}

func TestOtherBytesUnderANameHaveOtherRenditions(t *testing.T) {
	s := newStore(t, t.TempDir())
	for seed := range uint64(2) {
		img := picturetest.Painting(64, 64, seed)
		save(t, s, "a", picturetest.PNG(t, img))
		_, b := read(t, s, adapter.Rendition{Name: "a", Quarter: 2})
		picturetest.SamePixels(t, decodeBytes(t, b), img, png.Quarter(64, 64, 2))
	}
}
