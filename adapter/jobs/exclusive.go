package jobs

import (
	"context"
	"errors"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/active"
	"midgate/adapter/jobs/news"
	"midgate/adapter/jobs/unit"
)

// Exclusively returns when no other job does what has that name, such as pressing one button for all that need it, and
// how to let the next one do it. While it waits, the place that the job holds at the upstream goes to others.
func (q *Execution) Exclusively(name string) (release func(), err error) {
	if q.s.without.onePress {
		return func() {}, nil
	}
	p := press{q, name}
	for {
		here, err := q.s.alone.hold(q.ctx, name, q.slots.stepAside)
		if err != nil || !q.s.deps.State.Shared() {
			return here, err
		}
		holder, err := p.claim()
		if err == nil && holder == q.job.ID() {
			return func() { p.release(); here() }, nil
		}
		here() // the holder may be resumed here, and needs it then
		if err != nil {
			return nil, err
		}
		q.slots.stepAside()
		if err := p.await(holder); err != nil {
			return nil, err
		}
	}
}

// press is a button, or what else one job at a time may do, that an execution wants to be alone at.
type press struct {
	q    *Execution
	name string
}

// claim returns which job has it in the records: this one's if it was free.
func (p press) claim() (holder string, err error) {
	q, name := p.q, p.name
	err = q.Persist(name, func() error {
		return q.s.units.Write(q.ctx, func(tx adapter.Tx) (err error) {
			holder, err = tx.ClaimPress(q.ctx, name, q.job.ID())
			return err
		})
	})
	return holder, err
}

// release lets go of a button, unless the job goes on elsewhere: what it has pressed by then is its own to wait for.
func (p press) release() {
	q, name := p.q, p.name
	if cause := context.Cause(q.ctx); errors.Is(cause, errStopping) || errors.Is(cause, active.ErrLost) {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(q.ctx), unit.PatienceShared)
	defer cancel()
	err := q.s.units.Write(ctx, func(tx adapter.Tx) error {
		if _, err := tx.HoldJob(ctx, q.job.ID(), q.s.cfg.Replica); err != nil {
			return err
		}
		return tx.ReleasePress(ctx, name, q.job.ID())
	})
	if err != nil && !errors.Is(err, adapter.ErrConflict) { // it is free when the job is over
		q.s.deps.Log.WarnContext(q.ctx, "a button could not be let go yet", "job", q.job.ID(), "error", err)
	}
	q.s.news.Changed(q.job.ID())
}

// await waits until the job that presses has changed, for a moment at most.
func (p press) await(holder string) error {
	q := p.q
	run, err := q.s.deps.State.Job(q.ctx, holder)
	if errors.Is(err, adapter.ErrNotFound) || err == nil && run.Status.Ended() {
		return nil
	}
	j := q.s.jobs.Enter(q.s.jobs.Of(run))
	defer q.s.jobs.Leave(j)
	_, changed := j.Look()
	timer := time.NewTimer(news.LookEvery)
	defer timer.Stop()
	select {
	case <-changed:
	case <-timer.C:
	case <-q.ctx.Done():
		return context.Cause(q.ctx)
	}
	return nil
}
