package jobs_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
)

// A failure that cost nothing and passes must not be what a repeat gets: it is the repeat that is told to come again.
func TestARepeatOfWhatCameToNothingIsTriedAgain(t *testing.T) {
	again := map[string]struct{ first, second adapter.Attempt }{
		"with a retry counter":      {harness.Attempt("b"), harness.Retry("b", 1)},
		"with the same key":         {harness.Keyed("k", "b"), harness.Keyed("k", "b")},
		"of a streaming SDK":        {harness.Attempt("b"), harness.Streamed(harness.Retry("b", 1))},
		"with neither, as new wish": {harness.Attempt("b"), harness.Attempt("b")},
	}
	for name, test := range again {
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
				first := e.Ask(t, test.first)
				if _, err := first.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Unavailable {
					t.Fatalf("Wait() = %v, want Unavailable", err)
				}
				first.Answered()
				synctest.Wait()
				full = false
				second := e.Ask(t, test.second)
				harness.Text(t, second)
				second.Answered()
				synctest.Wait()
				if up.Charges() != 1 {
					t.Errorf("jobs = %d, want 1", up.Charges())
				}
				if got := harness.Text(t, e.Ask(t, harness.Streamed(test.second))); test.second.Retry > 0 && up.Charges() != 1 {
					t.Errorf("a further repeat gets %q after %d jobs, want the stored answer", got, up.Charges())
				}
			})
		})
	}
}

func TestAFailureThatCostSomethingIsGivenToItsRepeats(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: time.Second}
		up.LoseAnswers() // panics at a second submission
		e := harness.NewEngine(t, up, nil)
		for range 3 {
			if _, err := e.Ask(t, harness.Keyed("k", "b")).Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Ambiguous {
				t.Errorf("Wait() = %v, want the stored Ambiguous", err)
			}
		}
	})
}

// Without its lease a replica counts as dead: whoever asks it for a first job is told soon, and nothing is submitted.
func TestAReplicaWithoutItsLeaseRefusesNewJobs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: time.Second}
		e := harness.NewEngine(t, up, nil)
		synctest.Wait()
		if err := e.Ready(t.Context()); err != nil {
			t.Errorf("Ready() = %v with a lease", err)
		}
		e.Broken.BreakAll(errors.New("the database is away"))
		<-time.After(5 * time.Second)
		if err := e.Ready(t.Context()); adapter.KindOf(err) != adapter.Storage {
			t.Errorf("Ready() = %v without a lease, want a Storage error", err)
		}
		asked := time.Now()
		_, err := e.Shorten(t.Context(), harness.Attempt("b"), harness.Generation("a cat"))
		if took := time.Since(asked); adapter.KindOf(err) != adapter.Storage || took > 2*time.Second || up.Charges() != 0 {
			t.Errorf("Shorten() = %v after %s and %d jobs, want a Storage error after 2s and none", err, took, up.Charges())
		}
		e.Broken.Mend()
		<-time.After(2 * time.Second)
		if got := harness.Text(t, e.Ask(t, harness.Retry("b", 1))); up.Charges() != 1 || got == "" {
			t.Errorf("the repeat gets %q after %d jobs, want the picture of one", got, up.Charges())
		}
	})
}
