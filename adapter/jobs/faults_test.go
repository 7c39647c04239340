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

func TestASubmissionThatMayHaveArrivedIsNotRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		up := &harness.FakeUpstream{OnSubmit: func(context.Context, adapter.Options) error {
			sent++
			return adapter.Errorf(adapter.Ambiguous, "lost")
		}}
		e := harness.NewEngine(t, up, nil)
		ticket := e.Ask(t, harness.Attempt("b"))
		_, err := ticket.Wait(t.Context(), nil)
		if adapter.KindOf(err) != adapter.Ambiguous || sent != 1 {
			t.Errorf("Wait() = %v after %d submissions, want Ambiguous after 1", err, sent)
		}
		ticket.Answered()
		synctest.Wait()
		_, err = e.Ask(t, harness.Attempt("b")).Wait(t.Context(), nil)
		if adapter.KindOf(err) != adapter.Ambiguous || sent != 1 {
			t.Errorf("sent again without a counter: %v after %d submissions, want the stored failure", err, sent)
		}
	})
}

func TestAFullUpstreamIsAskedAgainWhileTheClientHasPatience(t *testing.T) {
	tests := map[string]struct {
		fullFor time.Duration
		kind    adapter.Kind
	}{
		"until a place is free":            {fullFor: 20 * time.Second},
		"and refused when patience is out": {fullFor: time.Hour, kind: adapter.Busy},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				from := time.Now()
				up := &harness.FakeUpstream{Takes: time.Second, OnSubmit: func(context.Context, adapter.Options) error {
					if time.Since(from) < test.fullFor {
						return adapter.Errorf(adapter.Busy, "full")
					}
					return nil
				}}
				e := harness.NewEngine(t, up, nil)
				_, err := e.Ask(t, harness.Attempt("b")).Wait(t.Context(), nil)
				if adapter.KindOf(err) != test.kind || err == nil != (test.kind == "") {
					t.Errorf("Wait() = %v, want kind %q", err, test.kind)
				}
			})
		})
	}
}

func TestPlacesAreLimitedQueuedAndRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: 10 * time.Second}
		e := harness.NewEngine(t, up, func(c *harness.Config) { c.MaxInFlight, c.MaxQueue = 2, 3 })
		var tickets []adapter.Ticket
		for i := range 5 {
			tickets = append(tickets, e.Ask(t, harness.Attempt(string(rune('a'+i)))))
		}
		synctest.Wait()
		if up.Charges() != 2 {
			t.Errorf("jobs at the upstream = %d, want 2", up.Charges())
		}
		_, err := e.Shorten(t.Context(), harness.Attempt("z"), harness.Generation("a cat"))
		var busy *adapter.Error
		if !errors.As(err, &busy) || busy.Kind != adapter.Busy || busy.RetryAfter <= 0 {
			t.Errorf("Shorten() with a full queue = %v, want Busy with a time", err)
		}
		for _, ticket := range tickets {
			harness.Text(t, ticket)
		}
		if up.Charges() != 5 {
			t.Errorf("jobs = %d, want 5", up.Charges())
		}
	})
}

func TestAQueueIsFairBetweenOwners(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: 10 * time.Second}
		e := harness.NewEngine(t, up, func(c *harness.Config) { c.MaxInFlight, c.MaxQueue, c.JobTimeout = 1, 20, time.Hour })
		for i := range 5 {
			e.Ask(t, harness.OfOwner("greedy", string(rune('a'+i))))
		}
		synctest.Wait()
		from := time.Now()
		harness.Text(t, e.Ask(t, harness.OfOwner("modest", "b")))
		if waited := time.Since(from); waited > 31*time.Second {
			t.Errorf("the second owner waited %s behind five jobs of 10 s, want its turn after at most two", waited)
		}
	})
}

func TestNothingIsSubmittedThatCannotBeRecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: time.Second}
		e := harness.NewEngine(t, up, nil)
		e.Broken.Break(errors.New("disk full"), 0)
		_, err := e.Shorten(t.Context(), harness.Attempt("b"), harness.Generation("a cat"))
		if adapter.KindOf(err) != adapter.Storage || up.Charges() != 0 {
			t.Errorf("Shorten() = %v with %d jobs, want a Storage error and none", err, up.Charges())
		}
		e.Broken.Mend()
		harness.Text(t, e.Ask(t, harness.Attempt("b")))
	})
}

func TestAnAnswerHasALimitAndTheJobGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: 5 * time.Minute}
		e := harness.NewEngine(t, up, nil)
		ticket := e.Ask(t, harness.Attempt("b"))
		_, err := ticket.Wait(t.Context(), nil)
		if adapter.KindOf(err) != adapter.Timeout {
			t.Fatalf("Wait() = %v, want Timeout", err)
		}
		stream := harness.Retry("b", 1)
		stream.Stream = true
		harness.Text(t, e.Ask(t, stream))
		if up.Charges() != 1 {
			t.Errorf("jobs = %d, want 1", up.Charges())
		}
	})
}

func TestAJobIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: time.Hour}
		e := harness.NewEngine(t, up, nil)
		ticket := e.Ask(t, harness.Attempt("b"))
		if err := ticket.Accepted(t.Context()); err != nil {
			t.Fatalf("Accepted() = %v", err)
		}
		run, err := e.Cancel(t.Context(), adapter.Caller{Owner: "o"}, ticket.Job().ID)
		if err != nil || run.Status != adapter.JobCancelled {
			t.Errorf("Cancel() = %v, %v, want cancelled", run.Status, err)
		}
		if _, err := ticket.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Cancelled {
			t.Errorf("Wait() = %v, want Cancelled", err)
		}
		if _, err := e.Cancel(t.Context(), adapter.Caller{Owner: "p"}, ticket.Job().ID); adapter.KindOf(err) != adapter.NotFound {
			t.Errorf("Cancel() by another owner = %v, want NotFound", err)
		}
	})
}

func TestADeadReplicasRunIsTakenOverOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: 20 * time.Second}
		one := harness.NewEngine(t, up, func(c *harness.Config) { c.Replica = "one" })
		ticket := one.Ask(t, harness.Attempt("b"))
		if err := ticket.Accepted(t.Context()); err != nil {
			t.Fatalf("Accepted() = %v", err)
		}
		two := one.Peer(t, "two")
		three := one.Peer(t, "three")
		one.Close()
		for _, e := range []*harness.Engine{two, three} {
			if got := harness.Text(t, e.Ask(t, harness.Retry("b", 1))); got != "short t"+up.States[0] {
				t.Errorf("answer = %q, want the first submission's", got)
			}
		}
		if up.Charges() != 1 {
			t.Errorf("jobs = %d, want 1", up.Charges())
		}
	})
}

func TestAPanicEndsOnlyItsOwnRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &harness.FakeUpstream{Takes: 10 * time.Second}
		e := harness.NewEngine(t, up, nil)
		other := e.Ask(t, harness.Attempt("a"))
		if err := other.Accepted(t.Context()); err != nil {
			t.Fatalf("Accepted() = %v", err)
		}
		up.OnSubmit = func(context.Context, adapter.Options) error { panic("a bug") }
		if _, err := e.Ask(t, harness.Attempt("b")).Wait(t.Context(), nil); err == nil || adapter.KindOf(err) != adapter.Internal {
			t.Errorf("Wait() = %v, want an internal error", err)
		}
		up.OnSubmit = nil
		harness.Text(t, e.Ask(t, harness.Attempt("c")))
		harness.Text(t, other)
		if up.Charges() != 2 {
			t.Errorf("jobs = %d, want 2: those of the runs without a panic", up.Charges())
		}
	})
}

// A video is not gone because the state cannot be read just now.
func TestAVideoOfStateOutOfReachIsNotMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := harness.NewEngine(t, &harness.FakeUpstream{}, nil)
		ids := map[adapter.Kind]string{adapter.NotFound: "before", adapter.Storage: "while it is out of reach"}
		for _, kind := range []adapter.Kind{adapter.NotFound, adapter.Storage} {
			_, err := e.VideoBytes(t.Context(), "video_ABCDEFGHIJKLMNOPQRSTUVWXYZ", 0, false)
			if adapter.KindOf(err) != kind {
				t.Errorf("%s: VideoBytes() = %v, want kind %s", ids[kind], err, kind)
			}
			e.Broken.BreakAll(errors.New("no majority"))
		}
	})
}

// What is logged of a failure reads as one sentence and its cause.
func TestAnErrorAndItsCauseReadAsOne(t *testing.T) {
	err := adapter.Wrap(adapter.Unavailable, errors.New("dial tcp: refused"), "The upstream does not answer.")
	if got, want := err.Error(), "The upstream does not answer: dial tcp: refused"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
}
