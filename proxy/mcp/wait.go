package mcp

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"midgate/adapter"
	"midgate/proxy/web"
)

// errEnough ends a wait: the client gets the job's ID.
var errEnough = errors.New("the time for one call is over")

// deliver answers with what a job comes to in time, else with its ID. mine is the call that the job's record names if
// this one began it; empty for one that only asks.
func (w *work) deliver(t adapter.Ticket, mine string) (*sdk.CallToolResult, error) {
	job := t.Job()
	w.job = job.ID
	w.note(func(r *web.Request) { r.Job = job.ID })
	result, ended, err := waiting{w, t}.await()
	switch {
	case w.ctx.Err() != nil:
		w.owe(t, false)
		return nil, errGone
	case err != nil:
		w.failed = t.Job()
		w.owe(t, true)
		return nil, err
	case !ended:
		w.owe(t, false)
		return w.pending(t.Job()), nil
	}
	answer, err := w.finish(t.Job(), result, mine)
	w.owe(t, err == nil)
	return answer, err
}

// note tells something for the access line. The tools of a batch are at work at the same time.
func (w *work) note(something func(*web.Request)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	something(web.RequestOf(w.gin))
}

// waiting is a call that waits for its job.
type waiting struct {
	w *work
	t adapter.Ticket
}

// patience is how long the call may wait, from its arrival on.
func (v waiting) patience() time.Duration {
	most := v.w.Config.MCPWait
	if v.w.wait >= 0 {
		most = v.w.wait
	}
	if asked, given := v.w.args.waits(); given {
		most = min(most, asked)
	}
	return most
}

// await waits for a job; ended is false when the call's time is over and the job's is not.
func (v waiting) await() (result adapter.Result, ended bool, err error) {
	ctx, cancel := context.WithDeadlineCause(v.w.ctx, v.w.begun.Add(v.patience()), errEnough)
	defer cancel()
	ctx, enough := context.WithCancelCause(ctx)
	defer enough(nil)
	defer context.AfterFunc(v.w.draining, func() { enough(errEnough) })()
	tell, quiet := v.reporting()
	defer quiet()
	result, err = v.t.Wait(ctx, tell)
	switch {
	case errors.Is(err, errEnough), errors.Is(err, context.DeadlineExceeded), adapter.KindOf(err) == adapter.Timeout:
		return adapter.Result{}, false, nil
	default:
		return result, err == nil, err
	}
}

const (
	tellAgain   = 5 * time.Second // nothing new is told after this long, too
	tellApart   = time.Second     // between two messages
	tellFurther = 0.01            // how far a message is beyond the last one where nothing is new: it must grow
)

// reporter tells a client that asked for it how far a job is.
type reporter struct {
	send  func(progress float64, message string)
	ahead func() int // how many are before the job in the queue

	mu      sync.Mutex
	now     adapter.Progress
	changed chan struct{}
	last    float64
}

// reporting begins to tell the client how far the job is, if it wants to know; quiet ends that.
func (v waiting) reporting() (tell func(adapter.Progress), quiet func()) {
	token := v.w.req.Params.GetProgressToken()
	if token == nil {
		return nil, func() {}
	}
	id := v.t.Job().ID
	ahead := func() int { return v.w.core.Jobs.JobProgress(id).Ahead }
	r := &reporter{changed: make(chan struct{}, 1), ahead: ahead, send: func(progress float64, message string) {
		// What does not arrive is told again soon.
		_ = v.w.req.Session.NotifyProgress(v.w.reply, &sdk.ProgressNotificationParams{ProgressToken: token, Progress: progress, Total: 100, Message: message})
	}}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		_ = v.w.Guarded(v.w.attr(), func() error { r.run(done); return nil })
	}()
	return r.tell, func() {
		close(done)
		<-ended
	}
}

func (r *reporter) tell(p adapter.Progress) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.now == p {
		return
	}
	r.now = p
	select {
	case r.changed <- struct{}{}:
	default:
	}
}

func (r *reporter) run(done <-chan struct{}) {
	again, apart := time.NewTimer(tellAgain), time.NewTimer(0)
	defer again.Stop()
	defer apart.Stop()
	for {
		select { // not too often
		case <-apart.C:
		case <-done:
			return
		}
		select {
		case <-r.changed:
		case <-again.C:
		case <-done:
			return
		}
		r.send(r.next())
		again.Reset(tellAgain)
		apart.Reset(tellApart)
	}
}

// next is what is told now. It always grows.
func (r *reporter) next() (progress float64, message string) {
	ahead := r.ahead()
	r.mu.Lock()
	defer r.mu.Unlock()
	now := r.now
	now.Ahead = ahead
	r.last = max(r.last+tellFurther, float64(min(now.Percent, 99)))
	return r.last, stage(now)
}

// stage says in words how far a job is.
func stage(p adapter.Progress) string {
	switch {
	case p.Status == adapter.JobQueued && p.Ahead > 0:
		return fmt.Sprintf("queued, %d before it", p.Ahead)
	case p.Status == adapter.JobQueued || p.Status == "":
		return "queued"
	case p.Percent >= 99:
		return "fetching"
	default:
		return fmt.Sprintf("drawing, %d %%", p.Percent)
	}
}
