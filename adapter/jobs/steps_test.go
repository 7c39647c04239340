package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
	"midgate/adapter/adaptertest/harness"
	"midgate/adapter/jobs"
)

// ownJobs starts an engine whose jobs a test makes.
func ownJobs(t *testing.T, up *harness.FakeUpstream, state adapter.State, bus adapter.Bus, replica string, places int, do jobs.Workflow) *jobs.Engine {
	t.Helper()
	e := jobs.New(jobs.Config{JobDeadline: time.Hour, MaxInFlight: places, MaxQueue: 10, Replica: replica, Secret: make([]byte, 32)},
		jobs.Deps{Accounts: up, State: state, Bus: bus, Log: slog.New(slog.DiscardHandler)}, map[adapter.JobKind]jobs.Workflow{adapter.JobShorten: do})
	if err := e.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e
}

// begin asks for such a job.
func begin(ctx context.Context, t *testing.T, e *jobs.Engine, a adapter.Attempt, first string) adapter.Ticket {
	t.Helper()
	a.Stream = true
	ticket, err := e.Accept(ctx, a, jobs.Spec{Kind: adapter.JobShorten, Account: adapter.Account{Name: "one"}, First: first})
	if err != nil {
		t.Fatal(err)
	}
	return ticket
}

// step does one step of a job.
func step(q *jobs.Execution, name string) error {
	account, err := q.Account()
	if err == nil {
		_, err = q.Do(&jobs.StepRequest{Step: name, Account: account, Command: adapter.Shorten{}})
	}
	return err
}

// steps is a workflow of steps that are made at once.
func steps(names ...string) jobs.Workflow {
	return func(q *jobs.Execution) (adapter.Result, error) {
		err := errors.Join(q.Each(len(names), func(i int) error { return step(q, names[i]) })...)
		return adapter.Result{Texts: []string{"done"}}, err
	}
}

// A job of two steps is deserted when the first gets its place, and begun anew before the second one does.
func TestADesertedJobStopsInAllOfItsSteps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: 30 * time.Second}
		state := adaptertest.NewState(false)
		do := steps("one", "two")
		e := ownJobs(t, up, state, nil, "a", 1, func(q *jobs.Execution) (adapter.Result, error) {
			if q.Caller().Owner != "o" {
				return steps("one")(q)
			}
			return do(q)
		})
		begin(t.Context(), t, e, harness.OfOwner("p", "before"), "")
		synctest.Wait()
		ctx, leave := context.WithCancel(t.Context())
		begin(ctx, t, e, harness.Attempt("b"), "").Abandoned()
		leave()
		begin(t.Context(), t, e, harness.OfOwner("q", "between"), "")
		<-time.After(45 * time.Second)
		if got := harness.Text(t, begin(t.Context(), t, e, harness.Retry("b", 1), "")); got != "done" || up.Charges() != 4 {
			t.Errorf("%q by %d submissions, want two of its own and two of others", got, up.Charges())
		}
	})
}

// late answers each commit after a while.
type late struct {
	adapter.State
	after time.Duration
	armed *atomic.Bool // only the unit after it is set; nil: every one
}

func (s late) Write(ctx context.Context, work func(adapter.Tx) error) error {
	late := s.armed == nil || s.armed.Swap(false)
	err := s.State.Write(ctx, work)
	if late {
		<-time.After(s.after)
	}
	return err
}

// The intent that was recorded with the job is that of its first step, and another step comes first.
func TestNoStepIsSubmittedWhoseIntentAnotherStepRemoved(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		state := adaptertest.NewState(false)
		up := &harness.FakeUpstream{Takes: time.Second}
		up.OnSubmit = func(ctx context.Context, o adapter.Options) error {
			all, err := state.Jobs(ctx, adapter.JobQuery{Owner: "o", Limit: 1})
			if err != nil {
				return err
			}
			for _, st := range all[0].Steps {
				if st.State == o.State {
					return nil
				}
			}
			t.Error("a step is submitted whose intent is not recorded")
			return nil
		}
		e := ownJobs(t, up, late{State: state, after: 300 * time.Millisecond}, nil, "a", 4, func(q *jobs.Execution) (adapter.Result, error) {
			err := errors.Join(q.Each(2, func(i int) error {
				<-time.After(time.Duration(i) * 100 * time.Millisecond)
				return step(q, []string{"two", "one"}[i])
			})...)
			return adapter.Result{Texts: []string{"done"}}, err
		})
		harness.Text(t, begin(t.Context(), t, e, harness.Attempt("b"), "one"))
	})
}

// A job that was lost comes back while its first execution is still ending: it is resumed after that.
func TestAJobThatComesBackIsResumedWhenItsOldExecutionHasEnded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		state, up := adaptertest.NewState(true), &harness.FakeUpstream{Takes: time.Minute}
		var broken adaptertest.Faults
		ended := make(chan struct{})
		executions := 0
		a := ownJobs(t, up, broken.State(state), state, "a", 4, func(q *jobs.Execution) (adapter.Result, error) {
			if executions++; executions > 1 {
				return steps("one")(q)
			}
			err := step(q, "one")
			<-ended
			return adapter.Result{}, err
		})
		ticket := begin(t.Context(), t, a, harness.Attempt("b"), "")
		<-time.After(time.Second)
		b := ownJobs(t, up, state, state, "b", 4, steps("one"))
		broken.BreakAll(fmt.Errorf("the database cannot be reached"))
		<-time.After(10 * time.Second)
		broken.Mend()
		<-time.After(3 * time.Second)
		b.Close()
		<-time.After(5 * time.Second)
		close(ended)
		if got := harness.Text(t, ticket); got != "done" || up.Charges() != 1 {
			t.Errorf("%q by %d submissions, want it done by one", got, up.Charges())
		}
	})
}

// A repeat joins a job that ends, and is let go of, before the repeat hears that it joined.
func TestWhoJoinsAJobThatEndsMeanwhileGetsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var armed atomic.Bool
		e := ownJobs(t, &harness.FakeUpstream{Takes: time.Second}, late{adaptertest.NewState(false), 5 * time.Second, &armed}, nil, "a", 4, steps("one"))
		client, leave := context.WithCancel(t.Context())
		first := begin(client, t, e, harness.Attempt("b"), "one")
		if err := first.Accepted(client); err != nil {
			t.Fatal(err)
		}
		leave()
		first.Abandoned()
		synctest.Wait()
		armed.Store(true)
		ticket := begin(t.Context(), t, e, harness.Retry("b", 1), "one")
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if result, err := ticket.Wait(ctx, nil); err != nil || len(result.Texts) != 1 {
			t.Errorf("Wait() = %+v, %v of a job that has ended", result, err)
		}
	})
}
