package adapter

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

// sequence is a run being executed. Its code is straight-line: do submits a command under the name of a step and
// waits for its task. Executed again from the top after a crash, recorded steps answer at once and the code arrives
// where it was. Steps of one sequence may run at the same time.
type sequence struct {
	s        *Engine
	live     *live
	ctx      context.Context // the run's: it outlives the client and ends at the run's deadline
	caller   Caller
	seed     string
	patience time.Time // until then a full upstream is asked again
	goesOn   bool      // it was executed before: by another process, or until something of it was given up

	mu     sync.Mutex
	place  *place   // the one that admitted the run, until its first job takes it
	places []*place // held by jobs under way
	sent   onceEach // submissions, by the name of their step
}

// workflow runs the workflow of the job's kind.
func (q *sequence) workflow(run Run) (Result, error) {
	do := q.s.workflows[run.Kind]
	if do == nil {
		return Result{}, fmt.Errorf("a run of unknown kind %q", run.Kind)
	}
	return do(q)
}

// account returns the account that the run was given to when it was opened or, if that is not configured any more, the
// one that took its job.
func (q *sequence) account() (Account, error) {
	run := q.job()
	a, err := q.s.parts.Accounts.Made(q.ctx, q.caller, run.Upstream)
	if took := run.at(""); err != nil && took != run.Upstream {
		return q.s.parts.Accounts.Made(q.ctx, q.caller, took)
	}
	return a, err
}

// order is one command for one account.
type order struct {
	step    string // unique within the run
	account Account
	command Command
	speed   Speed
	dialog  bool // the task may ask for a dialog: then it is returned waiting for it
	hidden  bool // nothing is shown of the task on its way: it would be another picture than the one that comes

	continues bool   // the task may be older than the step, and carry the state of an earlier submission
	answers   string // the step whose dialog this one answers: its task goes on
	hasty     bool   // a full upstream is not asked again: others are
}

// do submits a command, at most once in the life of the run, and waits for its task.
func (q *sequence) do(o order) (Task, error) {
	sub, place, err := q.submit(o)
	defer q.giveBack(place)
	if err != nil {
		return Task{}, fmt.Errorf("%s: %w", o.step, err)
	}
	if o.dialog && sub.Dialog {
		return Task{ID: sub.TaskID, Status: Dialog, FinalPrompt: sub.Prompt}, nil
	}
	return q.await(o, sub)
}

// await waits for the task of a submission and notes how it went.
func (q *sequence) await(o order, sub Submission) (Task, error) {
	polls, state := 0, q.state(o.step)
	if sub.Existing {
		state = ""
	}
	task, err := o.account.Waiter.Wait(q.ctx, Wait{
		TaskID: sub.TaskID, State: state, Kind: o.command.Name(), Speed: o.speed, Submitted: sub.At, Dialog: o.dialog,
		Watch:  func(t Task) { q.live.progress(o.step, t.Progress, o.preview(t)) },
		Polled: func() { polls++ },
	})
	if ctxErr := context.Cause(q.ctx); err != nil && ctxErr != nil {
		err = ctxErr
	}
	q.live.update(func(r *Run) {
		if st := r.step(o.step); st != nil {
			st.Polls += polls
			st.Status = task.Status
			if task.Done() {
				st.Finished = time.Now()
			}
		}
	})
	if err == nil {
		q.live.progress(o.step, 100, "")
	}
	return task, err
}

// preview is what may be shown of a task on its way.
func (o order) preview(t Task) string {
	if o.hidden {
		return ""
	}
	return t.ImageURL
}

// submit sends a command whose intent is recorded first and whose outcome is recorded before anything else happens. Two
// that need the same step at the same time, such as the U of one quarter, share its submission.
func (q *sequence) submit(o order) (Submission, *place, error) {
	release, err := q.sent.hold(q.ctx, o.step, nil)
	if err != nil {
		return Submission{}, nil, err
	}
	defer release()
	if st, ok := q.recorded(o.step); ok && st.Submission != nil {
		return *st.Submission, nil, nil
	} else if ok && st.Refusal == nil {
		sub, err := q.adopt(o, ErrOutcomeUnknown)
		return sub, nil, err
	}
	place := q.nextPlace(o.account.Name)
	if err := place.wait(q.ctx); err != nil {
		return Submission{}, place, err
	}
	if err := q.intend(o); err != nil {
		return Submission{}, place, err
	}
	sub, err := q.send(o)
	switch {
	case err == nil:
		q.note(o.step, func(st *Step) { st.Submission, st.Status = &sub, NotStarted })
	case KindOf(err) == Ambiguous:
		if q.ctx.Err() == nil {
			sub, err = q.adopt(o, err)
		}
	case q.ctx.Err() == nil || isTold(err):
		refusal := refused(err)
		q.note(o.step, func(st *Step) { st.Refusal = refusal })
	}
	return sub, place, err
}

// ErrOutcomeUnknown is what a step finds that was intended by a process which died before it recorded the outcome.
var ErrOutcomeUnknown = &Error{Kind: Ambiguous, Message: "midgate was interrupted while it submitted this job, so nobody knows whether Midjourney has it. It was not submitted again."}

// again waits before a full upstream is asked once more; false if the client's patience ends before.
func (q *sequence) again(wait time.Duration) bool {
	return time.Now().Add(wait).Before(q.patience) && pause(q.ctx, wait)
}

// intend records that a step is about to be submitted. What cannot be recorded is not submitted.
func (q *sequence) intend(o order) error {
	if err := q.mayBegin(); err != nil {
		return err
	}
	st := Step{Name: o.step, State: q.state(o.step), Upstream: o.account.Name, Intended: time.Now(),
		Continues: o.continues || o.answers != "", Answers: o.answers}
	err := q.live.save(q.ctx, q.s.parts.Journal, func(r *Run) error {
		if r.Replica != q.s.cfg.Replica {
			return errLost
		}
		if r.Cancel {
			return errCancelled
		}
		if known := r.step(o.step); known != nil {
			*known = st
			return nil
		}
		r.Steps = append(r.Steps, st)
		r.Confirmed = true
		return nil
	})
	if err == nil || errors.Is(err, errLost) || errors.Is(err, errCancelled) || q.ctx.Err() != nil {
		return err
	}
	return Wrap(Storage, err, "The job could not be recorded, so it was not submitted. Please try again later.")
}

// note records the outcome of a submission. It is paid by now, so it is tried until it is written; the sequence goes
// on meanwhile with what it knows.
func (q *sequence) note(step string, change func(*Step)) {
	apply := func(r *Run) error {
		st := r.step(step)
		if r.Replica != q.s.cfg.Replica && (st == nil || st.Submission != nil || r.Status.Ended() && !r.mayTurnUp()) {
			return errLost
		}
		// A replica that took the run over meanwhile still needs to know what became of the submission, even when it has
		// given the run up for that.
		if st != nil {
			change(st)
			if st.Submission != nil && r.Status == RunQueued {
				r.Status = RunInProgress
			}
		}
		return nil
	}
	keep := context.WithoutCancel(q.ctx)
	err := q.live.save(keep, q.s.parts.Journal, apply)
	if err == nil || errors.Is(err, errLost) {
		return
	}
	q.s.parts.Log.Error("a submission could not be recorded; trying again", "job", q.live.snapshot().ID, "step", step, "error", err)
	q.live.update(func(r *Run) {
		if r.Replica == q.s.cfg.Replica {
			_ = apply(r)
		}
	})
	q.s.work.Go(func() {
		for wait := 100 * time.Millisecond; pause(q.s.life, wait); wait = min(2*wait, 5*time.Second) {
			if err := q.live.save(keep, q.s.parts.Journal, apply); err == nil || errors.Is(err, errLost) {
				return
			}
		}
	})
}
