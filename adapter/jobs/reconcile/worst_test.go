package reconcile_test

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
)

// A run of several jobs fails with one error: it must be the one after which a job may still exist, or nobody looks for
// that job and its pictures are paid for nothing.
func TestAJobThatMayExistIsLookedForWhenAnotherOfItsRunWasRefused(t *testing.T) {
	for name, refusedStep := range map[string]string{"the first was refused": "imagine", "the second was refused": "imagine:2"} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var e *harness.Engine
				caller := adapter.Caller{Owner: "o"}
				up := &harness.FakeUpstream{Takes: time.Hour}
				lost := make(chan string, 1)
				up.OnSubmit = func(ctx context.Context, o adapter.Options) error {
					jobs, err := e.Jobs(ctx, caller, adapter.JobQuery{Limit: 1, Deleted: true})
					if err != nil || len(jobs) != 1 {
						panic("no job is recorded")
					}
					if i := slices.IndexFunc(jobs[0].Steps, func(s adapter.Step) bool { return s.State == o.State }); jobs[0].Steps[i].Name == refusedStep {
						return adapter.Errorf(adapter.Moderated, "The prompt is refused.")
					}
					lost <- o.State
					return adapter.Errorf(adapter.Ambiguous, "The answer was lost.")
				}
				e = harness.NewEngine(t, up, nil)
				g := harness.Generation("a cat")
				g.N = 8
				ticket, err := e.Generate(t.Context(), harness.Attempt("b"), g)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := ticket.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Ambiguous {
					t.Errorf("Wait() = %v, want the error that says a job may exist", err)
				}
				ticket.Answered()
				state := <-lost
				up.Show(state)
				<-time.After(30 * time.Second)
				run, err := e.Job(t.Context(), caller, ticket.Job().ID)
				if err != nil {
					t.Fatal(err)
				}
				for _, st := range run.Steps {
					if st.State == state && st.Submission == nil {
						t.Errorf("the job of step %s turned up and was not taken over: %s, %v", st.Name, run.Status, run.Error)
					}
				}
			})
		})
	}
}
