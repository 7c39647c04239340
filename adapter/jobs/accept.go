package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"midgate/adapter"
)

// Spec is a checked request on its way into the journal.
type Spec struct {
	Kind     adapter.JobKind
	Model    string
	N        int
	Request  any             // what the sequence needs; kept as JSON
	Account  adapter.Account // where the first job goes
	Speed    adapter.Speed
	Quarter  bool // the answer is one quarter of a grid
	Share    bool // an equal request may get another quarter of that grid
	Detached bool // its client does not wait for the answer: it asks for the job later
}

// Accept starts the run of this attempt, or joins the one that it repeats or shares.
func (s *Engine) Accept(ctx context.Context, a adapter.Attempt, w Spec) (adapter.Ticket, error) {
	request, err := json.Marshal(w.Request)
	if err != nil {
		return nil, err
	}
	var h hesitation
	for {
		ticket, again, err := s.enter(ctx, a, w, request, &h)
		if errors.Is(err, errHesitate) {
			if !adapter.Pause(ctx, hesitateFor/hesitations) {
				return nil, context.Cause(ctx)
			}
			again = true
		}
		switch {
		case again:
		case err != nil:
			return nil, err
		default:
			return ticket, nil
		}
	}
}

// enter is one try of open; again means that the run it met was gone by the time it looked, errHesitate that the client
// of the run it met may be.
func (s *Engine) enter(ctx context.Context, a adapter.Attempt, w Spec, request json.RawMessage, h *hesitation) (t *ticket, again bool, err error) {
	now := time.Now()
	claim := ""
	if a.IdempotencyKey != "" {
		claim = adapter.Digest(a.Caller.Owner, a.IdempotencyKey)
	}
	body := adapter.Digest(a.Caller.Owner, a.Route, a.Body)
	s.runs.mu.Lock()
	if claim == "" {
		m := meeting{known: s.runs.byBody[body], attempt: a, guest: newGuest(ctx, a), share: w.Share, now: now, deadline: s.cfg.JobDeadline, window: s.cfg.ShareWindow}
		l, err := m.match(h)
		if l != nil || err != nil {
			s.runs.mu.Unlock()
			if err != nil {
				return nil, false, err
			}
			return s.joined(ctx, l, a, w, m.guest)
		}
	}
	place, err := s.places.admit(w.Account.Name, a.Caller.Owner)
	if err != nil {
		s.runs.turnedAway(body, now)
		s.runs.mu.Unlock()
		return nil, false, err
	}
	run := s.newRun(a, w, request, claim, body, now)
	if claim == "" {
		run.Originals = a.Retry - s.runs.cameBefore(body, a.Retry, now)
	}
	l := newLive(run)
	l.opener, l.awaited = a.Retry, waitsFor(a, w)
	l.own, l.self, l.sharing = true, s.cfg.Replica, w.Share && s.cfg.ShareWindow > 0 && claim == ""
	g := l.sit(0, newGuest(ctx, a))
	s.runs.add(l)
	s.runs.mu.Unlock()
	return s.begin(ctx, l, a, w, place, g)
}

func (s *Engine) newRun(a adapter.Attempt, w Spec, request json.RawMessage, claim, body string, now time.Time) adapter.Job {
	run := adapter.Job{
		ID: adapter.NewID(adapter.JobPrefix), Owner: a.Caller.Owner, Kind: w.Kind, Route: a.Route, Model: w.Model, N: w.N, Speed: w.Speed,
		Request: request, Echo: a.Echo, Claim: claim, Body: body, Seed: adapter.NewID(""),
		Status: adapter.JobQueued, Replica: s.cfg.Replica, Upstream: w.Account.Name,
		Created: now, Deadline: now.Add(s.cfg.JobDeadline),
		Deliveries: []adapter.Delivery{{State: adapter.DeliveryWaiting, At: now}},
	}
	if w.Quarter {
		run.Deliveries[0].Quarter = 1
	}
	if s.cfg.Retention > 0 {
		run.Expires = now.Add(s.cfg.Retention)
	}
	return run
}

// begin records a new run and starts its sequence. Who shares it or repeats it meanwhile waits for ready.
func (s *Engine) begin(ctx context.Context, l *live, a adapter.Attempt, w Spec, place *place, g *guest) (*ticket, bool, error) {
	run := l.snapshot()
	run.SealedKey = encryptKey(s.cfg.Secret, run.ID, a.Caller.Key)
	// The client may leave while the record is written: the record, and what joined it, must not depend on that.
	stored, err := s.parts.Journal.Create(context.WithoutCancel(ctx), run)
	if err != nil {
		place.release()
		s.runs.discard(l)
		if errors.Is(err, adapter.ErrExists) {
			l.bad = errGone
			close(l.ready)
			return s.claimed(ctx, stored, a, w)
		}
		l.bad = adapter.Wrap(adapter.Storage, err, "The job could not be recorded, so nothing was submitted. Please try again later.")
		close(l.ready)
		s.runs.mu.Lock()
		s.runs.turnedAway(run.Body, time.Now())
		s.runs.mu.Unlock()
		return nil, false, l.bad
	}
	l.mu.Lock()
	l.run.Revision, l.run.SealedKey = max(l.run.Revision, stored.Revision), run.SealedKey
	l.mu.Unlock()
	close(l.ready)
	if err := s.confirm(ctx, l, a, place); err != nil {
		place.release()
		l.release()
		l.leave(g, adapter.DeliveryAbandoned, time.Now())
		return nil, false, err
	}
	s.execute(l, a.Caller, place, run.Created.Add(s.patience(a)))
	return s.waiter(l, a, w, g), false, nil
}

// patience is how long an attempt's client waits, and a full upstream is asked again for it.
func (s *Engine) patience(a adapter.Attempt) time.Duration {
	if a.Stream || a.Async || s.cfg.JobTimeout <= 0 {
		return s.cfg.JobDeadline
	}
	return s.cfg.JobTimeout
}
