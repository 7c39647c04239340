package jobs_test

import (
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
	"midgate/adapter/adaptertest/harness"
	"midgate/adapter/jobs"
)

// The job that presses a button for all goes on at the replica where the others wait for it: they have it soon, and what
// was pressed is not pressed again.
func TestWhoPressesForAllGoesOnWhereTheOthersWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		state, up := adaptertest.NewState(true), &harness.FakeUpstream{Takes: time.Minute}
		there := false
		press := func(q *jobs.Execution) (adapter.Result, error) {
			release, err := q.Exclusively("U1")
			if err != nil {
				return adapter.Result{}, err
			}
			defer release()
			if !there {
				if err := step(q, "U1"); err != nil {
					return adapter.Result{}, err
				}
			}
			there = true
			return adapter.Result{Texts: []string{"done"}}, nil
		}
		a := ownJobs(t, up, state, state, "a", 4, press)
		b := ownJobs(t, up, state, state, "b", 4, press)
		first := begin(t.Context(), t, a, harness.Attempt("first"), "")
		<-time.After(time.Second)
		second := begin(t.Context(), t, b, harness.Attempt("second"), "")
		<-time.After(5 * time.Second)
		began := time.Now()
		a.Close()
		if got := harness.Text(t, second); got != "done" || up.Charges() != 1 || time.Since(began) > 2*time.Minute {
			t.Errorf("%q by %d submissions after %s, want it done by one within two minutes", got, up.Charges(), time.Since(began))
		}
		synctest.Wait() // what was pressed is let go of before its job's end is recorded
		if run, err := b.Job(t.Context(), adapter.Caller{Owner: "o"}, first.Job().ID); err != nil || run.Status != adapter.JobCompleted {
			t.Errorf("the first job is %s, %v; want it completed", run.Status, err)
		}
	})
}
