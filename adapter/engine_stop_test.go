package adapter_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
)

// slowly makes an upstream take a second to accept a job that it has at once; who hangs up before never hears of it.
func (u *scripted) slowly() {
	u.submit = func(ctx context.Context, o adapter.Options) error {
		select {
		case <-time.After(time.Second):
			return nil
		case <-ctx.Done():
			u.mu.Lock()
			defer u.mu.Unlock()
			u.states = append(u.states, o.State)
			return adapter.Wrap(adapter.Ambiguous, ctx.Err(), "The answer was lost.")
		}
	}
}

// A process that stops listens to the end of the submissions that it has under way: what they made is paid.
func TestAStopDoesNotCutASubmission(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &scripted{takes: 10 * time.Second}
		up.slowly()
		e := newEngine(t, up, nil)
		e.ask(t, attempt("b"))
		<-time.After(500 * time.Millisecond)
		e.again(t)
		if got := text(t, e.ask(t, retry("b", 1))); got != "short t"+up.states[0] || up.charges() != 1 {
			t.Errorf("answer = %q after %d jobs, want the one that was being submitted", got, up.charges())
		}
	})
}

// It does not listen for ever: an upstream that does not answer must not keep the process alive.
func TestAStopDoesNotWaitForAnUpstreamThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &scripted{}
		up.submit = func(ctx context.Context, _ adapter.Options) error {
			<-ctx.Done()
			return adapter.Wrap(adapter.Ambiguous, ctx.Err(), "The answer was lost.")
		}
		e := newEngine(t, up, nil)
		e.ask(t, attempt("b"))
		<-time.After(500 * time.Millisecond)
		began := time.Now()
		e.Close()
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("Close() took %v, want 2s at most", took)
		}
	})
}
