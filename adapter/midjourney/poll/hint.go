package poll

import "time"

// Hint takes a webhook: it wakes the poller for a task that is said to be over; false if it does not wait for it. What
// still runs is left to the schedule: progress is reported far too often to ask each time.
func (p *Poller) Hint(state, id string, final bool) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := time.Now()
	j, ok := p.jobs[id]
	if !ok {
		j, ok = p.states[state]
	}
	if !ok {
		return final && p.learned.proof.late(id, now)
	}
	if !final {
		return true
	}
	if !j.hooked {
		j.hooked = true
		p.learned.proof.arrived(now)
	}
	p.nudge(j, now)
	if !j.asking { // else the answer that is under way decides whether to ask again
		p.run(j, now)
	}
	return true
}
