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

func TestRepeatsJoinTheRunTheyRepeat(t *testing.T) {
	tests := map[string]struct {
		first, second adapter.Attempt
		abandon       bool // the first client leaves before the answer
		answer        bool // the first client is answered
		later         time.Duration
		jobs          int
	}{
		"a retry counter while the first is running":               {first: harness.Attempt("b"), second: harness.Retry("b", 1), jobs: 1},
		"a retry counter after the first was cut":                  {first: harness.Attempt("b"), second: harness.Retry("b", 2), abandon: true, later: time.Minute, jobs: 1},
		"a retry counter after the answer was written":             {first: harness.Attempt("b"), second: harness.Retry("b", 1), answer: true, later: time.Minute, jobs: 1},
		"a retry counter after the deadline":                       {first: harness.Attempt("b"), second: harness.Retry("b", 1), later: 2 * time.Hour, jobs: 2},
		"a retry counter with another body":                        {first: harness.Attempt("b"), second: harness.Retry("c", 1), jobs: 2},
		"an equal request while the first is waited for":           {first: harness.Attempt("b"), second: harness.Attempt("b"), jobs: 2},
		"an equal request after the first was answered":            {first: harness.Attempt("b"), second: harness.Attempt("b"), answer: true, jobs: 2},
		"an equal request soon after the first was abandoned":      {first: harness.Attempt("b"), second: harness.Attempt("b"), abandon: true, later: time.Minute, jobs: 1},
		"an equal request long after the first was abandoned":      {first: harness.Attempt("b"), second: harness.Attempt("b"), abandon: true, later: 3 * time.Minute, jobs: 2},
		"an equal request of another owner after an abandoned one": {first: harness.Attempt("b"), second: harness.OfOwner("p", "b"), abandon: true, jobs: 2},
		"the same key and body":                                    {first: harness.Keyed("k", "b"), second: harness.Keyed("k", "b"), answer: true, later: 23 * time.Hour, jobs: 1},
		"the same key a day later":                                 {first: harness.Keyed("k", "b"), second: harness.Keyed("k", "b"), answer: true, later: 25 * time.Hour, jobs: 2},
		"another key with the same body":                           {first: harness.Keyed("k", "b"), second: harness.Keyed("l", "b"), jobs: 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				up := &harness.FakeUpstream{Takes: 10 * time.Second}
				e := harness.NewEngine(t, up, nil)
				first := e.Ask(t, test.first)
				if test.answer {
					harness.Text(t, first)
					first.Answered()
				}
				synctest.Wait() // it is submitted
				if test.abandon {
					first.Abandoned()
				}
				<-time.After(test.later)
				second := harness.Text(t, e.Ask(t, test.second))
				if up.Charges() != test.jobs {
					t.Errorf("jobs = %d, want %d", up.Charges(), test.jobs)
				}
				if same := second == harness.Text(t, first); same != (test.jobs == 1) {
					t.Errorf("the answers are the same: %v, want %v", same, test.jobs == 1)
				}
			})
		})
	}
}

func TestAnIdempotencyKeyWithAnotherBodyIsRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := harness.NewEngine(t, &harness.FakeUpstream{Takes: time.Second}, nil)
		harness.Text(t, e.Ask(t, harness.Keyed("k", "b")))
		_, err := e.Shorten(t.Context(), harness.Keyed("k", "c"), harness.Generation("a dog"))
		var known *adapter.Error
		if !errors.As(err, &known) || known.Kind != adapter.Reused || known.Code != "idempotency_key_reused" {
			t.Errorf("Shorten() = %v, want a Reused error", err)
		}
	})
}

func TestARunIsResumedAfterARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: 30 * time.Second}
		e := harness.NewEngine(t, up, nil)
		first := e.Ask(t, harness.Attempt("b"))
		if err := first.Accepted(t.Context()); err != nil {
			t.Fatalf("Accepted() = %v", err)
		}
		e.Restart(t)
		got := harness.Text(t, e.Ask(t, harness.Retry("b", 1)))
		if want := "short t" + up.States[0]; got != want || up.Charges() != 1 {
			t.Errorf("answer %q by %d jobs, want %q by 1", got, up.Charges(), want)
		}
		job, err := e.Job(t.Context(), adapter.Caller{Owner: "o"}, first.Job().ID)
		if err != nil || job.Status != adapter.JobCompleted {
			t.Errorf("Job() = %v, %v, want completed", job.Status, err)
		}
	})
}

func TestAnIntentWithoutASubmissionIsNeverSentAgain(t *testing.T) {
	tests := map[string]struct {
		listed bool
		kind   adapter.Kind
	}{
		"adopted when the upstream's list shows it":     {listed: true},
		"reported when nobody knows whether it arrived": {kind: adapter.Ambiguous},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				died := make(chan struct{})
				up := &harness.FakeUpstream{Takes: time.Second, Found: map[string]string{}}
				up.OnSubmit = func(ctx context.Context, o adapter.Options) error {
					if test.listed {
						up.Found[o.State] = "listed"
					}
					close(died)
					<-ctx.Done() // the process ends while the submission is on its way
					return ctx.Err()
				}
				e := harness.NewEngine(t, up, nil)
				e.Ask(t, harness.Attempt("b"))
				<-died
				e.Restart(t)
				up.OnSubmit = func(context.Context, adapter.Options) error {
					t.Error("the step was sent again")
					return nil
				}
				result, err := e.Ask(t, harness.Retry("b", 1)).Wait(t.Context(), nil)
				if adapter.KindOf(err) != test.kind || test.listed && (err != nil || result.Texts[0] != "short listed") {
					t.Errorf("Wait() = %v, %v, want kind %q", result, err, test.kind)
				}
			})
		})
	}
}
