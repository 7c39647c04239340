package jobs

import (
	"context"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/reconcile"
)

// findSubmission looks for a submission of unknown outcome by the state that it carried. It is never sent again.
func (q *Execution) findSubmission(o StepRequest, cause error) (adapter.Submission, error) {
	_, ok := o.Account.Upstream.(adapter.Finder)
	opened := "" // the task whose dialog it answers
	if m, answers := o.Command.(adapter.Modal); answers {
		opened = m.TaskID
	}
	until := time.Now().Add(q.s.cfg.Adoption)
	for ok {
		if sub := q.noted(o.Step); sub != nil {
			return *sub, nil // whoever submitted it was slow, not dead
		}
		if sub, ok := reconcile.Find(q.ctx, o.Account, q.state(o.Step), q.s.clock.Now, opened); ok {
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
