package jobs

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"midgate/adapter"
)

// ticket is one client's place at a job: its own, one that it joined, or one whose result is stored.
type ticket struct {
	s        *Engine
	job      atomic.Pointer[activeJob]
	caller   adapter.Caller
	delivery int           // onlooker: it has none of its own
	quarter  int           // of the grid; 0 for all of the result
	since    time.Time     // when the delivery became this client's
	limit    time.Duration // how long Wait waits; 0 as long as the job lives
}

var _ adapter.Ticket = (*ticket)(nil)

func (s *Engine) newTicket(j *activeJob, a adapter.Attempt, c choice) *ticket {
	t := &ticket{s: s, caller: a.Caller, delivery: c.delivery, quarter: c.becomes.Quarter, since: c.becomes.At, limit: s.cfg.JobTimeout}
	if c.delivery == onlooker && len(c.job.Deliveries) > 0 {
		t.quarter = c.job.Deliveries[0].Quarter
	}
	if a.Stream || a.Async {
		t.limit = 0
	}
	t.job.Store(j)
	return t
}

// live is the job as it is known here.
func (t *ticket) live() *activeJob {
	j := t.job.Load()
	if known := t.s.jobs.get(j.id()); known != nil {
		return known
	}
	return j
}

// enter keeps the job in memory until leave.
func (t *ticket) enter() *activeJob {
	j := t.s.jobs.enter(t.job.Load())
	t.job.Store(j)
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
	defer t.s.jobs.leave(j)
	for {
		run, changed := j.look()
		if run.Status.Ended() {
			return t.outcome(run)
		}
		if watch != nil {
			watch(j.shown())
		}
		select {
		case <-changed:
		case <-t.s.life.Done():
			return adapter.Result{}, t.stillRunning("midgate is restarting; the job goes on")
		case <-ctx.Done():
			if errors.Is(context.Cause(ctx), errPatience) {
				return adapter.Result{}, t.stillRunning("The picture is not ready yet; the job goes on")
			}
			return adapter.Result{}, context.Cause(ctx)
		}
	}
}

// Accepted returns nil once the upstream has accepted the job's first submission or the job has ended well, and the
// job's *Error if it failed before; ctx's error if that takes longer.
func (t *ticket) Accepted(ctx context.Context) error {
	j := t.enter()
	defer t.s.jobs.leave(j)
	for {
		run, changed := j.look()
		switch {
		case run.Status.Ended():
			_, err := t.outcome(run)
			return err
		case run.Status == adapter.RunInProgress:
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Run returns the newest state of the job.
func (t *ticket) Run() adapter.Run { return t.live().snapshot() }

// Answered says that the answer reached the client completely. A failure after a submission stays open for repeats of
// clients that have no counter: they get the same failure again, and no new job.
func (t *ticket) Answered() {
	if !staysOpen(t.Run()) { // outcome has left it open
		t.settle(adapter.DeliveryAnswered)
	}
}

// Abandoned says that the client left, or that its answer was cut.
func (t *ticket) Abandoned() { t.settle(adapter.DeliveryAbandoned) }

// settle notes what became of the client, before its repeat can come: with one process the next decision knows it, with
// several it is written at once.
func (t *ticket) settle(state adapter.DeliveryState) {
	if t.delivery == onlooker {
		return
	}
	s, at := t.s, t.s.clock.now()
	j := t.live()
	run := j.snapshot()
	if t.delivery < len(run.Deliveries) {
		d := run.Deliveries[t.delivery]
		if d.State != adapter.DeliveryAnswered && (state == adapter.DeliveryAnswered || d.State == adapter.DeliveryWaiting && !d.At.After(t.since)) {
			d.State, d.At = state, at
			j.deliver(t.delivery, d)
		}
	}
	s.Ride(func(ctx context.Context, tx adapter.Tx) error {
		return tx.Settle(ctx, run.ID, t.delivery, state, t.since, at)
	})
	if state != adapter.DeliveryAbandoned {
		return
	}
	if s.deps.State.Shared() {
		s.tellLeft(run.Body)
	}
	s.left.gone(run.Body)
}

// outcome is this client's share of an ended job.
func (t *ticket) outcome(run adapter.Run) (adapter.Result, error) {
	if run.Error != nil {
		if staysOpen(run) {
			t.settle(adapter.DeliveryAbandoned) // before the client hears of it: its repeat may come at once
		}
		return adapter.Result{}, run.Error
	}
	if run.Result == nil {
		return adapter.Result{}, adapter.Errorf(adapter.Failed, "Job %s ended without a result.", run.ID)
	}
	result := *run.Result
	if t.quarter > 0 && t.quarter <= len(result.Images) {
		result.Images = result.Images[t.quarter-1 : t.quarter]
	}
	return result, nil
}

func (t *ticket) stillRunning(why string) *adapter.Error {
	return adapter.Errorf(adapter.Timeout, "%s: ask GET /v1/jobs/%s for its result, or send the same request again.", why, t.job.Load().id())
}

// Follow returns a ticket that waits for one of the caller's jobs, whoever began it, as long as the job lives. Answered
// and Abandoned do nothing. A NotFound *Error for an unknown job.
func (s *Engine) Follow(ctx context.Context, c adapter.Caller, id string) (adapter.Ticket, error) {
	run, err := s.Job(ctx, c, id)
	if err != nil {
		return nil, err
	}
	t := s.newTicket(s.jobs.of(run), adapter.Attempt{Caller: c, Stream: true}, choice{job: run, delivery: onlooker})
	return t, nil
}
