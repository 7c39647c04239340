package pictures

import (
	"context"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/adapter/pictures/picturetest"
	"midgate/adapter/sqlstore"
)

// manyRecords fills a database with n pictures that look like nothing in particular, and hangs one picture among them.
func manyRecords(b *testing.B, n int) *gallery {
	b.Helper()
	state, err := sqlstore.Open(b.Context(), sqlstore.Config{Path: filepath.Join(b.TempDir(), "midgate.db")})
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = state.Close() })
	g := newGallery(b)
	g.prints = state
	g.ride = func(work func(context.Context, adapter.Tx) error) {
		if err := state.Write(context.Background(), func(tx adapter.Tx) error { return work(context.Background(), tx) }); err != nil {
			b.Fatal(err)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for done := 0; done < n; {
		g.ride(func(ctx context.Context, tx adapter.Tx) error {
			for range min(5000, n-done) {
				p := adapter.Print{Image: "img_" + strconv.Itoa(done), Owner: "me", Created: time.Unix(int64(done), 0), Pixels: 1 << 20}
				base, slope := rng.IntN(200), rng.IntN(60)
				for k := range p.Cells {
					p.Cells[k] = uint8(base + k%adapter.PrintEdge*slope/adapter.PrintEdge)
				}
				if err := tx.PutPrint(ctx, p, []byte{0}); err != nil {
					return err
				}
				done++
			}
			return nil
		})
	}
	g.hang("img_it", picturetest.Painting(1024, 1024, 99))
	g.fresh = noted{}
	return g
}

// BenchmarkRecognise: one look-up among 10,000 and 100,000 records of one owner,
// the upload's decoding included. The baseline is that decoding alone.
func BenchmarkRecognise(b *testing.B) {
	pic := picturetest.Painting(1024, 1024, 99)
	for _, n := range []int{10_000, 100_000} {
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
