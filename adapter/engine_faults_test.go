package adapter_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
)

func TestASubmissionThatMayHaveArrivedIsNotRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sent := 0
		up := &scripted{submit: func(context.Context, adapter.Options) error {
			sent++
			return adapter.Errorf(adapter.Ambiguous, "lost")
		}}
		e := newEngine(t, up, nil)
		ticket := e.ask(t, attempt("b"))
		_, err := ticket.Wait(t.Context(), nil)
		if adapter.KindOf(err) != adapter.Ambiguous || sent != 1 {
			t.Errorf("Wait() = %v after %d submissions, want Ambiguous after 1", err, sent)
		}
		ticket.Answered()
		synctest.Wait()
		_, err = e.ask(t, attempt("b")).Wait(t.Context(), nil)
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
				up := &scripted{takes: time.Second, submit: func(context.Context, adapter.Options) error {
					if time.Since(from) < test.fullFor {
						return adapter.Errorf(adapter.Busy, "full")
					}
					return nil
				}}
				e := newEngine(t, up, nil)
				_, err := e.ask(t, attempt("b")).Wait(t.Context(), nil)
				if adapter.KindOf(err) != test.kind || err == nil != (test.kind == "") {
					t.Errorf("Wait() = %v, want kind %q", err, test.kind)
				}
			})
		})
	}
}

func TestPlacesAreLimitedQueuedAndRefused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &scripted{takes: 10 * time.Second}
		e := newEngine(t, up, func(c *adapter.Config) { c.MaxInFlight, c.MaxQueue = 2, 3 })
		var tickets []*adapter.Ticket
		for i := range 5 {
			tickets = append(tickets, e.ask(t, attempt(string(rune('a'+i)))))
		}
		synctest.Wait()
		if up.charges() != 2 {
			t.Errorf("jobs at the upstream = %d, want 2", up.charges())
		}
		_, err := e.Shorten(t.Context(), attempt("z"), generation("a cat"))
		var busy *adapter.Error
		if !errors.As(err, &busy) || busy.Kind != adapter.Busy || busy.RetryAfter <= 0 {
			t.Errorf("Shorten() with a full queue = %v, want Busy with a time", err)
		}
		for _, ticket := range tickets {
			text(t, ticket)
		}
		if up.charges() != 5 {
			t.Errorf("jobs = %d, want 5", up.charges())
		}
	})
}

func TestAQueueIsFairBetweenOwners(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &scripted{takes: 10 * time.Second}
		e := newEngine(t, up, func(c *adapter.Config) { c.MaxInFlight, c.MaxQueue, c.JobTimeout = 1, 20, time.Hour })
		for i := range 5 {
			e.ask(t, ofOwner("greedy", string(rune('a'+i))))
		}
		synctest.Wait()
		from := time.Now()
		text(t, e.ask(t, ofOwner("modest", "b")))
		if waited := time.Since(from); waited > 31*time.Second {
			t.Errorf("the second owner waited %s behind five jobs of 10 s, want its turn after at most two", waited)
		}
	})
}

func TestNothingIsSubmittedThatCannotBeRecorded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &scripted{takes: time.Second}
		e := newEngine(t, up, nil)
		e.broken.Break(errors.New("disk full"), 0)
		_, err := e.Shorten(t.Context(), attempt("b"), generation("a cat"))
		if adapter.KindOf(err) != adapter.Storage || up.charges() != 0 {
			t.Errorf("Shorten() = %v with %d jobs, want a Storage error and none", err, up.charges())
		}
		e.broken.Mend()
		text(t, e.ask(t, attempt("b")))
	})
}

func TestAnAnswerHasALimitAndTheJobGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &scripted{takes: 5 * time.Minute}
		e := newEngine(t, up, nil)
		ticket := e.ask(t, attempt("b"))
		_, err := ticket.Wait(t.Context(), nil)
		if adapter.KindOf(err) != adapter.Timeout {
			t.Fatalf("Wait() = %v, want Timeout", err)
		}
		stream := retry("b", 1)
		stream.Stream = true
		text(t, e.ask(t, stream))
		if up.charges() != 1 {
			t.Errorf("jobs = %d, want 1", up.charges())
		}
	})
}

func TestAJobIsCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &scripted{takes: time.Hour}
		e := newEngine(t, up, nil)
		ticket := e.ask(t, attempt("b"))
		if err := ticket.Accepted(t.Context()); err != nil {
			t.Fatalf("Accepted() = %v", err)
		}
		run, err := e.Cancel(t.Context(), adapter.Caller{Owner: "o"}, ticket.Job)
		if err != nil || run.Status != adapter.RunCancelled {
			t.Errorf("Cancel() = %v, %v, want cancelled", run.Status, err)
		}
		if _, err := ticket.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Cancelled {
			t.Errorf("Wait() = %v, want Cancelled", err)
		}
		if _, err := e.Cancel(t.Context(), adapter.Caller{Owner: "p"}, ticket.Job); adapter.KindOf(err) != adapter.NotFound {
			t.Errorf("Cancel() by another owner = %v, want NotFound", err)
		}
	})
}

func TestADeadReplicasRunIsTakenOverOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &scripted{takes: 20 * time.Second}
		one := newEngine(t, up, func(c *adapter.Config) { c.Replica = "one" })
		ticket := one.ask(t, attempt("b"))
		if err := ticket.Accepted(t.Context()); err != nil {
			t.Fatalf("Accepted() = %v", err)
		}
		two := one.peer(t, "two")
		three := one.peer(t, "three")
		one.Close()
		for _, e := range []*engine{two, three} {
			if got := text(t, e.ask(t, retry("b", 1))); got != "short t"+up.states[0] {
				t.Errorf("answer = %q, want the first submission's", got)
			}
		}
		if up.charges() != 1 {
			t.Errorf("jobs = %d, want 1", up.charges())
		}
	})
}

func TestAPanicEndsOnlyItsOwnRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &scripted{takes: 10 * time.Second}
		e := newEngine(t, up, nil)
		other := e.ask(t, attempt("a"))
		if err := other.Accepted(t.Context()); err != nil {
			t.Fatalf("Accepted() = %v", err)
		}
		up.submit = func(context.Context, adapter.Options) error { panic("a bug") }
		if _, err := e.ask(t, attempt("b")).Wait(t.Context(), nil); err == nil || adapter.KindOf(err) != adapter.Internal {
			t.Errorf("Wait() = %v, want an internal error", err)
		}
		up.submit = nil
		text(t, e.ask(t, attempt("c")))
		text(t, other)
		if up.charges() != 2 {
			t.Errorf("jobs = %d, want 2: those of the runs without a panic", up.charges())
		}
	})
}

// A video is not gone because the state cannot be read just now.
func TestAVideoOfStateOutOfReachIsNotMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := newEngine(t, &scripted{}, nil)
		ids := map[adapter.Kind]string{adapter.NotFound: "before", adapter.Storage: "while it is out of reach"}
		for _, kind := range []adapter.Kind{adapter.NotFound, adapter.Storage} {
			_, err := e.VideoBytes(t.Context(), "video_ABCDEFGHIJKLMNOPQRSTUVWXYZ", 0, false)
			if adapter.KindOf(err) != kind {
				t.Errorf("%s: VideoBytes() = %v, want kind %s", ids[kind], err, kind)
			}
			e.broken.BreakAll(errors.New("no majority"))
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
