package jobs

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"midgate/adapter"
)

// ticket is one client's place at a run: its own, one that it joined, or one whose result is stored.
type ticket struct {
	jobID string // ID of the run

	service  *Engine
	live     *live
	caller   adapter.Caller
	delivery int
	guest    *guest        // nil for who only looks on
	limit    time.Duration // how long Wait waits; 0 as long as the job lives
	left     atomic.Bool   // its client does not wait any more

	again func(context.Context) error // tries once more what came to nothing; nil for who only looks on
}

func (s *Engine) newTicket(l *live, a adapter.Attempt, delivery int) *ticket {
	t := &ticket{jobID: l.snapshot().ID, service: s, live: l, caller: a.Caller, delivery: delivery, limit: s.cfg.JobTimeout}
	if a.Stream || a.Async {
		t.limit = 0
	}
	return t
}

// Wait returns this client's share of the result, or the run's *Error, or a Timeout *Error that names the job when
// the time for one answer is over: the job goes on. watch, which may be nil, is told of progress from this goroutine.
func (t *ticket) Wait(ctx context.Context, watch func(adapter.Progress)) (adapter.Result, error) {
	if t.limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, t.limit, errPatience)
		defer cancel()
	}
	for {
		run, changed := t.live.look()
		if t.wronged(ctx, run) {
			if err := t.again(ctx); err != nil {
				return adapter.Result{}, err
			}
			continue
		}
		if run.Status.Ended() {
			return t.outcome(run)
		}
		if watch != nil {
			watch(t.live.shown())
		}
		select {
		case <-changed:
		case <-t.service.life.Done():
			return adapter.Result{}, t.stillRunning("midgate is restarting; the job goes on")
		case <-ctx.Done():
			if errors.Is(context.Cause(ctx), errPatience) {
				return adapter.Result{}, t.stillRunning("The picture is not ready yet; the job goes on")
			}
			return adapter.Result{}, context.Cause(ctx)
		}
	}
}

// Accepted returns nil once the upstream has accepted the run's first submission or the run has ended well, and the
// run's *Error if it failed before; ctx's error if that takes longer.
func (t *ticket) Accepted(ctx context.Context) error {
	for {
		run, changed := t.live.look()
		switch {
		case t.wronged(ctx, run):
			if err := t.again(ctx); err != nil {
				return err
			}
			continue
		case run.Status.Ended():
			_, err := t.outcome(run)
			return err
		case run.Status == adapter.JobInProgress:
			return nil
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// Job returns the newest state of the run, for the job object.
func (t *ticket) Job() adapter.Job { return t.live.snapshot() }

// Answered says that the answer reached the client completely. A failure after a submission stays open for repeats
// of clients that have no counter: they get the same failure again, and no new job.
func (t *ticket) Answered() {
	if staysOpen(t.live.snapshot()) { // outcome has left it open
		t.leave(adapter.DeliveryAbandoned)
		return
	}
	t.leave(adapter.DeliveryAnswered)
}

// staysOpen reports whether a run failed so that clients without a counter repeat its request, and may have been paid.
func staysOpen(r adapter.Job) bool {
	return r.Status == adapter.JobFailed && repeats(r.Error) && anyPaid(r.Steps)
}

// Abandoned says that the client left, or that its answer was cut.
func (t *ticket) Abandoned() { t.leave(adapter.DeliveryAbandoned) }

// leave says once how the client's wait ended. A repeat may come before that is on disk.
func (t *ticket) leave(state adapter.DeliveryState) {
	at := time.Now()
	if t.guest == nil || t.left.Swap(true) || !t.live.leave(t.guest, state, at) {
		return
	}
	t.record(func(r *adapter.Job) { settle(r, t.delivery, state, at) })
}

// record makes a change durable that is known in memory already.
func (t *ticket) record(change func(*adapter.Job)) {
	s := t.service
	record := func() {
		err := t.live.save(context.WithoutCancel(s.life), s.parts.Journal, func(r *adapter.Job) error {
			change(r)
			return nil
		})
		if err != nil {
			s.parts.Log.Warn("a delivery could not be recorded", "job", t.jobID, "error", err)
		}
	}
	if !s.spawn(record) {
		record() // the last answers of a service that stops
	}
}

// outcome is this client's share of an ended run.
func (t *ticket) outcome(run adapter.Job) (adapter.Result, error) {
	if run.Error != nil {
		if staysOpen(run) {
			t.tell() // before the client hears of it: its repeat may come at once
		}
		return adapter.Result{}, run.Error
	}
	if run.Result == nil {
		return adapter.Result{}, adapter.Errorf(adapter.Failed, "Job %s ended without a result.", run.ID)
	}
	result := *run.Result
	if t.delivery < len(run.Deliveries) {
		if q := run.Deliveries[t.delivery].Quarter; q > 0 && q <= len(result.Images) {
			result.Images = result.Images[q-1 : q]
		}
	}
	return result, nil
}

// tell notes that the client is about to hear of a failure that its repeats get as well.
func (t *ticket) tell() {
	at := time.Now()
	change := func(r *adapter.Job) {
		if i := t.delivery; i < len(r.Deliveries) && r.Deliveries[i].State == adapter.DeliveryAbandoned && !wasTold(*r, r.Deliveries[i]) {
			r.Deliveries[i].At = at // who left before has a repeat that hears of it now
		}
		settle(r, t.delivery, adapter.DeliveryAbandoned, at)
	}
	t.live.update(change)
	t.record(change)
}

// stillRunning is the answer when the client's time is over and the job's is not: the client relies on the job then.
func (t *ticket) stillRunning(why string) *adapter.Error {
	t.live.promise()
	return adapter.Errorf(adapter.Timeout, "%s: ask GET /v1/jobs/%s for its result, or send the same request again.", why, t.jobID)
}

// repeats reports whether clients are known to repeat a request that failed so: every 5xx of the error table.
func repeats(e *adapter.Error) bool {
	switch e.Kind {
	case adapter.Internal, adapter.Failed, adapter.Ambiguous, adapter.UpstreamAuth, adapter.Timeout, adapter.Overdue, adapter.Unavailable, adapter.Storage:
		return true
	default:
		return false
	}
}

func anyPaid(steps []adapter.Step) bool {
	for _, s := range steps {
		if s.Paid() || s.Submission == nil && s.Refusal == nil {
			return true
		}
	}
	return false
}
