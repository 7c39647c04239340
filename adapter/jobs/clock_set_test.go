package jobs_test

import (
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
)

// The wall clock is set by an hour and more while midgate is down, so that what its records say lies in the past or in
// the future: every job is followed to its end, and its repeat joins it.
func TestAClockThatIsSetWhileMidgateIsDown(t *testing.T) {
	for name, by := range map[string]time.Duration{"an hour ahead": time.Hour, "a day ahead": 24 * time.Hour, "an hour back": -time.Hour, "a day back": -24 * time.Hour} {
		for repeat, a := range map[string]adapter.Attempt{"counted": harness.Retry("b", 1), "uncounted": harness.Attempt("b"), "keyed": harness.Keyed("k", "b")} {
			t.Run(name+", "+repeat, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					up := &harness.FakeUpstream{Takes: 30 * time.Second}
					e := harness.NewEngine(t, up, nil)
					first := harness.Attempt("b")
					first.IdempotencyKey = a.IdempotencyKey
					ticket := e.Ask(t, first)
					if err := ticket.Accepted(t.Context()); err != nil {
						t.Fatalf("Accepted() = %v", err)
					}
					e.Close()
					e.Shift(t, ticket.Job().ID, -by)
					e.Boot(t)
					if got := harness.Text(t, e.Ask(t, a)); got != "short t"+up.States[0] || up.Charges() != 1 {
						t.Errorf("the repeat gets %q after %d jobs, want the first one's", got, up.Charges())
					}
					if run, err := e.Job(t.Context(), a.Caller, ticket.Job().ID); err != nil || run.Status != adapter.JobCompleted {
						t.Errorf("Job() = %s, %v, want completed", run.Status, err)
					}
				})
			})
		}
	}
}
