package clients

import (
	"context"
	"slices"
	"sync"

	"midgate/adapter"
)

// Guests are the clients that wait for jobs in this process, whatever has become of their connections by now: a client
// that is gone is often noticed here before its handler says so.
type Guests struct {
	mu       sync.Mutex
	byJob    map[string][]*Guest
	arriving map[string]int // attempts that are being decided, by their body
}

// Guest is a client that waits for a job. A delivery may have several: an original that is gone without having been
// noticed to be, and its repeat.
type Guest struct {
	job  string
	gone <-chan struct{} // closed once its connection has ended; nil for one that relies on the job without waiting for it
}

// NewGuests makes a room with nobody in it.
func NewGuests() *Guests { return &Guests{byJob: map[string][]*Guest{}, arriving: map[string]int{}} }

// Arrive says that an attempt is being decided; the function that it returns says that it is one of the guests, or gone.
func (g *Guests) Arrive(body string) (seated func()) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.arriving[body]++
	return sync.OnceFunc(func() {
		g.mu.Lock()
		defer g.mu.Unlock()
		if g.arriving[body]--; g.arriving[body] == 0 {
			delete(g.arriving, body)
		}
	})
}

// Sit notes that a client waits for a job.
func (g *Guests) Sit(ctx context.Context, job string, a adapter.Attempt) *Guest {
	one := &Guest{job: job, gone: ctx.Done()}
	if a.Async {
		one.gone = nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.byJob[job] = append(g.byJob[job], one)
	return one
}

// Leave says that a client waits no more. One that never waited stays until its job is over, which over says of now.
func (g *Guests) Leave(one *Guest, over bool) {
	if one == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if one.gone == nil && !over {
		return
	}
	g.remove(one.job, func(o *Guest) bool { return o == one })
}

// Rely notes that a client counts on the job although it waits no more.
func (g *Guests) Rely(one *Guest) {
	if one == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	one.gone = nil
}

// Of are the guests of a job at the moment.
func (g *Guests) Of(job string) []*Guest {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.byJob[job])
}

// Over forgets those guests of a job, which has ended. Others may wait by then for what begins it anew.
func (g *Guests) Over(job string, those []*Guest) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.remove(job, func(one *Guest) bool { return slices.Contains(those, one) })
}

func (g *Guests) remove(job string, which func(*Guest) bool) {
	left := slices.DeleteFunc(g.byJob[job], which)
	if g.byJob[job] = left; len(left) == 0 {
		delete(g.byJob, job)
	}
}

// WaitFor reports whether somebody here waits for the job, or may be about to.
func (g *Guests) WaitFor(job adapter.Job) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.arriving[job.Body] > 0 || slices.ContainsFunc(g.byJob[job.ID], func(one *Guest) bool {
		select {
		case <-one.gone:
			return false
		default:
			return true
		}
	})
}
