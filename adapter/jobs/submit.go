package jobs

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/queue"
	"midgate/adapter/jobs/record"
	"midgate/adapter/jobs/unit"
)

// ErrOutcomeUnknown is what a step finds that was intended by a process which died before it recorded the outcome.
var ErrOutcomeUnknown = &adapter.Error{Kind: adapter.Ambiguous, Message: "midgate was interrupted while it submitted this job, so nobody knows whether Midjourney has it. It was not submitted again."}

// sending is one step of an execution on its way to the upstream.
type sending struct {
	q *Execution
	o *StepRequest
}

// submit sends a command whose intent is recorded first and whose outcome is recorded before anything else happens. Two
// that need the same step at the same time, such as the U of one quarter, share its submission.
func (p sending) submit() (_ adapter.Submission, _ *queue.Slot, err error) {
	q, o := p.q, p.o
	defer func() {
		if err != nil {
			q.endStep(o, err)
		}
	}()
	release, err := q.sent.hold(q.ctx, o.Step, nil)
	if err != nil {
		return adapter.Submission{}, nil, err
	}
	defer release()
	fresh := q.unsent() == o.Step // asked for first: once another step has taken the intent back, its record is gone by then
	st, known := q.Recorded(o.Step)
	switch {
	case known && st.Submission != nil:
		q.beginStep(o.Step)
		return *st.Submission, nil, nil
	case known && st.Refusal == nil && !fresh:
		q.beginStep(o.Step)
		sub, err := p.find(ErrOutcomeUnknown)
		return sub, nil, err
	}
	slot := q.slots.next(q.s.queue, o.Account.Name, q.caller.Owner)
	queued := q.trace.Part(adapter.PartQueue, slot.Wanted())
	err = slot.Wait(q.ctx)
	queued(adapter.Step{Upstream: o.Account.Name}, q.traceable(err))
	if err != nil {
		return adapter.Submission{}, slot, err
	}
	q.beginStep(o.Step)
	q.s.deps.Observer.Place(o.Account.Name, slot.Waited())
	sub, err := p.send()
	return sub, slot, err
}

// send submits; an upstream that is full created nothing and is asked again while the client has patience. Each refusal
// is recorded before anything is waited for, so that a crash meanwhile leaves no doubt.
func (p sending) send() (adapter.Submission, error) {
	q, o := p.q, p.o
	since := q.s.clock.Now()
	for wait := time.Second; ; wait = min(2*wait, 15*time.Second) {
		if err := p.recordIntent(); err != nil {
			return adapter.Submission{}, err
		}
		sub, err := p.once()
		switch {
		case err == nil:
			p.recordOutcome(func(st *adapter.Step) { st.Submission, st.Status = &sub, adapter.NotStarted })
			return sub, nil
		case adapter.KindOf(err) == adapter.Ambiguous:
			if q.ctx.Err() != nil {
				return sub, err
			}
			return p.find(err)
		case q.ctx.Err() == nil || isTold(err):
			refusal := adapter.PublicError(err)
			p.recordOutcome(func(st *adapter.Step) { st.Refusal = refusal })
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

// once submits. Whoever stops listening would never hear of a job that is paid: the answer is heard a moment longer
// than the job lives.
func (p sending) once() (sub adapter.Submission, err error) {
	q, o := p.q, p.o
	ctx, hangUp := context.WithCancelCause(context.WithoutCancel(q.ctx))
	defer hangUp(nil)
	defer context.AfterFunc(q.ctx, func() {
		time.AfterFunc(listenFor, func() { hangUp(context.Cause(q.ctx)) })
	})()
	apart(func() {
		sub, err = o.Account.Upstream.Submit(ctx, o.Command, adapter.Options{Speed: o.Speed, State: q.state(o.Step)})
	})
	return sub, err
}

// apart calls f on a goroutine of its own. Stacks grow to what their deepest call needed and hardly shrink again, and who
// submits waits for minutes afterwards: a request over HTTP is deep, that wait is not. A panic of f is one of its caller.
func apart(f func()) {
	var panicked any
	done := make(chan struct{})
	go func() {
		defer close(done)
		defer func() {
			if panicked = recover(); panicked != nil {
				panicked = fmt.Sprintf("%v\n\n%s", panicked, debug.Stack())
			}
		}()
		f()
	}()
	<-done
	if panicked != nil {
		panic(panicked)
	}
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

// recordOutcome records what became of a submission. It may be paid by now, so this is tried until it is written; the
// execution goes on meanwhile with what it knows.
func (p sending) recordOutcome(change func(*adapter.Step)) {
	q, o := p.q, p.o
	st, known := q.Recorded(o.Step)
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
		if known := record.StepOf(r, o.Step); known != nil && (known.Submission == nil || known.Submission.TaskID == "") {
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
	q.s.deps.Log.ErrorContext(q.ctx, "a submission could not be recorded; trying again", "job", id, "step", o.Step, "error", err)
	q.s.spawn(func() {
		for wait := 100 * time.Millisecond; adapter.Pause(q.s.life, wait); wait = min(2*wait, 5*time.Second) {
			if write() == nil {
				q.s.news.Changed(id)
				return
			}
		}
	})
}
