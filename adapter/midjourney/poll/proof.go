package poll

import (
	"sync"
	"time"
)

// hookGrace is how much later than the poller a webhook may come without counting as lost.
const hookGrace = 2 * time.Second

// proof counts the webhooks that arrived in a row without a loss: only many of them let the poller
// slow down, and a single loss makes it quick again.
type proof struct {
	mu      sync.Mutex
	run     int
	missing map[string]time.Time // tasks that were found over before their webhook came, and when
}

// arrived counts the webhook of a task's end that came before the poller knew.
func (p *proof) arrived(now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.settle(now)
	p.run++
}

// owed notes a task that was found over without a webhook.
func (p *proof) owed(id string, now time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.settle(now)
	if p.missing == nil {
		p.missing = map[string]time.Time{}
	}
	p.missing[id] = now
}

// late counts a webhook that came shortly after the poller; false if none was owed.
func (p *proof) late(id string, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.settle(now)
	if _, ok := p.missing[id]; !ok {
		return false
	}
	delete(p.missing, id)
	p.run++
	return true
}

// holds reports whether at least n webhooks came in a row.
func (p *proof) holds(n int, now time.Time) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.settle(now)
	return n > 0 && p.run >= n
}

// settle counts what is overdue as lost.
func (p *proof) settle(now time.Time) {
	for id, since := range p.missing {
		if now.Sub(since) > hookGrace {
			delete(p.missing, id)
			p.run = 0
		}
	}
}
