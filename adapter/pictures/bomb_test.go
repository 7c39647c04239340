package pictures

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/color"
	"image/gif"
	"io"
	"runtime"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/adapter/pictures/format"
	"midgate/adapter/pictures/picturetest"
	"midgate/adapter/pictures/png"
)

// zeroPNG is a PNG of this size, all zeroes, whose data go on for rows rows.
func zeroPNG(t testing.TB, width, height, rows int) []byte {
	t.Helper()
	var b bytes.Buffer
	p, err := png.NewWriter(&b, width, height, 4)
	if err != nil {
		t.Fatal(err)
	}
	row := make([]byte, 4*width)
	for range rows {
		if err := p.WriteRow(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// bombs claim far more pixels than they have bytes.
func bombs(t testing.TB) map[string][]byte {
	t.Helper()
	jpg := picturetest.JPEG(t, picturetest.Painting(16, 16, 1), 80)
	at := bytes.Index(jpg, []byte("\xff\xc0")) + 5 // start of frame: length, precision, height, width
	copy(jpg[at:], "\xff\xff\xff\xff")
	pic := gifBytes(t, picturetest.Painting(16, 16, 1))
	copy(pic[6:], "\xff\xff\xff\xff")
	lossy := webpBytes(t, picturetest.Painting(16, 16, 1), false)
	binary.LittleEndian.PutUint32(lossy[26:], 0x3fff3fff)
	return map[string][]byte{
		"a PNG of 20000² pixels": zeroPNG(t, 20000, 20000, 20),
		"a JPEG of 65535²":       jpg,
		"a GIF of 65535²":        pic,
		"a WebP of 16383²":       lossy,
	}
}

// heap is what the process has allocated so far.
func heap() uint64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.TotalAlloc
}

func TestABombCostsNothing(t *testing.T) {
	s := newStore(t, "mem://")
	for name, b := range bombs(t) {
		t.Run(name, func(t *testing.T) {
			before, start := heap(), time.Now()
			if _, err := s.Receive(t.Context(), bytes.NewReader(b), limit); adapter.KindOf(err) != adapter.TooLarge {
				t.Fatalf("Receive = %v, want kind %q", err, adapter.TooLarge)
			}
			save(t, s, "bomb", b)
			for _, r := range []adapter.Rendition{{Name: "bomb", Quarter: 1}, {Name: "bomb", Format: adapter.JPEG, Quarter: 2}, {Name: "bomb", Quarter: 3, Format: adapter.WebP}} {
				if _, err := s.Open(t.Context(), r); adapter.KindOf(err) != adapter.TooLarge {
					t.Fatalf("Open(%+v) = %v, want kind %q", r, err, adapter.TooLarge)
				}
			}
			// The stored copy and what reading it takes; a decoded one would be over a gigabyte.
			if grown := heap() - before; grown > 32<<20 {
				t.Errorf("allocated %d MB, want at most 32", grown>>20)
			}
			if d := time.Since(start); d > 10*time.Second { // a moment, and a minute where it is decoded
				t.Errorf("took %v", d)
			}
		})
	}
}

// BenchmarkP10Bomb: a bomb of 20000² is refused by its header (bar: ≤ 50 ms, ≤ 64 MB).
// The baseline is reading the upload to its end.
func BenchmarkP10Bomb(b *testing.B) {
	s := newStore(b, "mem://")
	bomb := zeroPNG(b, 20000, 20000, 20000)
	before := heap()
	start := time.Now()
	rounds := 0
	for b.Loop() {
		rounds++
		if _, err := s.Receive(b.Context(), bytes.NewReader(bomb), limit); adapter.KindOf(err) != adapter.TooLarge {
			b.Fatalf("Receive = %v", err)
		}
	}
	spent := time.Since(start)
	b.ReportMetric(float64(spent.Microseconds())/1000/float64(rounds), "refuse-ms")
	b.ReportMetric(float64(heap()-before)/float64(rounds)/(1<<20), "refuse-MB")
	start = time.Now()
	if _, err := io.Copy(io.Discard, struct{ io.Reader }{bytes.NewReader(bomb)}); err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(time.Since(start).Microseconds())/1000, "baseline-read-ms")
	b.ReportMetric(float64(len(bomb))/(1<<20), "bomb-MB")
}

func TestUnusualPicturesAreDecoded(t *testing.T) {
	deep := image.NewNRGBA64(image.Rect(0, 0, 20, 10))
	for i := range deep.Pix {
		deep.Pix[i] = uint8(i * 7)
	}
	small := image.NewPaletted(image.Rect(5, 5, 10, 10), color.Palette{color.Black, color.White})
	var moving bytes.Buffer
	if err := gif.EncodeAll(&moving, &gif.GIF{
		Image: []*image.Paletted{small, small}, Delay: []int{1, 1},
		Config: image.Config{Width: 20, Height: 10, ColorModel: small.Palette},
	}); err != nil {
		t.Fatal(err)
	}
	tests := map[string][]byte{
		"sixteen bits":                        picturetest.PNG(t, deep),
		"grey":                                picturetest.PNG(t, image.NewGray(image.Rect(0, 0, 20, 10))),
		"a palette":                           picturetest.PNG(t, image.NewPaletted(image.Rect(0, 0, 20, 10), color.Palette{color.Black, color.White})),
		"a GIF of two frames within a canvas": moving.Bytes(),
		"a grey JPEG":                         picturetest.JPEG(t, image.NewGray(image.Rect(0, 0, 20, 10)), 80),
		"a WebP with transparency":            webpBytes(t, picturetest.WithHole(picturetest.Painting(20, 10, 1)), false),
	}
	for name, b := range tests {
		t.Run(name, func(t *testing.T) {
			s := newSaved(t, b)
			whole := decodeBytes(t, b)
			for quarter := range 5 {
				_, got := read(t, s, adapter.Rendition{Name: "a", Quarter: quarter, Format: adapter.PNG})
				want := png.Quarter(20, 10, quarter)
				if name != "sixteen bits" || quarter != 0 { // that one is passed on with all its bits
					picturetest.SamePixels(t, decodeBytes(t, got), whole, want)
				}
			}
		})
	}
}

// FuzzDecode: whatever bytes come, nothing panics, and what decodes has the
// size that the header announced.
func FuzzDecode(f *testing.F) {
	img := picturetest.Painting(12, 10, 1)
	f.Add(picturetest.PNG(f, img))
	f.Add(picturetest.JPEG(f, img, 70))
	f.Add(gifBytes(f, img))
	f.Add(webpBytes(f, img, false))
	f.Add(webpBytes(f, picturetest.WithHole(img), false))
	f.Add(animatedWebP())
	for _, b := range bombs(f) {
		f.Add(b[:min(len(b), 2000)])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, rest, err := format.ReadHeader(bytes.NewReader(b))
		if err != nil {
			if adapter.KindOf(err) != adapter.Invalid {
				t.Fatalf("format.ReadHeader = %v, want kind %q", err, adapter.Invalid)
			}
			return
		}
		if whole, err := io.ReadAll(rest); err != nil || !bytes.Equal(whole, b) {
			t.Fatalf("the rest is %d of %d bytes, %v", len(whole), len(b), err)
		}
		png.TagOf(bytes.NewReader(b))
		if h.Width*h.Height > 1<<18 || h.Animated || h.Format == adapter.MP4 {
			return
		}
		if img, err := format.Decode(bytes.NewReader(b), h); err == nil && (img.Bounds().Dx() != h.Width || img.Bounds().Dy() != h.Height) {
			t.Fatalf("decoded %v, announced %d×%d", img.Bounds(), h.Width, h.Height)
		}
	})
}
