package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest/harness"
	"midgate/adapter/jobs"
	"midgate/adapter/spend"
)

var owners = []string{"alice", "bob"}

// client is somebody with one wish, who may try several times.
type client struct {
	w    *world
	name string
	r    *rand.Rand
	base adapter.Attempt
	ask  func(ctx context.Context, p *process, a adapter.Attempt) (adapter.Ticket, error)
}

// group is some clients of one kind that ask for the same.
type group struct {
	w     *world
	name  string
	r     *rand.Rand
	owner string
}

// kinds are the kinds of groups, by what is special about them.
var kinds = map[string]func(group){
	"counting": group.counting, "plain": group.plain, "impatient": group.impatient, "sharing": group.sharing, "streaming": group.streaming,
	"async": group.async, "keyed": group.keyed, "late": group.late, "person": group.person, "deserting": group.deserting, "pressing": group.pressing,
	"large": group.large,
}

// client makes a client of the group that asks for n pictures.
func (g group) client(i, n int) *client {
	words := harness.Generation(g.name)
	words.N = n
	c := &client{w: g.w, name: fmt.Sprintf("%s/%d", g.name, i), r: g.w.dice.of(g.name, i),
		base: adapter.Attempt{Caller: adapter.Caller{Owner: g.owner, Name: g.owner}, Route: "/v1/images/generations", Body: g.name}}
	c.ask = func(ctx context.Context, p *process, a adapter.Attempt) (adapter.Ticket, error) {
		if !g.w.plan.first {
			return p.gate.Generate(ctx, a, words)
		}
		account, err := accounts{p}.Choose(ctx, a.Caller, adapter.Fast)
		if err != nil {
			return nil, err
		}
		return p.gate.Accept(ctx, a, jobs.Spec{Kind: adapter.JobGeneration, N: n, Request: words, Account: account, Speed: adapter.Fast,
			First: "imagine", Quarter: n == 1, Share: n == 1, Takes: map[string]int{spend.Generation: (n + 3) / 4}})
	}
	return c
}

// try is the client's try number i.
func (c *client) try(i int) sending {
	o := sending{Attempt: c.base, replica: c.r.IntN(len(c.w.replicas)), travel: between(c.r, 0, 40*time.Millisecond), notice: between(c.r, 0, 120*time.Millisecond)}
	o.Retry = i
	return o
}

// again reports whether libraries repeat a request after that.
func again(err error) bool {
	return err != nil && (errors.Is(err, errCut) || errors.Is(err, errLeft) ||
		slices.Contains([]adapter.Kind{adapter.Busy, adapter.Unavailable, adapter.Storage, adapter.Failed, adapter.Ambiguous, adapter.Timeout, adapter.Overdue}, adapter.KindOf(err)))
}

// persist tries as libraries do, until there is an answer that they do not repeat.
func (c *client) persist(tries int, how func(try int, o *sending)) (out outcome) {
	for i := range tries {
		o := c.try(i)
		how(i, &o)
		if out = c.send(o); !again(out.err) {
			return out
		}
		<-time.After(between(c.r, 500*time.Millisecond, 8*time.Second))
	}
	return out
}

// must complains of a client that has nothing, where nothing failed.
func (c *client) must(out outcome) {
	busy := adapter.KindOf(out.err) == adapter.Busy || adapter.KindOf(out.err) == adapter.Timeout && c.w.crowd.wasFull(c.base) // its last try got in too late
	if c.w.plan.calm() && out.err != nil && !busy {
		c.w.log.wrong("%s has nothing: %v", c.name, out.err)
	}
}

// each lets n clients do something, and returns what they got.
func (g group) each(n int, do func(i int) outcome) []outcome {
	out := make([]outcome, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { out[i] = do(i) })
	}
	all.Wait()
	return out
}

// differ complains of clients that got the same picture.
func (g group) differ(all []outcome) {
	seen := map[string]int{}
	for i, out := range all {
		for _, id := range out.images {
			if j, ok := seen[id]; ok && g.w.plan.calm() && !g.w.crowd.wasFull(g.client(0, 1).base) {
				g.w.log.wrong("%s: clients %d and %d both got picture %s", g.name, j, i, short(id))
			}
			seen[id] = i
		}
	}
}

// uncertain allows for any number of charges where something failed: clients without a counter cannot be told apart then.
func (g group) uncertain(a adapter.Attempt) {
	if !g.w.plan.calm() {
		g.w.crowd.wish(a, endless)
	}
}
