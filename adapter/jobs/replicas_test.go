package jobs_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
)

// A replica that counted as dead and is not: whoever took its job over finishes it, and the clients that wait at the
// first one are told.
func TestClientsOfAReplicaThatLostItsJobAreAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := harness.NewEngine(t, &harness.FakeUpstream{Takes: time.Hour}, func(c *harness.Config) { c.JobTimeout = 30 * time.Minute })
		other := e.PeerOf(t, "p", &harness.FakeUpstream{Takes: time.Minute})
		ticket := e.Ask(t, harness.Attempt("b"))
		if err := ticket.Accepted(t.Context()); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		e.Broken.BreakAll(errors.New("no majority"))
		e.Kill(t, e.Cfg.Replica)
		<-time.After(10 * time.Second)
		e.Broken.Mend()
		if got := harness.Text(t, ticket); got == "" || time.Since(began) > 5*time.Minute {
			t.Errorf("the answer %q comes after %s, want it when the other replica has it", got, time.Since(began))
		}
		if n := e.Up.Charges() + other.Up.Charges(); n != 1 {
			t.Errorf("%d jobs, want 1", n)
		}
		<-time.After(time.Hour)
		job, err := e.Job(t.Context(), adapter.Caller{Owner: "o"}, ticket.Job().ID)
		if err != nil || job.Status != adapter.JobCompleted || job.Replica != "p" {
			t.Errorf("Job() = %s by %q, %v; want what the other replica recorded", job.Status, job.Replica, err)
		}
	})
}

// slowSaves is a replica whose way to the state engine is long.
type slowSaves struct {
	adapter.State
	mu   sync.Mutex
	slow bool
}

func (j *slowSaves) Write(ctx context.Context, work func(adapter.Tx) error) error {
	j.mu.Lock()
	slow := j.slow
	j.mu.Unlock()
	if slow {
		<-time.After(time.Second)
	}
	return j.State.Write(ctx, work)
}

// Two repeats of a job that came to nothing reach two replicas at once: it is tried again by one of them.
func TestAJobThatCameToNothingIsTriedAgainByOneReplica(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		full := true
		up := &harness.FakeUpstream{Takes: time.Minute, OnSubmit: func(context.Context, adapter.Options) error {
			if full {
				return adapter.Errorf(adapter.Unavailable, "The account is being changed.")
			}
			return nil
		}}
		e := harness.NewEngine(t, up, nil)
		far := &slowSaves{State: e.State}
		other := &harness.Engine{State: e.State, Broken: &adaptertest.Faults{}, Cfg: e.Cfg}
		other.Cfg.Replica = "p"
		other.BootOn(t, up, far)
		defer other.Close()
		first := e.Ask(t, harness.Attempt("b"))
		if _, err := first.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Unavailable {
			t.Fatalf("Wait() = %v, want Unavailable", err)
		}
		first.Answered()
		synctest.Wait()
		full = false
		far.mu.Lock()
		far.slow = true
		far.mu.Unlock()
		var all sync.WaitGroup
		for i, replica := range []*harness.Engine{other, e} {
			all.Go(func() { harness.Text(t, replica.Ask(t, harness.Streamed(harness.Retry("b", i+1)))) })
		}
		all.Wait()
		if up.Charges() != 1 {
			t.Errorf("%d jobs, want 1", up.Charges())
		}
	})
}

// A job is cancelled wherever the request for it arrives: it ends at once where it is executed, waiting for its place
// or submitted, and as cancelled.
func TestAJobIsCancelledThroughAnotherReplica(t *testing.T) {
	for name, places := range map[string]int{"it was submitted": 4, "it waits for its place": 1} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				e := harness.NewEngine(t, &harness.FakeUpstream{Takes: 10 * time.Minute}, func(c *harness.Config) { c.MaxInFlight = places })
				other := e.PeerOf(t, "p", &harness.FakeUpstream{})
				e.Ask(t, harness.Attempt("first"))
				ticket := e.Ask(t, harness.Attempt("b"))
				synctest.Wait()
				began := time.Now()
				run, err := other.Cancel(t.Context(), adapter.Caller{Owner: "o"}, ticket.Job().ID)
				if err != nil || run.Status != adapter.JobCancelled {
					t.Errorf("Cancel() = %v, %v, want cancelled", run.Status, err)
				}
				if _, err := ticket.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Cancelled || time.Since(began) > time.Second {
					t.Errorf("Wait() = %v after %s, want cancelled at once", err, time.Since(began))
				}
			})
		})
	}
}

// A client without a counter whose replica dies sends its request again, to another one and at once: that is the repeat,
// though the dead replica counts as alive for some seconds yet. Where it is alive, an equal request is another wish, and
// does not wait for long.
func TestARepeatThatComesBeforeItsReplicaCountsAsDead(t *testing.T) {
	for name, tt := range map[string]struct {
		after  time.Duration
		dies   bool
		want   int
		within time.Duration
	}{
		"at once":                {0, true, 1, 6 * time.Second},
		"a second later":         {time.Second, true, 1, 5 * time.Second},
		"before the lease's end": {3900 * time.Millisecond, true, 1, 2 * time.Second},
		"after it":               {6 * time.Second, true, 1, time.Second},
		"both are alive":         {500 * time.Millisecond, false, 2, 2 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				up := &harness.FakeUpstream{Takes: time.Minute}
				e := harness.NewEngine(t, up, func(c *harness.Config) { c.ShareWindow, c.JobTimeout = 0, 10*time.Minute })
				other := e.PeerOf(t, "p", up)
				first := e.Ask(t, harness.Attempt("b"))
				if err := first.Accepted(t.Context()); err != nil {
					t.Fatal(err)
				}
				<-time.After(10*time.Second + 300*time.Millisecond)
				if tt.dies {
					e.Broken.BreakAll(errors.New("it is dead"))
				}
				<-time.After(tt.after)
				began := time.Now()
				again := other.Ask(t, harness.Attempt("b"))
				if took := time.Since(began); took > tt.within {
					t.Errorf("the repeat is decided after %s, want %s at most", took, tt.within)
				}
				if tt.dies != (again.Job().ID == first.Job().ID) {
					t.Errorf("the request is of job %s, the first of %s", again.Job().ID, first.Job().ID)
				}
				harness.Text(t, again)
				if n := up.Charges(); n != tt.want {
					t.Errorf("%d jobs are paid, want %d", n, tt.want)
				}
			})
		})
	}
}
