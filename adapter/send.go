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

// How long is waited before a full upstream is asked again: the longer it is full, the rarer.
const (
	shortestWait = time.Second
	longestWait  = 15 * time.Second
)

// fullAgain waits before an upstream that was full is asked once more; false if it was not, or others are to be asked.
func (q *Execution) fullAgain(o StepRequest, err error, wait time.Duration) bool {
	full, ok := errors.AsType[*Error](err)
	return ok && full.Kind == Busy && !o.failFast && q.again(full, wait)
}

// again waits after the refusal of a full upstream, which created nothing; false if the client's patience ends before.
func (q *Execution) again(full *Error, wait time.Duration) bool {
	wait = max(wait, min(full.RetryAfter, 30*time.Second))
	return time.Now().Add(wait).Before(q.patience) && Pause(q.ctx, wait)
}

// send submits, and listens for the answer a while longer than the run lives.
func (q *Execution) send(o StepRequest) (Submission, error) {
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
