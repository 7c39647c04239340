package adapter

import (
	"context"
	"errors"
	"time"
)

// listenFor is how long the answer to a submission is listened for when its run ends meanwhile: at a stop of midgate, at
// the deadline, or when the job is cancelled. Whoever hung up would never hear of a job that is paid. It is shorter than
// what a stop has left at its end, and than what most stop timeouts leave.
const listenFor = 1500 * time.Millisecond

// send submits; an upstream that is full created nothing and is asked again while the client has patience.
func (q *Execution) send(o StepRequest) (Submission, error) {
	for wait := time.Second; ; wait = min(2*wait, 15*time.Second) {
		sub, err := q.sendOnce(o)
		var e *Error
		if err == nil || !errors.As(err, &e) || e.Kind != Busy || o.failFast {
			return sub, err
		}
		wait = max(wait, min(e.RetryAfter, 30*time.Second))
		if !q.again(wait) {
			return sub, err
		}
	}
}

func (q *Execution) sendOnce(o StepRequest) (Submission, error) {
	ctx, hangUp := context.WithCancelCause(context.WithoutCancel(q.ctx))
	defer hangUp(nil)
	defer context.AfterFunc(q.ctx, func() {
		time.AfterFunc(listenFor, func() { hangUp(context.Cause(q.ctx)) })
	})()
	return o.Account.Upstream.Submit(ctx, o.Command, Options{Speed: o.Speed, State: q.state(o.Step)})
}

// isTold reports whether an upstream said that it took nothing; an error of another sort leaves that open.
func isTold(err error) bool {
	_, told := errors.AsType[*Error](err)
	return told
}
