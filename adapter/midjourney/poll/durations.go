package poll

import (
	"slices"
	"sync"
	"time"

	"midgate/adapter"
)

// How many durations are remembered per kind of job, and how many are needed before they count.
const (
	durationRing = 200
	durationFew  = 20
)

// durations learns how long jobs take, per command and speed, so that the first look at a job
// comes when it can be done at the earliest.
type durations struct {
	mu   sync.Mutex
	seen map[jobKind]*ring
}

type jobKind struct {
	command string
	speed   adapter.Speed
}

// ring holds the last durations, and two figures of them that are refreshed now and then.
type ring struct {
	last       []time.Duration
	next       int
	stale      int
	quick, mid time.Duration
}

// learn adds one job's duration.
func (d *durations) learn(k jobKind, took time.Duration) {
	if took <= 0 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.seen == nil {
		d.seen = map[jobKind]*ring{}
	}
	r, ok := d.seen[k]
	if !ok {
		r = &ring{}
		d.seen[k] = r
	}
	if len(r.last) < durationRing {
		r.last = append(r.last, took)
	} else {
		r.last[r.next] = took
		r.next = (r.next + 1) % durationRing
	}
	if r.stale++; r.stale >= durationFew {
		r.refresh()
	}
}

// refresh computes when the quickest tenth is done, less a tenth for the quicker ones that are still to come, and the
// median.
func (r *ring) refresh() {
	r.stale = 0
	sorted := slices.Sorted(slices.Values(r.last))
	r.quick, r.mid = sorted[len(sorted)/10]*9/10, sorted[len(sorted)/2]
}

// typical returns the time after which the quickest tenth of a kind is done, and the median; zero while too few are
// known.
func (d *durations) typical(k jobKind) (quick, median time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if r, ok := d.seen[k]; ok {
		return r.quick, r.mid
	}
	return 0, 0
}
