package png

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"testing"

	"midgate/adapter/pictures/picturetest"
)

// cut runs SplitQuarters and returns the four files.
func cut(src []byte) ([4][]byte, error) {
	var out [4]bytes.Buffer
	err := SplitQuarters(bytes.NewReader(src), [4]io.Writer{&out[0], &out[1], &out[2], &out[3]}, nil)
	return [4][]byte{out[0].Bytes(), out[1].Bytes(), out[2].Bytes(), out[3].Bytes()}, err
}

func TestSplitQuartersKeepsEveryPixel(t *testing.T) {
	tests := map[string]image.Image{
		"a grid of opaque pixels":          picturetest.Painting(128, 96, 1),
		"a grid with transparent pixels":   picturetest.WithHole(picturetest.Painting(128, 96, 2)),
		"an odd number of columns":         picturetest.Painting(65, 64, 3),
		"an odd number of rows":            picturetest.Painting(64, 65, 4),
		"two by two pixels":                picturetest.Painting(2, 2, 5),
		"one colour":                       image.NewUniform(color.RGBA{9, 8, 7, 255}),
		"wider than one compressed window": picturetest.Painting(3000, 16, 6),
	}
	for name, img := range tests {
		t.Run(name, func(t *testing.T) {
			if u, ok := img.(*image.Uniform); ok {
				flat := image.NewRGBA(image.Rect(0, 0, 64, 64))
				draw.Draw(flat, flat.Rect, u, image.Point{}, draw.Src)
				img = flat
			}
			for _, level := range []png.CompressionLevel{png.DefaultCompression, png.BestSpeed, png.NoCompression} {
				tiles, err := cut(picturetest.PNGLevel(t, img, level))
				if err != nil {
					t.Fatalf("SplitQuarters = %v, want nil", err)
				}
				for q := 1; q <= 4; q++ {
					tile, err := png.Decode(bytes.NewReader(tiles[q-1]))
					if err != nil {
						t.Fatalf("quarter %d does not decode: %v", q, err)
					}
					picturetest.SamePixels(t, tile, img, Quarter(img.Bounds().Dx(), img.Bounds().Dy(), q))
				}
			}
		})
	}
}

func TestSplitQuartersLeavesOtherFormsAlone(t *testing.T) {
	r := image.Rect(0, 0, 8, 8)
	tests := map[string]image.Image{
		"a palette":    image.NewPaletted(r, color.Palette{color.Black, color.White}),
		"grey":         image.NewGray(r),
		"sixteen bits": image.NewNRGBA64(r),
	}
	for name, img := range tests {
		t.Run(name, func(t *testing.T) {
			tiles, err := cut(picturetest.PNG(t, img))
			if !errors.Is(err, ErrForm) || len(tiles[0]) != 0 {
				t.Fatalf("SplitQuarters = %d bytes, %v, want none and %v", len(tiles[0]), err, ErrForm)
			}
		})
	}
}

func TestSplitQuartersIsAsStrictAsTheStandardLibrary(t *testing.T) {
	whole := picturetest.PNG(t, picturetest.Painting(32, 32, 1))
	flipped := func(at int) []byte {
		b := bytes.Clone(whole)
		b[at] ^= 1
		return b
	}
	tests := map[string][]byte{
		"nothing":                      nil,
		"the header alone":             whole[:33],
		"cut in the middle":            whole[:len(whole)/2],
		"without the end chunk":        whole[:len(whole)-12],
		"a wrong checksum of the data": flipped(len(whole) - 13),
		"a bit flipped in the data":    flipped(len(whole) / 2),
		"another signature":            flipped(0),
	}
	for name, b := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := png.Decode(bytes.NewReader(b)); err == nil {
				t.Fatal("image/png takes it: the case is wrong")
			}
			if _, err := cut(b); err == nil {
				t.Fatal("SplitQuarters = nil, want an error")
			}
		})
	}
}

// FuzzSplitQuarters holds the row code to image/png: whatever it cuts has the pixels that
// the standard library sees, and it refuses nothing that the library takes in this form.
func FuzzSplitQuarters(f *testing.F) {
	f.Add(picturetest.PNGLevel(f, picturetest.Painting(9, 7, 1), png.DefaultCompression))
	f.Add(picturetest.PNGLevel(f, picturetest.WithHole(picturetest.Painting(12, 12, 2)), png.DefaultCompression))
	f.Add(picturetest.PNGLevel(f, image.NewGray(image.Rect(0, 0, 4, 4)), png.BestSpeed))
	for filter := range byte(filterCount) {
		f.Add(filteredPNG(f, filter, 8, 6))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		cfg, err := png.DecodeConfig(bytes.NewReader(b))
		if err == nil && cfg.Width*cfg.Height > 1<<16 {
			return
		}
		tiles, err := cut(b)
		want, wantErr := png.Decode(bytes.NewReader(b))
		if errors.Is(err, ErrForm) {
			return
		}
		if (err == nil) != (wantErr == nil) {
			t.Fatalf("SplitQuarters = %v, image/png says %v", err, wantErr)
		}
		if err != nil {
			return
		}
		for q := 1; q <= 4; q++ {
			tile, err := png.Decode(bytes.NewReader(tiles[q-1]))
			if err != nil {
				t.Fatalf("quarter %d does not decode: %v", q, err)
			}
			picturetest.SamePixels(t, tile, want, Quarter(cfg.Width, cfg.Height, q))
		}
	})
}

// filteredPNG writes a picture with one filter in all rows.
func filteredPNG(t testing.TB, filter byte, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	p, err := NewWriter(&b, w, h, 4)
	if err != nil {
		t.Fatal(err)
	}
	img := picturetest.Painting(w, h, uint64(filter))
	above, out := make([]byte, 4*w), make([]byte, 1+4*w)
	for y := range h {
		row := img.Pix[y*img.Stride:][:4*w]
		out[0] = filter
		filterRow(filter, out[1:], row, above, 4)
		if err := p.writeFiltered(out); err != nil {
			t.Fatal(err)
		}
		copy(above, row)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestEveryFilterIsReadBack(t *testing.T) {
	for filter := range byte(filterCount) {
		b := filteredPNG(t, filter, 33, 20)
		img, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatalf("filter %d: image/png = %v", filter, err)
		}
		picturetest.SamePixels(t, img, picturetest.Painting(33, 20, uint64(filter)), img.Bounds())
		tiles, err := cut(b)
		if err != nil {
			t.Fatalf("filter %d: SplitQuarters = %v", filter, err)
		}
		tile, err := png.Decode(bytes.NewReader(tiles[3]))
		if err != nil {
			t.Fatalf("filter %d: %v", filter, err)
		}
		picturetest.SamePixels(t, tile, img, Quarter(33, 20, 4))
	}
}

func TestEncodeWritesTheStandardLibrarysPixels(t *testing.T) {
	rgba := picturetest.Painting(70, 50, 3)
	ycc, err := decodeJPEG(picturetest.JPEG(t, rgba, 90))
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]image.Image{
		"RGBA":                     rgba,
		"NRGBA with transparency":  picturetest.WithHole(rgba),
		"YCbCr":                    ycc,
		"a part of YCbCr":          ycc.(*image.YCbCr).SubImage(image.Rect(35, 25, 70, 50)),
		"a part of RGBA":           rgba.SubImage(image.Rect(3, 4, 41, 37)),
		"a palette":                image.NewPaletted(image.Rect(0, 0, 5, 5), color.Palette{color.Black, color.White}),
		"RGBA with half alpha":     halfAlpha(),
		"grey":                     image.NewGray(image.Rect(0, 0, 5, 40)),
		"YCbCr with alpha (webp)":  image.NewNYCbCrA(image.Rect(0, 0, 20, 20), image.YCbCrSubsampleRatio420),
		"a part of NRGBA, one row": picturetest.WithHole(rgba).SubImage(image.Rect(60, 10, 70, 11)),
	}
	for name, img := range tests {
		t.Run(name, func(t *testing.T) {
			var b bytes.Buffer
			if err := Encode(&b, img); err != nil {
				t.Fatal(err)
			}
			got, err := png.Decode(&b)
			if err != nil {
				t.Fatal(err)
			}
			want, err := png.Decode(bytes.NewReader(picturetest.PNG(t, img)))
			if err != nil {
				t.Fatal(err)
			}
			picturetest.SamePixels(t, got, want, want.Bounds())
		})
	}
}

func halfAlpha() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 4, 4))
	for i := range img.Pix {
		img.Pix[i] = uint8(i)
	}
	for i := 3; i < len(img.Pix); i += 4 {
		img.Pix[i] = 128
	}
	return img
}

func decodeJPEG(b []byte) (image.Image, error) {
	img, _, err := image.Decode(bytes.NewReader(b))
	return img, err
}
