package jobs_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
	"midgate/adapter/adaptertest/harness"
)

// losing commits a unit that does something certain, and its answer gets lost: once.
type losing struct {
	adapter.State
	what string
	lost bool
}

// spied is a unit that notes what is done in it.
type spied struct {
	adapter.Tx
	did map[string]bool
}

func (t spied) PutDelivery(ctx context.Context, id string, i int, d adapter.Delivery) error {
	t.did["a delivery"] = true
	return t.Tx.PutDelivery(ctx, id, i, d)
}

func (t spied) PutJob(ctx context.Context, job adapter.Job, fence string) error {
	t.did["a job that is "+string(job.Status)] = true
	return t.Tx.PutJob(ctx, job, fence)
}

func (t spied) TakeOver(ctx context.Context, replica string, now time.Time, limit int) ([]string, error) {
	ids, err := t.Tx.TakeOver(ctx, replica, now, limit)
	t.did["a takeover"] = len(ids) > 0
	return ids, err
}

func (s *losing) Write(ctx context.Context, work func(adapter.Tx) error) error {
	did := map[string]bool{}
	err := s.State.Write(ctx, func(tx adapter.Tx) error { return work(spied{tx, did}) })
	if err == nil && did[s.what] && !s.lost {
		s.lost = true
		return adapter.ErrCommitUnknown
	}
	return err
}

// A repeat takes an answer, and nobody knows whether that was committed: it finds its own delivery, not another client's.
func TestARepeatWhoseCommitIsOfUnknownOutcomeFindsItself(t *testing.T) {
	for name, first := range map[string]func(adapter.Ticket){"after an answer that got lost": adapter.Ticket.Answered, "after a client that left": adapter.Ticket.Abandoned} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				up := &harness.FakeUpstream{Takes: time.Minute}
				e := harness.NewEngine(t, up, nil)
				first(e.Ask(t, harness.Streamed(harness.Attempt("b"))))
				e.Close()
				e.BootOn(t, up, &losing{State: e.State, what: "a delivery"})
				<-time.After(time.Second)
				harness.Text(t, e.Ask(t, harness.Streamed(harness.Retry("b", 1))))
				if up.Charges() != 1 {
					t.Errorf("%d jobs, want 1", up.Charges())
				}
			})
		})
	}
}

// A job that came to nothing is begun anew, and nobody knows whether that was committed: it is executed, or given up so
// that the next repeat begins it.
func TestARestartOfUnknownOutcomeIsNotLeftOpen(t *testing.T) {
	for name, lose := range map[string]func(*testing.T, *harness.Engine){
		"once": func(t *testing.T, e *harness.Engine) {
			e.Close()
			e.BootOn(t, e.Up, &losing{State: e.State, what: "a job that is queued"})
		},
		"each time": func(_ *testing.T, e *harness.Engine) { e.Broken.LoseAnswers(context.DeadlineExceeded) },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				full := true
				up := &harness.FakeUpstream{Takes: time.Second, OnSubmit: func(context.Context, adapter.Options) error {
					if full {
						return adapter.Errorf(adapter.Unavailable, "The account is being changed.")
					}
					return nil
				}}
				e := harness.NewEngine(t, up, nil)
				first := e.Ask(t, harness.Attempt("b"))
				if _, err := first.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Unavailable {
					t.Fatalf("Wait() = %v, want Unavailable", err)
				}
				first.Answered()
				full = false
				lose(t, e)
				if ticket, err := e.Shorten(t.Context(), harness.Retry("b", 1), harness.Generation("a cat")); err == nil {
					harness.Text(t, ticket)
				}
				e.Broken.Mend()
				<-time.After(5 * time.Second)
				harness.Text(t, e.Ask(t, harness.Retry("b", 2)))
				if up.Charges() != 1 {
					t.Errorf("%d jobs, want 1", up.Charges())
				}
			})
		})
	}
}

// Whoever takes jobs over, or opens one again, goes on with them although nobody knows whether that was committed.
func TestJobsThatAreTakenWithoutKnowingItAreExecuted(t *testing.T) {
	t.Run("taken over", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			up := &harness.FakeUpstream{Takes: 10 * time.Second}
			e := harness.NewEngine(t, up, nil)
			other := &harness.Engine{State: e.State, Broken: &adaptertest.Faults{}, Cfg: e.Cfg}
			other.Cfg.Replica = "p"
			other.BootOn(t, up, &losing{State: e.State, what: "a takeover"})
			defer other.Close()
			ticket := e.Ask(t, harness.Attempt("b"))
			if err := ticket.Accepted(t.Context()); err != nil {
				t.Fatal(err)
			}
			e.Close()
			<-time.After(30 * time.Second)
			job, err := other.Job(t.Context(), adapter.Caller{Owner: "o"}, ticket.Job().ID)
			if err != nil || job.Status != adapter.JobCompleted {
				t.Errorf("the job is %s of %s, %v; want it completed", job.Status, job.Replica, err)
			}
		})
	})
	t.Run("found again", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			up := &harness.FakeUpstream{Takes: time.Second}
			state := up.LoseAnswers()
			e := harness.NewEngine(t, up, nil)
			e.Close()
			e.BootOn(t, up, &losing{State: e.State, what: "a job that is in_progress"})
			ticket := e.Ask(t, harness.Attempt("b"))
			if _, err := ticket.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Ambiguous {
				t.Fatalf("Wait() = %v, want Ambiguous", err)
			}
			up.Show(state())
			<-time.After(time.Minute)
			job, err := e.Job(t.Context(), adapter.Caller{Owner: "o"}, ticket.Job().ID)
			if err != nil || job.Status != adapter.JobCompleted {
				t.Errorf("the job is %s, %v; want it completed", job.Status, err)
			}
		})
	})
}
