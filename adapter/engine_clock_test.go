package adapter_test

import (
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
)

// The wall clock is set by an hour and more while midgate is down, so that what its records say lies in the past or in
// the future (engineering.md §3.3 row T1): every job is followed to its end, and its repeat joins it.
func TestAClockThatIsSetWhileMidgateIsDown(t *testing.T) {
	for name, by := range map[string]time.Duration{"an hour ahead": time.Hour, "a day ahead": 24 * time.Hour, "an hour back": -time.Hour, "a day back": -24 * time.Hour} {
		for repeat, a := range map[string]adapter.Attempt{"counted": retry("b", 1), "uncounted": attempt("b"), "keyed": keyed("k", "b")} {
			t.Run(name+", "+repeat, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					up := &scripted{takes: 30 * time.Second}
					e := newEngine(t, up, nil)
					first := attempt("b")
					first.IdempotencyKey = a.IdempotencyKey
					ticket := e.ask(t, first)
					if err := ticket.Accepted(t.Context()); err != nil {
						t.Fatalf("Accepted() = %v", err)
					}
					e.Close()
					e.shift(t, ticket.Job, -by)
					e.start(t)
					if got := text(t, e.ask(t, a)); got != "short t"+up.states[0] || up.charges() != 1 {
						t.Errorf("the repeat gets %q after %d jobs, want the first one's", got, up.charges())
					}
					if run, err := e.Job(t.Context(), a.Caller, ticket.Job); err != nil || run.Status != adapter.RunCompleted {
						t.Errorf("Job() = %s, %v, want completed", run.Status, err)
					}
				})
			})
		}
	}
}

// shift moves all that a stored run says of time.
func (e *engine) shift(t *testing.T, job string, by time.Duration) {
	t.Helper()
	run, err := e.journal.Get(t.Context(), job)
	if err != nil {
		t.Fatal(err)
	}
	run.Created, run.Deadline = run.Created.Add(by), run.Deadline.Add(by)
	for i := range run.Deliveries {
		run.Deliveries[i].At = run.Deliveries[i].At.Add(by)
	}
	for i, st := range run.Steps {
		run.Steps[i].Intended = st.Intended.Add(by)
		if st.Submission != nil {
			moved := *st.Submission
			moved.At = moved.At.Add(by)
			run.Steps[i].Submission = &moved
		}
	}
	if _, err := e.journal.Save(t.Context(), run); err != nil {
		t.Fatal(err)
	}
}
