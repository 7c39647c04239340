package poll

import (
	"math/rand/v2"
	"time"

	"midgate/adapter"
)

// next is when to ask for a job again: after a third of the time that it may still take, so that
// the looks come closer together as the end does.
func (p *Poller) next(j *job, asked, heard time.Time) time.Time {
	if p.relay.sure(heard) && j.bareSince.IsZero() {
		return p.relay.next(heard)
	}
	floor := max(p.tune.Tick, time.Millisecond)
	if p.listless() {
		floor = max(floor, p.tune.SingleTick)
	}
	if p.learned.proof.holds(p.tune.HookRun, heard) {
		floor = max(floor, p.tune.HookTick)
	}
	quick, median := p.learned.times.typical(j.kind)
	pause := min(max(j.rest(heard, median)/3, floor), max(p.tune.Longest, floor))
	if j.last.Progress == 0 && heard.Sub(j.submitted) < quick { // nothing tells that it is one of the slow ones
		pause = min(pause, max(p.tune.Surprise, floor))
	}
	if at := asked.Add(pause); at.After(heard) {
		return at
	}
	return heard
}

// rest estimates how long a job still takes: from its progress if it shows any, else from how
// long such jobs take, else as long as it took so far.
func (j *job) rest(now time.Time, median time.Duration) time.Duration {
	r := j.last
	elapsed := max(now.Sub(j.submitted)-r.Queued, time.Millisecond)
	switch {
	case r.Status == adapter.Success:
		return 0 // something is still missing from it
	case r.Progress > 0:
		return time.Duration(float64(elapsed) * float64(100-r.Progress) / float64(r.Progress))
	case median == 0:
		return elapsed
	case r.Status == adapter.InProgress || r.Status == adapter.Submitted:
		return max(median-elapsed, elapsed/2)
	default: // it has not begun
		return max(median, elapsed/2)
	}
}

// doubled is first, doubled with every further of n steps, up to a limit.
func doubled(first time.Duration, n int, limit time.Duration) time.Duration {
	d := first
	for i := 1; i < n && d < limit; i++ {
		d *= 2
	}
	return min(d, limit)
}

// jitter spreads a pause by a quarter to both sides, so that clients do not return together.
func jitter(d time.Duration) time.Duration {
	return time.Duration(float64(d) * (0.75 + rand.Float64()/2))
}

// pause keeps a poller away from an upstream that does not answer.
type pause struct {
	first, longest time.Duration
	failures       int
	until          time.Time
}

// failed lengthens the pause; told is what the upstream asks for. Several calls that fail
// together count once.
func (p *pause) failed(now time.Time, told time.Duration) {
	if now.Before(p.until) {
		return
	}
	p.failures++
	d := jitter(doubled(p.first, p.failures, p.longest))
	p.until = now.Add(max(d, min(told, time.Minute)))
}

// over ends the pause after a call that worked.
func (p *pause) over() {
	p.failures, p.until = 0, time.Time{}
}

// chunk learns how many ids a list call may carry: more after each full one that worked, half
// after one that was refused. A refused size is not tried again for a while.
type chunk struct {
	tune    Tuning
	size    int
	proven  int // the most ids that a call carried which worked
	ceiling int
	until   time.Time // of the ceiling
}

// chunkStep is how much a chunk grows, and chunkMemory how long a refusal is remembered.
const (
	chunkStep   = 50
	chunkMemory = 10 * time.Minute
)

// grew takes note of a call with n ids that worked.
func (c *chunk) grew(n int, now time.Time) {
	c.proven = max(c.proven, n)
	if n < c.size {
		return
	}
	limit := c.tune.MaxChunk
	if now.Before(c.until) {
		limit = min(limit, c.ceiling)
	}
	c.size = max(c.size, min(c.size+chunkStep, limit))
}

// refused allows half of what was refused; false if not even one id is taken. Two lists that were under way together
// teach the same once.
func (c *chunk) refused(n int, now time.Time) bool {
	c.size = max(min(c.size, n/2), 1)
	c.ceiling, c.until = c.size, now.Add(chunkMemory)
	return n > 1
}

// slow halves the size, but not below what every server should manage.
func (c *chunk) slow(n int, now time.Time) {
	if half := max(n/2, c.tune.MinChunk); half < c.size {
		c.size, c.ceiling, c.until = half, half, now.Add(chunkMemory)
	}
}

// suspicion finds lists that never work although single fetches do: after a few failures one task is
// asked for alone, and if that works and the list fails once more, the list counts as missing. A list that
// has worked lately gets more time: what stands before or behind it may be in trouble for a while.
type suspicion struct {
	failures int
	since    time.Time // of the first failure
	sure     bool      // a single fetch has worked meanwhile
}

// suspicionLimit is how many failures in a row raise the suspicion, and suspicionPatience how long a list that has
// worked lately must fail until it is given up.
const (
	suspicionLimit    = 3
	suspicionPatience = time.Minute
)

// failed notes a failed list call and reports whether the list is to be given up.
func (s *suspicion) failed(now time.Time, workedLately bool) bool {
	if s.since.IsZero() {
		s.since = now
	}
	s.failures++
	if !s.sure || workedLately && now.Sub(s.since) < suspicionPatience {
		return false
	}
	*s = suspicion{}
	return true
}

// single reports whether it is time to try a single fetch.
func (s *suspicion) single() bool { return s.failures >= suspicionLimit }

// worked notes a single fetch that worked: the list gets its last chance.
func (s *suspicion) worked() {
	if s.single() {
		s.failures, s.sure = 0, true
	}
}

// shared notes a single fetch that failed, too: the trouble is not the list's alone, which is asked again.
func (s *suspicion) shared() {
	if s.single() {
		*s = suspicion{}
	}
}

// cleared notes that the list works.
func (s *suspicion) cleared() { *s = suspicion{} }
