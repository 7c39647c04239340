package adapter

import (
	"context"
	"errors"
	"slices"
	"time"
)

// Others finds accounts for jobs that an upstream certainly did not take. An Accounts may be one.
type Others interface {
	// Other is Choose without the upstreams that were tried; an Unavailable *Error if none is left.
	Other(ctx context.Context, c Caller, speed Speed, tried []string) (Account, error)
}

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
	for wait := time.Second; ; wait = min(2*wait, 15*time.Second) {
		account, full, err := q.round(o, others, do)
		if full == nil {
			return account, err
		}
		if !q.again(max(wait, min(full.RetryAfter, 30*time.Second))) {
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
		if err == nil || !q.untaken(o, err) {
			return o.account, nil, err
		}
		if e, ok := errors.AsType[*Error](err); ok && e.Kind == Busy && o.hasty {
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
func (q *sequence) untaken(o order, err error) bool {
	st, ok := q.recorded(o.step)
	reasons := []Kind{Unavailable, Busy, Credit, UpstreamAuth}
	if optional(o.command) {
		reasons = append(reasons, Unsupported)
	}
	return ok && st.Submission == nil && st.Refusal != nil && q.ctx.Err() == nil && slices.Contains(reasons, KindOf(err))
}

// optional reports whether a command needs a route that not every upstream has.
func optional(c Command) bool {
	switch c.(type) {
	case Edits, Video, Shorten:
		return true
	default:
		return false
	}
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

// at is the upstream that has one of the run's tasks, or its last one if id is empty.
func (r Run) at(taskID string) string {
	for _, st := range slices.Backward(r.Steps) {
		if st.Submission != nil && (taskID == "" || st.Submission.TaskID == taskID) {
			return st.Upstream
		}
	}
	return r.Upstream
}

// able chooses an account for a new job that needs an optional route: one that has it, if any has. Those that cannot be
// asked are passed over while there are others.
func (s *Service) able(ctx context.Context, c Caller, speed Speed, f Feature) (Account, bool, error) {
	account, err := s.parts.Accounts.Choose(ctx, c, speed)
	if err != nil {
		return Account{}, false, err
	}
	first, asked := account, false
	has, err := account.Upstream.Has(ctx, f)
	others, several := s.parts.Accounts.(Others)
	for tried := []string{account.Name}; several && !has; tried = append(tried, account.Name) {
		if err == nil && !asked {
			first, asked = account, true
		}
		next, none := others.Other(ctx, c, speed, tried)
		if none != nil {
			break
		}
		account = next
		has, err = account.Upstream.Has(ctx, f)
	}
	switch {
	case has:
		return account, true, nil
	case asked:
		return first, false, nil
	default:
		return first, false, err
	}
}
