package pictures

import (
	"bytes"
	"image"
	"image/jpeg"
	stdpng "image/png"
	"io"
	"runtime"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	deepwebp "github.com/deepteams/webp"
	"golang.org/x/image/webp"

	"midgate/adapter/pictures/fingerprint"
	"midgate/adapter/pictures/format"
	"midgate/adapter/pictures/picturetest"
	"midgate/adapter/pictures/png"
)

// The grids that the benchmarks cut: 2048×2048, as Midjourney sends them.
var (
	gridImage = sync.OnceValue(func() *image.RGBA { return picturetest.Painting(2048, 2048, 42) })
	gridWebP  = sync.OnceValue(func() []byte {
		var b bytes.Buffer
		if err := deepwebp.Encode(&b, gridImage(), &deepwebp.Options{Quality: 85, Method: 4}); err != nil {
			panic(err)
		}
		return b.Bytes()
	})
)

// cpuTime is the processor time that this process has used.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// against runs subject and baseline alternately (A B B A …) and reports the median of
// the rounds' ratios of processor time; each returns the bytes it wrote.
func against(b *testing.B, subject, baseline func() int) {
	b.Helper()
	measure := func(f func() int) (time.Duration, int) {
		runtime.GC()
		start := cpuTime()
		n := f()
		return cpuTime() - start, n
	}
	allocated := func(f func() int) float64 {
		before := heap()
		f()
		return float64(heap() - before)
	}
	subject() // warm
	baseline()
	memory := allocated(subject) / allocated(baseline)
	var ratios, mine, theirs []float64
	var size, baseSize int
	for b.Loop() {
		for round := range 8 {
			var s, base time.Duration
			if round%2 == 0 {
				s, size = measure(subject)
				base, baseSize = measure(baseline)
			} else {
				base, baseSize = measure(baseline)
				s, size = measure(subject)
			}
			ratios = append(ratios, float64(s)/float64(base))
			mine, theirs = append(mine, s.Seconds()*1000), append(theirs, base.Seconds()*1000)
		}
	}
	b.ReportMetric(memory, "alloc-ratio")
	b.ReportMetric(median(ratios), "cpu-ratio")
	b.ReportMetric(quantile(ratios, .75)-quantile(ratios, .25), "cpu-ratio-iqr")
	b.ReportMetric(median(mine), "cpu-ms")
	b.ReportMetric(median(theirs), "baseline-cpu-ms")
	b.ReportMetric(float64(size)/float64(baseSize), "size-ratio")
}

func median(v []float64) float64 { return quantile(v, .5) }

func quantile(v []float64, q float64) float64 {
	v = slices.Sorted(slices.Values(v))
	return v[int(q*float64(len(v)-1)+.5)]
}

// counter is a writer that only counts.
type counter struct{ n int }

func (c *counter) Write(b []byte) (int, error) { c.n += len(b); return len(b), nil }

// stdlibQuarters is what the PNG benchmarks are compared with: four sub-images through
// image/png at its fastest level that still compresses.
func stdlibQuarters(b *testing.B, img image.Image) int {
	var c counter
	enc := stdpng.Encoder{CompressionLevel: stdpng.BestSpeed}
	for q := 1; q <= 4; q++ {
		sub := img.(interface {
			SubImage(r image.Rectangle) image.Image
		}).SubImage(png.Quarter(2048, 2048, q))
		if err := enc.Encode(&c, sub); err != nil {
			b.Fatal(err)
		}
	}
	return c.n
}

// BenchmarkP7PNGGrid: a PNG grid into four PNG tiles and their fingerprints (bar: cpu ≤ 0.45, size ≤ 1.10).
func BenchmarkP7PNGGrid(b *testing.B) {
	src := picturetest.PNGLevel(b, gridImage(), stdpng.DefaultCompression)
	against(b, func() int {
		var c counter
		four := newQuarterBuilders(format.Header{Width: 2048, Height: 2048})
		if err := png.SplitQuarters(bytes.NewReader(src), [4]io.Writer{&c, &c, &c, &c}, four.addRow); err != nil {
			b.Fatal(err)
		}
		for _, k := range four {
			k.Fingerprint()
		}
		return c.n
	}, func() int {
		img, err := stdpng.Decode(bytes.NewReader(src))
		if err != nil {
			b.Fatal(err)
		}
		return stdlibQuarters(b, img)
	})
}

// BenchmarkP7bWebPGrid: a WebP grid into four PNG tiles (bar: cpu ≤ 0.5, size ≤ 1.1).
func BenchmarkP7bWebPGrid(b *testing.B) {
	src := gridWebP()
	decode := func(decoder func(io.Reader) (image.Image, error)) image.Image {
		img, err := decoder(bytes.NewReader(src))
		if err != nil {
			b.Fatal(err)
		}
		return img
	}
	against(b, func() int {
		var c counter
		img := decode(shownWebP).(*image.YCbCr)
		for q := 1; q <= 4; q++ {
			part := img.SubImage(png.Quarter(2048, 2048, q))
			fingerprint.Of(part)
			if err := png.Encode(&c, part); err != nil {
				b.Fatal(err)
			}
		}
		return c.n
	}, func() int { return stdlibQuarters(b, decode(webp.Decode)) })
}

// BenchmarkP8JPEGGrid: a JPEG grid into four JPEG tiles (bar: cpu ≤ 1.1 of decoding and encoding at 92).
func BenchmarkP8JPEGGrid(b *testing.B) {
	src := picturetest.JPEG(b, gridImage(), 92)
	run := func(quality int) int {
		var c counter
		img, err := jpeg.Decode(bytes.NewReader(src))
		if err != nil {
			b.Fatal(err)
		}
		for q := 1; q <= 4; q++ {
			sub := img.(*image.YCbCr).SubImage(png.Quarter(2048, 2048, q))
			if err := jpeg.Encode(&c, sub, &jpeg.Options{Quality: quality}); err != nil {
				b.Fatal(err)
			}
		}
		return c.n
	}
	against(b, func() int { return run(95) }, func() int { return run(92) })
}
