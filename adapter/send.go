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

// send submits; an upstream that is full created nothing and is asked again while the client has patience, and as long as
// the upstream's no lets hope.
func (q *sequence) send(o order) (Submission, error) {
	since := time.Now()
	for wait := time.Second; ; wait = min(2*wait, 15*time.Second) {
		sub, err := q.sendOnce(o)
		var e *Error
		if err == nil || !errors.As(err, &e) || e.Kind != Busy || o.hasty {
			return sub, err
		}
		wait = max(wait, e.RetryAfter)
		if !e.worth(since, wait) || !q.again(wait) {
			return sub, err
		}
	}
}

// worth reports whether a busy upstream that was first asked at since is to be asked once more after a wait.
func (e *Error) worth(since time.Time, wait time.Duration) bool {
	return e.Patience == 0 || time.Since(since)+wait <= e.Patience
}

func (q *sequence) sendOnce(o order) (Submission, error) {
	ctx, hangUp := context.WithCancelCause(context.WithoutCancel(q.ctx))
	defer hangUp(nil)
	defer context.AfterFunc(q.ctx, func() {
		time.AfterFunc(listenFor, func() { hangUp(context.Cause(q.ctx)) })
	})()
	return o.account.Upstream.Submit(ctx, o.command, Options{Speed: o.speed, State: q.state(o.step)})
}

// isTold reports whether an upstream said that it took nothing; an error of another sort leaves that open.
func isTold(err error) bool {
	_, told := errors.AsType[*Error](err)
	return told
}
