package adapter_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
)

// The write of a record times out and lands later. Its client was told that nothing was submitted.
func TestARecordThatLandsAfterItsRequestWasRefusedIsNotExecuted(t *testing.T) {
	again := map[string]adapter.Attempt{"counted": retry("b", 1), "uncounted": attempt("b"), "with the same key": keyed("k", "b")}
	for name, repeat := range again {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				up := &scripted{takes: time.Second}
				e := newEngine(t, up, func(c *adapter.Config) { c.Replica = "one" })
				two := e.peer(t, "two")
				first := attempt("b")
				first.IdempotencyKey = repeat.IdempotencyKey
				e.broken.LoseAnswers(errors.New("time-out"))
				if _, err := e.Shorten(t.Context(), first, generation("a cat")); adapter.KindOf(err) != adapter.Storage {
					t.Fatalf("Shorten() = %v, want a Storage error", err)
				}
				e.leases.Kill("one") // so that another may take it for its own
				e.broken.Mend()
				<-time.After(time.Minute)
				if up.charges() != 0 {
					t.Errorf("%d jobs for a request that was refused, want none", up.charges())
				}
				text(t, two.ask(t, repeat))
				if up.charges() != 1 {
					t.Errorf("jobs = %d for its repeat, want 1", up.charges())
				}
			})
		})
	}
}

// Who waits for a place, or was answered with the job, need not come again after a restart.
func TestAQueuedRunIsExecutedAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &scripted{takes: 10 * time.Second}
		e := newEngine(t, up, func(c *adapter.Config) { c.MaxInFlight = 1 })
		async := attempt("a")
		async.Async = true
		e.ask(t, async)
		queued := e.ask(t, attempt("b"))
		<-time.After(time.Second)
		if up.charges() != 1 {
			t.Fatalf("jobs = %d, want 1 and one that waits", up.charges())
		}
		e.again(t)
		<-time.After(time.Minute)
		run, err := e.Job(t.Context(), adapter.Caller{Owner: "o"}, queued.Job)
		if err != nil || run.Status != adapter.RunCompleted || up.charges() != 2 {
			t.Errorf("the queued job is %s, %v after %d jobs; want completed after 2", run.Status, err, up.charges())
		}
	})
}
