package adapter_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
)

// A failure that cost nothing and passes must not be what a repeat gets: it is the repeat that is told to come again.
func TestARepeatOfWhatCameToNothingIsTriedAgain(t *testing.T) {
	again := map[string]struct{ first, second adapter.Attempt }{
		"with a retry counter":      {attempt("b"), retry("b", 1)},
		"with the same key":         {keyed("k", "b"), keyed("k", "b")},
		"of a streaming SDK":        {attempt("b"), streamed(retry("b", 1))},
		"with neither, as new wish": {attempt("b"), attempt("b")},
	}
	for name, test := range again {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				full := true
				up := &scripted{takes: time.Second, submit: func(context.Context, adapter.Options) error {
					if full {
						return adapter.Errorf(adapter.Unavailable, "The account is being changed.")
					}
					return nil
				}}
				e := newEngine(t, up, nil)
				first := e.ask(t, test.first)
				if _, err := first.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Unavailable {
					t.Fatalf("Wait() = %v, want Unavailable", err)
				}
				first.Answered()
				synctest.Wait()
				full = false
				second := e.ask(t, test.second)
				text(t, second)
				second.Answered()
				synctest.Wait()
				if up.charges() != 1 {
					t.Errorf("jobs = %d, want 1", up.charges())
				}
				if got := text(t, e.ask(t, streamed(test.second))); test.second.Retry > 0 && up.charges() != 1 {
					t.Errorf("a further repeat gets %q after %d jobs, want the stored answer", got, up.charges())
				}
			})
		})
	}
}

func streamed(a adapter.Attempt) adapter.Attempt {
	a.Stream = true
	return a
}

func TestAFailureThatCostSomethingIsGivenToItsRepeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &scripted{takes: time.Second}
		up.lost() // panics at a second submission
		e := newEngine(t, up, nil)
		for range 3 {
			if _, err := e.ask(t, keyed("k", "b")).Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Ambiguous {
				t.Errorf("Wait() = %v, want the stored Ambiguous", err)
			}
		}
	})
}

// Without its lease a replica counts as dead: whoever asks it for a first job is told soon, and nothing is submitted.
func TestAReplicaWithoutItsLeaseRefusesNewJobs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &scripted{takes: time.Second}
		e := newEngine(t, up, nil)
		synctest.Wait()
		if err := e.Ready(t.Context()); err != nil {
			t.Errorf("Ready() = %v with a lease", err)
		}
		e.leases.Kill("r")
		if _, held, err := e.leases.Hold(t.Context(), "replica.r", "somebody else"); !held || err != nil {
			t.Fatalf("Hold() = %v, %v", held, err)
		}
		synctest.Wait()
		if err := e.Ready(t.Context()); adapter.KindOf(err) != adapter.Storage {
			t.Errorf("Ready() = %v without a lease, want a Storage error", err)
		}
		asked := time.Now()
		_, err := e.ask(t, attempt("b")).Wait(t.Context(), nil)
		if took := time.Since(asked); adapter.KindOf(err) != adapter.Storage || took > 10*time.Second || up.charges() != 0 {
			t.Errorf("Wait() = %v after %s and %d jobs, want a Storage error after 10s and none", err, took, up.charges())
		}
		e.leases.Kill("somebody else")
		<-time.After(2 * time.Second)
		if got := text(t, e.ask(t, retry("b", 1))); up.charges() != 1 || got == "" {
			t.Errorf("the repeat gets %q after %d jobs, want the picture of one", got, up.charges())
		}
	})
}
