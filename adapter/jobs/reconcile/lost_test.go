package reconcile_test

import (
	"context"
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
)

// forgetful is an account that says for a while that it has lost its tasks.
type forgetful struct {
	*harness.FakeUpstream
	until time.Time
}

func (f *forgetful) Choose(ctx context.Context, c adapter.Caller, _ adapter.Speed) (adapter.Account, error) {
	return f.Made(ctx, c, "")
}

func (f *forgetful) Made(ctx context.Context, c adapter.Caller, name string) (adapter.Account, error) {
	a, err := f.FakeUpstream.Made(ctx, c, name)
	a.Waiter = f
	return a, err
}

func (f *forgetful) Wait(ctx context.Context, w adapter.Wait) (adapter.Task, error) {
	if time.Now().Before(f.until) {
		return adapter.Task{ID: w.TaskID}, adapter.Errorf(adapter.Failed, "The upstream has lost the job.")
	}
	return f.FakeUpstream.Wait(ctx, w)
}

// An upstream whose data base was away says that it knows none of its tasks; they are paid and come back with it.
func TestATaskThatAnUpstreamHadLostIsStillFetched(t *testing.T) {
	for name, test := range map[string]struct {
		lost   time.Duration
		status adapter.JobStatus
	}{
		"for a while": {lost: 3 * time.Minute, status: adapter.JobCompleted},
		"for good, although it says that the task is done": {lost: 1000 * time.Hour, status: adapter.JobFailed},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				back := time.Now().Add(3 * time.Minute)
				asked := 0
				up := &forgetful{FakeUpstream: &harness.FakeUpstream{Takes: time.Second}, until: time.Now().Add(test.lost)}
				up.OnTask = func(id string) (adapter.Task, error) {
					asked++
					if time.Now().Before(back) {
						return adapter.Task{}, adapter.ErrNotFound
					}
					return adapter.Task{ID: id, Status: adapter.Success, Texts: []string{"short " + id}}, nil
				}
				e := harness.NewEngine(t, up.FakeUpstream, nil)
				e.Close()
				e.Gate = harness.Wire(e.Cfg, harness.Parts{Accounts: up, State: e.State, Bus: e.State, Log: slog.New(slog.DiscardHandler)})
				if err := e.Start(t.Context()); err != nil {
					t.Fatal(err)
				}
				ticket := e.Ask(t, harness.Attempt("b"))
				if _, err := ticket.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Failed {
					t.Fatalf("Wait() = %v, want Failed", err)
				}
				<-time.After(30 * time.Minute)
				run, err := e.Job(t.Context(), adapter.Caller{Owner: "o"}, ticket.Job().ID)
				if err != nil || run.Status != test.status || up.Charges() != 1 || asked > 60 {
					t.Errorf("Job() = %s, %v with %d jobs after %d questions; want %s with 1", run.Status, err, up.Charges(), asked, test.status)
				}
			})
		})
	}
}
