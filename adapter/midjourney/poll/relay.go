package poll

import "time"

// How a relay gives itself away: by changes that keep a distance of a
// cycle, this often in a row, this exactly, with this many looks between them that saw nothing.
const (
	relayRun   = 3
	relaySlack = 2 * time.Second
	relayLooks = 3
)

// relay recognises an upstream that serves copies which it refreshes every so often, and learns
// when: asking between two refreshes finds nothing (../PROTOCOL.md, A relay's copy).
type relay struct {
	tune  Tuning
	ttl   time.Duration
	until time.Time // it counts as a relay so long

	blank   bool      // a row of this answer had no status yet
	changed bool      // a row of this answer was new
	asked   time.Time // of this answer
	last    time.Time // the last answer with a change: a refresh came just before it
	looks   int       // answers without a change since then
	run     int
}

// sure reports whether the upstream is taken for a relay.
func (r *relay) sure(now time.Time) bool { return now.Before(r.until) }

// saw notes one row of an answer.
func (r *relay) saw(blank, changed bool, asked time.Time) {
	r.blank, r.changed, r.asked = r.blank || blank, r.changed || changed, asked
}

// end draws the conclusions from a whole answer.
func (r *relay) end(now time.Time) {
	if r.blank {
		r.until = now.Add(r.ttl)
	}
	if r.changed {
		r.step(now)
		r.last, r.looks = r.asked, 0
	} else {
		r.looks++
	}
	r.blank, r.changed = false, false
}

// step counts changes that come in the rhythm of a relay.
func (r *relay) step(now time.Time) {
	gap := r.asked.Sub(r.last)
	if r.last.IsZero() || gap < time.Second { // the first one, or the same refresh in another chunk
		return
	}
	off := (gap + r.tune.RelayCycle/2) % r.tune.RelayCycle
	near := (off - r.tune.RelayCycle/2).Abs() <= relaySlack
	if !near || gap < r.tune.RelayCycle/2 || r.looks < relayLooks {
		r.run = 0
		return
	}
	if r.run++; r.run >= relayRun {
		r.until = now.Add(r.ttl)
	}
}

// known reports whether the phase of the refreshes is known well enough to wait for it.
func (r *relay) known(now time.Time) bool {
	return !r.last.IsZero() && now.Sub(r.last) < 5*r.tune.RelayCycle
}

// next is when to look again: just after the next refresh. If the one that was due just now seems
// to have changed nothing, it may only be late: then a few ticks are spent on it.
func (r *relay) next(now time.Time) time.Time {
	if !r.known(now) {
		return now.Add(r.tune.RelayTick)
	}
	since := now.Sub(r.last)
	late := since % r.tune.RelayCycle
	if since >= r.tune.RelayCycle && late < 2*r.tune.RelayTick {
		return now.Add(r.tune.RelayTick)
	}
	return now.Add(r.tune.RelayCycle - late)
}

// align moves a first look to the refresh after it.
func (r *relay) align(at, now time.Time) time.Time {
	if !r.sure(now) || !r.known(now) || !at.After(r.last) {
		return at
	}
	return r.last.Add((at.Sub(r.last) + r.tune.RelayCycle - 1).Truncate(r.tune.RelayCycle))
}
