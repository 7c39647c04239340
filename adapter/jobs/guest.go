package jobs

import (
	"context"
	"slices"
	"time"

	"midgate/adapter"
)

// guest is a client that waits for a delivery of a run. A delivery may have several: an original that is gone without
// having been noticed to be and its repeat, or requests with one Idempotency-Key.
type guest struct {
	delivery int
	retry    int             // its retry counter
	gone     <-chan struct{} // closed once its connection has ended
	left     bool            // it does not wait any more
}

func newGuest(ctx context.Context, a adapter.Attempt) *guest {
	return &guest{retry: a.Retry, gone: ctx.Done()}
}

// isGone reports whether its connection has ended.
func (g *guest) isGone() bool {
	select {
	case <-g.gone:
		return true
	default:
		return false
	}
}

// sit notes one more client that waits for delivery i; the caller holds mu.
func (l *live) sit(i int, g *guest) *guest {
	g.delivery = i
	l.guests = append(l.guests, g)
	if g.retry > 0 {
		for len(l.repeats) <= i {
			l.repeats = append(l.repeats, 0)
		}
		l.repeats[i]++
	}
	return g
}

// repeated is how many counted repeats have taken delivery i; the caller holds mu.
func (l *live) repeated(i int) int {
	if i < len(l.repeats) {
		return l.repeats[i]
	}
	return 0
}

// twin reports whether a client with that retry counter waits for delivery i; the caller holds mu.
func (l *live) twin(i, retry int) bool {
	return slices.ContainsFunc(l.guests, func(g *guest) bool { return g.delivery == i && g.retry == retry && !g.left && !g.isGone() })
}

// leave says what became of a client's delivery. The last that leaves without an answer leaves it to the next repeat;
// while others wait for it nothing changes, and false is returned.
func (l *live) leave(g *guest, state adapter.DeliveryState, at time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if g.left = true; len(l.run.Steps) > 0 { // who was there is asked for before the first step only
		l.guests = slices.DeleteFunc(l.guests, func(o *guest) bool { return o.left })
	}
	others := slices.ContainsFunc(l.guests, func(o *guest) bool { return o.delivery == g.delivery && !o.left })
	if state == adapter.DeliveryAbandoned && others {
		return false
	}
	settle(&l.run, g.delivery, state, at)
	l.wake()
	return true
}

// settle changes the state of a delivery, unless the one that it has must stay: what was answered stays answered, the
// time at which a delivery was first abandoned counts, and so does a repeat that has taken it since.
func settle(r *adapter.Job, i int, state adapter.DeliveryState, at time.Time) {
	if i >= len(r.Deliveries) {
		return
	}
	if d := &r.Deliveries[i]; d.State != adapter.DeliveryAnswered && d.State != state && !d.At.After(at) {
		d.State, d.At = state, at
	}
}

// promise notes that a client relies on the job although it does not wait for it.
func (l *live) promise() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.awaited = false
}

// deserted reports whether nothing of a run was begun and everybody who waited for it is gone. A client that says so
// itself counts where the run had to wait for its turn.
func (l *live) deserted(queued bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.awaited && len(l.run.Steps) == 0 && len(l.guests) > 0 &&
		!slices.ContainsFunc(l.guests, func(g *guest) bool { return !g.isGone() && !(g.left && queued) })
}
