package reconcile_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
)

func TestAJobThatTurnsUpLateAnswersTheNextRequest(t *testing.T) {
	for name, again := range map[string]struct {
		restart bool
		key     string // the client's own
		attempt adapter.Attempt
	}{
		"counted as a retry":           {attempt: harness.Retry("b", 1)},
		"without a counter":            {attempt: harness.Attempt("b")},
		"of another process, restored": {restart: true, attempt: harness.Retry("b", 1)},
		"with a client's own key":      {key: "sesame", restart: true, attempt: harness.Retry("b", 1)},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				up := &harness.FakeUpstream{Takes: time.Second, Key: again.key}
				state := up.LoseAnswers()
				e := harness.NewEngine(t, up, nil)
				first := harness.Attempt("b")
				first.Caller.Key, again.attempt.Caller.Key = again.key, again.key
				ticket := e.Ask(t, first)
				if _, err := ticket.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Ambiguous {
					t.Fatalf("Wait() = %v, want Ambiguous", err)
				}
				ticket.Answered()
				synctest.Wait()
				if again.restart {
					e.Restart(t)
				}
				up.Show(state())
				<-time.After(30 * time.Second)
				if got := harness.Text(t, e.Ask(t, again.attempt)); got != "short late" {
					t.Errorf("answer = %q, want the late job's", got)
				}
				run, err := e.Job(t.Context(), adapter.Caller{Owner: "o"}, ticket.Job().ID)
				if err != nil || run.Status != adapter.JobCompleted || run.Error != nil {
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
				up := &harness.FakeUpstream{Key: "sesame"}
				up.LoseAnswers()
				e := harness.NewEngine(t, up, nil)
				a := harness.Attempt("b")
				a.Caller.Key = "sesame"
				ticket := e.Ask(t, a)
				_, _ = ticket.Wait(t.Context(), nil)
				synctest.Wait()
				if run := ticket.Job(); len(run.SealedKey) == 0 {
					t.Fatal("the key is gone while the job may turn up")
				}
				if away {
					e.Close()
				}
				<-time.After(2 * time.Hour)
				if away {
					e.Boot(t)
					<-time.After(11 * time.Minute) // it is looked for a while: only the clock says that two hours are over
				}
				run, err := e.Job(t.Context(), a.Caller, ticket.Job().ID)
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
		up := &harness.FakeUpstream{Takes: 80 * time.Minute}
		up.OnTask = func(id string) (adapter.Task, error) {
			if time.Since(begun) < up.Takes {
				return adapter.Task{ID: id, Status: adapter.InProgress}, nil
			}
			return adapter.Task{ID: id, Status: adapter.Success, Texts: []string{"short " + id}}, nil
		}
		e := harness.NewEngine(t, up, func(c *harness.Config) { c.JobTimeout = 2 * time.Hour })
		ticket := e.Ask(t, harness.Attempt("b"))
		if _, err := ticket.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Overdue {
			t.Fatalf("Wait() = %v, want Overdue", err)
		}
		<-time.After(30 * time.Minute)
		run, err := e.Job(t.Context(), adapter.Caller{Owner: "o"}, ticket.Job().ID)
		if err != nil || run.Status != adapter.JobCompleted || up.Charges() != 1 {
			t.Errorf("Job() = %s, %v with %d jobs; want completed with 1", run.Status, err, up.Charges())
		}
	})
}

func TestWhatNeverTurnsUpIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{}
		up.LoseAnswers()
		e := harness.NewEngine(t, up, nil)
		ticket := e.Ask(t, harness.Attempt("b"))
		_, _ = ticket.Wait(t.Context(), nil)
		<-time.After(3 * time.Hour)
		run, err := e.Job(t.Context(), adapter.Caller{Owner: "o"}, ticket.Job().ID)
		if err != nil || run.Status != adapter.JobFailed {
			t.Errorf("Job() = %s, %v; want failed", run.Status, err)
		}
	})
}

// A replica that was out of reach for longer than a lease is not dead: what it submitted meanwhile counts.
func TestASubmissionOfAReplicaTakenForDeadIsAdopted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: time.Second}
		up.OnSubmit = func(context.Context, adapter.Options) error {
			<-time.After(10 * time.Second) // an answer that takes long
			return nil
		}
		one := harness.NewEngine(t, up, func(c *harness.Config) { c.Replica = "one" })
		ticket := one.Ask(t, harness.Attempt("b"))
		two := one.Peer(t, "two")
		<-time.After(time.Second)
		one.Broken.BreakAll(errors.New("no connection"))
		one.Kill(t, "one")
		<-time.After(11 * time.Second)
		one.Broken.Mend()
		if got := harness.Text(t, two.Ask(t, harness.Retry("b", 1))); got != "short t"+up.States[0] {
			t.Errorf("the replica that took over answers %q, want the first one's job", got)
		}
		if got := harness.Text(t, ticket); got != "short t"+up.States[0] {
			t.Errorf("the replica that lost the run answers %q, want its job", got)
		}
		if up.Charges() != 1 {
			t.Errorf("jobs = %d, want 1", up.Charges())
		}
		if run := two.Ask(t, harness.Retry("b", 1)).Job(); run.Replica != "two" {
			t.Errorf("the run is %q's, want it taken over", run.Replica)
		}
	})
}

// It may be out of reach for so long that the run was given up meanwhile.
func TestASubmissionThatIsToldLateIsFollowed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: time.Second}
		up.OnSubmit = func(context.Context, adapter.Options) error {
			<-time.After(2 * time.Second)
			return nil
		}
		up.OnTask = func(id string) (adapter.Task, error) {
			return adapter.Task{ID: id, Status: adapter.Success, Texts: []string{"short " + id}}, nil
		}
		one := harness.NewEngine(t, up, func(c *harness.Config) { c.Replica = "one" })
		one.Ask(t, harness.Attempt("b"))
		two := one.Peer(t, "two")
		<-time.After(time.Second)
		one.Broken.BreakAll(errors.New("no connection"))
		one.Kill(t, "one")
		ticket := two.Ask(t, harness.Retry("b", 1))
		if _, err := ticket.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Ambiguous {
			t.Fatalf("Wait() = %v, want Ambiguous: nobody knows", err)
		}
		one.Broken.Mend()
		<-time.After(time.Minute)
		if got := harness.Text(t, two.Ask(t, harness.Retry("b", 2))); got != "short t"+up.States[0] || up.Charges() != 1 {
			t.Errorf("answer = %q after %d jobs, want the one that was told late", got, up.Charges())
		}
	})
}

func TestAReplicaTakenForDeadTakesItsLeaseAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: time.Second}
		one := harness.NewEngine(t, up, func(c *harness.Config) { c.Replica = "one" })
		synctest.Wait()
		one.Kill(t, "one")
		two := one.Peer(t, "two")
		<-time.After(3 * time.Second)
		if err := one.Ready(t.Context()); err != nil {
			t.Fatalf("Ready() = %v; want the lease again", err)
		}
		harness.Text(t, one.Ask(t, harness.Attempt("b")))
		if got := harness.Text(t, two.Ask(t, harness.Retry("b", 1))); got != "short t"+up.States[0] || up.Charges() != 1 {
			t.Errorf("answer = %q after %d jobs, want the first one's", got, up.Charges())
		}
	})
}

// A client that leaves is noticed before its leaving is on disk; its repeat may come in between.
func TestARepeatThatTookADeliveryKeepsIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: 10 * time.Second}
		e := harness.NewEngine(t, up, nil)
		first := e.Ask(t, harness.Attempt("b"))
		<-time.After(time.Second)
		first.Abandoned()
		<-time.After(time.Nanosecond)
		repeat := e.Ask(t, harness.Attempt("b"))
		if repeat.Job().ID != first.Job().ID {
			t.Fatalf("the repeat got job %s, want %s", repeat.Job().ID, first.Job().ID)
		}
		synctest.Wait()
		harness.Text(t, repeat)
		repeat.Answered()
		if again := e.Ask(t, harness.Attempt("b")); again.Job().ID == first.Job().ID {
			t.Errorf("a new wish got the job that was answered")
		}
	})
}

// A panic in the middle of a submission says nothing about the job, which may be there: it is looked for.
func TestAJobWhoseSubmissionPanickedTurnsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: time.Second}
		state := up.LoseAnswers()
		lose := up.OnSubmit
		up.OnSubmit = func(ctx context.Context, o adapter.Options) error {
			_ = lose(ctx, o)
			panic("a mistake")
		}
		e := harness.NewEngine(t, up, nil)
		ticket := e.Ask(t, harness.Attempt("b"))
		if _, err := ticket.Wait(t.Context(), nil); err == nil || adapter.KindOf(err) != adapter.Internal {
			t.Fatalf("Wait() = %v, want Internal", err)
		}
		ticket.Answered()
		synctest.Wait()
		up.Show(state())
		<-time.After(30 * time.Second)
		if got := harness.Text(t, e.Ask(t, harness.Retry("b", 1))); got != "short late" {
			t.Errorf("answer = %q, want the late job's", got)
		}
	})
}

// A submission whose outcome was unknown when the deadline came is looked for like any other.
func TestAJobSubmittedAtItsDeadlineTurnsUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: time.Second}
		state := up.LoseAnswers()
		lose := up.OnSubmit
		up.OnSubmit = func(ctx context.Context, o adapter.Options) error {
			<-time.After(time.Hour - 5*time.Second)
			return lose(ctx, o)
		}
		e := harness.NewEngine(t, up, func(c *harness.Config) { c.JobTimeout = 2 * time.Hour })
		ticket := e.Ask(t, harness.Attempt("b"))
		if _, err := ticket.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Overdue {
			t.Fatalf("Wait() = %v, want Overdue", err)
		}
		up.Show(state())
		<-time.After(time.Minute)
		run, err := e.Job(t.Context(), adapter.Caller{Owner: "o"}, ticket.Job().ID)
		if err != nil || run.Status != adapter.JobCompleted {
			t.Errorf("Job() = %s, %v; want completed", run.Status, err)
		}
	})
}
