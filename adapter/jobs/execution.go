package jobs

import (
	"context"
	"fmt"
	"time"

	"midgate/adapter"
)

// Job is the newest state of the job.
func (q *Execution) Job() adapter.Job { return q.live.snapshot() }

// Context ends at the job's deadline, when it is cancelled, and when the engine stops: not when its client leaves.
func (q *Execution) Context() context.Context { return q.ctx }

// Caller is who asked for the job.
func (q *Execution) Caller() adapter.Caller { return q.caller }

// Resumed reports whether the job was executed before: by another process, or until something of it was given up. What
// it makes may be there already.
func (q *Execution) Resumed() bool { return q.goesOn }

// MarkFree notes that a step was not paid by itself: it only opened a dialog.
func (q *Execution) MarkFree(step string) { q.note(step, func(st *adapter.Step) { st.Free = true }) }

// AccountOf returns the account of one of the caller's earlier jobs by its name.
func (q *Execution) AccountOf(upstream string) (adapter.Account, error) {
	return q.s.parts.Accounts.Made(q.ctx, q.caller, upstream)
}

// Earlier reads the record of another job, such as the video that this one continues.
func (q *Execution) Earlier(id string) (adapter.Job, error) { return q.s.parts.Journal.Get(q.ctx, id) }

// Exclusively returns when no other job of this process does what has that name, and how to let the next one do it.
// While it waits, the place that the job holds at the upstream goes to others.
func (q *Execution) Exclusively(name string) (release func(), err error) {
	return q.s.alone.hold(q.ctx, name, q.stepAside)
}

// Submit submits a command, at most once in the life of the job, and does not wait for its task. The place at the
// upstream is held until release.
func (q *Execution) Submit(o StepRequest) (sub adapter.Submission, release func(), err error) {
	sub, place, err := q.submitStep(o)
	return sub, func() { q.giveBack(place) }, err
}

// SubmitAnywhere is submitOnly for a command that every upstream can do.
func (q *Execution) SubmitAnywhere(o StepRequest) (sub adapter.Submission, account adapter.Account, release func(), err error) {
	var held *place
	account, err = q.anywhere(o, func(o StepRequest) (err error) {
		q.giveBack(held)
		sub, held, err = q.submitStep(o)
		return err
	})
	return sub, account, func() { q.giveBack(held) }, err
}

// OpenDialog submits a press that always opens a dialog; the task that it returns waits for that.
func (q *Execution) OpenDialog(o StepRequest) (adapter.Task, error) {
	sub, release, err := q.Submit(o)
	defer release()
	if err != nil {
		return adapter.Task{}, fmt.Errorf("%s: %w", o.Step, err)
	}
	return adapter.Task{ID: sub.TaskID, Status: adapter.Dialog, FinalPrompt: sub.Prompt}, nil
}

// AwaitDialog waits until the task of a press says that it awaits its dialog, or is done without one.
func (q *Execution) AwaitDialog(ctx context.Context, o StepRequest, taskID string) (adapter.Task, error) {
	return o.Account.Waiter.Wait(ctx, adapter.Wait{TaskID: taskID, State: q.state(o.Step), Kind: o.Command.Name(), Submitted: time.Now(), Dialog: true})
}

// Later does work that goes on when the job is over, until the engine stops; false when it is too late for that.
func (q *Execution) Later(work func(ctx context.Context)) bool {
	return q.s.spawn(func() { work(q.s.life) })
}
