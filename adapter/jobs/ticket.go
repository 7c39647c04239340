package jobs

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/active"
	"midgate/adapter/jobs/clients"
	"midgate/adapter/jobs/dedup"
	"midgate/adapter/jobs/record"
)

// ticket is one client's place at a job: its own, one that it joined, or one whose result is stored.
type ticket struct {
	s        *Engine
	job      atomic.Pointer[active.Job]
	caller   adapter.Caller
	delivery int            // onlooker: it has none of its own
	quarter  int            // of the grid; 0 for all of the result
	since    time.Time      // when the delivery became this client's
	limit    time.Duration  // how long Wait waits; 0 as long as the job lives
	guest    *clients.Guest // nil for one who only looks on
}

var _ adapter.Ticket = (*ticket)(nil)

func (s *Engine) newTicket(j *active.Job, a adapter.Attempt, c dedup.Choice) *ticket {
	t := &ticket{s: s, caller: a.Caller, delivery: c.Delivery, quarter: c.Becomes.Quarter, since: c.Becomes.At, limit: s.cfg.JobTimeout}
	if c.Delivery == dedup.Onlooker && len(c.Job.Deliveries) > 0 {
		t.quarter = c.Job.Deliveries[0].Quarter
	}
	if a.Stream || a.Async {
		t.limit = 0
	}
	t.job.Store(j)
	return t
}

// live is the job as it is known here.
func (t *ticket) live() *active.Job {
	j := t.job.Load()
	if known := t.s.jobs.Get(j.ID()); known != nil {
		return known
	}
	return j
}

// enter keeps the job in memory until leave. One that nobody executes here may have ended since it was read, with nobody
// left to keep it: where no other replica tells of it, it is read again.
func (t *ticket) enter() *active.Job {
	s, j := t.s, t.s.jobs.Enter(t.job.Load())
	t.job.Store(j)
	if status, _ := j.Status(); s.deps.Bus != nil || status.Ended() || j.Executed() {
		return j
	}
	if run, err := s.deps.State.Job(s.life, j.ID()); err == nil {
		s.clock.Tie(&run)
		j.Absorb(run)
	}
	return j
}

// Wait returns this client's share of the result, or the job's *Error, or a Timeout *Error that names the job when the
// time for one answer is over: the job goes on. watch, which may be nil, is told of progress from this goroutine.
func (t *ticket) Wait(ctx context.Context, watch func(adapter.Progress)) (adapter.Result, error) {
	if t.limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, t.limit, errPatience)
		defer cancel()
	}
	j := t.enter()
	defer t.s.jobs.Leave(j)
	if err := t.sleep(ctx, j, watch); err != nil {
		return adapter.Result{}, err
	}
	return t.outcome(j)
}

// sleep waits until the job has ended.
func (t *ticket) sleep(ctx context.Context, j *active.Job, watch func(adapter.Progress)) error {
	for {
		status, changed := j.Status()
		if status.Ended() {
			return nil
		}
		if watch != nil {
			watch(j.Shown())
		}
		select {
		case <-changed:
		case <-t.s.life.Done():
			return t.stillRunning("midgate is restarting; the job goes on")
		case <-ctx.Done():
			if errors.Is(context.Cause(ctx), errPatience) {
				return t.stillRunning("The picture is not ready yet; the job goes on")
			}
			return context.Cause(ctx)
		}
	}
}

// Accepted returns nil once the upstream has accepted the job's first submission or the job has ended well, and the
// job's *Error if it failed before; ctx's error if that takes longer.
func (t *ticket) Accepted(ctx context.Context) error {
	j := t.enter()
	defer t.s.jobs.Leave(j)
	for {
		status, changed := j.Status()
		switch {
		case status.Ended():
			_, err := t.outcome(j)
			return err
		case status == adapter.JobInProgress:
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Job returns the newest state of the job.
func (t *ticket) Job() adapter.Job { return t.live().Snapshot() }

// Answered says that the answer reached the client completely. A failure after a submission stays open for repeats of
// clients that have no counter: they get the same failure again, and no new job.
func (t *ticket) Answered() {
	job := t.Job()
	t.s.guests.Leave(t.guest, job.Status.Ended())
	if !record.StaysOpen(job) { // outcome has left it open
		t.settle(adapter.DeliveryAnswered)
	}
}

// Abandoned says that the client left, or that its answer was cut.
func (t *ticket) Abandoned() {
	t.s.guests.Leave(t.guest, t.Job().Status.Ended())
	t.settle(adapter.DeliveryAbandoned)
}

// settle notes what became of the client, before its repeat can come: with one process the next decision knows it, with
// several it is written at once.
func (t *ticket) settle(state adapter.DeliveryState) {
	if t.delivery == dedup.Onlooker {
		return
	}
	s, at := t.s, t.s.clock.Now()
	j := t.live()
	run := j.Snapshot()
	if t.delivery < len(run.Deliveries) {
		d := run.Deliveries[t.delivery]
		taken := d.At.After(t.since)
		if d.State != adapter.DeliveryAnswered && (state == adapter.DeliveryAnswered && (!taken || run.Status.Ended()) || d.State == adapter.DeliveryWaiting && !taken) {
			d.State, d.At = state, at
			j.Deliver(t.delivery, d)
		}
	}
	s.units.Ride(func(ctx context.Context, tx adapter.Tx) error {
		return tx.Settle(ctx, run.ID, t.delivery, state, t.since, at)
	})
	if state != adapter.DeliveryAbandoned {
		return
	}
	if s.deps.State.Shared() {
		s.news.ClientLeft(run.Body)
	}
	s.left.Gone(run.Body)
}

// outcome is this client's share of an ended job.
func (t *ticket) outcome(j *active.Job) (adapter.Result, error) {
	run := j.Snapshot()
	if run.Error != nil {
		if record.StaysOpen(run) {
			t.tell(run) // before the client hears of it: its repeat may come at once
		}
		return adapter.Result{}, run.Error
	}
	if run.Result == nil {
		return adapter.Result{}, adapter.Errorf(adapter.Failed, "Job %s ended without a result.", run.ID)
	}
	result := *run.Result
	if n := min(t.quarter, len(result.Images)); n > 0 {
		result.Images = result.Images[n-1 : n]
	}
	return result, nil
}

// tell notes that the client is about to hear of a failure that its repeats get as well. Who left before the end has a
// repeat that hears of it now.
func (t *ticket) tell(run adapter.Job) {
	if t.delivery == dedup.Onlooker || t.delivery >= len(run.Deliveries) {
		return
	}
	d, at := run.Deliveries[t.delivery], t.s.clock.Now()
	untold := func(d adapter.Delivery) bool {
		return d.State == adapter.DeliveryAbandoned && d.At.Before(run.Finished)
	}
	if !untold(d) {
		t.settle(adapter.DeliveryAbandoned)
		return
	}
	d.At = at
	t.live().Deliver(t.delivery, d)
	t.s.units.Ride(func(ctx context.Context, tx adapter.Tx) error {
		known, err := tx.Job(ctx, run.ID)
		if err != nil || t.delivery >= len(known.Deliveries) || !untold(known.Deliveries[t.delivery]) {
			return ignoreMissing(err)
		}
		known.Deliveries[t.delivery].At = at
		return tx.PutDelivery(ctx, run.ID, t.delivery, known.Deliveries[t.delivery])
	})
}

func ignoreMissing(err error) error {
	if errors.Is(err, adapter.ErrNotFound) {
		return nil
	}
	return err
}

// stillRunning is the answer when the client's time is over and the job's is not: the client relies on the job then.
func (t *ticket) stillRunning(why string) *adapter.Error {
	t.s.guests.Rely(t.guest)
	return adapter.Errorf(adapter.Timeout, "%s: ask GET /v1/jobs/%s for its result, or send the same request again.", why, t.job.Load().ID())
}

// Follow returns a ticket that waits for one of the caller's jobs, whoever began it, as long as the job lives. Answered
// and Abandoned do nothing. A NotFound *Error for an unknown job.
func (s *Engine) Follow(ctx context.Context, c adapter.Caller, id string) (adapter.Ticket, error) {
	run, err := s.Job(ctx, c, id)
	if err != nil {
		return nil, err
	}
	t := s.newTicket(s.jobs.Of(run), adapter.Attempt{Caller: c, Stream: true}, dedup.Choice{Job: run, Delivery: dedup.Onlooker})
	return t, nil
}

// Collect is Follow for a job whose result belongs to whoever asks for it by its ID: Answered notes that somebody got it.
func (s *Engine) Collect(ctx context.Context, c adapter.Caller, id string) (adapter.Ticket, error) {
	run, err := s.Job(ctx, c, id)
	if err != nil {
		return nil, err
	}
	choice := dedup.Choice{Job: run, Delivery: dedup.Onlooker}
	if len(run.Deliveries) > 0 {
		choice.Delivery, choice.Becomes = 0, run.Deliveries[0]
	}
	return s.newTicket(s.jobs.Of(run), adapter.Attempt{Caller: c, Stream: true}, choice), nil
}
