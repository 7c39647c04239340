package jobs

import (
	"context"
	"time"

	"midgate/adapter"
)

// findSubmission looks for a submission of unknown outcome by the state that it carried. It is never sent again.
func (q *Execution) findSubmission(o StepRequest, cause error) (adapter.Submission, error) {
	finder, ok := o.Account.Upstream.(adapter.Finder)
	until := time.Now().Add(q.s.cfg.Adoption)
	for ok {
		if sub := q.noted(o.Step); sub != nil {
			return *sub, nil // whoever submitted it was slow, not dead
		}
		task, err := finder.Find(q.ctx, q.state(o.Step))
		if err == nil {
			sub := adapter.Submission{TaskID: task.ID, Dialog: task.Status == adapter.Dialog, At: q.s.clock.Now()}
			q.recordOutcome(o.Step, func(st *adapter.Step) { st.Submission = &sub })
			return sub, nil
		}
		if sub, ok := q.dialogAnswered(o); ok {
			q.recordOutcome(o.Step, func(st *adapter.Step) { st.Submission = &sub })
			return sub, nil
		}
		if time.Now().After(until) || !adapter.Pause(q.ctx, time.Second) {
			break
		}
	}
	if q.ctx.Err() != nil {
		return adapter.Submission{}, context.Cause(q.ctx)
	}
	return adapter.Submission{}, cause
}

// noted is the submission of a step as its record tells by now: a replica that lost the job may have noted it since.
func (q *Execution) noted(step string) *adapter.Submission {
	if st, known := q.Recorded(step); known && st.Submission != nil {
		return st.Submission
	}
	if !q.s.deps.State.Shared() {
		return nil
	}
	if run, err := q.s.deps.State.Job(q.ctx, q.job.ID()); err == nil {
		q.s.clock.Tie(&run)
		q.job.Absorb(run)
	}
	st, _ := q.Recorded(step)
	return st.Submission
}

// dialogAnswered reports whether a dialog whose answer is of unknown outcome was answered: where the task keeps its ID,
// and the state of the press that opened it, it goes on.
func (q *Execution) dialogAnswered(o StepRequest) (adapter.Submission, bool) {
	m, ok := o.Command.(adapter.Modal)
	if !ok {
		return adapter.Submission{}, false
	}
	return dialogGoesOn(q.ctx, o.Account, m.TaskID)
}

// dialogGoesOn reports whether a task that awaited its dialog does so no more.
func dialogGoesOn(ctx context.Context, a adapter.Account, taskID string) (adapter.Submission, bool) {
	task, err := a.Upstream.Task(ctx, taskID)
	if err != nil || task.Status != adapter.InProgress && !task.Done() {
		return adapter.Submission{}, false
	}
	return adapter.Submission{TaskID: taskID, At: time.Now()}, true
}
