package picturetest

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"math/rand/v2"
	"testing"
)

// Painting draws a picture that compresses like a photograph or a painting: broad
// shapes, edges, texture and a little grain. Different seeds give different pictures.
func Painting(w, h int, seed uint64) *image.RGBA {
	rng := rand.New(rand.NewPCG(seed, 77))
	type wave struct{ fx, fy, phase, amp float64 }
	var waves [3][]wave
	for c := range waves {
		for i := range 7 {
			f := math.Pow(1.9, float64(i)) * 3 / 1024
			angle := rng.Float64() * 2 * math.Pi
			if f*1024 > float64(max(w, h))/10 {
				f = 3.0 / 1024 // finer than the pixels can show
			}
			amp := 60 / math.Pow(1.7, float64(i))
			waves[c] = append(waves[c], wave{f * math.Cos(angle), f * math.Sin(angle), rng.Float64() * 7, amp})
			if c > 0 && i > 2 {
				waves[c][i] = waves[0][i] // detail is light and shade, not colour
			}
		}
	}
	type disc struct{ x, y, r, cr, cg, cb float64 }
	discs := make([]disc, 12)
	for i := range discs {
		discs[i] = disc{rng.Float64() * float64(w), rng.Float64() * float64(h), (0.03 + 0.12*rng.Float64()) * float64(w),
			rng.Float64()*120 - 60, rng.Float64()*120 - 60, rng.Float64()*120 - 60}
	}
	base := [3]float64{60 + rng.Float64()*130, 60 + rng.Float64()*130, 60 + rng.Float64()*130}
	scale := 1024 / float64(max(w, h))
	// Every wave is a product of two tables, so that drawing costs no sine per pixel.
	sinX, cosX := make([]float64, w*21), make([]float64, w*21)
	for c := range waves {
		for i, v := range waves[c] {
			for x := range w {
				sinX[(c*7+i)*w+x], cosX[(c*7+i)*w+x] = math.Sincos(2*math.Pi*v.fx*float64(x)*scale + v.phase)
			}
		}
	}
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	var sy, cy [21]float64
	for y := range h {
		for c := range waves {
			for i, v := range waves[c] {
				sy[c*7+i], cy[c*7+i] = math.Sincos(2 * math.Pi * v.fy * float64(y) * scale)
			}
		}
		for x := range w {
			grain := float64(int(rng.Uint32()%7)) - 3
			v := base
			for c := range v {
				for i := range waves[c] {
					k := c*7 + i
					v[c] += waves[c][i].amp * (sinX[k*w+x]*cy[k] + cosX[k*w+x]*sy[k])
				}
			}
			for _, d := range discs {
				dx, dy := float64(x)-d.x, float64(y)-d.y
				if dx*dx+dy*dy < d.r*d.r {
					v[0], v[1], v[2] = v[0]+d.cr, v[1]+d.cg, v[2]+d.cb
				}
			}
			img.SetRGBA(x, y, color.RGBA{clamp(v[0] + grain), clamp(v[1] + grain), clamp(v[2] + grain), 255})
		}
	}
	return img
}

func clamp(v float64) uint8 { return uint8(max(0, min(255, v))) }

// WithHole returns the picture with a transparent rectangle and a half transparent one.
func WithHole(src *image.RGBA) *image.NRGBA {
	b := src.Bounds()
	dst := image.NewNRGBA(b)
	for y := b.Min.Y; y < b.Max.Y; y++ {
		for x := b.Min.X; x < b.Max.X; x++ {
			c := src.RGBAAt(x, y)
			n := color.NRGBA{c.R, c.G, c.B, 255}
			if x < b.Dx()/4 && y < b.Dy()/3 {
				n = color.NRGBA{}
			} else if x > b.Dx()/2 && y > b.Dy()*2/3 {
				n.A = 100
			}
			dst.SetNRGBA(x, y, n)
		}
	}
	return dst
}

// PNG encodes a picture with the standard library, at its fastest.
func PNG(t testing.TB, img image.Image) []byte {
	t.Helper()
	return PNGLevel(t, img, png.BestSpeed)
}

// PNGLevel encodes a picture with the standard library.
func PNGLevel(t testing.TB, img image.Image, level png.CompressionLevel) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: level}).Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// JPEG encodes a picture with the standard library.
func JPEG(t testing.TB, img image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// SamePixels reports the first pixel in which got differs from the rectangle r of want.
func SamePixels(t testing.TB, got, want image.Image, r image.Rectangle) {
	t.Helper()
	if got.Bounds().Dx() != r.Dx() || got.Bounds().Dy() != r.Dy() {
		t.Fatalf("size = %v, want %v", got.Bounds().Size(), r.Size())
	}
	o := got.Bounds().Min
	for y := range r.Dy() {
		for x := range r.Dx() {
			g := color.NRGBAModel.Convert(got.At(o.X+x, o.Y+y))
			w := color.NRGBAModel.Convert(want.At(r.Min.X+x, r.Min.Y+y))
			if g != w {
				t.Fatalf("pixel %d,%d of %v = %v, want %v", x, y, r, g, w)
			}
		}
	}
}
