package jetstream

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"midgate/adapter"
)

// sweeping starts a sweeper that fails for bytes in stuck, and returns what it drops.
func sweeping(t *testing.T, e *Engine, stuck string) <-chan string {
	dropped := make(chan string, 100)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- e.Sweep(ctx, func(_ context.Context, name string) error {
			dropped <- name
			if name == stuck {
				return errors.New("the bucket is away")
			}
			return nil
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Errorf("Sweep = %v, want context.Canceled", err)
		}
	})
	return dropped
}

func soon(now time.Time) time.Time { return now.Add(300 * time.Millisecond) }

func TestSweepRemovesExpiredRecordsAndBytesThatNobodyNeeds(t *testing.T) {
	e := start(t, Config{Dir: t.TempDir(), Sweep: 20 * time.Millisecond})
	now := time.Now()
	for _, img := range []adapter.Image{
		{ID: "img_1", Source: "shared", Expires: soon(now)},
		{ID: "img_2", Source: "shared", Expires: soon(now)},
		{ID: "img_3", Source: "needed", Expires: soon(now)},
		{ID: "img_4", Source: "needed"},
	} {
		if err := e.Store().Put(t.Context(), img); err != nil {
			t.Fatal(err)
		}
	}
	gone := make(chan string, 100)
	e.Store().OnChange(func(id string) { gone <- id })
	dropped := sweeping(t, e, "")
	if name := <-dropped; name != "shared" {
		t.Errorf("dropped %q, want shared", name)
	}
	left := []string{"img_1", "img_2", "img_3"}
	for len(left) > 0 {
		id := <-gone
		if _, _, err := e.store.read(t.Context(), id); errors.Is(err, adapter.ErrNotFound) {
			left = slices.DeleteFunc(left, func(s string) bool { return s == id })
		}
	}
	if len(dropped) > 0 {
		t.Errorf("dropped %q too, want shared once only", <-dropped)
	}
	if _, err := e.Store().Get(t.Context(), "img_4"); err != nil {
		t.Errorf("Get of a record that is kept for ever = %v", err)
	}
}

func TestSweepKeepsARecordUntilItsBytesAreGone(t *testing.T) {
	e := start(t, Config{Dir: t.TempDir(), Sweep: 20 * time.Millisecond})
	if err := e.Store().Put(t.Context(), adapter.Image{ID: "img_1", Source: "s", Expires: time.Now()}); err != nil {
		t.Fatal(err)
	}
	dropped := sweeping(t, e, "s")
	for range 3 {
		<-dropped // tried again and again
	}
	if _, _, err := e.store.read(t.Context(), "img_1"); err != nil {
		t.Errorf("the record while its bytes cannot be removed = %v, want it to be there", err)
	}
}

func TestSweepKeepsRunsThatAreFollowed(t *testing.T) {
	e := start(t, Config{Dir: t.TempDir(), Sweep: 20 * time.Millisecond})
	now := time.Now()
	for _, run := range []adapter.Job{
		{ID: "job_1", Status: adapter.JobInProgress, Expires: now, Deadline: now.Add(time.Hour), Result: &adapter.Result{Videos: []string{"running"}}},
		{ID: "job_2", Status: adapter.JobCompleted, Expires: now, Deadline: now.Add(time.Hour), Result: &adapter.Result{Videos: []string{"ended"}}},
	} {
		if _, err := e.Journal().Create(t.Context(), run); err != nil {
			t.Fatal(err)
		}
	}
	dropped := sweeping(t, e, "ended")
	for range 3 {
		if name := <-dropped; name != "ended" {
			t.Errorf("dropped %q, want the ended run's clip only", name)
		}
	}
}

// An upload belongs to whoever sent the same bytes. A file's record that expires must not take it from a run that has still
// to send it upstream, also not when the run was begun before a restart.
func TestSweepKeepsUploadsThatALiveRunAsksFor(t *testing.T) {
	for name, restarts := range map[string]bool{"a run that was begun here": false, "a run that was begun before a restart": true} {
		t.Run(name, func(t *testing.T) {
			cfg := Config{Dir: t.TempDir(), Sweep: 20 * time.Millisecond}
			e := start(t, cfg)
			for _, img := range []adapter.Image{
				{ID: "file-1", Source: "uploads/asked", Expires: time.Now()},
				{ID: "file-2", Source: "uploads/other", Expires: time.Now()},
			} {
				if err := e.Store().Put(t.Context(), img); err != nil {
					t.Fatal(err)
				}
			}
			run, err := e.Journal().Create(t.Context(), adapter.Job{ID: "job_1", Status: adapter.JobQueued, Request: []byte(`{"images":[{"upload":"uploads/asked"}]}`)})
			if err != nil {
				t.Fatal(err)
			}
			if restarts {
				e.Close()
				e = start(t, cfg)
			}
			dropped := sweeping(t, e, "uploads/other")
			for range 3 {
				if name := <-dropped; name != "uploads/other" {
					t.Fatalf("dropped %q, which a run that is not over asks for", name)
				}
			}
			if !e.Needed("uploads/asked") {
				t.Error("Needed = false for an upload that a run asks for")
			}
			run.Status = adapter.JobCompleted
			if _, err := e.Journal().Save(t.Context(), run); err != nil {
				t.Fatal(err)
			}
			for <-dropped != "uploads/asked" { // now that the run is over
			}
		})
	}
}

func TestOneReplicaSweeps(t *testing.T) {
	cfg := Config{Dir: t.TempDir(), Sweep: 20 * time.Millisecond}
	one := start(t, cfg)
	other := join(t, one)
	if _, held, err := one.Leases().Hold(t.Context(), sweeperLease, "one"); err != nil || !held {
		t.Fatalf("Hold = %v, %v", held, err)
	}
	if err := one.Store().Put(t.Context(), adapter.Image{ID: "img_1", Source: "s", Expires: time.Now()}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 500*time.Millisecond)
	defer cancel()
	err := other.Sweep(ctx, func(context.Context, string) error {
		t.Error("a replica without the lease sweeps")
		return nil
	})
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Sweep = %v, want the end of its context", err)
	}
}

// Until everything that was stored is known, nothing may be removed for want of a record.
func TestAllBytesAreNeededUntilTheIndexesAreFilled(t *testing.T) {
	t.Parallel()
	e := &Engine{store: &Store{index: newIndex()}, journal: &Journal{index: newIndex()}}
	for _, x := range []*index{e.store.index, e.journal.index} {
		if !e.Needed("pictures/a") {
			t.Error("Needed = false while an index is being filled")
		}
		x.fill()
	}
	if e.Needed("pictures/a") {
		t.Error("Needed = true although no record names them")
	}
}
