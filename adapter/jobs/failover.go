package jobs

import (
	"errors"
	"slices"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/queue"
)

// withFailover does a job that no earlier one ties to an upstream: where the run was given to or, if that certainly created
// nothing, elsewhere. It returns the account that has the job. A step that has been recorded stays where it is.
func (q *Execution) withFailover(o *StepRequest, do func(*StepRequest) error) (adapter.Account, error) {
	o = new(*o)
	if err := q.stay(o); err != nil {
		return o.Account, err
	}
	others, several := q.s.deps.Accounts.(adapter.Others)
	if !several || !relocatable(o.Command) {
		return o.Account, do(o)
	}
	since := q.s.clock.Now()
	for wait := time.Second; ; wait = min(2*wait, 15*time.Second) {
		account, full, err := q.tryUpstreams(o, others, do)
		if full == nil {
			return account, err
		}
		if !q.again(full, since, wait) {
			return account, full
		}
	}
}

// stay sends a step that has been recorded to where it is.
func (q *Execution) stay(o *StepRequest) error {
	if st, ok := q.Recorded(o.Step); ok && st.Upstream != o.Account.Name && st.Refusal == nil {
		account, err := q.s.deps.Accounts.Made(q.ctx, q.caller, st.Upstream)
		if err != nil {
			return err
		}
		o.Account = account
	}
	return nil
}

// tryUpstreams asks the upstreams one after the other until one takes the job or refuses it for what it is. full is the refusal
// of one that had no place, if nobody took the job: another round may do better.
func (q *Execution) tryUpstreams(o *StepRequest, others adapter.Others, do func(*StepRequest) error) (_ adapter.Account, full *adapter.Error, _ error) {
	o = new(*o)
	var tried []string
	for {
		tried = append(tried, o.Account.Name)
		next, none := others.Other(q.ctx, q.caller, o.Speed, tried)
		o.failFast = none == nil || len(tried) > 1
		err := do(o)
		if err == nil || !q.notAccepted(o, err) {
			return o.Account, nil, err
		}
		if e, ok := errors.AsType[*adapter.Error](err); ok && e.Kind == adapter.Busy && o.failFast && (full == nil || full.Patience != 0) {
			full = e
		}
		if none != nil {
			return o.Account, full, err
		}
		q.s.deps.Log.InfoContext(q.ctx, "a job is given to another upstream", "job", q.job.ID(), "step", o.Step, "from", o.Account.Name, "to", next.Name)
		o.Account = next
	}
}

// notAccepted reports whether a job was refused for a reason that is the upstream's own, so that nothing was created.
func (q *Execution) notAccepted(o *StepRequest, err error) bool {
	st, ok := q.Recorded(o.Step)
	reasons := []adapter.Kind{adapter.Unavailable, adapter.Busy, adapter.Credit, adapter.UpstreamAuth}
	if optional(o.Command) {
		reasons = append(reasons, adapter.Unsupported)
	}
	e, typed := errors.AsType[*adapter.Error](err)
	return ok && typed && st.Submission == nil && st.Refusal != nil && q.ctx.Err() == nil && (e.Elsewhere || slices.Contains(reasons, e.Kind))
}

// optional reports whether a command needs a route that not every upstream has.
func optional(c adapter.Command) bool {
	switch c.(type) {
	case adapter.Edits, adapter.Video, adapter.Shorten:
		return true
	default:
		return false
	}
}

// relocatable reports whether a command goes on from no task, so that every upstream can do it.
func relocatable(c adapter.Command) bool {
	switch c := c.(type) {
	case adapter.Imagine, adapter.Blend, adapter.Describe, adapter.Shorten, adapter.Edits:
		return true
	case adapter.Video:
		return c.TaskID == ""
	case adapter.Native:
		return c.Parent == ""
	default:
		return false
	}
}

// DoAnywhere is Do for a job that every upstream can do.
func (q *Execution) DoAnywhere(o *StepRequest) (task adapter.Task, account adapter.Account, err error) {
	account, err = q.withFailover(o, func(o *StepRequest) error { return q.do(o, &task) })
	return task, account, err
}

// SubmitAnywhere is Submit for a command that every upstream can do.
func (q *Execution) SubmitAnywhere(o *StepRequest) (sub adapter.Submission, account adapter.Account, release func(), err error) {
	var held *queue.Slot
	account, err = q.withFailover(o, func(o *StepRequest) (err error) {
		held.Release()
		sub, held, err = sending{q, o}.submit()
		return err
	})
	return sub, account, held.Release, err
}
