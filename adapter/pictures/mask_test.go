package pictures

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	stdpng "image/png"
	"testing"

	"midgate/adapter"
	"midgate/adapter/pictures/format"
	"midgate/adapter/pictures/picturetest"
	"midgate/adapter/pictures/png"
)

// area is the part that the masks of these tests mark, in a mask of this size.
func area(w, h int) image.Rectangle { return image.Rect(w/4, h/4, w/2, h*3/4) }

// filled is a picture of one colour with another one in the area.
func filled(w, h int, outside, inside color.Color) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, image.NewUniform(outside), image.Point{}, draw.Src)
	draw.Draw(img, area(w, h), image.NewUniform(inside), image.Point{}, draw.Src)
	return img
}

// erased is a picture of which the area was erased.
func erased(w, h int) *image.NRGBA {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, picturetest.Painting(w, h, 3), image.Point{}, draw.Src)
	draw.Draw(img, area(w, h), image.Transparent, image.Point{}, draw.Src)
	return img
}

func upload(t testing.TB, s *Store, b []byte) adapter.Picture {
	t.Helper()
	p, err := s.Receive(t.Context(), bytes.NewReader(b), limit)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestMaskMarksWhatIsToBeRepainted(t *testing.T) {
	thin := filled(80, 40, color.Black, color.White)
	for x := range 20 {
		thin.SetNRGBA(20+x, 10, color.NRGBA{128, 128, 128, 255})
	}
	tests := map[string][]byte{
		"transparent on a flat colour":            picturetest.PNG(t, filled(80, 40, color.White, color.Transparent)),
		"transparent, the picture its own mask":   picturetest.PNG(t, erased(80, 40)),
		"transparent, as a WebP":                  webpBytes(t, filled(80, 40, color.White, color.Transparent), false),
		"transparent in a palette":                picturetest.PNG(t, paletted(filled(80, 40, color.White, color.Transparent))),
		"white on black without alpha":            picturetest.PNG(t, filled(80, 40, color.Black, color.White)),
		"white on black as a JPEG":                picturetest.JPEG(t, filled(80, 40, color.Black, color.White), 90),
		"white on black with a soft edge":         picturetest.PNG(t, thin),
		"twice the size":                          picturetest.PNG(t, filled(160, 80, color.White, color.Transparent)),
		"half the size":                           picturetest.PNG(t, filled(40, 20, color.White, color.Transparent)),
		"a ratio that differs by less than 2 %":   picturetest.PNG(t, filled(161, 80, color.White, color.Transparent)),
		"sixteen bits":                            picturetest.PNG(t, deeper(filled(80, 40, color.White, color.Transparent))),
		"half transparent outside, holes in area": picturetest.PNG(t, filled(80, 40, color.NRGBA{9, 9, 9, 200}, color.Transparent)),
	}
	s := newStore(t, t.TempDir())
	for name, b := range tests {
		t.Run(name, func(t *testing.T) {
			p, err := s.Mask(t.Context(), upload(t, s, b).Name, 80, 40)
			if err != nil {
				t.Fatalf("Mask = %v, want nil", err)
			}
			blob, got := read(t, s, adapter.Rendition{Name: p.Name})
			if p.Format != adapter.PNG || p.Width != 80 || p.Height != 40 || p.SHA256 != blob.SHA256 || p.Name != "uploads/"+p.SHA256 {
				t.Fatalf("Mask = %+v", p)
			}
			img, err := stdpng.Decode(bytes.NewReader(got))
			if err != nil {
				t.Fatal(err)
			}
			grey, ok := img.(*image.Gray)
			if !ok {
				t.Fatalf("the mask is a %T, want 8-bit grey", img)
			}
			for y := range 40 {
				for x := range 80 {
					want := uint8(0)
					if (image.Point{x, y}).In(area(80, 40)) {
						want = 255
					}
					if v := grey.GrayAt(x, y).Y; v != want && !atEdge(x, y) {
						t.Fatalf("pixel %d,%d = %d, want %d", x, y, v, want)
					}
				}
			}
		})
	}
}

// atEdge is where scaling or a lossy format may decide either way.
func atEdge(x, y int) bool {
	a := area(80, 40)
	return !(image.Point{x, y}).In(a.Inset(2)) && (image.Point{x, y}).In(a.Inset(-2))
}

func paletted(img *image.NRGBA) *image.Paletted {
	p := image.NewPaletted(img.Rect, color.Palette{color.White, color.Transparent})
	draw.Draw(p, p.Rect, img, image.Point{}, draw.Src)
	return p
}

func deeper(img *image.NRGBA) *image.NRGBA64 {
	p := image.NewNRGBA64(img.Rect)
	draw.Draw(p, p.Rect, img, image.Point{}, draw.Src)
	return p
}

func TestMaskRefuses(t *testing.T) {
	tests := map[string][]byte{
		"nothing marked":                   picturetest.PNG(t, filled(80, 40, color.NRGBA{1, 2, 3, 200}, color.White)),
		"everything transparent":           picturetest.PNG(t, filled(80, 40, color.Transparent, color.Transparent)),
		"all black":                        picturetest.PNG(t, filled(80, 40, color.Black, color.Black)),
		"all white":                        picturetest.PNG(t, filled(80, 40, color.White, color.White)),
		"another ratio":                    picturetest.PNG(t, filled(80, 44, color.White, color.Transparent)),
		"an opaque picture":                picturetest.PNG(t, picturetest.Painting(80, 40, 1)),
		"an opaque picture as a JPEG":      picturetest.JPEG(t, picturetest.Painting(80, 40, 1), 90),
		"black and white and much grey":    picturetest.PNG(t, filled(80, 40, color.Black, color.Gray{128})),
		"damaged":                          flipped(picturetest.PNG(t, filled(80, 40, color.White, color.Transparent))),
		"something that moves":             animatedWebP(),
		"a mark that scaling makes vanish": picturetest.PNG(t, oneDot()),
	}
	s := newStore(t, "mem://")
	for name, b := range tests {
		t.Run(name, func(t *testing.T) {
			p := save(t, s, "mask", b)
			got, err := s.Mask(t.Context(), p.Name, 80, 40)
			var e *adapter.Error
			if !errors.As(err, &e) || e.Kind != adapter.Invalid || (e.Param != "mask" && name != "something that moves") || e.Message == "" {
				t.Fatalf("Mask = %+v, %v, want an Invalid error of param mask", got, err)
			}
		})
	}
	if _, err := s.Mask(t.Context(), "uploads/none", 80, 40); !errors.Is(err, adapter.ErrNotFound) {
		t.Errorf("Mask of nothing = %v, want ErrNotFound", err)
	}
}

func flipped(b []byte) []byte {
	b = bytes.Clone(b)
	b[len(b)-15] ^= 0x55
	return b
}

func oneDot() image.Image {
	img := filled(800, 400, color.White, color.White)
	img.SetNRGBA(0, 0, color.NRGBA{})
	return img
}

func TestHoles(t *testing.T) {
	tests := map[string]struct {
		b    []byte
		want bool
	}{
		"an erased part":          {picturetest.PNG(t, erased(40, 40)), true},
		"an erased part, as WebP": {webpBytes(t, erased(40, 40), false), true},
		"a transparent colour":    {picturetest.PNG(t, paletted(filled(40, 40, color.White, color.Transparent))), true},
		"a PNG without alpha":     {picturetest.PNG(t, picturetest.Painting(40, 40, 1)), false},
		"half transparent only":   {picturetest.PNG(t, filled(40, 40, color.White, color.NRGBA{1, 1, 1, 1})), false},
		"a JPEG":                  {picturetest.JPEG(t, picturetest.Painting(40, 40, 1), 90), false},
	}
	s := newStore(t, "mem://")
	for name, test := range tests {
		if got, err := s.Holes(t.Context(), upload(t, s, test.b).Name); err != nil || got != test.want {
			t.Errorf("%s: Holes = %t, %v, want %t", name, got, err, test.want)
		}
	}
}

func TestPunchErasesWhatTheMaskMarks(t *testing.T) {
	grid := picturetest.Painting(160, 80, 5)
	originals := map[string]struct {
		b []byte
		r adapter.Rendition
	}{
		"a whole PNG":         {picturetest.PNG(t, picturetest.Painting(80, 40, 5)), adapter.Rendition{}},
		"a JPEG":              {picturetest.JPEG(t, picturetest.Painting(80, 40, 5), 90), adapter.Rendition{}},
		"a WebP":              {webpBytes(t, picturetest.Painting(80, 40, 5), false), adapter.Rendition{Format: adapter.PNG}},
		"a quarter of a grid": {picturetest.PNG(t, grid), adapter.Rendition{Quarter: 4}},
	}
	s := newStore(t, t.TempDir())
	mask, err := s.Mask(t.Context(), upload(t, s, picturetest.PNG(t, filled(80, 40, color.White, color.Transparent))).Name, 80, 40)
	if err != nil {
		t.Fatal(err)
	}
	for name, o := range originals {
		t.Run(name, func(t *testing.T) {
			o.r.Name = upload(t, s, o.b).Name
			p, err := s.Erase(t.Context(), o.r, mask.Name)
			if err != nil {
				t.Fatal(err)
			}
			_, b := read(t, s, adapter.Rendition{Name: p.Name})
			got, whole := decodeBytes(t, b), decodeBytes(t, o.b)
			part := png.Quarter(whole.Bounds().Dx(), whole.Bounds().Dy(), o.r.Quarter)
			want := image.NewNRGBA(image.Rect(0, 0, 80, 40))
			draw.Draw(want, want.Rect, whole, part.Min, draw.Src)
			draw.Draw(want, area(80, 40), image.Transparent, image.Point{}, draw.Src)
			picturetest.SamePixels(t, got, want, want.Bounds())
			if again, err := s.Erase(t.Context(), o.r, mask.Name); err != nil || again != p {
				t.Errorf("Erase again = %+v, %v, want %+v", again, err, p)
			}
		})
	}
}

// FuzzMask: whatever is uploaded, a mask that is made is grey, of the size that was
// asked for, and marks some but not all.
func FuzzMask(f *testing.F) {
	f.Add(picturetest.PNG(f, erased(16, 8)), 16, 8)
	f.Add(picturetest.PNG(f, filled(8, 8, color.Black, color.White)), 16, 16)
	f.Add(webpBytes(f, erased(16, 8), false), 8, 4)
	f.Add(gifBytes(f, filled(8, 8, color.Black, color.White)), 8, 8)
	f.Fuzz(func(t *testing.T, b []byte, w, h int) {
		if w < 1 || h < 1 || w > 32 || h > 32 || len(b) > 4<<10 { // small ones find as much, a hundred times as fast
			return
		}
		head, _, err := format.ReadHeader(bytes.NewReader(b))
		if err != nil || head.Width*head.Height > 1<<10 || head.Format == adapter.MP4 || head.Animated {
			return
		}
		m := newMaskPixels(head.Width, head.Height)
		if err := png.EachRow(bytes.NewReader(b), m.see); err != nil {
			img, err := format.Decode(bytes.NewReader(b), head)
			if err != nil {
				return
			}
			m = newMaskPixels(head.Width, head.Height)
			if err := png.EachImageRow(img, m.see); err != nil {
				t.Fatal(err)
			}
		}
		bit, err := m.meaning()
		if err != nil {
			return
		}
		pixels := m.scaled(w, h, bit)
		if err := someNotAll(pixels, markHole); err != nil {
			return
		}
		var out bytes.Buffer
		if err := writeMask(&out, pixels, w, h); err != nil {
			t.Fatal(err)
		}
		img, err := stdpng.Decode(&out)
		if err != nil {
			t.Fatal(err)
		}
		grey, ok := img.(*image.Gray)
		if !ok || grey.Rect != image.Rect(0, 0, w, h) || !bytes.Equal(grey.Pix, pixels) {
			t.Fatalf("the mask is a %T of %v", img, img.Bounds())
		}
	})
}

// BenchmarkMask: a mask of 2048² pixels, against decoding and encoding it with image/png.
func BenchmarkMask(b *testing.B) {
	s := newStore(b, "mem://")
	src := picturetest.PNGLevel(b, erased(2048, 2048), stdpng.DefaultCompression)
	name := upload(b, s, src).Name
	against(b, func() int {
		p, err := s.Mask(b.Context(), name, 2048, 2048)
		if err != nil {
			b.Fatal(err)
		}
		return int(p.Size)
	}, func() int {
		img, err := stdpng.Decode(bytes.NewReader(src))
		if err != nil {
			b.Fatal(err)
		}
		grey := image.NewGray(img.Bounds())
		for y := range 2048 {
			for x := range 2048 {
				if _, _, _, a := img.At(x, y).RGBA(); a == 0 {
					grey.SetGray(x, y, color.Gray{255})
				}
			}
		}
		var c counter
		if err := stdpng.Encode(&c, grey); err != nil {
			b.Fatal(err)
		}
		return c.n
	})
}
