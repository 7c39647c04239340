package midjourney

import (
	"context"
	"net/http"
	"sync"
	"time"
)

// Reach is what is known of whether an upstream can be reached.
type Reach struct {
	Name     string    // the upstream's
	Answered bool      // the last request was answered, whatever the answer said
	At       time.Time // when that was; zero: nothing was asked yet
	Cannot   bool      // stop what it has begun, as is known
}

// reach notes for one upstream how its last request ended.
type reach struct {
	mu       sync.Mutex
	answered bool
	at       time.Time
	asked    time.Time // when Fleet.Reach last asked by itself
}

// note takes the end of a request. One that its caller gave up says nothing.
func (r *reach) note(ctx context.Context, err error) {
	if ctx.Err() != nil && err != nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.answered, r.at = err == nil, time.Now()
}

// stale reports whether the newest news is older than fresh, to one caller in that time.
func (r *reach) stale(fresh time.Duration) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if now.Sub(r.at) < fresh || now.Sub(r.asked) < fresh {
		return false
	}
	r.asked = now
	return true
}

// Reach tells of every upstream, in the order of the configuration, how its last request ended. With fresh above 0 an
// upstream that was not heard of for so long is asked a harmless question first: once in that time, however often and by
// however many Reach is called. Whether it can stop jobs is asked rarely, by stopping a task that nobody has.
func (f *Fleet) Reach(ctx context.Context, fresh time.Duration) []Reach {
	var asking sync.WaitGroup
	for _, u := range f.upstreams {
		c := &client{upstream: u, key: u.cfg.Key}
		if fresh > 0 && u.reach.stale(fresh) {
			asking.Go(func() { _, _ = c.call(ctx, http.MethodGet, nobody, nil, maxTask) })
		}
		if _, known := u.routes.know(featureCancel); fresh > 0 && !known && u.routes.ask(featureCancel) {
			asking.Go(func() { _, _ = c.cancel(ctx, noTask) })
		}
	}
	asking.Wait()
	out := make([]Reach, len(f.upstreams))
	for i, u := range f.upstreams {
		can, known := u.routes.know(featureCancel)
		u.reach.mu.Lock()
		out[i] = Reach{Name: u.cfg.Name, Answered: u.reach.answered, At: u.reach.at, Cannot: known && !can}
		u.reach.mu.Unlock()
	}
	return out
}
