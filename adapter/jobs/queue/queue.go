package queue

import (
	"context"
	"slices"
	"sync"
	"time"

	"midgate/adapter"
)

// Queue limits the jobs at each upstream at once and keeps the waiting ones in a queue that is fair
// between owners: the next slot goes to the owner whose turn is longest ago.
type Queue struct {
	max, queue int
	at         map[string]int // limits of upstreams that have their own
	observe    func(upstream string, jobs, waiting int)

	mu        sync.Mutex
	upstreams map[string]*upstreamQueue
}

type upstreamQueue struct {
	used     int
	max      int
	waiting  map[string][]*Slot // by owner, oldest first
	rotation []string           // owners with somebody waiting, next first
	queued   int                // waiting requests that may be refused
}

// Slot is one job's right to be at an upstream, held or waited for.
type Slot struct {
	from     *Queue
	Upstream string
	owner    string
	counted  bool // in upstreamQueue.queued while it waits
	got      chan struct{}
	asked    time.Time
	given    time.Time // once it is held
	released bool
}

// New makes a queue of maxInFlight places at each upstream, or as many as at says; maxQueue new requests may wait for them.
// observe is told of every change; nil: nobody is.
func New(maxInFlight int, at map[string]int, maxQueue int, observe func(upstream string, jobs, waiting int)) *Queue {
	return &Queue{max: max(maxInFlight, 1), at: at, queue: maxQueue, observe: observe, upstreams: map[string]*upstreamQueue{}}
}

// Enter takes a slot or a position in the queue for a new request; a Busy *Error if the queue is full.
func (p *Queue) Enter(upstream, owner string) (*Slot, error) {
	return p.take(upstream, owner, true)
}

// EnterFollowUp takes a slot or a position for the next job of a request that is under way: it is never refused.
func (p *Queue) EnterFollowUp(upstream, owner string) *Slot {
	sl, _ := p.take(upstream, owner, false)
	return sl
}

func (p *Queue) take(upstream, owner string, refusable bool) (*Slot, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.upstreams[upstream]
	if g == nil {
		g = &upstreamQueue{waiting: map[string][]*Slot{}, max: p.max}
		if own := p.at[upstream]; own > 0 {
			g.max = own
		}
		p.upstreams[upstream] = g
	}
	sl := &Slot{from: p, Upstream: upstream, owner: owner, got: make(chan struct{}), counted: refusable, asked: time.Now()}
	if g.used < g.max && len(g.rotation) == 0 {
		g.used++
		sl.give(sl.asked)
		p.tell(upstream, g)
		return sl, nil
	}
	if refusable && g.queued >= p.queue {
		return nil, &adapter.Error{Kind: adapter.Busy, RetryAfter: 5 * time.Second, Message: "All places at Midjourney and in the queue are taken; nothing was submitted. Please try again in a few seconds."}
	}
	if refusable {
		g.queued++
	}
	if len(g.waiting[owner]) == 0 {
		g.rotation = append(g.rotation, owner)
	}
	g.waiting[owner] = append(g.waiting[owner], sl)
	p.tell(upstream, g)
	return sl, nil
}

// Wait returns when the slot is held. If ctx ends first the position is given up.
func (sl *Slot) Wait(ctx context.Context) error {
	select {
	case <-sl.got:
		return nil
	case <-ctx.Done():
		sl.Release()
		return context.Cause(ctx)
	}
}

// Release gives the slot, or the position in the queue, to the next. It may be called again, and of no slot at all.
func (sl *Slot) Release() {
	if sl == nil {
		return
	}
	p := sl.from
	p.mu.Lock()
	defer p.mu.Unlock()
	if sl.released {
		return
	}
	sl.released = true
	g := p.upstreams[sl.Upstream]
	select {
	case <-sl.got:
		g.used--
		p.next(g)
	default:
		p.forget(g, sl)
	}
	p.tell(sl.Upstream, g)
}

func (p *Queue) next(g *upstreamQueue) {
	for g.used < g.max && len(g.rotation) > 0 {
		owner := g.rotation[0]
		g.rotation = g.rotation[1:]
		sl := g.waiting[owner][0]
		g.waiting[owner] = g.waiting[owner][1:]
		if len(g.waiting[owner]) > 0 {
			g.rotation = append(g.rotation, owner)
		} else {
			delete(g.waiting, owner)
		}
		if sl.counted {
			g.queued--
		}
		g.used++
		sl.give(time.Now())
	}
}

// give hands the slot to whoever waits for it; the caller holds the queue's mu.
func (sl *Slot) give(at time.Time) {
	sl.given = at
	close(sl.got)
}

func (p *Queue) forget(g *upstreamQueue, sl *Slot) {
	line := g.waiting[sl.owner]
	i := slices.Index(line, sl)
	if i < 0 {
		return
	}
	if sl.counted {
		g.queued--
	}
	line = slices.Delete(line, i, i+1)
	if len(line) > 0 {
		g.waiting[sl.owner] = line
		return
	}
	delete(g.waiting, sl.owner)
	g.rotation = slices.DeleteFunc(g.rotation, func(o string) bool { return o == sl.owner })
}

func (p *Queue) tell(upstream string, g *upstreamQueue) {
	if p.observe == nil {
		return
	}
	waiting := 0
	for _, line := range g.waiting {
		waiting += len(line)
	}
	p.observe(upstream, g.used, waiting)
}

// Held reports whether the slot is taken already.
func (sl *Slot) Held() bool {
	select {
	case <-sl.got:
		return true
	default:
		return false
	}
}

// Ahead is how many get a place before this one, if nobody comes or gives up: owners take turns. 0 for one that does not
// wait.
func (sl *Slot) Ahead() (n int) {
	p := sl.from
	p.mu.Lock()
	defer p.mu.Unlock()
	g := p.upstreams[sl.Upstream]
	own := slices.Index(g.waiting[sl.owner], sl)
	if own < 0 {
		return 0
	}
	turn := slices.Index(g.rotation, sl.owner)
	for i, owner := range g.rotation {
		turns := own // before this one's
		if i < turn {
			turns++
		}
		n += min(turns, len(g.waiting[owner]))
	}
	return n
}

// Wanted is when the slot was asked for.
func (sl *Slot) Wanted() time.Time { return sl.asked }

// Waited is how long it took until the slot was held. It must be held.
func (sl *Slot) Waited() time.Duration { return sl.given.Sub(sl.asked) }
