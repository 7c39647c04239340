package jobs

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/active"
	"midgate/adapter/jobs/record"
)

// Execution is a job being executed. Its workflow is straight-line code: Do submits a command under the name of a step
// and waits for its task. Executed again from the top after a crash, recorded steps answer at once and the code arrives
// where it was. Steps of one execution may run at the same time.
type Execution struct {
	s        *Engine
	job      *active.Job
	ctx      context.Context // the job's: it outlives the client and ends at the job's deadline
	stop     context.CancelCauseFunc
	caller   adapter.Caller
	seed     string
	patience time.Time // until then a full upstream is asked again
	resumed  bool
	counted  []string // the paid steps that metrics know already
	trace    adapter.JobTrace
	steps    stepTraces

	mu      sync.Mutex
	fresh   string // the step whose intent is recorded although nothing was sent yet
	records []adapter.Image
	slots   slots
	result  adapter.Result         // what it made, once it is over
	sent    onceEach               // submissions, by the name of their step
	intents onceEach               // one is recorded at a time: what it finds is true for all steps
	own     map[string][]time.Time // when the steps were intended that this execution knows: not those of an earlier one here
}

// StepRequest is one command for one account.
type StepRequest struct {
	Step    string // unique within the job
	Account adapter.Account
	Command adapter.Command
	Speed   adapter.Speed
	Dialog  bool // the task may ask for a dialog: then it is returned waiting for it
	Hidden  bool // nothing is shown of the task on its way: it would be another picture than the one that comes

	Continues bool   // the task may be older than the step, and carry the state of an earlier submission
	Answers   string // the step whose dialog this one answers: its task goes on
	failFast  bool   // a full upstream is not asked again: others are
}

// Job is the newest state of the job.
func (q *Execution) Job() adapter.Job { return q.job.Snapshot() }

// Context ends at the job's deadline, when it is cancelled, and when the engine stops: not when its client leaves.
func (q *Execution) Context() context.Context { return q.ctx }

// Caller is who asked for the job.
func (q *Execution) Caller() adapter.Caller { return q.caller }

// Resumed reports whether the job was executed before: by another process, or until something of it was given up. What
// it makes may be there already.
func (q *Execution) Resumed() bool { return q.resumed }

// Account returns the account that the job was given to when it was accepted or, if that is not configured any more, the
// one that took its task.
func (q *Execution) Account() (adapter.Account, error) {
	run := q.Job()
	a, err := q.s.deps.Accounts.Made(q.ctx, q.caller, run.Upstream)
	if took := run.UpstreamOf(""); err != nil && took != run.Upstream {
		return q.s.deps.Accounts.Made(q.ctx, q.caller, took)
	}
	return a, err
}

// AccountOf returns the account of one of the caller's earlier jobs by its name.
func (q *Execution) AccountOf(upstream string) (adapter.Account, error) {
	return q.s.deps.Accounts.Made(q.ctx, q.caller, upstream)
}

// Earlier reads the record of another job, such as the video that this one continues.
func (q *Execution) Earlier(id string) (adapter.Job, error) { return q.s.Record(q.ctx, id) }

// ImageID is the ID of the picture that the job calls name: the same when the job is resumed.
func (q *Execution) ImageID(name string) string {
	return adapter.DerivedID(adapter.ImagePrefix, q.seed, name)
}

// state is the tag that a step's submission carries: unguessable, and the same when the job is resumed.
func (q *Execution) state(step string) string { return adapter.DerivedID("mg_", q.seed, "state/"+step) }

func stateOf(run adapter.Job, step string) string {
	return adapter.DerivedID("mg_", run.Seed, "state/"+step)
}

// Stored reads a picture's record as it is at the moment: what others have paid for meanwhile is not paid again.
func (q *Execution) Stored(id string) (adapter.Image, error) { return q.s.deps.State.Image(q.ctx, id) }

// Do submits a command, at most once in the life of the job, and waits for its task.
func (q *Execution) Do(o *StepRequest) (task adapter.Task, err error) {
	err = q.do(o, &task)
	return task, err
}

func (q *Execution) do(o *StepRequest, task *adapter.Task) error {
	sub, slot, err := sending{q, o}.submit()
	defer slot.Release()
	if err != nil {
		return fmt.Errorf("%s: %w", o.Step, err)
	}
	if o.Dialog && sub.Dialog {
		*task = q.opened(o, sub)
		return nil
	}
	return q.await(o, &sub, task)
}

// opened is the task of a press that opened a dialog, and waits for that.
func (q *Execution) opened(o *StepRequest, sub adapter.Submission) adapter.Task {
	q.endStep(o, nil)
	return adapter.Task{ID: sub.TaskID, Status: adapter.Dialog, FinalPrompt: sub.Prompt}
}

// Submit submits a command, at most once in the life of the job, and does not wait for its task. The place at the
// upstream is held until release.
func (q *Execution) Submit(o *StepRequest) (sub adapter.Submission, release func(), err error) {
	sub, slot, err := sending{q, o}.submit()
	return sub, slot.Release, err
}

// OpenDialog submits a press that always opens a dialog; the task that it returns waits for that.
func (q *Execution) OpenDialog(o *StepRequest) (adapter.Task, error) {
	sub, release, err := q.Submit(o)
	defer release()
	if err != nil {
		return adapter.Task{}, fmt.Errorf("%s: %w", o.Step, err)
	}
	return q.opened(o, sub), nil
}

// Await waits for the task of a submission and notes how it went.
func (q *Execution) Await(o *StepRequest, sub adapter.Submission) (task adapter.Task, err error) {
	err = q.await(o, &sub, &task)
	return task, err
}

func (q *Execution) await(o *StepRequest, sub *adapter.Submission, task *adapter.Task) (err error) {
	polls, state := 0, q.state(o.Step)
	if sub.Existing { // it carries the state of whoever submitted it
		state = ""
	}
	*task, err = o.Account.Waiter.Wait(q.ctx, adapter.Wait{
		TaskID: sub.TaskID, State: state, Kind: o.Command.Name(), Speed: o.Speed, Submitted: sub.At, Dialog: o.Dialog,
		Watch: func(t adapter.Task) {
			if q.job.Progress(o.Step, t.Progress, o.preview(t)) {
				q.s.news.Progress(q.job)
			}
		},
		Polled: func() { polls++ },
	})
	if ctxErr := context.Cause(q.ctx); err != nil && ctxErr != nil {
		err = ctxErr
	}
	q.job.Update(func(r *adapter.Job) {
		if st := record.StepOf(r, o.Step); st != nil {
			st.Polls += polls
			st.Status = task.Status
			failed := task.Status == adapter.Failure || task.Status == adapter.Cancelling
			st.Refunded = failed && q.s.deps.Terms().Refund(st.Upstream, adapter.KindOf(err) == adapter.Moderated)
			if task.Done() {
				st.Finished = q.s.clock.Now()
			}
		}
	})
	if err == nil {
		q.job.Progress(o.Step, 100, "")
	}
	q.endStep(o, err)
	return err
}

// preview is what may be shown of a task on its way.
func (o *StepRequest) preview(t adapter.Task) string {
	if o.Hidden {
		return ""
	}
	return t.ImageURL
}

// AwaitDialog waits until the task of a press says that it awaits its dialog, or is done without one.
func (q *Execution) AwaitDialog(ctx context.Context, o *StepRequest, taskID string) (adapter.Task, error) {
	return o.Account.Waiter.Wait(ctx, adapter.Wait{TaskID: taskID, State: q.state(o.Step), Kind: o.Command.Name(), Submitted: time.Now(), Dialog: true})
}

// Each calls f for 0…n-1 at once and returns the error of each. One alone is called in place: whoever waits for minutes in
// it holds one stack instead of two.
func (q *Execution) Each(n int, f func(i int) error) []error {
	errs := make([]error, n)
	if n == 1 {
		errs[0] = q.Shielded(func() error { return f(0) })
		return errs
	}
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = q.Shielded(func() error { return f(i) }) })
	}
	all.Wait()
	return errs
}

// Shielded calls f. A panic in it is an internal error of its job and of no other: every goroutine of an execution needs
// it.
func (q *Execution) Shielded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			q.s.deps.Log.ErrorContext(q.ctx, "a workflow panicked", "job", q.job.ID(), "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f()
}

// Later does work that goes on when the job is over, until the engine stops; false when it is too late for that.
func (q *Execution) Later(work func(ctx context.Context)) bool {
	return q.s.spawn(func() { work(q.s.life) })
}
