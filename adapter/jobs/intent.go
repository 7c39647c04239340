package jobs

import (
	"context"
	"errors"
	"slices"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/active"
	"midgate/adapter/jobs/ledger"
	"midgate/adapter/jobs/record"
	"midgate/adapter/jobs/unit"
)

// recordIntent records that a step is about to be submitted. What cannot be recorded is not submitted, and neither is a
// job that nobody waits for.
func (p sending) recordIntent() error {
	q, o := p.q, p.o
	next, err := q.intents.hold(q.ctx, "", nil)
	if err != nil {
		return err
	}
	defer next()
	if q.ctx.Err() != nil {
		return context.Cause(q.ctx)
	}
	if p.useFresh() {
		return nil
	}
	if err := p.admit(); err != nil {
		return err
	}
	id := q.job.ID()
	st := adapter.Step{Name: o.Step, State: q.state(o.Step), Upstream: o.Account.Name, Intended: q.s.clock.Now(),
		Continues: o.Continues || o.Answers != "", Answers: o.Answers}
	ledger.Price(&st, q.job.Snapshot(), o.Command, o.Speed, q.s.deps.Terms())
	q.note(st)
	deserted := false
	err = p.recordable(func(ctx context.Context) error {
		deserted = false
		return q.s.units.WriteBounded(ctx, func(tx adapter.Tx) error {
			if p.deserted() {
				job, err := p.lockDeserted(ctx, tx)
				if err != nil {
					return err
				}
				if deserted = q.s.everybodyLeft(job) && !anySent(job, q.unsent()); deserted {
					discardDeserted(&job, q.s.clock.Now())
					return p.putDeserted(ctx, tx, job)
				}
			}
			if err := p.hold(ctx, tx); err != nil {
				return err
			}
			if stale := q.unsent(); stale != "" && stale != o.Step {
				if err := tx.DropStep(ctx, id, stale); err != nil {
					return err
				}
			}
			if opened, known := q.Recorded(o.Answers); known && opened.Free { // it is not paid beside its answer
				if err := tx.PutStep(ctx, id, opened); err != nil {
					return err
				}
			}
			return tx.PutStep(ctx, id, st)
		})
	})
	switch {
	case deserted && err == nil:
		q.stop(errDeserted) // no other step may go on: the job can be begun anew from now on
		return errDeserted
	case err == nil:
		p.noteIntent(st)
		return nil
	case errors.Is(err, active.ErrLost):
		q.stop(active.ErrLost)
		return err
	case errors.Is(err, active.ErrCancelled), q.ctx.Err() != nil, adapter.KindOf(err) == adapter.Credit:
		return err
	}
	return adapter.Wrap(adapter.Storage, err, "The job could not be recorded, so it was not submitted. Please try again later.")
}

// hold makes sure that the job is this replica's, and that no other has sent a step of it while it was away.
func (p sending) hold(ctx context.Context, tx adapter.Tx) error {
	q := p.q
	if !q.s.deps.State.Shared() {
		cancelled, err := tx.HoldJob(ctx, q.job.ID(), q.s.cfg.Replica)
		switch {
		case errors.Is(err, adapter.ErrConflict):
			return active.ErrLost
		case err == nil && cancelled:
			return active.ErrCancelled
		}
		return err
	}
	job, err := tx.LockJob(ctx, q.job.ID())
	switch {
	case errors.Is(err, adapter.ErrNotFound):
		return active.ErrLost
	case err != nil:
		return err
	case job.Replica != q.s.cfg.Replica || job.Status.Ended():
		return active.ErrLost
	case job.Cancel:
		return active.ErrCancelled
	}
	for _, sent := range job.Steps {
		if refused := sent.Submission == nil && sent.Refusal != nil; !refused && !q.knows(sent) {
			return active.ErrLost
		}
	}
	return nil
}

// note remembers a step as one that this execution has recorded, or found when it began.
func (q *Execution) note(st adapter.Step) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.own == nil {
		q.own = map[string][]time.Time{}
	}
	q.own[st.Name] = append(q.own[st.Name], st.Intended)
}

// knows reports whether a recorded step is one of those: another execution may have made it meanwhile, here or elsewhere.
func (q *Execution) knows(recorded adapter.Step) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.ContainsFunc(q.own[recorded.Name], func(at time.Time) bool { return sameTime(at, recorded.Intended) })
}

// recordable writes what must be recorded before something is submitted. What nobody knows to be recorded is written
// again: it comes to the same.
func (p sending) recordable(write func(context.Context) error) (err error) {
	q := p.q
	for range 5 {
		ctx, cancel := context.WithTimeout(q.ctx, unit.Patience)
		err = write(ctx)
		cancel()
		if !errors.Is(err, adapter.ErrCommitUnknown) {
			break
		}
	}
	return err
}

// noteIntent takes an intent that was recorded into memory.
func (p sending) noteIntent(st adapter.Step) {
	q := p.q
	stale := q.unsent()
	defer func() { // only now: whoever sees an intent that is not fresh believes that it was sent
		q.mu.Lock()
		defer q.mu.Unlock()
		q.fresh = ""
	}()
	q.job.Update(func(r *adapter.Job) {
		if stale != "" && stale != st.Name {
			kept := r.Steps[:0]
			for _, known := range r.Steps {
				if known.Name != stale {
					kept = append(kept, known)
				}
			}
			r.Steps = kept
		}
		if known := record.StepOf(r, st.Name); known != nil {
			*known = st
		} else {
			r.Steps = append(r.Steps, st)
		}
	})
}

// useFresh takes the intent that was recorded with the job, if it is this step's at this account and may still be sent.
func (p sending) useFresh() bool {
	q, o := p.q, p.o
	st, known := q.Recorded(o.Step)
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.fresh == "" || q.fresh != o.Step || !known || st.Upstream != o.Account.Name || !q.s.lease.held() {
		return false
	}
	if q.job.Snapshot().Attended && q.s.everybodyLeft(q.job.Snapshot()) || q.s.canKeep(q.ctx) != nil || q.ctx.Err() != nil {
		return false
	}
	q.fresh = ""
	return true
}

// unsent is the step whose intent is recorded although nothing was sent; empty if there is none.
func (q *Execution) unsent() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.fresh
}

// withdraw removes the intent of a step that was not sent, when midgate stops before.
func (q *Execution) withdraw() {
	step := q.unsent()
	if step == "" {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(q.ctx), time.Second)
	defer cancel()
	err := q.s.units.Write(ctx, func(tx adapter.Tx) error {
		if _, err := tx.HoldJob(ctx, q.job.ID(), q.s.cfg.Replica); err != nil {
			return err
		}
		return tx.DropStep(ctx, q.job.ID(), step)
	})
	if err != nil {
		q.s.deps.Log.WarnContext(q.ctx, "a job that was not submitted could not be recorded so", "job", q.job.ID(), "error", err)
	}
}
