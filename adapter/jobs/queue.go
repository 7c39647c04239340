package jobs

import (
	"context"
	"slices"
	"sync"
	"time"

	"midgate/adapter"
)

// places limits the jobs at each upstream at once and keeps the waiting ones in a queue that is fair
// between owners: the next place goes to the owner whose turn is longest ago.
type places struct {
	max, queue int
	at         map[string]int // limits of upstreams that have their own
	observe    func(upstream string, jobs int)

	mu    sync.Mutex
	gates map[string]*gate
}

type gate struct {
	used    int
	max     int
	waiting map[string][]*place // by owner, oldest first
	turns   []string            // owners with somebody waiting, next first
	queued  int                 // waiting requests that may be refused
}

// place is one job's right to be at an upstream, held or waited for.
type place struct {
	from     *places
	upstream string
	owner    string
	counted  bool // in gate.queued while it waits
	got      chan struct{}
	released bool
}

func newPlaces(maxInFlight int, at map[string]int, maxQueue int, observe func(string, int)) *places {
	return &places{max: max(maxInFlight, 1), at: at, queue: maxQueue, observe: observe, gates: map[string]*gate{}}
}

// admit takes a place or a position in the queue for a new request; a Busy *Error if the queue is full.
func (p *places) admit(upstream, owner string) (*place, error) {
	return p.enter(upstream, owner, true)
}

// follow takes a place or a position for the next job of a request that is under way: it is never refused.
func (p *places) follow(upstream, owner string) *place {
	pl, _ := p.enter(upstream, owner, false)
	return pl
}

func (p *places) enter(upstream, owner string, refusable bool) (*place, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.gates[upstream]
	if g == nil {
		g = &gate{waiting: map[string][]*place{}, max: p.max}
		if own := p.at[upstream]; own > 0 {
			g.max = own
		}
		p.gates[upstream] = g
	}
	pl := &place{from: p, upstream: upstream, owner: owner, got: make(chan struct{}), counted: refusable}
	if g.used < g.max && len(g.turns) == 0 {
		g.used++
		close(pl.got)
		p.tell(upstream, g)
		return pl, nil
	}
	if refusable && g.queued >= p.queue {
		return nil, &adapter.Error{Kind: adapter.Busy, RetryAfter: 5 * time.Second, Message: "All places at Midjourney and in the queue are taken; nothing was submitted. Please try again in a few seconds."}
	}
	if refusable {
		g.queued++
	}
	if len(g.waiting[owner]) == 0 {
		g.turns = append(g.turns, owner)
	}
	g.waiting[owner] = append(g.waiting[owner], pl)
	return pl, nil
}

// wait returns when the place is held. If ctx ends first the position is given up.
func (pl *place) wait(ctx context.Context) error {
	select {
	case <-pl.got:
		return nil
	case <-ctx.Done():
		pl.release()
		return context.Cause(ctx)
	}
}

// release gives the place, or the position in the queue, to the next. It may be called again.
func (pl *place) release() {
	p := pl.from
	p.mu.Lock()
	defer p.mu.Unlock()
	if pl.released {
		return
	}
	pl.released = true
	g := p.gates[pl.upstream]
	select {
	case <-pl.got:
		g.used--
		p.next(g)
	default:
		p.forget(g, pl)
	}
	p.tell(pl.upstream, g)
}

func (p *places) next(g *gate) {
	for g.used < g.max && len(g.turns) > 0 {
		owner := g.turns[0]
		g.turns = g.turns[1:]
		pl := g.waiting[owner][0]
		g.waiting[owner] = g.waiting[owner][1:]
		if len(g.waiting[owner]) > 0 {
			g.turns = append(g.turns, owner)
		} else {
			delete(g.waiting, owner)
		}
		if pl.counted {
			g.queued--
		}
		g.used++
		close(pl.got)
	}
}

func (p *places) forget(g *gate, pl *place) {
	line := g.waiting[pl.owner]
	i := slices.Index(line, pl)
	if i < 0 {
		return
	}
	if pl.counted {
		g.queued--
	}
	line = slices.Delete(line, i, i+1)
	if len(line) > 0 {
		g.waiting[pl.owner] = line
		return
	}
	delete(g.waiting, pl.owner)
	g.turns = slices.DeleteFunc(g.turns, func(o string) bool { return o == pl.owner })
}

func (p *places) tell(upstream string, g *gate) {
	if p.observe != nil {
		p.observe(upstream, g.used)
	}
}
