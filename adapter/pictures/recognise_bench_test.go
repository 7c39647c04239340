package pictures

import (
	"encoding/binary"
	"image"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/adapter/pictures/fingerprint"
	"midgate/adapter/pictures/picturetest"
)

// manyRecords fills a gallery with n records that look like nothing in particular, and
// hangs one picture among them.
func manyRecords(b *testing.B, n int) *gallery {
	b.Helper()
	g := newGallery(b)
	rng := rand.New(rand.NewPCG(1, 2))
	plain := fingerprint.Of(image.NewGray(image.Rect(0, 0, 64, 64))).Encode()
	for i := range n {
		looks := slices.Clone(plain)
		binary.BigEndian.PutUint64(looks[1:], rng.Uint64()) // the hash, then 64×64 cells of light
		base, slope := rng.IntN(200), rng.IntN(60)
		for k := range 64 * 64 {
			looks[9+k] = uint8(base + k%64*slope/64)
		}
		id := "img_" + strconv.Itoa(i)
		img := adapter.Image{ID: id, Owner: "me", Created: time.Unix(int64(i), 0), Width: 1024, Height: 1024, Looks: looks}
		if i < 1000 {
			g.records.m[id] = img
		}
		g.index.See(img)
	}
	g.hang("img_it", picturetest.Painting(1024, 1024, 99))
	return g
}

// BenchmarkRecognise: one look-up among 100,000 and 1,000,000 records of one owner,
// the upload's decoding included. The baseline is that decoding alone.
func BenchmarkRecognise(b *testing.B) {
	pic := picturetest.Painting(1024, 1024, 99)
	for _, n := range []int{100_000, 1_000_000} {
		g := manyRecords(b, n)
		for name, bytes := range map[string][]byte{
			"whole": picturetest.PNG(b, resized(pic, 512, 512)), "with a hole": picturetest.PNG(b, without(resized(pic, 512, 512), 30, 30, 70, 70)),
		} {
			name2 := upload(b, g.pictures, bytes).Name
			b.Run(strconv.Itoa(n)+" "+name, func(b *testing.B) {
				for b.Loop() {
					id, err := g.Recognise(b.Context(), "me", adapter.Reference{Upload: name2})
					if err != nil || id != "img_it" {
						b.Fatalf("Recognise = %q, %v", id, err)
					}
				}
				whole := b.Elapsed() / time.Duration(b.N)
				start := time.Now()
				for range 5 {
					if _, err := g.pictures.viewUpload(b.Context(), name2); err != nil {
						b.Fatal(err)
					}
				}
				base := time.Since(start) / 5
				b.ReportMetric(float64(base.Microseconds())/1000, "baseline-ms")
				b.ReportMetric(float64(whole)/float64(base), "ratio")
			})
		}
	}
}
