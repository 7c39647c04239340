package jobs

import (
	"context"
	"errors"
	"time"

	"midgate/adapter"
)

// fullAgain waits before an upstream that was full is asked once more; false if it was not, or others are to be asked.
func (q *Execution) fullAgain(o StepRequest, err error, since time.Time, wait time.Duration) bool {
	full, ok := errors.AsType[*adapter.Error](err)
	return ok && full.Kind == adapter.Busy && !o.failFast && q.again(full, since, wait)
}

// again waits after the refusal of a full upstream that was first asked at since, and which created nothing; false if the
// client's patience ends before, or the refusal lets hope for no more.
func (q *Execution) again(full *adapter.Error, since time.Time, wait time.Duration) bool {
	wait = max(wait, full.RetryAfter)
	if full.Patience != 0 && time.Since(since)+wait > full.Patience {
		return false
	}
	return time.Now().Add(wait).Before(q.patience) && adapter.Pause(q.ctx, wait)
}

// send submits, and listens for the answer a while longer than the run lives.
func (q *Execution) send(o StepRequest) (adapter.Submission, error) {
	ctx, hangUp := context.WithCancelCause(context.WithoutCancel(q.ctx))
	defer hangUp(nil)
	defer context.AfterFunc(q.ctx, func() {
		time.AfterFunc(listenFor, func() { hangUp(context.Cause(q.ctx)) })
	})()
	return o.Account.Upstream.Submit(ctx, o.Command, adapter.Options{Speed: o.Speed, State: q.state(o.Step)})
}

// isTold reports whether an upstream said that it took nothing; an error of another sort leaves that open.
func isTold(err error) bool {
	_, told := errors.AsType[*adapter.Error](err)
	return told
}
