package poll

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"midgate/adapter"
)

// maxLists is how many list calls may be under way at once.
const maxLists = 2

// Poller asks for all tasks of one account that somebody waits for, together. It implements adapter.Waiter. Its goroutine lives only while somebody waits.
type Poller struct {
	source  Source
	list    ListRoute
	learned *Learned
	cfg     Config
	tune    Tuning
	wake    chan struct{} // holds one token when the loop should look at once
	count   atomic.Int64  // of jobs

	mu      sync.Mutex
	jobs    map[string]*job // by task id
	states  map[string]*job // by the state of the submission
	running bool
	origin  time.Time // the ticks are counted from here
	plan    time.Time // when the loop looks next
	gather  time.Time // when the webhooks that come now will be acted on
	lists   int       // list calls under way
	singles int       // single fetches under way
	chunk   chunk
	pause   pause
	relay   relay
	suspect suspicion
}

var _ adapter.Waiter = (*Poller)(nil)

// New makes a poller for one account. l is what all pollers of its upstream learn together.
func New(s Source, list ListRoute, l *Learned, cfg Config) *Poller {
	tune := cfg.Tuning
	return &Poller{
		source: s, list: list, learned: l, cfg: cfg, tune: tune, wake: make(chan struct{}, 1),
		jobs: map[string]*job{}, states: map[string]*job{},
		chunk: chunk{tune: tune, size: max(tune.Chunk, 1)},
		pause: pause{first: tune.Backoff, longest: tune.MaxBackoff},
		relay: relay{tune: tune, ttl: cfg.RelayTTL},
	}
}

// Open is how many tasks are waited for.
func (p *Poller) Open() int { return int(p.count.Load()) }

// run makes sure that the loop looks at a job in time.
func (p *Poller) run(j *job, now time.Time) {
	switch {
	case !p.running:
		p.origin = now
		p.running = p.cfg.Start(p.loop)
	case p.at(j).Before(p.plan):
		p.signal()
	}
}

func (p *Poller) signal() {
	select {
	case p.wake <- struct{}{}:
	default:
	}
}

// loop looks at the table whenever something is due, until nobody waits.
func (p *Poller) loop() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		next, more := p.step()
		if !more {
			return
		}
		timer.Reset(time.Until(next))
		select {
		case <-p.cfg.Ctx.Done():
			return
		case <-timer.C:
		case <-p.wake:
		}
	}
}

// step is one look. A panic in it costs a second, never a job: the table is left as it is.
func (p *Poller) step() (next time.Time, more bool) {
	defer func() {
		if r := recover(); r != nil {
			p.cfg.Log.Error("poller panicked", "upstream", p.cfg.Name, "panic", r)
			next, more = time.Now().Add(time.Second), true
		}
	}()
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.round(time.Now())
}

// round sends what is due and plans the next look.
func (p *Poller) round(now time.Time) (next time.Time, more bool) {
	if len(p.jobs) == 0 {
		p.running = false
		return now, false
	}
	if now.Before(p.pause.until) {
		p.plan = p.pause.until
		return p.plan, true
	}
	var due []*job
	p.plan = now.Add(max(p.tune.Longest, time.Second))
	for _, j := range p.jobs {
		if j.asking {
			continue
		}
		if at := p.at(j); at.After(now) {
			p.plan = earlier(p.plan, at)
		} else {
			due = append(due, j)
		}
	}
	slices.SortFunc(due, func(a, b *job) int { return a.due.Compare(b.due) })
	p.send(due, now)
	return p.plan, true
}

// at is when a job will be asked for: on the tick that is nearest to when it is due, so that jobs
// come together; at once if a webhook asked for it.
func (p *Poller) at(j *job) time.Time {
	tick := p.tune.Tick
	if j.now || tick <= 0 || !j.due.After(p.origin) {
		return j.due
	}
	return p.origin.Add(j.due.Sub(p.origin).Round(tick))
}

// send asks for the jobs that are due, as far as calls may be under way. The rest stays due: the
// next answer wakes the loop.
func (p *Poller) send(due []*job, now time.Time) {
	batch := make([]*job, 0, len(due))
	for _, j := range due {
		if j.now && p.lists >= maxLists { // a webhook's question does not stand in line
			p.askOne(j, now)
			continue
		}
		switch {
		case j.route == byFetch || p.listless() || j.route == anyRoute && len(p.jobs) == 1:
			p.askOne(j, now)
			continue
		case j.route == anyRoute && p.suspect.single():
			if p.singles == 0 { // one task tells; its answer wakes the loop for the others
				p.askOne(j, now)
			}
			continue
		}
		batch = append(batch, j)
	}
	for len(batch) > 0 && p.lists < maxLists {
		n := min(p.chunk.size, len(batch))
		p.askMany(batch[:n:n], now)
		batch = batch[n:]
	}
}

// listless reports whether the upstream is known to have no list.
func (p *Poller) listless() bool {
	present, known := p.list.Know()
	return known && !present
}

func earlier(a, b time.Time) time.Time {
	if b.Before(a) {
		return b
	}
	return a
}
