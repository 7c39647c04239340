package jobs

import (
	"context"
	"errors"
	"time"

	"midgate/adapter"
)

// errGone tells who waited for a run that its own creator joined another one.
var errGone = errors.New("the run was not created")

// claimed joins the run that holds the attempt's Idempotency-Key, if its body is the same.
func (s *Engine) claimed(ctx context.Context, held adapter.Job, a adapter.Attempt, w Spec) (*ticket, bool, error) {
	if held.Body != adapter.Digest(a.Caller.Owner, a.Route, a.Body) {
		return nil, false, &adapter.Error{Kind: adapter.Reused, Code: "idempotency_key_reused", Param: "Idempotency-Key",
			Message: "This Idempotency-Key was used with another request body within the last 24 hours. Use a new key for a new request."}
	}
	s.runs.mu.Lock()
	l := s.runs.byID[held.ID]
	if l == nil {
		l = newLive(held)
		close(l.ready)
		s.runs.add(l)
	}
	s.runs.mu.Unlock()
	g := newGuest(ctx, a)
	l.mu.Lock()
	l.sit(0, g)
	l.mu.Unlock()
	return s.joined(ctx, l, a, w, g)
}

// joined gives the attempt the delivery that its client has taken, of a run that exists or is being recorded.
func (s *Engine) joined(ctx context.Context, l *live, a adapter.Attempt, w Spec, g *guest) (*ticket, bool, error) {
	select {
	case <-l.ready:
	case <-ctx.Done():
		l.leave(g, adapter.DeliveryAbandoned, time.Now())
		return nil, false, context.Cause(ctx)
	}
	if errors.Is(l.bad, errGone) {
		return nil, true, nil
	}
	if l.bad != nil {
		return nil, false, l.bad
	}
	if err := s.revive(ctx, l, a, w, g.delivery); err != nil {
		l.leave(g, adapter.DeliveryAbandoned, time.Now())
		return nil, false, err
	}
	s.keepShare(ctx, l, g.delivery)
	if a.Async {
		l.promise()
	}
	return s.waiter(l, a, w, g), false, nil
}

// keepShare records that a quarter was given away, as soon as it was: after a crash its client's repeat has to find it.
func (s *Engine) keepShare(ctx context.Context, l *live, i int) {
	if i == 0 || !l.executed() {
		return
	}
	err := l.save(context.WithoutCancel(ctx), s.parts.Journal, func(*adapter.Job) error { return nil })
	if err != nil {
		s.parts.Log.Warn("a shared quarter could not be recorded yet", "job", l.snapshot().ID, "error", err)
	}
}

// repeatState is how a delivery looks to a repeat. Of a run that came to nothing, those whose clients were told so are there
// for their repeats: each for one.
func repeatState(r adapter.Job, d adapter.Delivery) adapter.DeliveryState {
	if d.State == adapter.DeliveryAnswered && restartable(r) {
		return adapter.DeliveryAbandoned
	}
	return d.State
}

// failedAfterAnswer reports whether a delivery's client was told of a failure that stands: every repeat within the window
// gets the same one, and the window does not start again.
func failedAfterAnswer(r adapter.Job, d adapter.Delivery) bool {
	return r.Status == adapter.JobFailed && d.State == adapter.DeliveryAbandoned && !restartable(r)
}
