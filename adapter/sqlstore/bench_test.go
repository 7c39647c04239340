package sqlstore_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/adapter/sqlstore"
	"midgate/adapter/sqlstore/pgtest"
)

// life writes what a picture's job writes: accepted with its first intent, submitted, done with five records.
func life(s adapter.State, n int64) error {
	ctx, now := context.Background(), time.Now()
	id := fmt.Sprintf("job_%026d", n)
	job := adapter.Job{ID: id, Owner: "me", Kind: "generation", Body: id, Seed: "seed", Status: adapter.JobQueued, Replica: "one", Created: now, Deadline: now.Add(time.Hour),
		Request: []byte(`{"prompt":"a lighthouse at dusk, in the style of an old postcard"}`),
		Steps:   []adapter.Step{{Name: "imagine", State: id, Upstream: "main", Intended: now}}, Deliveries: []adapter.Delivery{{State: adapter.DeliveryWaiting, At: now}}}
	if err := s.Write(ctx, func(tx adapter.Tx) error {
		_, err := tx.JobsByBody(ctx, id, now.Add(-time.Hour), now, 32)
		return errors.Join(err, tx.InsertJob(ctx, job))
	}); err != nil {
		return err
	}
	st := job.Steps[0]
	st.Submission = &adapter.Submission{TaskID: id, At: now}
	if err := s.Write(ctx, func(tx adapter.Tx) error { return tx.NoteStep(ctx, id, st) }); err != nil {
		return err
	}
	var images []adapter.Image
	for i := range 5 {
		img := adapter.Image{ID: fmt.Sprintf("img_%d_%026d", i, n), Owner: "me", Job: id, Created: now, Prompt: "a lighthouse", Source: "pictures/" + id, TaskID: id}
		for range 10 {
			img.Buttons = append(img.Buttons, adapter.Button{CustomID: "MJ::JOB::upsample::1::" + id, Label: "U1", Action: adapter.ActUpscale, Index: 1})
		}
		images = append(images, img)
	}
	job.Status, job.Finished, job.Result = adapter.JobCompleted, now, &adapter.Result{Images: []string{images[0].ID}}
	return s.Write(ctx, func(tx adapter.Tx) error {
		return errors.Join(tx.PutJob(ctx, job, "one"), tx.PutStep(ctx, id, st), tx.PutImages(ctx, images...))
	})
}

func BenchmarkJobs(b *testing.B) {
	for _, engine := range []string{"SQLite", "PostgreSQL"} {
		for _, atOnce := range []int{1, 64} {
			b.Run(fmt.Sprintf("%s/%d at once", engine, atOnce), func(b *testing.B) {
				cfg := sqlstore.Config{Path: filepath.Join(b.TempDir(), "midgate.db")}
				if engine == "PostgreSQL" {
					cfg = sqlstore.Config{URL: pgtest.URL(b)}
				}
				s := open(b, cfg)
				var n atomic.Int64
				b.SetParallelism((atOnce + 1) / 2)
				b.ResetTimer()
				if atOnce == 1 {
					for range b.N {
						if err := life(s, n.Add(1)); err != nil {
							b.Fatal(err)
						}
					}
				} else {
					b.RunParallel(func(p *testing.PB) {
						for p.Next() {
							if err := life(s, n.Add(1)); err != nil {
								b.Error(err)
							}
						}
					})
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
			})
		}
	}
}
