package main

import (
	"slices"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
	"midgate/adapter/sqlstore"
	"midgate/config"
)

// The clock is set by an hour while the gate is down: what its records say of time lies in the past or in the future.
// Every request that is repeated meets its job, and nothing is paid again.
func TestAClockThatIsSetBetweenTwoProcessesCostsNothing(t *testing.T) {
	t.Parallel()
	for name, by := range map[string]time.Duration{"an hour ahead": time.Hour, "an hour back": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t, simulator.Config{Pace: 700 * time.Millisecond})
			answered := b.generation("answered before", 2, "Idempotency-Key", "answered")
			before := answered.must(t, 0)
			letGo := b.hold()
			open := []sent{
				b.generation("repeated with a counter", 2), b.generation("repeated without one", 2),
				b.generation("repeated with a key", 2, "Idempotency-Key", "open"),
			}
			cut := make(chan struct{})
			go func() {
				defer close(cut)
				atOnce(len(open), func(i int) { _, _ = open[i].try(t, 0) })
			}()
			eventually(t, "all jobs are under way", func() bool { return b.accepted() == 1+len(open) })
			b.kill()
			letGo()
			<-cut
			b.shift(-by)
			eventually(t, "the jobs are done upstream", func() bool {
				return !slices.ContainsFunc(b.sim.Tasks(), func(task simulator.TaskInfo) bool { return task.Status != "SUCCESS" })
			})
			b.serve()
			if again := answered.must(t, 0); len(again.Data) != 2 || len(before.Data) != 2 || again.Data[0].ID != before.Data[0].ID {
				t.Errorf("the answered request gets %+v, want %+v again", again, before)
			}
			atOnce(len(open), func(i int) {
				retry := 0
				if i == 0 {
					retry = 1
				}
				if d := open[i].must(t, retry); len(d.Data) != 2 {
					t.Errorf("%s: %d pictures, want 2", open[i].body, len(d.Data))
				}
			})
			if got := len(b.jobs()); got != 1+len(open) {
				t.Errorf("%d jobs, want the %d from before", got, 1+len(open))
			}
			b.settle(1 + len(open))
		})
	}
}

// shift moves every time in the records of a gate that is down.
func (b *bed) shift(by time.Duration) {
	b.t.Helper()
	cfg, err := config.Load(config.Source{Environ: b.environ})
	if err != nil {
		b.t.Fatal(err)
	}
	state, err := sqlstore.Open(b.t.Context(), cfg.State)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = state.Close() }()
	moved, err := state.ShiftTimes(b.t.Context(), by)
	if err != nil {
		b.t.Fatal(err)
	}
	if moved < 4 {
		b.t.Errorf("%d records were moved in time, want every job's and picture's", moved)
	}
}
