package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"midgate/adapter"
)

// Spec is a checked request on its way to becoming a job.
type Spec struct {
	Kind     adapter.JobKind
	Model    string
	N        int
	Request  any             // what the workflow needs; kept as JSON
	Account  adapter.Account // where the first submission goes
	Speed    adapter.Speed
	First    string // the step that the workflow submits first, at Account and at once; empty: it cannot be said
	Quarter  bool   // the answer is one quarter of a grid
	Share    bool   // an equal request may get another quarter of that grid
	Detached bool   // its client does not wait for the answer: it asks for the job later
}

// Accept starts the job of this attempt, or joins the one that it repeats or shares.
func (s *Engine) Accept(ctx context.Context, a adapter.Attempt, w Spec) (adapter.Ticket, error) {
	request, err := json.Marshal(w.Request)
	if err != nil {
		return nil, err
	}
	if err := s.lease.wait(ctx, acceptPatienceShared); err != nil {
		return nil, notRecorded(err)
	}
	x := &acceptance{s: s, a: a, w: w, run: s.newJob(a, w, request)}
	x.seated = s.guests.arrive(x.run.Body)
	defer x.seated()
	for {
		c, err := x.decide(ctx)
		switch {
		case err != nil:
			return nil, err
		case c.verdict != waits:
			return x.enter(ctx, c), nil
		}
		if x.waited, err = s.left.wait(ctx, x.run.Body, x.until(goneWait)); err != nil {
			return nil, err
		}
	}
}

func notRecorded(err error) *adapter.Error {
	return adapter.Wrap(adapter.Storage, err, "The job could not be recorded, so nothing was submitted. Please try again later.")
}

// acceptance is one attempt on its way in.
type acceptance struct {
	s       *Engine
	a       adapter.Attempt
	w       Spec
	run     adapter.Job // the job that it begins, unless it turns out to be something else
	slot    *slot       // at the upstream, once the attempt begins or restarts a job
	fresh   bool        // the record holds the first step's intent already
	seated  func()      // says that the attempt is decided
	waited  bool
	since   time.Time // of the first wait
	perhaps *choice   // what was written last, if nobody knows whether it was committed
	before  *choice   // made by a unit of its own; without oneDecision alone
}

// until is what is left of a time since it was first asked for.
func (x *acceptance) until(whole time.Duration) time.Duration {
	if x.since.IsZero() {
		x.since = time.Now()
	}
	return whole - time.Since(x.since)
}

func (s *Engine) newJob(a adapter.Attempt, w Spec, request json.RawMessage) adapter.Job {
	now := s.clock.now()
	run := adapter.Job{
		ID: adapter.NewID(adapter.JobPrefix), Owner: a.Caller.Owner, Caller: a.Caller.Name, Kind: w.Kind, Route: a.Route, Model: w.Model, Prompt: promptOf(request),
		N: w.N, Speed: w.Speed, Request: request, Echo: a.Echo, Body: adapter.Digest(a.Caller.Owner, a.Route, a.Body), Seed: adapter.NewID(""),
		Status: adapter.JobQueued, Replica: s.cfg.Replica, Upstream: w.Account.Name,
		Created: now, Deadline: now.Add(s.cfg.JobDeadline), Retry: a.Retry,
		Attended:   !a.Async && !w.Detached,
		Deliveries: []adapter.Delivery{{State: adapter.DeliveryWaiting, At: now, Replica: s.cfg.Replica, Retry: a.Retry}},
	}
	if a.IdempotencyKey != "" {
		run.Claim = adapter.Digest(a.Caller.Owner, a.IdempotencyKey)
	}
	run.Sharing = w.Share && s.cfg.ShareWindow > 0 && run.Claim == ""
	if w.Quarter {
		run.Deliveries[0].Quarter = 1
	}
	if s.cfg.Retention > 0 {
		run.Expires = now.Add(s.cfg.Retention)
	}
	run.SealedKey = encryptKey(s.cfg.Secret, run.ID, a.Caller.Key)
	return run
}

// promptOf is the prompt in a recorded request, for whoever reads the tables.
func promptOf(request json.RawMessage) string {
	var words struct {
		Prompt string `json:"prompt"`
	}
	_ = json.Unmarshal(request, &words) // a request without words
	return words.Prompt
}

// decide decides in one unit what the attempt is, and writes that.
func (x *acceptance) decide(ctx context.Context) (c choice, err error) {
	s := x.s
	patience := acceptPatience
	if s.deps.State.Shared() {
		patience = acceptPatienceShared
	}
	// The client may leave while the record is written: what is written, and who joins it, must not depend on that.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if s.without.oneDecision {
		x.before = x.decideBefore(ctx)
	}
	for try := 0; ; try++ {
		err = s.write(ctx, func(tx adapter.Tx) (err error) {
			c, err = x.choose(ctx, tx)
			return err
		})
		if errors.Is(err, adapter.ErrCommitUnknown) {
			x.perhaps = new(c)
		}
		// What was committed, or not, is told by asking again.
		if !errors.Is(err, adapter.ErrCommitUnknown) || try == 2 || ctx.Err() != nil {
			break
		}
	}
	if err == nil {
		return c, nil
	}
	if x.slot != nil {
		x.slot.release()
	}
	x.withdraw()
	if known, ok := errors.AsType[*adapter.Error](err); ok {
		return c, known
	}
	return c, notRecorded(err)
}

// decideBefore decides in a unit of its own, as must not be.
func (x *acceptance) decideBefore(ctx context.Context) *choice {
	var before *choice
	_ = x.s.write(ctx, func(tx adapter.Tx) error {
		x.before = nil
		c, err := x.verdict(ctx, tx, x.question(x.s.clock.now()))
		if err == nil {
			before = &c
		}
		return err
	})
	return before
}

// choose is the unit: it may be run again from the top.
func (x *acceptance) choose(ctx context.Context, tx adapter.Tx) (choice, error) {
	now := x.s.clock.now()
	if err := tx.Lock(ctx, x.run.Body); err != nil {
		return choice{}, err
	}
	c, err := x.verdict(ctx, tx, x.question(now))
	if err != nil || c.written {
		return c, err
	}
	switch c.verdict {
	case waits:
		return c, nil
	case begins:
		return x.begin(ctx, tx, now)
	case restarts:
		err = x.restart(ctx, tx, &c, now)
		return c, err
	}
	if c.late {
		if err := tx.CountLate(ctx, c.job.ID); err != nil {
			return c, err
		}
	}
	if c.taken {
		err = tx.PutDelivery(ctx, c.job.ID, c.delivery, c.becomes)
	}
	return c, err
}

func (x *acceptance) question(now time.Time) question {
	s := x.s
	return question{retry: x.a.Retry, share: x.run.Sharing, replica: s.cfg.Replica, now: now, follow: s.cfg.JobDeadline, window: s.cfg.ShareWindow,
		refused: s.refused.known(x.run.Body, now), waited: x.waited, closed: s.sharingClosed, without: s.without}
}

func (x *acceptance) verdict(ctx context.Context, tx adapter.Tx, q question) (choice, error) {
	if x.before != nil {
		return *x.before, nil
	}
	if x.run.Claim != "" {
		return x.claimed(ctx, tx, q)
	}
	keep := max(x.s.cfg.JobDeadline, repeatWindow)
	jobs, err := tx.JobsByBody(ctx, x.run.Body, q.now.Add(-keep), candidates)
	if err != nil {
		return choice{}, err
	}
	for i := range jobs {
		if jobs[i].ID == x.run.ID { // written by an earlier try of which nobody knew
			return choice{verdict: begins, job: jobs[i]}, nil
		}
		x.s.clock.tie(&jobs[i])
	}
	if c, ok := x.landed(jobs...); ok {
		return c, nil
	}
	return decide(jobs, q), nil
}

// claimed is what an attempt with an Idempotency-Key is.
func (x *acceptance) claimed(ctx context.Context, tx adapter.Tx, q question) (choice, error) {
	job, err := tx.JobByClaim(ctx, x.run.Claim)
	switch {
	case errors.Is(err, adapter.ErrNotFound):
		return choice{verdict: begins}, nil
	case err != nil:
		return choice{}, err
	case job.ID == x.run.ID:
		return choice{verdict: begins, job: job}, nil
	case q.now.Sub(job.Created) > claimKept:
		return choice{verdict: begins}, tx.ReleaseClaim(ctx, job.ID)
	case job.Body != x.run.Body:
		return choice{}, &adapter.Error{Kind: adapter.Reused, Code: "idempotency_key_reused", Param: "Idempotency-Key",
			Message: "This Idempotency-Key was used with another request body within the last 24 hours. Use a new key for a new request."}
	}
	x.s.clock.tie(&job)
	if c, ok := x.landed(job); ok {
		return c, nil
	}
	return q.claimed(job), nil
}

// begin records the new job. If it has its place at the upstream already, the intent of its first step goes with it.
func (x *acceptance) begin(ctx context.Context, tx adapter.Tx, now time.Time) (choice, error) {
	if err := x.admit(); err != nil {
		x.s.refused.note(x.run.Body, now)
		return choice{}, err
	}
	if x.run.Retry > x.run.Late { // how many tries of it are known already
		x.run.Late += x.s.refused.take(x.run.Body, x.run.Retry-x.run.Late, now)
	}
	run := clone(x.run)
	if x.fresh = x.w.First != "" && x.slot.held(); x.fresh {
		run.Steps = []adapter.Step{{Name: x.w.First, State: stateOf(run, x.w.First), Upstream: x.w.Account.Name, Intended: now}}
	}
	err := tx.InsertJob(ctx, run)
	if errors.Is(err, adapter.ErrExists) { // by an earlier try of which nobody knew
		var known adapter.Job
		if known, err = tx.Job(ctx, run.ID); err == nil {
			run = known
			x.s.clock.tie(&run)
			x.fresh = len(run.Steps) > 0
		}
	}
	return choice{verdict: begins, job: run, becomes: run.Deliveries[0]}, err
}

// admit takes a place at the upstream, or in its queue; a Busy *Error if the queue is full.
func (x *acceptance) admit() (err error) {
	if x.slot == nil {
		x.slot, err = x.s.queue.enter(x.w.Account.Name, x.a.Caller.Owner)
	}
	return err
}

// enter makes the attempt's ticket, and executes what it begins.
func (x *acceptance) enter(ctx context.Context, c choice) *ticket {
	s := x.s
	j := s.jobs.of(c.job)
	t := s.newTicket(j, x.a, c)
	t.guest = s.guests.sit(ctx, c.job.ID, x.a)
	x.seated()
	switch c.verdict {
	case begins, restarts:
		j = s.jobs.enter(j)
		t.job.Store(j)
		j.mu.Lock()
		j.own, j.by, j.closed, j.run = true, nil, false, clone(c.job) // an execution that ended lets go of it
		j.wake()
		j.mu.Unlock()
		if c.verdict == restarts {
			s.deps.Log.Info("a job that came to nothing is tried again", "job", c.job.ID)
		}
		first := ""
		if x.fresh {
			first = x.w.First
		}
		s.execute(j, x.a.Caller, execution{slot: x.slot, fresh: first, patience: s.clock.now().Add(s.patience(x.a))})
		s.jobs.leave(j)
	default:
		if x.slot != nil {
			x.slot.release()
		}
		if c.taken {
			j.deliver(c.delivery, c.becomes)
		}
	}
	return t
}

// patience is how long an attempt's client waits, and a full upstream is asked again for it.
func (s *Engine) patience(a adapter.Attempt) time.Duration {
	if a.Stream || a.Async || s.cfg.JobTimeout <= 0 {
		return s.cfg.JobDeadline
	}
	return s.cfg.JobTimeout
}

// sharingClosed reports whether the grid of a job that is executed here is not shared any more.
func (s *Engine) sharingClosed(id string) bool {
	j := s.jobs.get(id)
	if j == nil {
		return false
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.closed
}
