package adaptertest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"midgate/adapter"
)

func stateUndoes(t *testing.T, here, _ adapter.State) {
	insert(t, here, plainJob("job_1", nil))
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		return tx.PutImages(ctx, adapter.Image{ID: "img_1", Created: birth, Prompt: "before"})
	})
	failure := errors.New("no")
	err := here.Write(bounded(t), func(tx adapter.Tx) error {
		ctx := t.Context()
		if err := errors.Join(tx.InsertJob(ctx, plainJob("job_2", nil)), tx.DropStep(ctx, "job_1", "x"), tx.CancelJob(ctx, "job_1"),
			tx.PutImages(ctx, adapter.Image{ID: "img_1", Created: birth, Prompt: "after"}), tx.DeleteImage(ctx, "img_2")); err != nil {
			t.Error(err)
		}
		if job, err := tx.Job(ctx, "job_2"); err != nil || job.ID != "job_2" {
			t.Errorf("inside the unit Job = %v, %v; want what the unit wrote", job.ID, err)
		}
		return failure
	})
	wantError(t, "Write", err, failure)
	if _, err := here.Job(bounded(t), "job_2"); !errors.Is(err, adapter.ErrNotFound) {
		t.Fatalf("a job of a failed unit: %v, want ErrNotFound", err)
	}
	img, err := here.Image(bounded(t), "img_1")
	ok(t, "Image", err)
	if img.Prompt != "before" || readJob(t, here, "job_1").Cancel {
		t.Fatal("a failed unit changed something")
	}
}

func statePanics(t *testing.T, here, _ adapter.State) {
	func() {
		defer func() {
			if p := recover(); p != "oh" {
				t.Errorf("recovered %v, want the work's own panic", p)
			}
		}()
		_ = here.Write(bounded(t), func(tx adapter.Tx) error {
			ok(t, "InsertJob", tx.InsertJob(t.Context(), plainJob("job_1", nil)))
			panic("oh")
		})
	}()
	if _, err := here.Job(bounded(t), "job_1"); !errors.Is(err, adapter.ErrNotFound) {
		t.Fatalf("a job of a unit that panicked: %v, want ErrNotFound", err)
	}
	insert(t, here, plainJob("job_1", nil))
}

func stateContext(t *testing.T, here, _ adapter.State) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_ = here.Write(ctx, func(tx adapter.Tx) error { return tx.InsertJob(ctx, plainJob("job_1", nil)) })
	insert(t, here, plainJob("job_2", nil))
	jobs, err := here.Jobs(bounded(t), adapter.JobQuery{Owner: "me", Limit: 9})
	ok(t, "Jobs", err)
	if len(jobs) == 0 || jobs[0].ID != "job_2" {
		t.Fatalf("Jobs = %v", jobIDs(jobs))
	}
}

func stateWritesAtOnce(t *testing.T, here, there adapter.State) {
	const units = 60
	failure := errors.New("no")
	var all sync.WaitGroup
	var failed atomic.Int64
	for i := range units {
		all.Go(func() {
			s := []adapter.State{here, there}[i%2]
			err := s.Write(bounded(t), func(tx adapter.Tx) error {
				if err := tx.InsertJob(t.Context(), plainJob(fmt.Sprintf("job_%02d", i), nil)); err != nil {
					return err
				}
				if i%5 == 0 {
					return failure
				}
				return nil
			})
			switch {
			case errors.Is(err, failure) && i%5 == 0:
				failed.Add(1)
			case err != nil || i%5 == 0:
				t.Errorf("unit %d: %v", i, err)
			}
		})
	}
	all.Wait()
	jobs, err := here.Jobs(bounded(t), adapter.JobQuery{Owner: "me", Limit: 100})
	ok(t, "Jobs", err)
	if len(jobs) != units-units/5 || failed.Load() != units/5 {
		t.Fatalf("%d jobs and %d failures, want %d and %d", len(jobs), failed.Load(), units-units/5, units/5)
	}
}

// stateLocks counts in a way that loses counts without the lock.
func stateLocks(t *testing.T, here, there adapter.State) {
	insert(t, here, plainJob("job_1", nil))
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			s := []adapter.State{here, there}[i%2]
			err := s.Write(bounded(t), func(tx adapter.Tx) error {
				ctx := t.Context()
				if err := tx.Lock(ctx, "name"); err != nil {
					return err
				}
				job, err := tx.Job(ctx, "job_1")
				if err != nil {
					return err
				}
				return tx.PutDelivery(ctx, "job_1", len(job.Deliveries), adapter.Delivery{State: adapter.DeliveryWaiting, At: birth})
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := len(readJob(t, here, "job_1").Deliveries); n != 21 {
		t.Fatalf("%d deliveries, want 21", n)
	}
}

func stateShares(t *testing.T, here, there adapter.State) {
	insert(t, here, plainJob("job_1", nil))
	same(t, "Job at the other replica", readJob(t, there, "job_1"), readJob(t, here, "job_1"))
	if here == there || !here.Shared() {
		return
	}
	bus, ok1 := here.(adapter.Bus)
	other, ok2 := there.(adapter.Bus)
	if !ok1 || !ok2 {
		t.Fatal("a shared state without a bus")
	}
	ctx, cancel := context.WithCancel(t.Context())
	type said struct{ topic, news string }
	heard := make(chan said, 10)
	done := make(chan error, 1)
	go func() {
		done <- other.Hear(ctx, func(topic string, news []byte) { heard <- said{topic, string(news)} })
	}()
	if first := arrives(t, "the first news", heard); first.topic != "" {
		t.Fatalf("heard %q first, want that news may have been missed", first.topic)
	}
	bus.Tell("jobs", []byte("job_1\n\"x\""))
	if got := arrives(t, "news", heard); got != (said{"jobs", "job_1\n\"x\""}) {
		t.Fatalf("heard %+v", got)
	}
	cancel()
	wantError(t, "Hear", arrives(t, "the end of Hear", done), context.Canceled)
}
