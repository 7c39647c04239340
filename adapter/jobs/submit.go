package jobs

import (
	"context"
	"errors"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/active"
	"midgate/adapter/jobs/ledger"
	"midgate/adapter/jobs/queue"
	"midgate/adapter/jobs/record"
	"midgate/adapter/jobs/unit"
)

// ErrOutcomeUnknown is what a step finds that was intended by a process which died before it recorded the outcome.
var ErrOutcomeUnknown = &adapter.Error{Kind: adapter.Ambiguous, Message: "midgate was interrupted while it submitted this job, so nobody knows whether Midjourney has it. It was not submitted again."}

// submit sends a command whose intent is recorded first and whose outcome is recorded before anything else happens. Two
// that need the same step at the same time, such as the U of one quarter, share its submission.
func (q *Execution) submit(o StepRequest) (adapter.Submission, *queue.Slot, error) {
	release, err := q.sent.hold(q.ctx, o.Step, nil)
	if err != nil {
		return adapter.Submission{}, nil, err
	}
	defer release()
	fresh := q.isFresh(o.Step) // asked for first: once another step has taken the intent back, its record is gone by then
	st, known := q.Recorded(o.Step)
	switch {
	case known && st.Submission != nil:
		return *st.Submission, nil, nil
	case known && st.Refusal == nil && !fresh:
		sub, err := q.findSubmission(o, ErrOutcomeUnknown)
		return sub, nil, err
	}
	slot := q.nextSlot(o.Account.Name)
	if err := slot.Wait(q.ctx); err != nil {
		return adapter.Submission{}, slot, err
	}
	sub, err := q.send(o)
	return sub, slot, err
}

// send submits; an upstream that is full created nothing and is asked again while the client has patience. Each refusal
// is recorded before anything is waited for, so that a crash meanwhile leaves no doubt.
func (q *Execution) send(o StepRequest) (adapter.Submission, error) {
	since := q.s.clock.Now()
	for wait := time.Second; ; wait = min(2*wait, 15*time.Second) {
		if err := q.recordIntent(o); err != nil {
			return adapter.Submission{}, err
		}
		sub, err := q.submitOnce(o)
		switch {
		case err == nil:
			q.recordOutcome(o.Step, func(st *adapter.Step) { st.Submission, st.Status = &sub, adapter.NotStarted })
			return sub, nil
		case adapter.KindOf(err) == adapter.Ambiguous:
			if q.ctx.Err() != nil {
				return sub, err
			}
			return q.findSubmission(o, err)
		case q.ctx.Err() == nil || isTold(err):
			refusal := adapter.PublicError(err)
			q.recordOutcome(o.Step, func(st *adapter.Step) { st.Refusal = refusal })
		}
		e, told := errors.AsType[*adapter.Error](err)
		if !told || e.Kind != adapter.Busy || o.failFast {
			return sub, err
		}
		if !q.again(e, since, wait) {
			return sub, err
		}
	}
}

// submitOnce submits. Whoever stops listening would never hear of a job that is paid: the answer is heard a moment longer
// than the job lives.
func (q *Execution) submitOnce(o StepRequest) (adapter.Submission, error) {
	ctx, hangUp := context.WithCancelCause(context.WithoutCancel(q.ctx))
	defer hangUp(nil)
	defer context.AfterFunc(q.ctx, func() {
		time.AfterFunc(listenFor, func() { hangUp(context.Cause(q.ctx)) })
	})()
	return o.Account.Upstream.Submit(ctx, o.Command, adapter.Options{Speed: o.Speed, State: q.state(o.Step)})
}

// isTold reports whether an upstream said that it took nothing; an error of another sort leaves that open.
func isTold(err error) bool {
	_, told := errors.AsType[*adapter.Error](err)
	return told
}

// again waits before an upstream that was first asked at since, and was full, is asked once more; false if the client's
// patience ends before, or the refusal lets hope for no more.
func (q *Execution) again(full *adapter.Error, since time.Time, wait time.Duration) bool {
	wait = max(wait, full.RetryAfter)
	if full.Patience != 0 && q.s.clock.Now().Sub(since)+wait > full.Patience {
		return false
	}
	return q.s.clock.Now().Add(wait).Before(q.patience) && adapter.Pause(q.ctx, wait)
}

// isFresh reports whether the intent of a step is recorded although nothing was sent.
func (q *Execution) isFresh(step string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.fresh != "" && q.fresh == step
}

// unsent is the step whose intent is recorded although nothing was sent; empty if there is none.
func (q *Execution) unsent() string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.fresh
}

// useFresh takes the intent that was recorded with the job, if it is this step's at this account and may still be sent.
func (q *Execution) useFresh(o StepRequest) bool {
	st, known := q.Recorded(o.Step)
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.fresh == "" || q.fresh != o.Step || !known || st.Upstream != o.Account.Name || !q.s.lease.held() {
		return false
	}
	if q.job.Snapshot().Attended && q.s.everybodyLeft(q.job.Snapshot()) || q.s.canKeep(q.ctx) != nil {
		return false
	}
	q.fresh = ""
	return true
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
		q.s.deps.Log.Warn("a job that was not submitted could not be recorded so", "job", q.job.ID(), "error", err)
	}
}

// recordIntent records that a step is about to be submitted. What cannot be recorded is not submitted, and neither is a
// job that nobody waits for.
func (q *Execution) recordIntent(o StepRequest) error {
	next, err := q.intents.hold(q.ctx, "", nil)
	if err != nil {
		return err
	}
	defer next()
	if q.ctx.Err() != nil {
		return context.Cause(q.ctx)
	}
	if q.useFresh(o) {
		return nil
	}
	if err := q.admitStep(); err != nil {
		return err
	}
	id, me := q.job.ID(), q.s.cfg.Replica
	st := adapter.Step{Name: o.Step, State: q.state(o.Step), Upstream: o.Account.Name, Intended: q.s.clock.Now(),
		Continues: o.Continues || o.Answers != "", Answers: o.Answers}
	ledger.Price(&st, q.job.Snapshot(), o.Command, o.Speed, q.s.deps.Terms())
	deserted := false
	err = q.recordable(func(ctx context.Context) error {
		deserted = false
		return q.s.units.WriteBounded(ctx, func(tx adapter.Tx) error {
			if q.deserted() {
				job, err := q.lockDeserted(ctx, tx)
				if err != nil {
					return err
				}
				if deserted = q.s.everybodyLeft(job) && !anySent(job, q.unsent()); deserted {
					discardDeserted(&job, q.s.clock.Now())
					return q.putDeserted(ctx, tx, job)
				}
			}
			cancelled, err := tx.HoldJob(ctx, id, me)
			switch {
			case errors.Is(err, adapter.ErrConflict):
				return errLost
			case err != nil:
				return err
			case cancelled:
				return active.ErrCancelled
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
		q.noteIntent(st)
		return nil
	case errors.Is(err, errLost):
		q.stop(errLost)
		return err
	case errors.Is(err, active.ErrCancelled), q.ctx.Err() != nil, adapter.KindOf(err) == adapter.Credit:
		return err
	}
	return adapter.Wrap(adapter.Storage, err, "The job could not be recorded, so it was not submitted. Please try again later.")
}

// recordable writes what must be recorded before something is submitted. What nobody knows to be recorded is written
// again: it comes to the same.
func (q *Execution) recordable(write func(context.Context) error) (err error) {
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
func (q *Execution) noteIntent(st adapter.Step) {
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

// recordOutcome records what became of a submission. It may be paid by now, so this is tried until it is written; the
// execution goes on meanwhile with what it knows.
func (q *Execution) recordOutcome(step string, change func(*adapter.Step)) {
	st, known := q.Recorded(step)
	if !known {
		return
	}
	change(&st)
	keep, id := context.WithoutCancel(q.ctx), q.job.ID()
	write := func() error {
		ctx, cancel := context.WithTimeout(keep, unit.Patience)
		defer cancel()
		err := q.s.units.Write(ctx, func(tx adapter.Tx) error { return tx.NoteStep(ctx, id, st) })
		if errors.Is(err, adapter.ErrConflict) {
			return nil // it is known, from an earlier try or from whoever executes the job by now, or the job is gone
		}
		return err
	}
	err := write()
	q.job.Update(func(r *adapter.Job) {
		if known := record.StepOf(r, step); known != nil && (known.Submission == nil || known.Submission.TaskID == "") {
			change(known)
		}
		if st.Submission != nil && r.Status == adapter.JobQueued {
			r.Status = adapter.JobInProgress
		}
	})
	if err == nil {
		if st.Submission != nil {
			q.s.news.Changed(id)
		}
		return
	}
	q.s.deps.Log.Error("a submission could not be recorded; trying again", "job", id, "step", step, "error", err)
	q.s.spawn(func() {
		for wait := 100 * time.Millisecond; adapter.Pause(q.s.life, wait); wait = min(2*wait, 5*time.Second) {
			if write() == nil {
				q.s.news.Changed(id)
				return
			}
		}
	})
}
