package jobs

import (
	"context"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/reconcile"
)

// find looks for a submission of unknown outcome by the state that it carried. It is never sent again.
func (p sending) find(cause error) (adapter.Submission, error) {
	q, o := p.q, p.o
	_, ok := o.Account.Upstream.(adapter.Finder)
	opened := "" // the task whose dialog it answers
	if m, answers := o.Command.(adapter.Modal); answers {
		opened = m.TaskID
	}
	until := time.Now().Add(q.s.cfg.Adoption)
	for ok {
		if sub := p.noted(); sub != nil {
			return *sub, nil // whoever submitted it was slow, not dead
		}
		if sub, ok := reconcile.Find(q.ctx, o.Account, q.state(o.Step), q.s.clock.Now, opened); ok {
			p.recordOutcome(func(st *adapter.Step) { st.Submission = &sub })
			return sub, nil
		}
		if time.Now().After(until) || !adapter.Pause(q.ctx, time.Second) {
			break
		}
	}
	if q.ctx.Err() != nil {
		return adapter.Submission{}, context.Cause(q.ctx)
	}
	q.s.deps.Observer.Lose(o.Account.Name)
	return adapter.Submission{}, cause
}

// noted is the submission of a step as its record tells by now: a replica that lost the job may have noted it since.
func (p sending) noted() *adapter.Submission {
	q, o := p.q, p.o
	if st, known := q.Recorded(o.Step); known && st.Submission != nil {
		return st.Submission
	}
	if !q.s.deps.State.Shared() {
		return nil
	}
	if run, err := q.s.deps.State.Job(q.ctx, q.job.ID()); err == nil {
		q.s.clock.Tie(&run)
		q.job.Absorb(run)
	}
	st, _ := q.Recorded(o.Step)
	return st.Submission
}
