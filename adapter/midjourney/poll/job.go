package poll

import (
	"context"
	"time"

	"midgate/adapter"
)

// job is a task that somebody waits for. Its poller's lock guards it.
type job struct {
	id        string
	state     string // empty where the echo need not match
	kind      jobKind
	submitted time.Time
	waiters   []*waiter

	due    time.Time // when to ask next
	now    bool      // asked for by a webhook: due without regard to the tick
	asking bool      // a question is under way
	asked  time.Time // when it was last asked for
	nudged time.Time // of the last webhook that made us ask
	hooked bool      // a webhook said that it is over
	route  route     // how it must be asked for

	last Row
	seen bool // last is set

	absent      int // answers in a row without the task, or with another one under its id
	absentSince time.Time
	unlisted    bool      // meanwhile a list left it out
	vague       bool      // meanwhile a question for it alone was answered with nothing
	bareSince   time.Time // since when it is a success with nothing to show
	misses      int       // single fetches in a row that failed
}

// route is how a job must be asked for.
type route int

// The routes: whichever serves best, or the one whose word is still missing.
const (
	anyRoute route = iota
	byFetch
	byList
)

// waiter is one call of Wait.
type waiter struct {
	adapter.Wait
	wake chan struct{} // holds one token while there is news

	// Guarded by the poller's lock.
	news    adapter.Task
	changed bool
	polls   int
	done    bool
	err     error
}

// tell wakes the waiter.
func (w *waiter) tell() {
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// Wait implements adapter.Waiter. It sleeps until the poller has something to say.
func (p *Poller) Wait(ctx context.Context, want adapter.Wait) (adapter.Task, error) {
	w := &waiter{Wait: want, wake: make(chan struct{}, 1), news: adapter.Task{ID: want.TaskID}}
	p.enter(w)
	defer p.leave(w)
	for {
		select {
		case <-ctx.Done():
			return p.last(w), ctx.Err()
		case <-w.wake:
		}
		if done, err := p.heed(w); done {
			return p.last(w), err
		}
	}
}

// last is the newest that is known of a waiter's task.
func (p *Poller) last(w *waiter) adapter.Task {
	p.mu.Lock()
	defer p.mu.Unlock()
	return w.news
}

// heed tells whoever waits what has come in, and whether that was all.
func (p *Poller) heed(w *waiter) (done bool, err error) {
	n := p.news(w)
	for range n.polls {
		w.Polled()
	}
	if n.changed && w.Watch != nil {
		w.Watch(n.task)
	}
	return n.done, n.err
}

// news is what a waiter takes over at once.
type news struct {
	task    adapter.Task
	changed bool
	polls   int
	done    bool
	err     error
}

// news hands a waiter what has come in since it last asked.
func (p *Poller) news(w *waiter) news {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := news{w.news, w.changed, w.polls, w.done, w.err}
	w.changed, w.polls = false, 0
	if w.Polled == nil {
		n.polls = 0
	}
	return n
}

// enter adds a waiter to its task's job and makes sure that somebody asks.
func (p *Poller) enter(w *waiter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	j, ok := p.jobs[w.TaskID]
	if !ok {
		j = p.newJob(w, now)
		p.jobs[w.TaskID] = j
		p.count.Add(1)
		if j.state != "" {
			p.states[j.state] = j
		}
	}
	j.waiters = append(j.waiters, w)
	if w.State != "" && p.cfg.Ended(w.State, w.TaskID) {
		p.nudge(j, now)
	}
	p.run(j, now)
}

// newJob plans the first look: when the quickest tenth of such jobs is done. What has been slow so far may be quick now, so
// that it is never much later than a job can be done.
func (p *Poller) newJob(w *waiter, now time.Time) *job {
	j := &job{id: w.TaskID, state: w.State, kind: jobKind{w.Kind, w.Speed}, submitted: w.Submitted}
	if w.Kind == "modal" || w.Kind == "change" {
		j.state = "" // the task may be older than this submission and carry another state: a modal's is that of the press before it
	}
	if j.submitted.IsZero() || j.submitted.After(now) {
		j.submitted = now
	}
	latest := time.Minute
	if w.Watch != nil {
		latest = p.tune.Longest // somebody wants to see it grow
	}
	quick, _ := p.learned.times.typical(j.kind)
	quick = min(quick, p.tune.First+p.tune.Surprise)
	j.due = p.relay.align(j.submitted.Add(max(p.tune.First, min(quick, latest))), now)
	return j
}

// nudge makes a job due at once, not oftener than once a tick: webhooks can be forged or repeated.
// Those that come at about the same time share a question.
func (p *Poller) nudge(j *job, now time.Time) {
	if !j.nudged.IsZero() && now.Sub(j.nudged) < p.tune.Tick {
		return
	}
	if !p.gather.After(now) {
		p.gather = now.Add(p.tune.Gather)
	}
	j.nudged, j.now, j.due = now, true, p.gather
}

// leave removes a waiter; a job without any is forgotten.
func (p *Poller) leave(w *waiter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	j, ok := p.jobs[w.TaskID]
	if !ok {
		return
	}
	for i, other := range j.waiters {
		if other == w {
			j.waiters = append(j.waiters[:i], j.waiters[i+1:]...)
			break
		}
	}
	if len(j.waiters) == 0 {
		p.drop(j)
	}
}

// drop forgets a job.
func (p *Poller) drop(j *job) {
	if p.jobs[j.id] == j {
		delete(p.jobs, j.id)
		p.count.Add(-1)
	}
	if p.states[j.state] == j {
		delete(p.states, j.state)
	}
}
