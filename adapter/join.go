package adapter

import (
	"context"
	"errors"
	"slices"
	"time"
)

// errGone tells who waited for a run that its own creator joined another one.
var errGone = errors.New("the run was not created")

// claimed joins the run that holds the attempt's Idempotency-Key, if its body is the same.
func (s *Engine) claimed(ctx context.Context, held Run, a Attempt, w work) (*ticket, bool, error) {
	if held.Body != digest(a.Caller.Owner, a.Route, a.Body) {
		return nil, false, &Error{Kind: Reused, Code: "idempotency_key_reused", Param: "Idempotency-Key",
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
	return s.joined(ctx, l, a, w, 0)
}

// joined gives the attempt delivery i of a run that exists or is being recorded.
func (s *Engine) joined(ctx context.Context, l *live, a Attempt, w work, i int) (*ticket, bool, error) {
	select {
	case <-l.ready:
	case <-ctx.Done():
		l.giveUp(i)
		return nil, false, context.Cause(ctx)
	}
	if errors.Is(l.bad, errGone) {
		return nil, true, nil
	}
	if l.bad != nil {
		return nil, false, l.bad
	}
	if err := s.revive(ctx, l, a, w, i); err != nil {
		l.giveUp(i)
		return nil, false, err
	}
	s.keepShare(ctx, l, i)
	return s.newTicket(l, a, i), false, nil
}

// giveUp leaves a delivery that was taken to the next repeat. The run's next record carries it.
func (l *live) giveUp(i int) {
	l.update(func(r *Run) {
		if i < len(r.Deliveries) && r.Deliveries[i].State == DeliveryWaiting {
			r.Deliveries[i].State, r.Deliveries[i].At = DeliveryAbandoned, time.Now()
		}
	})
}

// keepShare records that a quarter was given away, as soon as it was: after a crash its client's repeat has to find it.
func (s *Engine) keepShare(ctx context.Context, l *live, i int) {
	if i == 0 || !l.executed() {
		return
	}
	err := l.save(context.WithoutCancel(ctx), s.parts.Journal, func(*Run) error { return nil })
	if err != nil {
		s.parts.Log.Warn("a shared quarter could not be recorded yet", "job", l.snapshot().ID, "error", err)
	}
}

// repeated finds the run and the delivery that an attempt repeats: by an SDK's retry counter, or without one by an
// earlier attempt that got nothing. The caller holds mu.
func (r *runs) repeated(body string, a Attempt, now time.Time, deadline time.Duration) (*live, int) {
	known := r.byBody[body]
	for _, state := range []DeliveryState{DeliveryAbandoned, DeliveryWaiting, DeliveryAnswered} {
		for _, l := range slices.Backward(known) {
			if i := l.claimable(state, a.Retry, now, deadline); i >= 0 {
				return l, i
			}
		}
	}
	return nil, 0
}

// claimable returns the delivery in that state that a repeat may take, and takes it; -1 if there is none.
func (l *live) claimable(state DeliveryState, retry int, now time.Time, deadline time.Duration) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, d := range l.run.Deliveries {
		if l.run.offered(d) != state {
			continue
		}
		switch {
		case retry > 0 && (!l.run.Status.Ended() || now.Sub(l.run.Created) <= deadline): // the clock may have been set
		case d.State == DeliveryAbandoned && now.Sub(d.At) <= repeatWindow:
		default:
			continue
		}
		if state == DeliveryAbandoned && !l.run.failedAfterAnswer(d) {
			l.run.Deliveries[i].State, l.run.Deliveries[i].At = DeliveryWaiting, now
		}
		return i
	}
	return -1
}

// offered is how a delivery looks to a repeat. Of a run that came to nothing, those whose clients were told so are there
// for their repeats: each for one.
func (r Run) offered(d Delivery) DeliveryState {
	if d.State == DeliveryAnswered && r.cameToNothing() {
		return DeliveryAbandoned
	}
	return d.State
}

// failedAfterAnswer reports whether a delivery's client was told of a failure that stands: every repeat within the window
// gets the same one, and the window does not start again.
func (r Run) failedAfterAnswer(d Delivery) bool {
	return r.Status == RunFailed && d.State == DeliveryAbandoned && !r.cameToNothing()
}

// shared finds a young run of an equal request whose grid has a quarter left. The caller holds mu.
func (r *runs) shared(body string, a Attempt, w work, now time.Time, window time.Duration) (*live, int) {
	if !w.share || window <= 0 || a.Retry > 0 {
		return nil, 0
	}
	for _, l := range r.byBody[body] {
		if i := l.takeQuarter(now, window); i >= 0 {
			return l, i
		}
	}
	return nil, 0
}

func (l *live) takeQuarter(now time.Time, window time.Duration) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.run.Deliveries)
	if !l.sharing || !l.own || l.run.Status.Ended() || n >= 4 || now.Sub(l.run.Created) > window {
		return -1
	}
	l.run.Deliveries = append(l.run.Deliveries, Delivery{Quarter: n + 1, State: DeliveryWaiting, At: now})
	return n
}
