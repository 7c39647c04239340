package adapter

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// work is a checked request on its way into the journal.
type work struct {
	kind    string
	model   string
	n       int
	request any     // what the sequence needs; kept as JSON
	account Account // where the first job goes
	speed   Speed
	quarter bool // the answer is one quarter of a grid
	share   bool // an equal request may get another quarter of that grid
}

// open starts the run of this attempt, or joins the one that it repeats or shares.
func (s *Service) open(ctx context.Context, a Attempt, w work) (*Ticket, error) {
	request, err := json.Marshal(w.request)
	if err != nil {
		return nil, err
	}
	var h hesitation
	for {
		ticket, again, err := s.enter(ctx, a, w, request, &h)
		if errors.Is(err, errHesitate) {
			if !pause(ctx, hesitateFor/hesitations) {
				return nil, context.Cause(ctx)
			}
			again = true
		}
		if !again {
			return ticket, err
		}
	}
}

// enter is one try of open; again means that the run it met was gone by the time it looked, errHesitate that the client
// of the run it met may be.
func (s *Service) enter(ctx context.Context, a Attempt, w work, request json.RawMessage, h *hesitation) (t *Ticket, again bool, err error) {
	now := time.Now()
	claim := ""
	if a.IdempotencyKey != "" {
		claim = digest(a.Caller.Owner, a.IdempotencyKey)
	}
	body := digest(a.Caller.Owner, a.Route, a.Body)
	s.runs.mu.Lock()
	if claim == "" {
		m := meeting{known: s.runs.byBody[body], attempt: a, guest: newGuest(ctx, a), share: w.share, now: now, deadline: s.cfg.JobDeadline, window: s.cfg.ShareWindow}
		l, err := m.match(h)
		if l != nil || err != nil {
			s.runs.mu.Unlock()
			if err != nil {
				return nil, false, err
			}
			return s.joined(ctx, l, a, w, m.guest)
		}
	}
	place, err := s.places.admit(w.account.Name, a.Caller.Owner)
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
	l.opener, l.awaited = a.Retry, waitsFor(a, w.kind)
	l.own, l.self, l.sharing = true, s.cfg.Replica, w.share && s.cfg.ShareWindow > 0 && claim == ""
	g := l.sit(0, newGuest(ctx, a))
	s.runs.add(l)
	s.runs.mu.Unlock()
	return s.begin(ctx, l, a, w, place, g)
}

func (s *Service) newRun(a Attempt, w work, request json.RawMessage, claim, body string, now time.Time) Run {
	run := Run{
		ID: NewID(jobPrefix), Owner: a.Caller.Owner, Kind: w.kind, Route: a.Route, Model: w.model, N: w.n, Speed: w.speed,
		Request: request, Echo: a.Echo, Claim: claim, Body: body, Seed: NewID(""),
		Status: RunQueued, Replica: s.cfg.Replica, Upstream: w.account.Name,
		Created: now, Deadline: now.Add(s.cfg.JobDeadline),
		Deliveries: []Delivery{{State: DeliveryWaiting, At: now}},
	}
	if w.quarter {
		run.Deliveries[0].Quarter = 1
	}
	if s.cfg.Retention > 0 {
		run.Expires = now.Add(s.cfg.Retention)
	}
	return run
}

// begin records a new run and starts its sequence. Who shares it or repeats it meanwhile waits for ready.
func (s *Service) begin(ctx context.Context, l *live, a Attempt, w work, place *place, g *guest) (*Ticket, bool, error) {
	run := l.snapshot()
	run.SealedKey = seal(s.cfg.Secret, run.ID, a.Caller.Key)
	// The client may leave while the record is written: the record, and what joined it, must not depend on that.
	stored, err := s.parts.Journal.Create(context.WithoutCancel(ctx), run)
	if err != nil {
		place.release()
		s.runs.discard(l)
		if errors.Is(err, ErrExists) {
			l.bad = errGone
			close(l.ready)
			return s.claimed(ctx, stored, a, w)
		}
		l.bad = Wrap(Storage, err, "The job could not be recorded, so nothing was submitted. Please try again later.")
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
		l.leave(g, DeliveryAbandoned, time.Now())
		return nil, false, err
	}
	s.execute(l, a.Caller, place, run.Created.Add(s.patience(a)))
	return s.waiter(l, a, w, g), false, nil
}

// patience is how long an attempt's client waits, and a full upstream is asked again for it.
func (s *Service) patience(a Attempt) time.Duration {
	if a.Stream || a.Async || s.cfg.JobTimeout <= 0 {
		return s.cfg.JobDeadline
	}
	return s.cfg.JobTimeout
}
