package jobs

import (
	"context"
	"slices"
	"sync"

	"midgate/adapter"
)

// guests are the clients that wait for jobs in this process, whatever has become of their connections by now: a client
// that is gone is often noticed here before its handler says so.
type guests struct {
	mu       sync.Mutex
	byJob    map[string][]*guest
	arriving map[string]int // attempts that are being decided, by their body
}

// guest is a client that waits for a job. A delivery may have several: an original that is gone without having been
// noticed to be, and its repeat.
type guest struct {
	job  string
	gone <-chan struct{} // closed once its connection has ended; nil for one that relies on the job without waiting for it
}

func newGuests() *guests { return &guests{byJob: map[string][]*guest{}, arriving: map[string]int{}} }

// arrive says that an attempt is being decided; the function that it returns says that it is one of the guests, or gone.
func (g *guests) arrive(body string) (seated func()) {
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

// sit notes that a client waits for a job.
func (g *guests) sit(ctx context.Context, job string, a adapter.Attempt) *guest {
	one := &guest{job: job, gone: ctx.Done()}
	if a.Async {
		one.gone = nil
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	g.byJob[job] = append(g.byJob[job], one)
	return one
}

// leave says that a client waits no more. One that never waited stays until its job is over.
func (g *guests) leave(one *guest) {
	if one == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if one.gone == nil {
		return
	}
	left := slices.DeleteFunc(g.byJob[one.job], func(o *guest) bool { return o == one })
	if g.byJob[one.job] = left; len(left) == 0 {
		delete(g.byJob, one.job)
	}
}

// rely notes that a client counts on the job although it waits no more.
func (g *guests) rely(one *guest) {
	if one == nil {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	one.gone = nil
}

// over forgets the guests of a job that has ended.
func (g *guests) over(job string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.byJob, job)
}

// waitFor reports whether somebody here waits for the job, or may be about to.
func (g *guests) waitFor(job adapter.Job) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.arriving[job.Body] > 0 || slices.ContainsFunc(g.byJob[job.ID], func(one *guest) bool {
		select {
		case <-one.gone:
			return false
		default:
			return true
		}
	})
}
