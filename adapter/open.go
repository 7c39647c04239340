package adapter

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
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

// open starts the run of this attempt, or joins the one that it repeats or shares.
func (s *Service) open(ctx context.Context, a Attempt, w work) (*Ticket, error) {
	request, err := json.Marshal(w.request)
	if err != nil {
		return nil, err
	}
	for {
		ticket, again, err := s.enter(ctx, a, w, request)
		if !again {
			return ticket, err
		}
	}
}

// enter is one try of open; again means that the run it met was gone by the time it looked.
func (s *Service) enter(ctx context.Context, a Attempt, w work, request json.RawMessage) (t *Ticket, again bool, err error) {
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
	l.own, l.sharing = true, w.share && s.cfg.ShareWindow > 0 && claim == ""
	s.runs.add(l)
	s.runs.mu.Unlock()
	return s.begin(ctx, l, a, w, place)
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
	if a.Async {
		run.Deliveries[0].State = DeliveryAnswered // its answer is the job itself
	}
	if s.cfg.Retention > 0 {
		run.Expires = now.Add(s.cfg.Retention)
	}
	return run
}

// begin records a new run and starts its sequence. Who shares it or repeats it meanwhile waits for ready.
func (s *Service) begin(ctx context.Context, l *live, a Attempt, w work, place *place) (*Ticket, bool, error) {
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
	return s.ticket(l, a, 0), false, nil
}

// patience is how long an attempt's client waits, and a full upstream is asked again for it.
func (s *Service) patience(a Attempt) time.Duration {
	if a.Stream || a.Async || s.cfg.JobTimeout <= 0 {
		return s.cfg.JobDeadline
	}
	return s.cfg.JobTimeout
}

// errGone tells who waited for a run that its own creator joined another one.
var errGone = errors.New("the run was not created")

// claimed joins the run that holds the attempt's Idempotency-Key, if its body is the same.
func (s *Service) claimed(ctx context.Context, held Run, a Attempt, w work) (*Ticket, bool, error) {
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
func (s *Service) joined(ctx context.Context, l *live, a Attempt, w work, i int) (*Ticket, bool, error) {
	select {
	case <-l.ready:
	case <-ctx.Done():
		return nil, false, context.Cause(ctx)
	}
	if errors.Is(l.bad, errGone) {
		return nil, true, nil
	}
	if l.bad != nil {
		return nil, false, l.bad
	}
	if err := s.revive(ctx, l, a, w, i); err != nil {
		return nil, false, err
	}
	return s.ticket(l, a, i), false, nil
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
		if d.State != state {
			continue
		}
		switch {
		case retry > 0 && (!l.run.Status.Ended() || now.Sub(l.run.Created) <= deadline): // the clock may have been set
		case state == DeliveryAbandoned && now.Sub(d.At) <= repeatWindow:
		default:
			continue
		}
		if d.State == DeliveryAbandoned && !l.run.failedAfterAnswer(d) {
			l.run.Deliveries[i].State, l.run.Deliveries[i].At = DeliveryWaiting, now
		}
		return i
	}
	return -1
}

// failedAfterAnswer reports whether a delivery's client was told of a failure: every repeat within the window gets the
// same one, and the window does not start again.
func (r Run) failedAfterAnswer(d Delivery) bool {
	return r.Status == RunFailed && d.State == DeliveryAbandoned
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
	if !l.sharing || !l.own || n >= 4 || now.Sub(l.run.Created) > window {
		return -1
	}
	l.run.Deliveries = append(l.run.Deliveries, Delivery{Quarter: n + 1, State: DeliveryWaiting, At: now})
	return n
}
