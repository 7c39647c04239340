package adapter_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
)

// lost makes every submission arrive and its answer get lost; the states that arrived are kept aside.
func (u *scripted) lost() (arrived func() string) {
	var state atomic.Value
	u.submit = func(_ context.Context, o adapter.Options) error {
		if !state.CompareAndSwap(nil, o.State) {
			panic("a second submission")
		}
		return adapter.Errorf(adapter.Ambiguous, "The answer was lost.")
	}
	return func() string { return state.Load().(string) }
}

// find makes the task list show what became of a state.
func (u *scripted) find(state string) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.found = map[string]string{state: "late"}
}

func TestAJobThatTurnsUpLateAnswersTheNextRequest(t *testing.T) {
	for name, again := range map[string]struct {
		restart bool
		key     string // the client's own
		attempt adapter.Attempt
	}{
		"counted as a retry":           {attempt: retry("b", 1)},
		"without a counter":            {attempt: attempt("b")},
		"of another process, restored": {restart: true, attempt: retry("b", 1)},
		"with a client's own key":      {key: "sesame", restart: true, attempt: retry("b", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				up := &scripted{takes: time.Second, key: again.key}
				state := up.lost()
				e := newEngine(t, up, nil)
				first := attempt("b")
				first.Caller.Key, again.attempt.Caller.Key = again.key, again.key
				ticket := e.ask(t, first)
				if _, err := ticket.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Ambiguous {
					t.Fatalf("Wait() = %v, want Ambiguous", err)
				}
				ticket.Answered()
				synctest.Wait()
				if again.restart {
					e.again(t)
				}
				up.find(state())
				<-time.After(30 * time.Second)
				if got := text(t, e.ask(t, again.attempt)); got != "short late" {
					t.Errorf("answer = %q, want the late job's", got)
				}
				run, err := e.Job(t.Context(), adapter.Caller{Owner: "o"}, ticket.Job)
				if err != nil || run.Status != adapter.RunCompleted || run.Error != nil {
					t.Errorf("Job() = %s, %v, %v; want completed", run.Status, run.Error, err)
				}
				if len(run.SealedKey) != 0 {
					t.Errorf("the client's key is kept after the job has ended")
				}
			})
		})
	}
}

func TestAClientsKeyIsForgottenWhenNothingTurnsUp(t *testing.T) {
	for name, away := range map[string]bool{"by the process that has it": false, "by one that starts later": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				up := &scripted{key: "sesame"}
				up.lost()
				e := newEngine(t, up, nil)
				a := attempt("b")
				a.Caller.Key = "sesame"
				ticket := e.ask(t, a)
				_, _ = ticket.Wait(t.Context(), nil)
				synctest.Wait()
				if run := ticket.Run(); len(run.SealedKey) == 0 {
					t.Fatal("the key is gone while the job may turn up")
				}
				if away {
					e.Close()
				}
				<-time.After(2 * time.Hour)
				if away {
					e.start(t)
					<-time.After(time.Minute)
				}
				run, err := e.Job(t.Context(), a.Caller, ticket.Job)
				if err != nil || len(run.SealedKey) != 0 {
					t.Errorf("Job() = %v with a key of %d bytes; want none", err, len(run.SealedKey))
				}
			})
		})
	}
}

func TestAJobThatOutlivesItsDeadlineIsStillFetched(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		begun := time.Now()
		up := &scripted{takes: 80 * time.Minute}
		up.task = func(id string) (adapter.Task, error) {
			if time.Since(begun) < up.takes {
				return adapter.Task{ID: id, Status: adapter.InProgress}, nil
			}
			return adapter.Task{ID: id, Status: adapter.Success, Texts: []string{"short " + id}}, nil
		}
		e := newEngine(t, up, func(c *adapter.Config) { c.JobTimeout = 2 * time.Hour })
		ticket := e.ask(t, attempt("b"))
		if _, err := ticket.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Overdue {
			t.Fatalf("Wait() = %v, want Overdue", err)
		}
		<-time.After(30 * time.Minute)
		run, err := e.Job(t.Context(), adapter.Caller{Owner: "o"}, ticket.Job)
		if err != nil || run.Status != adapter.RunCompleted || up.charges() != 1 {
			t.Errorf("Job() = %s, %v with %d jobs; want completed with 1", run.Status, err, up.charges())
		}
	})
}

func TestWhatNeverTurnsUpIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &scripted{}
		up.lost()
		e := newEngine(t, up, nil)
		ticket := e.ask(t, attempt("b"))
		_, _ = ticket.Wait(t.Context(), nil)
		<-time.After(3 * time.Hour)
		run, err := e.Job(t.Context(), adapter.Caller{Owner: "o"}, ticket.Job)
		if err != nil || run.Status != adapter.RunFailed {
			t.Errorf("Job() = %s, %v; want failed", run.Status, err)
		}
	})
}

// A replica that was out of reach for longer than a lease is not dead: what it submitted meanwhile counts.
func TestASubmissionOfAReplicaTakenForDeadIsAdopted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &scripted{takes: time.Second}
		up.submit = func(context.Context, adapter.Options) error {
			<-time.After(10 * time.Second) // an answer that takes long
			return nil
		}
		one := newEngine(t, up, func(c *adapter.Config) { c.Replica = "one" })
		ticket := one.ask(t, attempt("b"))
		two := one.peer(t, "two")
		<-time.After(time.Second)
		one.broken.BreakAll(errors.New("no connection"))
		one.leases.Kill("one")
		<-time.After(11 * time.Second)
		one.broken.Mend()
		if got := text(t, two.ask(t, retry("b", 1))); got != "short t"+up.states[0] {
			t.Errorf("the replica that took over answers %q, want the first one's job", got)
		}
		if got := text(t, ticket); got != "short t"+up.states[0] {
			t.Errorf("the replica that lost the run answers %q, want its job", got)
		}
		if up.charges() != 1 {
			t.Errorf("jobs = %d, want 1", up.charges())
		}
		if run := two.ask(t, retry("b", 1)).Run(); run.Replica != "two" {
			t.Errorf("the run is %q's, want it taken over", run.Replica)
		}
	})
}

// It may be out of reach for so long that the run was given up meanwhile.
func TestASubmissionThatIsToldLateIsFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &scripted{takes: time.Second}
		up.submit = func(context.Context, adapter.Options) error {
			<-time.After(2 * time.Second)
			return nil
		}
		up.task = func(id string) (adapter.Task, error) {
			return adapter.Task{ID: id, Status: adapter.Success, Texts: []string{"short " + id}}, nil
		}
		one := newEngine(t, up, func(c *adapter.Config) { c.Replica = "one" })
		one.ask(t, attempt("b"))
		two := one.peer(t, "two")
		<-time.After(time.Second)
		one.broken.BreakAll(errors.New("no connection"))
		one.leases.Kill("one")
		ticket := two.ask(t, retry("b", 1))
		if _, err := ticket.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Ambiguous {
			t.Fatalf("Wait() = %v, want Ambiguous: nobody knows", err)
		}
		one.broken.Mend()
		<-time.After(time.Minute)
		if got := text(t, two.ask(t, retry("b", 2))); got != "short t"+up.states[0] || up.charges() != 1 {
			t.Errorf("answer = %q after %d jobs, want the one that was told late", got, up.charges())
		}
	})
}

func TestAReplicaTakenForDeadTakesItsLeaseAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &scripted{takes: time.Second}
		one := newEngine(t, up, func(c *adapter.Config) { c.Replica = "one" })
		synctest.Wait()
		if _, held, err := one.leases.Hold(t.Context(), "replica.one", "one"); !held || err != nil {
			t.Fatalf("Hold() = %v, %v", held, err)
		}
		one.leases.Kill("one")
		two := one.peer(t, "two")
		<-time.After(3 * time.Second)
		if holder, err := one.leases.Holder(t.Context(), "replica.one"); holder != "one" || err != nil {
			t.Fatalf("Holder() = %q, %v; want the replica itself again", holder, err)
		}
		text(t, one.ask(t, attempt("b")))
		if got := text(t, two.ask(t, retry("b", 1))); got != "short t"+up.states[0] || up.charges() != 1 {
			t.Errorf("answer = %q after %d jobs, want the first one's", got, up.charges())
		}
	})
}

// A client that leaves is noticed before its leaving is on disk; its repeat may come in between.
func TestARepeatThatTookADeliveryKeepsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &scripted{takes: 10 * time.Second}
		e := newEngine(t, up, nil)
		first := e.ask(t, attempt("b"))
		<-time.After(time.Second)
		first.Abandoned()
		<-time.After(time.Nanosecond)
		repeat := e.ask(t, attempt("b"))
		if repeat.Job != first.Job {
			t.Fatalf("the repeat got job %s, want %s", repeat.Job, first.Job)
		}
		synctest.Wait()
		text(t, repeat)
		repeat.Answered()
		if again := e.ask(t, attempt("b")); again.Job == first.Job {
			t.Errorf("a new wish got the job that was answered")
		}
	})
}

// A panic in the middle of a submission says nothing about the job, which may be there: it is looked for (row K3).
func TestAJobWhoseSubmissionPanickedTurnsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &scripted{takes: time.Second}
		state := up.lost()
		lose := up.submit
		up.submit = func(ctx context.Context, o adapter.Options) error {
			_ = lose(ctx, o)
			panic("a mistake")
		}
		e := newEngine(t, up, nil)
		ticket := e.ask(t, attempt("b"))
		if _, err := ticket.Wait(t.Context(), nil); err == nil || adapter.KindOf(err) != adapter.Internal {
			t.Fatalf("Wait() = %v, want Internal", err)
		}
		ticket.Answered()
		synctest.Wait()
		up.find(state())
		<-time.After(30 * time.Second)
		if got := text(t, e.ask(t, retry("b", 1))); got != "short late" {
			t.Errorf("answer = %q, want the late job's", got)
		}
	})
}

// A submission whose outcome was unknown when the deadline came is looked for like any other.
func TestAJobSubmittedAtItsDeadlineTurnsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &scripted{takes: time.Second}
		state := up.lost()
		lose := up.submit
		up.submit = func(ctx context.Context, o adapter.Options) error {
			<-time.After(time.Hour - 5*time.Second)
			return lose(ctx, o)
		}
		e := newEngine(t, up, func(c *adapter.Config) { c.JobTimeout = 2 * time.Hour })
		ticket := e.ask(t, attempt("b"))
		if _, err := ticket.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Overdue {
			t.Fatalf("Wait() = %v, want Overdue", err)
		}
		up.find(state())
		<-time.After(time.Minute)
		run, err := e.Job(t.Context(), adapter.Caller{Owner: "o"}, ticket.Job)
		if err != nil || run.Status != adapter.RunCompleted {
			t.Errorf("Job() = %s, %v; want completed", run.Status, err)
		}
	})
}
