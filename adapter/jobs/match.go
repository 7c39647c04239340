package jobs

import (
	"errors"
	"slices"
	"time"

	"midgate/adapter"
)

// errHesitate says that a client who seems to wait may be gone, and that this is seen in a moment.
var errHesitate = errors.New("an equal request seems to be waited for")

// hesitation is what an attempt has waited for such clients, and the run that it is a late original of.
type hesitation struct {
	steps int
	late  *live
}

// wait returns errHesitate until that was long enough.
func (h *hesitation) wait() error {
	if h.steps == hesitations {
		return nil
	}
	h.steps++
	return errHesitate
}

// meeting is an attempt without a key of its own, among the runs of equal requests. The caller of its methods holds the
// lock of the runs.
type meeting struct {
	known    []*live // oldest first
	attempt  adapter.Attempt
	guest    *guest
	share    bool // its answer may be another quarter of a grid
	now      time.Time
	deadline time.Duration // how long a run answers counted repeats
	window   time.Duration // in which equal requests share a grid
}

// match finds the run that the attempt repeats or shares, and takes a delivery of it: nil for a new request.
func (m meeting) match(h *hesitation) (*live, error) {
	for _, l := range slices.Backward(m.known) {
		if l.takeAbandoned(m.guest, m.now, m.deadline) {
			return l, nil
		}
	}
	if m.attempt.Retry > 0 {
		return m.counted(h)
	}
	if h.late == nil {
		h.late = m.expected()
	}
	if h.late != nil {
		if err := h.wait(); err != nil {
			return nil, err
		}
		h.late.takeLate(m.guest, m.now)
		return h.late, nil
	}
	if l := m.shared(); l != nil {
		return l, nil
	}
	if m.waitedFor() {
		return nil, h.wait()
	}
	return nil, nil
}

// counted finds the delivery of an attempt that an SDK counted as a repeat where none is abandoned: one that is still
// waited for, or answered. Each try of a client has a number of its own, so the delivery is the one that as many repeats
// have taken before; and where a client with the same number waits, the wish is another one.
func (m meeting) counted(h *hesitation) (*live, error) {
	waiting, twins := m.offers(adapter.DeliveryWaiting)
	if len(waiting) > 1 || twins > 0 {
		if err := h.wait(); err != nil {
			return nil, err
		}
	}
	if o, ok := m.nearest(waiting); ok {
		return o.take(m.guest), nil
	}
	answered, _ := m.offers(adapter.DeliveryAnswered)
	if twins > 0 {
		answered = slices.DeleteFunc(answered, func(o offer) bool { return o.repeats >= m.attempt.Retry })
	}
	if o, ok := m.nearest(answered); ok {
		return o.take(m.guest), nil
	}
	return nil, nil
}

// offer is a delivery that a counted repeat may take.
type offer struct {
	live    *live
	i       int
	repeats int // that have taken it before
}

// offers returns the deliveries in a state that a counted repeat may take, newest run first. Those where a client with
// the same counter waits are only numbered.
func (m meeting) offers(state adapter.DeliveryState) (free []offer, twins int) {
	for _, l := range slices.Backward(m.known) {
		l.mu.Lock()
		for i, d := range l.run.Deliveries {
			if repeatState(l.run, d) != state || !repeatable(l.run, m.now, m.deadline) {
				continue
			}
			if state == adapter.DeliveryWaiting && !l.run.Status.Ended() && l.twin(i, m.attempt.Retry) {
				twins++
			} else {
				free = append(free, offer{l, i, l.repeated(i)})
			}
		}
		l.mu.Unlock()
	}
	return free, twins
}

// nearest is the offer that was taken by as many repeats as this client has sent before.
func (m meeting) nearest(all []offer) (best offer, ok bool) {
	distance := func(o offer) int { return max(o.repeats-m.attempt.Retry+1, m.attempt.Retry-1-o.repeats) }
	for _, o := range all {
		if !ok || distance(o) < distance(best) {
			best, ok = o, true
		}
	}
	return best, ok
}

func (o offer) take(g *guest) *live {
	o.live.mu.Lock()
	defer o.live.mu.Unlock()
	o.live.sit(o.i, g)
	o.live.arrived(g.retry)
	return o.live
}

// repeatable reports whether counted repeats still get a run's answer; the clock may have been set.
func repeatable(r adapter.Job, now time.Time, deadline time.Duration) bool {
	return !r.Status.Ended() || now.Sub(r.Created) <= deadline
}

// takeAbandoned takes a delivery that its client has left, if there is one: for a repeat with a counter, or without one
// within the window.
func (l *live) takeAbandoned(g *guest, now time.Time, deadline time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, d := range l.run.Deliveries {
		if repeatState(l.run, d) != adapter.DeliveryAbandoned {
			continue
		}
		counted := g.retry > 0 && repeatable(l.run, now, deadline)
		if !counted && (d.State != adapter.DeliveryAbandoned || now.Sub(d.At) > repeatableFor(l.run, d)) {
			continue
		}
		if !failedAfterAnswer(l.run, d) {
			l.run.Deliveries[i].State, l.run.Deliveries[i].At = adapter.DeliveryWaiting, now
		}
		l.sit(i, g)
		l.arrived(g.retry)
		return true
	}
	return false
}

// repeatableFor is how long after its client was gone or told a delivery is its repeat's.
func repeatableFor(r adapter.Job, d adapter.Delivery) time.Duration {
	if failureReported(r) && wasTold(r, d) {
		return pressAgain
	}
	return repeatWindow
}

// failureReported reports whether a run failed for a task that Midjourney itself says has failed: nothing may still come of it.
func failureReported(r adapter.Job) bool {
	return r.Status == adapter.JobFailed && !reconcilable(r) && slices.ContainsFunc(r.Steps, func(s adapter.Step) bool { return s.Status == adapter.Failure })
}

// wasTold reports whether the client of a delivery was there for the end of the run.
func wasTold(r adapter.Job, d adapter.Delivery) bool { return !d.At.Before(r.Finished) }

// arrived notes an attempt that was sent before the one that opened the run; the caller holds mu.
func (l *live) arrived(retry int) {
	if retry < l.opener && l.run.Originals > 0 {
		l.run.Originals--
	}
}

// expected finds a run that a repeat opened, whose original has not arrived yet: this may be it.
func (m meeting) expected() *live {
	for _, l := range m.known {
		if l.expects(m.now) {
			return l
		}
	}
	return nil
}

func (l *live) expects(now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.run.Originals == 0 || now.Sub(l.run.Created) > repeatWindow {
		return false
	}
	l.run.Originals--
	return true
}

// takeLate takes a delivery for an original that arrived after its repeat and whose client has not turned out to be gone:
// a quarter of its own where there is one, so that nobody gets a picture that is another's wish as well.
func (l *live) takeLate(g *guest, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := len(l.run.Deliveries)
	if l.run.Deliveries[0].Quarter == 0 || n >= 4 || l.run.Result != nil && n >= len(l.run.Result.Images) {
		l.sit(0, g)
		return
	}
	l.nextQuarter(g, now)
}

// nextQuarter takes the next quarter of a grid; the caller holds mu.
func (l *live) nextQuarter(g *guest, now time.Time) {
	n := len(l.run.Deliveries)
	l.run.Deliveries = append(l.run.Deliveries, adapter.Delivery{Quarter: n + 1, State: adapter.DeliveryWaiting, At: now})
	l.sit(n, g)
}

// shared finds a young run of an equal request whose grid has a quarter left, and takes it.
func (m meeting) shared() *live {
	if !m.share || m.window <= 0 {
		return nil
	}
	for _, l := range m.known {
		if l.takeQuarter(m.guest, m.now, m.window) {
			return l
		}
	}
	return nil
}

func (l *live) takeQuarter(g *guest, now time.Time, window time.Duration) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.sharing || !l.own || l.run.Status.Ended() || len(l.run.Deliveries) >= 4 || now.Sub(l.run.Created) > window {
		return false
	}
	l.nextQuarter(g, now)
	return true
}

// waitedFor reports whether an equal request seems to be waited for.
func (m meeting) waitedFor() bool {
	return slices.ContainsFunc(m.known, func(l *live) bool {
		return l.matches(func(r adapter.Job) bool {
			return repeatable(r, m.now, m.deadline) && slices.ContainsFunc(r.Deliveries, func(d adapter.Delivery) bool { return d.State == adapter.DeliveryWaiting })
		})
	})
}

// turnedAway notes a request that was refused before it had a run: its repeat is not ahead of it. The caller holds mu.
func (r *runs) turnedAway(body string, now time.Time) {
	r.turned[body] = append(r.turned[body], now)
}

// cameBefore takes back how many of a repeat's earlier tries are known to have been turned away. The caller holds mu.
func (r *runs) cameBefore(body string, tries int, now time.Time) int {
	recent := slices.DeleteFunc(r.turned[body], func(at time.Time) bool { return now.Sub(at) > repeatWindow })
	n := min(tries, len(recent))
	if recent = recent[n:]; len(recent) > 0 {
		r.turned[body] = recent
	} else {
		delete(r.turned, body)
	}
	return n
}

func (r *runs) forgetTurned(now time.Time) {
	for body, at := range r.turned {
		if now.Sub(at[len(at)-1]) > repeatWindow {
			delete(r.turned, body)
		}
	}
}
