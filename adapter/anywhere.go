package adapter

import (
	"errors"
	"slices"
	"time"
)

// anywhere does a job that no earlier one ties to an upstream: where the run was given to or, if that certainly created
// nothing, elsewhere. It returns the account that has the job. A step that has been recorded stays where it is.
func (q *sequence) anywhere(o order, do func(order) error) (Account, error) {
	if st, ok := q.recorded(o.step); ok && st.Upstream != o.account.Name && st.Refusal == nil {
		account, err := q.s.parts.Accounts.Made(q.ctx, q.caller, st.Upstream)
		if err != nil {
			return o.account, err
		}
		o.account = account
	}
	others, several := q.s.parts.Accounts.(Others)
	if !several || !free(o.command) {
		return o.account, do(o)
	}
	since := time.Now()
	for wait := time.Second; ; wait = min(2*wait, 15*time.Second) {
		account, full, err := q.round(o, others, do)
		if full == nil {
			return account, err
		}
		pause := max(wait, full.RetryAfter)
		if !full.worth(since, pause) || !q.again(pause) {
			return account, full
		}
	}
}

// round asks the upstreams one after the other until one takes the job or refuses it for what it is. full is the refusal
// of one that had no place, if nobody took the job: another round may do better.
func (q *sequence) round(o order, others Others, do func(order) error) (_ Account, full *Error, _ error) {
	var tried []string
	for {
		tried = append(tried, o.account.Name)
		next, none := others.Other(q.ctx, q.caller, o.speed, tried)
		o.hasty = none == nil || len(tried) > 1
		err := do(o)
		if err == nil || !q.untaken(o.step, err) {
			return o.account, nil, err
		}
		if e, ok := errors.AsType[*Error](err); ok && e.Kind == Busy && o.hasty && (full == nil || full.Patience != 0) {
			full = e
		}
		if none != nil {
			return o.account, full, err
		}
		q.s.parts.Log.Info("a job is given to another upstream", "job", q.live.snapshot().ID, "step", o.step, "from", o.account.Name, "to", next.Name)
		o.account = next
	}
}

// untaken reports whether a job was refused for a reason that is the upstream's own, so that nothing was created.
func (q *sequence) untaken(step string, err error) bool {
	st, ok := q.recorded(step)
	e, typed := errors.AsType[*Error](err)
	return ok && typed && st.Submission == nil && st.Refusal != nil && q.ctx.Err() == nil &&
		(e.Elsewhere || slices.Contains([]Kind{Unavailable, Busy, Credit, UpstreamAuth}, e.Kind))
}

// free reports whether a command goes on from no task, so that every upstream can do it.
func free(c Command) bool {
	switch c := c.(type) {
	case Imagine, Blend, Describe, Shorten, Edits:
		return true
	case Video:
		return c.TaskID == ""
	case Native:
		return c.Parent == ""
	default:
		return false
	}
}

// doAnywhere is do for a job that every upstream can do.
func (q *sequence) doAnywhere(o order) (task Task, account Account, err error) {
	account, err = q.anywhere(o, func(o order) (err error) {
		task, err = q.do(o)
		return err
	})
	return task, account, err
}
