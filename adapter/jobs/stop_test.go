package jobs_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/adaptertest"
	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
)

// slowly makes an upstream take a second to accept a job that it has at once; who hangs up before never hears of it.
func slowly(u *harness.FakeUpstream) {
	u.OnSubmit = func(ctx context.Context, o adapter.Options) error {
		select {
		case <-time.After(time.Second):
			return nil
		case <-ctx.Done():
			u.Mu.Lock()
			defer u.Mu.Unlock()
			u.States = append(u.States, o.State)
			return adapter.Wrap(adapter.Ambiguous, ctx.Err(), "The answer was lost.")
		}
	}
}

// What is cancelled while it is being submitted is stopped at the upstream once that has it; where that cannot stop it, it
// goes on and its client gets it: it is paid.
func TestAJobThatIsCancelledWhileItIsSubmittedIsNotPaidForNothing(t *testing.T) {
	for name, able := range map[string]bool{"an upstream that can stop it": true, "one that cannot": false} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				up, stopped := &harness.FakeUpstream{Takes: 10 * time.Second}, ""
				up.OnSubmit = func(context.Context, adapter.Options) error { <-time.After(5 * time.Second); return nil }
				up.OnCancel = func(id string) error {
					if !able {
						return adapter.Errorf(adapter.Unsupported, "no")
					}
					stopped = id
					return nil
				}
				e := harness.NewEngine(t, up, nil)
				ticket := e.Ask(t, harness.Attempt("b"))
				<-time.After(time.Second)
				run, err := e.Cancel(t.Context(), adapter.Caller{Owner: "o"}, ticket.Job().ID)
				if able && (err != nil || run.Status != adapter.JobCancelled || stopped != "t"+up.States[0]) {
					t.Errorf("Cancel() = %s, %v, and %q is stopped at the upstream", run.Status, err, stopped)
				}
				if !able && (adapter.KindOf(err) != adapter.Unsupported || harness.Text(t, ticket) != "short t"+up.States[0]) {
					t.Errorf("Cancel() = %v, want Unsupported", err)
				}
			})
		})
	}
}

// Nothing of a job is stopped while a part of it is still being submitted.
func TestAJobIsCancelledAsAWhole(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up, sent := &harness.FakeUpstream{Takes: time.Minute}, atomic.Int32{}
		up.OnSubmit = func(context.Context, adapter.Options) error {
			<-time.After(time.Duration(sent.Add(1)) * 3 * time.Second)
			return nil
		}
		var stopped []string
		up.OnCancel = func(id string) error { stopped = append(stopped, id); return nil }
		e := ownJobs(t, up, adaptertest.NewState(false), nil, "a", 4, steps("one", "two"))
		ticket := begin(t.Context(), t, e, harness.Attempt("b"), "")
		<-time.After(4 * time.Second) // one is there, and two is on its way
		run, err := e.Cancel(t.Context(), adapter.Caller{Owner: "o"}, ticket.Job().ID)
		if err != nil || run.Status != adapter.JobCancelled || len(stopped) != 2 || stopped[0] == stopped[1] {
			t.Errorf("Cancel() = %s, %v, after %q were stopped; want both, once", run.Status, err, stopped)
		}
	})
}

// A cancellation that cannot be recorded is none.
func TestACancellationThatIsNotRecordedIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var disk adaptertest.Faults
		e := ownJobs(t, &harness.FakeUpstream{Takes: time.Minute}, disk.State(adaptertest.NewState(false)), nil, "a", 4, steps("one"))
		ticket := begin(t.Context(), t, e, harness.Attempt("b"), "")
		synctest.Wait()
		disk.Break(errors.New("it is full"), 0)
		if run, err := e.Cancel(t.Context(), adapter.Caller{Owner: "o"}, ticket.Job().ID); adapter.KindOf(err) != adapter.Storage || run.Status.Ended() {
			t.Errorf("Cancel() = %s, %v, want to be told that it is not recorded", run.Status, err)
		}
		disk.Mend()
		harness.Text(t, ticket)
	})
}

// A submission that hangs is not cancelled, and whoever asks is told so.
func TestAJobWhoseSubmissionHangsIsNotCancelledYet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{}
		up.OnSubmit = func(context.Context, adapter.Options) error { <-time.After(time.Minute); return nil }
		e := harness.NewEngine(t, up, nil)
		ticket := e.Ask(t, harness.Attempt("b"))
		<-time.After(time.Second)
		if run, err := e.Cancel(t.Context(), adapter.Caller{Owner: "o"}, ticket.Job().ID); adapter.KindOf(err) != adapter.Timeout || run.Status.Ended() {
			t.Errorf("Cancel() = %s, %v, want a Timeout", run.Status, err)
		}
		harness.Text(t, ticket)
	})
}

// A process that stops listens to the end of the submissions that it has under way: what they made is paid.
func TestAStopDoesNotCutASubmission(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: 10 * time.Second}
		slowly(up)
		e := harness.NewEngine(t, up, nil)
		e.Ask(t, harness.Attempt("b"))
		<-time.After(500 * time.Millisecond)
		e.Restart(t)
		if got := harness.Text(t, e.Ask(t, harness.Retry("b", 1))); got != "short t"+up.States[0] || up.Charges() != 1 {
			t.Errorf("answer = %q after %d jobs, want the one that was being submitted", got, up.Charges())
		}
	})
}

// It does not listen for ever: an upstream that does not answer must not keep the process alive.
func TestAStopDoesNotWaitForAnUpstreamThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{}
		up.OnSubmit = func(ctx context.Context, _ adapter.Options) error {
			<-ctx.Done()
			return adapter.Wrap(adapter.Ambiguous, ctx.Err(), "The answer was lost.")
		}
		e := harness.NewEngine(t, up, nil)
		e.Ask(t, harness.Attempt("b"))
		<-time.After(500 * time.Millisecond)
		began := time.Now()
		e.Close()
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("Close() took %v, want 2s at most", took)
		}
	})
}
