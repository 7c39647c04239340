package jobs_test

import (
	"context"
	"fmt"
	"time"

	"midgate/adapter"
)

// counting are clients of an SDK that counts its repeats; they give up, and their answers break off.
func (g group) counting() {
	n, patient := 1+g.r.IntN(3), g.r.IntN(2) == 0
	g.w.crowd.wish(g.client(0, 1).base, n)
	all := g.each(n, func(i int) outcome {
		c := g.client(i, 1)
		<-time.After(between(c.r, 0, 5*time.Second))
		out := c.persist(12, func(try int, o *sending) {
			if o.Stream = patient; patient {
				return
			}
			if try < 2 && c.r.IntN(2) == 0 {
				o.patience = between(c.r, time.Second, 40*time.Second)
			}
			o.cut = try < 3 && c.r.IntN(4) == 0
		})
		c.must(out)
		return out
	})
	if patient { // else one client's repeat may be taken for another's
		g.differ(all)
	}
}

// plain clients do not count; they come again within two minutes after they gave up, or their answer broke off.
func (g group) plain() {
	c := g.client(0, 1)
	g.w.crowd.wish(c.base, 1)
	g.uncertain(c.base)
	out := c.persist(12, func(try int, o *sending) {
		o.Retry, o.Stream, o.plain = 0, try > 0, true
		switch {
		case try > 1:
		case c.r.IntN(2) == 0:
			o.cut = true
		case try == 0:
			o.patience = between(c.r, time.Second, 40*time.Second)
		}
		if try == 1 {
			<-time.After(between(c.r, 0, 40*time.Second))
		}
	})
	c.must(out)
}

// impatient clients do not count, and come again before anybody has noticed that they left.
func (g group) impatient() {
	c := g.client(0, 1)
	g.w.crowd.wish(c.base, 1)
	g.uncertain(c.base)
	first := c.try(0)
	first.patience = between(c.r, time.Second, 20*time.Second)
	first.Stream, first.plain = true, true
	if out := c.send(first); out.err == nil {
		return
	}
	c.must(c.persist(12, func(_ int, o *sending) { o.Retry, o.Stream, o.plain = 0, true, true }))
}

// sharing clients ask for the same at the same time and get a quarter each. What becomes of one becomes of all.
func (g group) sharing() {
	n := 2 + g.r.IntN(3)
	mode, together := pick(g.r, "patient", "cut", "leave"), g.w.plan.share > 0
	if together {
		mode = pick(g.r, mode, "lost", "lost twice") // their answers come together, and so do their repeats
	}
	g.w.log.note("%s: %d clients, %s", g.name, n, mode)
	if together && g.w.plan.calm() {
		g.w.crowd.wish(g.client(0, 1).base, 1)
	} else {
		g.w.crowd.wish(g.client(0, 1).base, n)
	}
	patience := between(g.r, 2*time.Second, 10*time.Second)
	g.differ(g.each(n, func(i int) outcome {
		c := g.client(i, 1)
		out := c.persist(12, func(try int, o *sending) {
			o.Stream = true
			if try == 0 {
				o.travel = between(c.r, 0, pick(c.r, 5*time.Millisecond, 300*time.Millisecond))
			}
			switch {
			case mode == "cut" && try == 0:
				o.cut = true
			case mode == "lost" && try == 0, mode == "lost twice" && try < 2:
				o.loses = true
			case mode == "leave" && try == 0:
				o.patience = patience
			}
		})
		c.must(out)
		return out
	}))
	if together && g.w.crowd.wasFull(g.client(0, 1).base) {
		g.w.crowd.wish(g.client(0, 1).base, n) // they did not come together, then
	}
}

// streaming clients wait as long as it takes; each of them wants pictures of its own.
func (g group) streaming() {
	n := 1 + g.r.IntN(3)
	g.w.crowd.wish(g.client(0, 2).base, n)
	g.uncertain(g.client(0, 2).base)
	g.differ(g.each(n, func(i int) outcome {
		c := g.client(i, 2)
		out := c.persist(12, func(_ int, o *sending) { o.Retry, o.Stream = 0, true })
		c.must(out)
		return out
	}))
}

// async clients do not wait; they ask for their job later.
func (g group) async() {
	c := g.client(0, 1)
	g.w.crowd.wish(c.base, 1)
	out := c.persist(12, func(_ int, o *sending) { o.Async = true })
	for range 400 {
		if out.job == "" {
			break
		}
		<-time.After(between(c.r, 3*time.Second, 6*time.Second))
		p := g.w.replicas[c.r.IntN(len(g.w.replicas))].current()
		if p == nil {
			continue
		}
		job, err := p.gate.Job(context.Background(), c.base.Caller, out.job)
		if adapter.KindOf(err) == adapter.NotFound {
			g.w.log.wrong("%s: job %s is not there: %v", c.name, short(out.job), err)
		}
		if err == nil && job.Status.Ended() {
			if job.Error != nil {
				out.err = job.Error
			}
			g.w.log.note("%s: job %s is %s, %v", c.name, short(job.ID), job.Status, job.Error)
			break
		}
	}
	c.must(out)
}

// keyed clients name their wish.
func (g group) keyed() {
	c := g.client(0, 1)
	c.base.IdempotencyKey = g.name
	g.w.crowd.wish(c.base, 1)
	c.must(c.persist(12, func(try int, o *sending) {
		o.Retry = 0
		if try < 2 && c.r.IntN(2) == 0 {
			o.patience = between(c.r, 10*time.Millisecond, 30*time.Second)
		}
		o.loses = try < 3 && c.r.IntN(4) == 0
	}))
}

// late clients repeat a request that is held up on its way: it arrives after its repeat, or at the same time.
func (g group) late() {
	c := g.client(0, 1)
	g.w.crowd.wish(c.base, 1)
	first := c.try(0)
	first.patience = between(c.r, time.Second, 5*time.Second)
	first.travel = first.patience + pick(c.r, between(c.r, 0, 60*time.Millisecond), between(c.r, 0, 15*time.Second))
	first.notice = first.travel - first.patience + between(c.r, 0, 2*time.Second)
	g.w.all.Go(func() { c.send(first) })
	<-time.After(first.patience)
	c.must(c.persist(12, func(try int, o *sending) { o.Retry, o.Stream = try+1, true }))
}

// person presses again, a while after being told of a failure that Midjourney reported; a library does so at once.
func (g group) person() {
	g.name += " fails"
	c := g.client(0, 1)
	g.uncertain(c.base)
	library := c.r.IntN(2) == 0
	for range 3 {
		g.w.crowd.wish(c.base, 1)
		before := len(g.charges())
		out := c.send(c.whole(false))
		if adapter.KindOf(out.err) != adapter.Failed {
			return
		}
		if now := len(g.charges()); now == before && g.w.plan.calm() {
			g.w.log.wrong("%s: who presses again gets the failure of before", c.name)
		}
		told := time.Now()
		if library {
			<-time.After(between(c.r, 500*time.Millisecond, 8*time.Second))
			c.send(c.whole(false))
		}
		<-time.After(time.Until(told.Add(between(c.r, 16*time.Second, 100*time.Second))))
	}
}

// whole is a try that waits as long as it takes.
func (c *client) whole(cut bool) sending {
	o := c.try(0)
	o.Stream, o.cut = true, cut
	return o
}

func (g group) charges() []*task {
	return g.w.ledger.paid(func(t *task) bool { return t.job.Prompt == g.name })
}

// deserting clients leave and do not come again.
func (g group) deserting() {
	c := g.client(0, 1)
	g.w.crowd.wish(c.base, 1)
	o := c.try(0)
	o.patience = between(c.r, 100*time.Millisecond, 20*time.Second)
	c.send(o)
}

// pressing clients press buttons of one quarter at once, some of which need its own picture first.
func (g group) pressing() {
	c := g.client(0, 1)
	g.w.crowd.wish(c.base, 1)
	out := c.persist(12, func(_ int, o *sending) { o.Stream = true })
	if out.err != nil {
		return
	}
	for wave := range 1 + g.r.IntN(2) {
		g.each(2+g.r.IntN(3), func(i int) outcome {
			return g.press(fmt.Sprintf("%s press %d.%d", g.name, wave, i), out.images[0])
		})
	}
}

func (g group) press(name, image string) outcome {
	c := g.client(0, 1)
	c.name, c.r = name, g.w.dice.of(name)
	act := adapter.Act{Image: image, Action: pick(c.r, adapter.ActUpscaleSubtle, adapter.ActUpscaleSubtle, adapter.ActUpscale)}
	act.User = name
	c.base.Route, c.base.Body = "/v1/images/"+image+"/actions", name
	c.ask = func(ctx context.Context, p *process, a adapter.Attempt) (adapter.Ticket, error) {
		return p.gate.Act(ctx, a, act)
	}
	g.w.crowd.wish(c.base, 1)
	<-time.After(between(c.r, 0, pick(c.r, 5*time.Millisecond, 2*time.Second)))
	out := c.persist(12, func(_ int, o *sending) { o.Stream = true })
	c.must(out)
	return out
}

// large requests take two grids.
func (g group) large() {
	c := g.client(0, 8)
	g.w.crowd.wish(c.base, 2)
	out := c.persist(12, func(try int, o *sending) {
		if try == 0 && c.r.IntN(2) == 0 {
			o.patience = between(c.r, time.Second, 30*time.Second)
		}
	})
	c.must(out)
}
