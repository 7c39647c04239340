package jobs_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
)

// The write of a record times out and lands later. Its client was told that nothing was submitted.
func TestARecordThatLandsAfterItsRequestWasRefusedIsNotExecuted(t *testing.T) {
	again := map[string]adapter.Attempt{"counted": harness.Retry("b", 1), "uncounted": harness.Attempt("b"), "with the same key": harness.Keyed("k", "b")}
	for name, repeat := range again {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				up := &harness.FakeUpstream{Takes: time.Second}
				e := harness.NewEngine(t, up, func(c *harness.Config) { c.Replica = "one" })
				two := e.Peer(t, "two")
				first := harness.Attempt("b")
				first.IdempotencyKey = repeat.IdempotencyKey
				e.Broken.LoseAnswers(errors.New("time-out"))
				if _, err := e.Shorten(t.Context(), first, harness.Generation("a cat")); adapter.KindOf(err) != adapter.Storage {
					t.Fatalf("Shorten() = %v, want a Storage error", err)
				}
				e.Kill(t, "one") // so that another may take it for its own
				e.Broken.Mend()
				<-time.After(time.Minute)
				if up.Charges() != 0 {
					t.Errorf("%d jobs for a request that was refused, want none", up.Charges())
				}
				harness.Text(t, two.Ask(t, repeat))
				if up.Charges() != 1 {
					t.Errorf("jobs = %d for its repeat, want 1", up.Charges())
				}
			})
		})
	}
}

// Whoever was answered with the job need not come again after a restart; whoever waited for a place was cut, and comes
// again.
func TestAQueuedRunIsExecutedAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: 10 * time.Second}
		e := harness.NewEngine(t, up, func(c *harness.Config) { c.MaxInFlight = 1 })
		async := harness.Attempt("a")
		async.Async = true
		e.Ask(t, async)
		queuedAsync := harness.Attempt("b")
		queuedAsync.Async = true
		queued := e.Ask(t, queuedAsync)
		left := e.Ask(t, harness.Attempt("c"))
		<-time.After(time.Second)
		if up.Charges() != 1 {
			t.Fatalf("jobs = %d, want 1 and one that waits", up.Charges())
		}
		e.Restart(t)
		<-time.After(time.Minute)
		run, err := e.Job(t.Context(), adapter.Caller{Owner: "o"}, queued.Job().ID)
		if err != nil || run.Status != adapter.JobCompleted || up.Charges() != 2 {
			t.Errorf("the queued job is %s, %v after %d jobs; want completed after 2", run.Status, err, up.Charges())
		}
		if run, err := e.Job(t.Context(), adapter.Caller{Owner: "o"}, left.Job().ID); err != nil || run.Status != adapter.JobFailed {
			t.Errorf("a queued job whose client was cut is %s, %v; want that it came to nothing", run.Status, err)
		}
		harness.Text(t, e.Ask(t, harness.Attempt("c")))
		if up.Charges() != 3 {
			t.Errorf("%d jobs after the repeat of what came to nothing, want 3", up.Charges())
		}
	})
}
