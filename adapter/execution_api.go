package adapter

import (
	"context"
	"fmt"
	"time"
)

// job is the newest state of the job.
func (q *sequence) job() Run { return q.live.snapshot() }

// context ends at the job's deadline, when it is cancelled, and when the engine stops: not when its client leaves.
func (q *sequence) context() context.Context { return q.ctx }

// owner is who asked for the job.
func (q *sequence) owner() Caller { return q.caller }

// resumed reports whether the job was executed before: by another process, or until something of it was given up. What
// it makes may be there already.
func (q *sequence) resumed() bool { return q.goesOn }

// markFree notes that a step was not paid by itself: it only opened a dialog.
func (q *sequence) markFree(step string) { q.note(step, func(st *Step) { st.Free = true }) }

// accountOf returns the account of one of the caller's earlier jobs by its name.
func (q *sequence) accountOf(upstream string) (Account, error) {
	return q.s.parts.Accounts.Made(q.ctx, q.caller, upstream)
}

// earlier reads the record of another job, such as the video that this one continues.
func (q *sequence) earlier(id string) (Run, error) { return q.s.parts.Journal.Get(q.ctx, id) }

// exclusively returns when no other job of this process does what has that name, and how to let the next one do it.
// While it waits, the place that the job holds at the upstream goes to others.
func (q *sequence) exclusively(name string) (release func(), err error) {
	return q.s.alone.hold(q.ctx, name, q.stepAside)
}

// submitOnly submits a command, at most once in the life of the job, and does not wait for its task. The place at the
// upstream is held until release.
func (q *sequence) submitOnly(o order) (sub Submission, release func(), err error) {
	sub, place, err := q.submit(o)
	return sub, func() { q.giveBack(place) }, err
}

// submitAnywhere is submitOnly for a command that every upstream can do.
func (q *sequence) submitAnywhere(o order) (sub Submission, account Account, release func(), err error) {
	var held *place
	account, err = q.anywhere(o, func(o order) (err error) {
		q.giveBack(held)
		sub, held, err = q.submit(o)
		return err
	})
	return sub, account, func() { q.giveBack(held) }, err
}

// openDialog submits a press that always opens a dialog; the task that it returns waits for that.
func (q *sequence) openDialog(o order) (Task, error) {
	sub, release, err := q.submitOnly(o)
	defer release()
	if err != nil {
		return Task{}, fmt.Errorf("%s: %w", o.step, err)
	}
	return Task{ID: sub.TaskID, Status: Dialog, FinalPrompt: sub.Prompt}, nil
}

// awaitDialog waits until the task of a press says that it awaits its dialog, or is done without one.
func (q *sequence) awaitDialog(ctx context.Context, o order, taskID string) (Task, error) {
	return o.account.Waiter.Wait(ctx, Wait{TaskID: taskID, State: q.state(o.step), Kind: o.command.Name(), Submitted: time.Now(), Dialog: true})
}

// later does work that goes on when the job is over, until the engine stops; false when it is too late for that.
func (q *sequence) later(work func(ctx context.Context)) bool {
	return q.s.spawn(func() { work(q.s.life) })
}
