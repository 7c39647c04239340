package pictures

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	imagepng "image/png"
	"math/rand/v2"
	"strings"
	"testing"

	"midgate/adapter"
)

// noise is a picture that compresses badly.
func noise(w, h int) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	r := rand.New(rand.NewPCG(1, 2))
	for i := range img.Pix {
		img.Pix[i] = uint8(r.Uint32())
		if i%4 == 3 {
			img.Pix[i] = 0xff
		}
	}
	return img
}

func stored(t *testing.T, s *Store, name string, img image.Image) {
	t.Helper()
	var b bytes.Buffer
	if err := imagepng.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Save(t.Context(), name, &b, 1<<30); err != nil {
		t.Fatal(err)
	}
}

func previewStore(t *testing.T) *Store {
	t.Helper()
	s, err := New(context.Background(), Config{URL: "mem://", TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// Every shape stays within its bounds, whatever it shows.
func TestPreviewsKeepTheirBounds(t *testing.T) {
	s := previewStore(t)
	for name, size := range map[string]image.Point{"square": {1200, 1200}, "wide": {2200, 300}, "tall": {120, 1700}, "small": {40, 30}, "dot": {1, 1}} {
		stored(t, s, name, noise(size.X, size.Y))
		for _, quarters := range [][]int{{0}, {1, 2, 3, 4}, {1, 4}, {1, 2, 3, 4, 1, 2, 3, 4}} {
			var all []adapter.Rendition
			for _, q := range quarters {
				all = append(all, adapter.Rendition{Name: name, Quarter: q})
			}
			if len(quarters) > 1 && size.X < 2 {
				continue // it has no quarters
			}
			data, err := s.Preview(t.Context(), all, adapter.PreviewForm{Edge: 1024, Most: 180 << 10})
			if err != nil {
				t.Errorf("%s, %d pictures: %v", name, len(quarters), err)
				continue
			}
			img, err := jpeg.Decode(bytes.NewReader(data))
			if err != nil || len(data) > 180<<10 || max(img.Bounds().Dx(), img.Bounds().Dy()) > 1024 {
				t.Errorf("%s, %d pictures: %d bytes, %v, %v", name, len(quarters), len(data), img.Bounds(), err)
			}
		}
	}
}

// On a sheet each picture is in its place, and has its number.
func TestASheetHasNumberedPicturesInTheirOrder(t *testing.T) {
	s := previewStore(t)
	img := image.NewNRGBA(image.Rect(0, 0, 800, 800))
	colours := []color.NRGBA{{0xff, 0, 0, 0xff}, {0, 0xff, 0, 0xff}, {0, 0, 0xff, 0xff}, {0xff, 0xff, 0, 0xff}}
	for y := range 800 {
		for x := range 800 {
			img.SetNRGBA(x, y, colours[y/400*2+x/400])
		}
	}
	stored(t, s, "grid", img)
	data, err := s.Preview(t.Context(), []adapter.Rendition{{Name: "grid", Quarter: 4}, {Name: "grid", Quarter: 1}, {Name: "grid", Quarter: 2}}, adapter.PreviewForm{Edge: 800, Most: 1 << 20})
	if err != nil {
		t.Fatal(err)
	}
	sheet, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	near := func(x, y int, want color.NRGBA) {
		t.Helper()
		r, g, b, _ := sheet.At(x, y).RGBA()
		for i, v := range []uint32{r, g, b} {
			if off := int(v>>8) - int([]uint8{want.R, want.G, want.B}[i]); off > 40 || off < -40 {
				t.Errorf("at %d,%d: %02x%02x%02x, want about %v", x, y, r>>8, g>>8, b>>8, want)
				return
			}
		}
	}
	near(200, 200, colours[3])
	near(600, 200, colours[0])
	near(200, 600, colours[1])
	near(600, 600, color.NRGBA{0xff, 0xff, 0xff, 0xff})
	for _, corner := range []image.Point{{2, 2}, {402, 2}, {2, 402}} {
		near(corner.X, corner.Y, color.NRGBA{A: 0xff}) // the number's ground
	}
}

func TestPreviewOfWhatIsGone(t *testing.T) {
	s := previewStore(t)
	if _, err := s.Preview(t.Context(), []adapter.Rendition{{Name: "none"}}, adapter.PreviewForm{Edge: 64, Most: 9999}); !errors.Is(err, adapter.ErrNotFound) {
		t.Errorf("Preview() = %v, want ErrNotFound", err)
	}
}

// A stencil is a mask that an edit takes, in the picture's shape.
func TestAStencilIsAMask(t *testing.T) {
	s := previewStore(t)
	for _, size := range []image.Point{{2000, 1000}, {333, 1111}, {64, 64}} {
		p, err := s.Stencil(t.Context(), size.X, size.Y, []adapter.Hole{{Left: 50, Width: 50, Height: 100}, {Left: 0, Top: 0, Width: 20, Height: 20, Ellipse: true}})
		if err != nil {
			t.Fatal(err)
		}
		m, err := s.Mask(t.Context(), p.Name, size.X, size.Y)
		if err != nil {
			t.Fatalf("Mask() of %v: %v", size, err)
		}
		img, err := s.whole(t.Context(), m.Name)
		if err != nil {
			t.Fatal(err)
		}
		for at, white := range map[[2]int]bool{{75, 50}: true, {25, 50}: false, {10, 10}: true, {1, 1}: false, {99, 99}: true} {
			r, _, _, _ := img.At(at[0]*size.X/100, at[1]*size.Y/100).RGBA()
			if got := r > 0x8000; got != white {
				t.Errorf("%v at %v %%: white %v, want %v", size, at, got, white)
			}
		}
	}
	for _, hole := range []adapter.Hole{{Width: 100, Height: 100}, {Left: 100, Top: 100, Width: 1, Height: 1}} {
		p, err := s.Stencil(t.Context(), 100, 100, []adapter.Hole{hole})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Mask(t.Context(), p.Name, 100, 100); err == nil || !strings.Contains(err.Error(), "mask") {
			t.Errorf("a stencil of all or nothing is a mask: %v", err)
		}
	}
}
