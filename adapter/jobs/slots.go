package jobs

import (
	"sync"

	"midgate/adapter/jobs/queue"
)

// slots are an execution's places at upstreams.
type slots struct {
	mu    sync.Mutex
	first *queue.Slot   // the one that admitted the job, until its first submission takes it
	held  []*queue.Slot // by submissions under way
}

// next returns the slot that admitted the job, or a further one for a further submission.
func (p *slots) next(of *queue.Queue, upstream, owner string) *queue.Slot {
	p.mu.Lock()
	defer p.mu.Unlock()
	sl := p.first
	p.first = nil
	if sl == nil || sl.Upstream != upstream {
		sl.Release()
		sl = of.EnterFollowUp(upstream, owner)
	}
	p.held = append(p.held, sl)
	return sl
}

// ahead is how many get a place before the job, where it waits for one.
func (p *slots) ahead() (n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.first != nil {
		n = p.first.Ahead()
	}
	for _, sl := range p.held {
		n = max(n, sl.Ahead())
	}
	return n
}

// stepAside gives back the slot that admitted the job, if no submission has taken it yet: the next one gets one of its
// own.
func (p *slots) stepAside() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.first.Release()
	p.first = nil
}

// leave gives back whatever slot the execution still has.
func (p *slots) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.first.Release()
	for _, sl := range p.held {
		sl.Release()
	}
}
