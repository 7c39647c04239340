package jobs_test

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"midgate/adapter"
)

// sending is how one try of a client goes to a replica and what becomes of its answer.
type sending struct {
	adapter.Attempt
	replica  int
	travel   time.Duration // until it arrives
	patience time.Duration // until its client gives up; 0: never
	notice   time.Duration // after which the process notices that
	cut      bool          // the answer breaks off, and the process notices
	loses    bool          // the answer gets lost, and the process does not notice
	plain    bool          // its client does not count its repeats
}

// outcome is what a client gets of a try.
type outcome struct {
	images []string
	job    string
	err    error
}

var (
	errCut  = errors.New("the connection was cut")
	errLeft = errors.New("the client gave up")
)

// endlessly is longer than any answer may take.
const endlessly = 3 * worldDeadline

// send sends a try and waits for what comes of it.
func (c *client) send(o sending) outcome {
	ctx, hangUp := context.WithCancel(context.Background())
	answer := make(chan outcome, 1)
	leave := c.w.crowd.enter(o.Attempt)
	c.w.all.Go(func() {
		<-time.After(o.travel)
		p := c.w.replicas[o.replica].current()
		c.w.log.note("%s: try %d arrives at %s", c.name, o.Retry, nameOf(p))
		if p == nil {
			answer <- outcome{err: errCut}
			return
		}
		answer <- c.serve(ctx, p, o)
	})
	timer := time.NewTimer(cmp.Or(o.patience, endlessly))
	defer timer.Stop()
	var out outcome
	select {
	case out = <-answer:
		hangUp()
		leave(adapter.KindOf(out.err) == adapter.Timeout)
		if adapter.KindOf(out.err) == adapter.Busy {
			c.w.crowd.full(o.Attempt)
		}
		if o.loses {
			out = outcome{err: errCut}
		}
	case <-timer.C:
		if out = (outcome{err: errLeft}); o.patience == 0 {
			c.w.log.wrong("%s is never answered", c.name)
		}
		time.AfterFunc(o.notice, func() { hangUp(); leave(false) })
		c.w.all.Go(func() {
			if late := <-answer; late.err == nil && o.plain { // it crossed its client, who comes again as if it were somebody else
				c.w.crowd.wish(o.Attempt, 1)
			}
		})
	}
	c.w.log.note("%s: try %d comes to %v %v", c.name, o.Retry, out.images, out.err)
	return out
}

func nameOf(p *process) string {
	if p == nil {
		return "nobody"
	}
	return p.name
}

// serve is what a handler of the process does with a request.
func (c *client) serve(ctx context.Context, p *process, o sending) outcome {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		select {
		case <-p.dying:
			cancel()
		case <-ctx.Done():
		}
	}()
	began := time.Now()
	t, err := c.ask(ctx, p, o.Attempt)
	if p.await() != nil {
		return outcome{err: errCut}
	}
	if err != nil {
		if ctx.Err() == nil {
			c.w.judgeRefusal(c, err)
		}
		return outcome{err: err}
	}
	job := t.Job()
	c.w.log.note("%s: try %d is at job %s, %s", c.name, o.Retry, short(job.ID), job.Status)
	if o.Async {
		t.Answered()
		return outcome{job: job.ID}
	}
	result, err := t.Wait(ctx, nil)
	if p.await() != nil {
		return outcome{err: errCut}
	}
	if err != nil {
		return c.undelivered(ctx, p, t, o, began, err)
	}
	if err := c.render(ctx, p, o.Caller, result); err != nil {
		t.Abandoned()
		return outcome{err: err}
	}
	if ctx.Err() != nil || o.cut || p.await() != nil {
		t.Abandoned()
		return outcome{err: errCut}
	}
	t.Answered()
	return outcome{images: result.Images, job: job.ID}
}

func (c *client) undelivered(ctx context.Context, p *process, t adapter.Ticket, o sending, began time.Time, err error) outcome {
	if ctx.Err() == nil {
		c.w.judgeError(c, p, t.Job(), time.Since(began), err)
	}
	switch {
	case ctx.Err() != nil || adapter.KindOf(err) == adapter.Timeout:
		t.Abandoned()
	case o.cut:
		t.Abandoned()
		err = errCut
	default:
		t.Answered()
	}
	return outcome{err: err, job: t.Job().ID}
}

// render reads what the answer shows.
func (c *client) render(ctx context.Context, p *process, me adapter.Caller, result adapter.Result) error {
	for _, id := range result.Images {
		img, err := p.gate.Image(ctx, me, id)
		if err == nil {
			var blob *adapter.Blob
			if blob, err = p.gate.Bytes(ctx, id, adapter.PNG, 0); err == nil {
				data, _ := io.ReadAll(blob)
				if !slices.Equal(data, picture(img.TaskID)) {
					c.w.log.wrong("%s: picture %s is %q", c.name, short(id), data)
				}
			}
		}
		if err != nil && p.await() == nil && ctx.Err() == nil && !c.w.troubled(c.w.plan.commits) {
			c.w.log.wrong("%s: the answer names picture %s, and it cannot be read: %v", c.name, short(id), err)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
