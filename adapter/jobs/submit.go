package jobs

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"midgate/adapter"
)

// Execution is a run being executed. Its code is straight-line: do submits a command under the name of a step and
// waits for its task. Executed again from the top after a crash, recorded steps answer at once and the code arrives
// where it was. Steps of one sequence may run at the same time.
type Execution struct {
	s        *Engine
	live     *live
	ctx      context.Context // the run's: it outlives the client and ends at the run's deadline
	caller   adapter.Caller
	seed     string
	patience time.Time // until then a full upstream is asked again
	goesOn   bool      // it was executed before: by another process, or until something of it was given up

	mu     sync.Mutex
	place  *place   // the one that admitted the run, until its first job takes it
	places []*place // held by jobs under way
	sent   onceEach // submissions, by the name of their step
	wanted sync.Once
	vain   bool // nobody waited when the first step was about to begin; set by wanted
}

// workflow runs the workflow of the job's kind.
func (q *Execution) workflow(run adapter.Job) (adapter.Result, error) {
	do := q.s.workflows[run.Kind]
	if do == nil {
		return adapter.Result{}, fmt.Errorf("a run of unknown kind %q", run.Kind)
	}
	return do(q)
}

// Account returns the account that the run was given to when it was opened or, if that is not configured any more, the
// one that took its job.
func (q *Execution) Account() (adapter.Account, error) {
	run := q.Job()
	a, err := q.s.parts.Accounts.Made(q.ctx, q.caller, run.Upstream)
	if took := run.UpstreamOf(""); err != nil && took != run.Upstream {
		return q.s.parts.Accounts.Made(q.ctx, q.caller, took)
	}
	return a, err
}

// StepRequest is one command for one account.
type StepRequest struct {
	Step    string // unique within the run
	Account adapter.Account
	Command adapter.Command
	Speed   adapter.Speed
	Dialog  bool // the task may ask for a dialog: then it is returned waiting for it
	Hidden  bool // nothing is shown of the task on its way: it would be another picture than the one that comes

	Continues bool   // the task may be older than the step, and carry the state of an earlier submission
	Answers   string // the step whose dialog this one answers: its task goes on
	failFast  bool   // a full upstream is not asked again: others are
}

// Do submits a command, at most once in the life of the run, and waits for its task.
func (q *Execution) Do(o StepRequest) (adapter.Task, error) {
	sub, place, err := q.submitStep(o)
	defer q.giveBack(place)
	if err != nil {
		return adapter.Task{}, fmt.Errorf("%s: %w", o.Step, err)
	}
	if o.Dialog && sub.Dialog {
		return adapter.Task{ID: sub.TaskID, Status: adapter.Dialog, FinalPrompt: sub.Prompt}, nil
	}
	return q.Await(o, sub)
}

// Await waits for the task of a submission and notes how it went.
func (q *Execution) Await(o StepRequest, sub adapter.Submission) (adapter.Task, error) {
	polls, state := 0, q.state(o.Step)
	if sub.Existing {
		state = ""
	}
	task, err := o.Account.Waiter.Wait(q.ctx, adapter.Wait{
		TaskID: sub.TaskID, State: state, Kind: o.Command.Name(), Speed: o.Speed, Submitted: sub.At, Dialog: o.Dialog,
		Watch:  func(t adapter.Task) { q.live.progress(o.Step, t.Progress, o.preview(t)) },
		Polled: func() { polls++ },
	})
	if ctxErr := context.Cause(q.ctx); err != nil && ctxErr != nil {
		err = ctxErr
	}
	q.live.update(func(r *adapter.Job) {
		if st := stepNamed(r, o.Step); st != nil {
			st.Polls += polls
			st.Status = task.Status
			if task.Done() {
				st.Finished = time.Now()
			}
		}
	})
	if err == nil {
		q.live.progress(o.Step, 100, "")
	}
	return task, err
}

// preview is what may be shown of a task on its way.
func (o StepRequest) preview(t adapter.Task) string {
	if o.Hidden {
		return ""
	}
	return t.ImageURL
}

// submitStep sends a command whose intent is recorded first and whose outcome is recorded before anything else happens. Two
// that need the same step at the same time, such as the U of one quarter, share its submission.
func (q *Execution) submitStep(o StepRequest) (adapter.Submission, *place, error) {
	release, err := q.sent.hold(q.ctx, o.Step, nil)
	if err != nil {
		return adapter.Submission{}, nil, err
	}
	defer release()
	if st, ok := q.Recorded(o.Step); ok && st.Submission != nil {
		return *st.Submission, nil, nil
	} else if ok && st.Refusal == nil {
		sub, err := q.adopt(o, ErrOutcomeUnknown)
		return sub, nil, err
	}
	place := q.nextPlace(o.Account.Name)
	queued := !place.held()
	if err := place.wait(q.ctx); err != nil {
		return adapter.Submission{}, place, err
	}
	since := time.Now()
	for wait := shortestWait; ; wait = min(2*wait, longestWait) {
		if err := q.intend(o, queued); err != nil {
			return adapter.Submission{}, place, err
		}
		sub, err := q.send(o)
		sub, err = q.outcome(o, sub, err)
		if !q.fullAgain(o, err, since, wait) {
			return sub, place, err
		}
	}
}

// outcome records what became of a submission. A refusal is on disk before the upstream is asked again: a crash in between
// must not leave a step of unknown outcome.
func (q *Execution) outcome(o StepRequest, sub adapter.Submission, err error) (adapter.Submission, error) {
	switch {
	case err == nil:
		q.note(o.Step, func(st *adapter.Step) { st.Submission, st.Status = &sub, adapter.NotStarted })
	case adapter.KindOf(err) == adapter.Ambiguous:
		if q.ctx.Err() == nil {
			return q.adopt(o, err)
		}
	case q.ctx.Err() == nil || isTold(err):
		tried, _ := q.Recorded(o.Step)
		refusal := adapter.PublicError(err)
		q.note(o.Step, func(st *adapter.Step) {
			if st.Submission == nil && st.Intended.Equal(tried.Intended) { // not one that was begun since
				st.Refusal = refusal
			}
		})
	}
	return sub, err
}

// ErrOutcomeUnknown is what a step finds that was intended by a process which died before it recorded the outcome.
var ErrOutcomeUnknown = &adapter.Error{Kind: adapter.Ambiguous, Message: "midgate was interrupted while it submitted this job, so nobody knows whether Midjourney has it. It was not submitted again."}

// intend records that a step is about to be submitted. What cannot be recorded is not submitted.
func (q *Execution) intend(o StepRequest, queued bool) error {
	if err := q.mayBegin(); err != nil {
		return err
	}
	if err := q.awaited(queued); err != nil {
		return err
	}
	st := adapter.Step{Name: o.Step, State: q.state(o.Step), Upstream: o.Account.Name, Intended: time.Now(),
		Continues: o.Continues || o.Answers != "", Answers: o.Answers}
	err := q.live.save(q.ctx, q.s.parts.Journal, func(r *adapter.Job) error {
		if r.Replica != q.s.cfg.Replica {
			return errLost
		}
		if r.Cancel {
			return errCancelled
		}
		if known := stepNamed(r, o.Step); known != nil {
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
	return adapter.Wrap(adapter.Storage, err, "The job could not be recorded, so it was not submitted. Please try again later.")
}

// note records the outcome of a submission. It is paid by now, so it is tried until it is written; the sequence goes
// on meanwhile with what it knows.
func (q *Execution) note(step string, change func(*adapter.Step)) {
	apply := func(r *adapter.Job) error {
		st := stepNamed(r, step)
		if r.Replica != q.s.cfg.Replica && (st == nil || st.Submission != nil || r.Status.Ended() && !reconcilable(*r)) {
			return errLost
		}
		// A replica that took the run over meanwhile still needs to know what became of the submission, even when it has
		// given the run up for that.
		if st != nil {
			change(st)
			if st.Submission != nil && r.Status == adapter.JobQueued {
				r.Status = adapter.JobInProgress
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
	q.live.update(func(r *adapter.Job) {
		if r.Replica == q.s.cfg.Replica {
			_ = apply(r)
		}
	})
	q.s.work.Go(func() {
		for wait := 100 * time.Millisecond; adapter.Pause(q.s.life, wait); wait = min(2*wait, 5*time.Second) {
			if err := q.live.save(keep, q.s.parts.Journal, apply); err == nil || errors.Is(err, errLost) {
				return
			}
		}
	})
}
