package jobs

import (
	"context"
	"encoding/json"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/dedup"
	"midgate/adapter/jobs/ledger"
	"midgate/adapter/jobs/queue"
	"midgate/adapter/jobs/reconcile"
	"midgate/adapter/jobs/record"
	"midgate/adapter/jobs/unit"
	"midgate/adapter/spend"
)

// Spec is a checked request on its way to becoming a job.
type Spec struct {
	Kind     adapter.JobKind
	Model    string
	N        int
	Request  any             // what the workflow needs; kept as JSON
	Account  adapter.Account // where the first submission goes
	Speed    adapter.Speed
	First    string         // the step that the workflow submits first, at Account and at once; empty: it cannot be said
	Quarter  bool           // the answer is one quarter of a grid
	Share    bool           // an equal request may get another quarter of that grid
	Takes    map[string]int // upstream jobs of the dearest course, by the kinds of spend; nil: one of the usual price
	Detached bool           // its client does not wait for the answer: it asks for the job later
}

// course is the dearest course that the job may take.
func (w Spec) course() map[string]int {
	if w.Takes != nil {
		return w.Takes
	}
	return map[string]int{spend.Generation: 1}
}

// MayUse reports whether a caller's key may use a model; speed is empty for the one that is usual.
func (s *Engine) MayUse(c adapter.Caller, model string, speed adapter.Speed) bool {
	return s.deps.Terms().Check(c, model, speed) == nil
}

// Accept starts the job of this attempt, or joins the one that it repeats or shares.
func (s *Engine) Accept(ctx context.Context, a adapter.Attempt, w Spec) (adapter.Ticket, error) {
	terms := s.deps.Terms()
	if err := terms.Check(a.Caller, w.Model, w.Speed); err != nil {
		return nil, err
	}
	request, err := json.Marshal(w.Request)
	if err != nil {
		return nil, err
	}
	if err := s.lease.wait(ctx, unit.PatienceShared); err != nil {
		return nil, notRecorded(err)
	}
	x := &acceptance{s: s, a: a, w: w, run: s.newJob(a, w, request), came: time.Now()}
	x.trace = s.deps.Tracer.Begin(ctx, x.run)
	x.run.Trace = x.trace.Name()
	x.buys = ledger.Purchase{Terms: terms, Caller: a.Caller, Upstream: w.Account.Name, Course: w.course(), Unlooked: s.without.inUnit}
	if s.without.inUnit {
		x.buys.Before, _ = s.deps.State.Ledger(ctx, a.Caller.Owner)
	}
	x.seated = s.guests.Arrive(x.run.Body)
	defer x.seated()
	for {
		c, err := x.decide(ctx)
		switch {
		case err != nil:
			return nil, x.giveUp(err)
		case c.Verdict != dedup.Waits:
			return x.enter(ctx, c), nil
		}
		if err := x.wait(ctx); err != nil {
			return nil, x.giveUp(err)
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
	trace   adapter.JobTrace
	buys    ledger.Purchase // what it would cost
	slot    *queue.Slot     // at the upstream, once the attempt begins or restarts a job
	fresh   bool            // the record holds the first step's intent already
	seated  func()          // says that the attempt is decided
	came    time.Time
	waited  bool
	dark    bool           // nobody knows whether a replica at which an equal attempt waits was alive when this one came
	since   time.Time      // of the first wait
	perhaps []dedup.Choice // what was written, and nobody knows whether it was committed
}

// giveUp lets go of what an attempt has got so far that comes to nothing.
func (x *acceptance) giveUp(err error) error {
	x.slot.Release()
	x.withdraw()
	return err
}

// wait waits for what may show that an equal attempt's client is gone.
func (x *acceptance) wait(ctx context.Context) (err error) {
	left := x.until(goneWait)
	if x.dark {
		left = min(max(left, proofLook), x.until(proofWait))
	}
	_, err = x.s.left.Wait(ctx, x.run.Body, left)
	x.waited = x.until(goneWait) <= 0
	return err
}

// until is what is left of a time since it was first asked for.
func (x *acceptance) until(whole time.Duration) time.Duration {
	if x.since.IsZero() {
		x.since = time.Now()
	}
	return whole - time.Since(x.since)
}

func (s *Engine) newJob(a adapter.Attempt, w Spec, request json.RawMessage) adapter.Job {
	now := s.clock.Now()
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
		run.Expires = time.Now().Add(s.cfg.Retention) // by the clock that it is looked at with
	}
	run.SealedKey = record.EncryptKey(s.cfg.Secret, run.ID, a.Caller.Key)
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

// enter makes the attempt's ticket, and executes what it begins.
func (x *acceptance) enter(ctx context.Context, c dedup.Choice) *ticket {
	s := x.s
	j := s.jobs.Of(c.Job)
	t := s.newTicket(j, x.a, c)
	t.guest = s.guests.Sit(ctx, c.Job.ID, x.a)
	x.seated()
	if how := joined[c.Verdict]; how != "" {
		s.deps.Observer.Join(how)
	}
	x.meet(ctx, j, c)
	switch c.Verdict {
	case dedup.Begins, dedup.Restarts:
		j = s.jobs.Enter(j)
		t.job.Store(j)
		j.Begin(c.Job)
		if c.Verdict == dedup.Restarts {
			s.deps.Log.InfoContext(ctx, "a job that came to nothing is tried again", "job", c.Job.ID)
		}
		first := ""
		if x.fresh {
			first = x.w.First
		}
		s.execute(j, x.a.Caller, execution{Start: reconcile.Start{Patience: s.clock.Now().Add(s.patience(x.a))}, slot: x.slot, fresh: first, trace: x.trace})
		s.jobs.Leave(j)
	default:
		x.slot.Release()
		if c.Taken {
			j.Deliver(c.Delivery, c.Becomes)
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

// joined are the words that metrics have for what begins no job.
var joined = map[dedup.Verdict]string{dedup.Joins: "repeat", dedup.Shares: "shared", dedup.Restarts: "restarted"}

// sharingClosed reports whether the grid of a job that is executed here is not shared any more.
func (s *Engine) sharingClosed(id string) bool {
	j := s.jobs.Get(id)
	return j != nil && j.SharingClosed()
}
