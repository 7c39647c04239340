package adapter

import (
	"context"
	"encoding/json"
	"errors"
	"time"
)

// repeatWindow is how long after an attempt was abandoned an equal request without any counter or key counts as
// its repeat (contract.md §7.1 c).
const repeatWindow = 2 * time.Minute

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

// Accept starts the run of this attempt, or joins the one that it repeats or shares.
func (s *Engine) Accept(ctx context.Context, a Attempt, w work) (Ticket, error) {
	request, err := json.Marshal(w.request)
	if err != nil {
		return nil, err
	}
	for {
		ticket, again, err := s.enter(ctx, a, w, request)
		switch {
		case again:
		case err != nil:
			return nil, err
		default:
			return ticket, nil
		}
	}
}

// enter is one try of Accept; again means that the run it met was gone by the time it looked.
func (s *Engine) enter(ctx context.Context, a Attempt, w work, request json.RawMessage) (t *ticket, again bool, err error) {
	now := time.Now()
	claim := ""
	if a.IdempotencyKey != "" {
		claim = digest(a.Caller.Owner, a.IdempotencyKey)
	}
	body := digest(a.Caller.Owner, a.Route, a.Body)
	s.runs.mu.Lock()
	if claim == "" {
		if l, i := s.runs.repeated(body, a, now, s.cfg.JobDeadline); l != nil {
			s.runs.mu.Unlock()
			return s.joined(ctx, l, a, w, i)
		}
		if l, i := s.runs.shared(body, a, w, now, s.cfg.ShareWindow); l != nil {
			s.runs.mu.Unlock()
			return s.joined(ctx, l, a, w, i)
		}
	}
	place, err := s.places.admit(w.account.Name, a.Caller.Owner)
	if err != nil {
		s.runs.mu.Unlock()
		return nil, false, err
	}
	l := newLive(s.newRun(a, w, request, claim, body, now))
	l.own, l.self, l.sharing = true, s.cfg.Replica, w.share && s.cfg.ShareWindow > 0 && claim == ""
	s.runs.add(l)
	s.runs.mu.Unlock()
	return s.begin(ctx, l, a, w, place)
}

func (s *Engine) newRun(a Attempt, w work, request json.RawMessage, claim, body string, now time.Time) Run {
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
func (s *Engine) begin(ctx context.Context, l *live, a Attempt, w work, place *place) (*ticket, bool, error) {
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
		return nil, false, l.bad
	}
	l.mu.Lock()
	l.run.Revision, l.run.SealedKey = max(l.run.Revision, stored.Revision), run.SealedKey
	l.mu.Unlock()
	close(l.ready)
	if err := s.confirm(ctx, l, a, place); err != nil {
		place.release()
		l.release()
		return nil, false, err
	}
	s.execute(l, a.Caller, place, run.Created.Add(s.patience(a)))
	return s.newTicket(l, a, 0), false, nil
}

// patience is how long an attempt's client waits, and a full upstream is asked again for it.
func (s *Engine) patience(a Attempt) time.Duration {
	if a.Stream || a.Async || s.cfg.JobTimeout <= 0 {
		return s.cfg.JobDeadline
	}
	return s.cfg.JobTimeout
}
