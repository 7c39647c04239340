package jobs_test

import (
	"sync"
	"time"

	"midgate/adapter"
)

// crowd is who waits for what, as far as the processes can know: a job that nobody waits for is not to be submitted.
type crowd struct {
	mu     sync.Mutex
	here   map[string]int // clients, by the digest of what they ask for
	left   map[string]time.Time
	wishes map[string]int // what may be charged for that at most; endless: nobody can say
}

const endless = 1 << 20

func newCrowd() *crowd {
	return &crowd{here: map[string]int{}, left: map[string]time.Time{}, wishes: map[string]int{}}
}

func digestOf(a adapter.Attempt) string { return adapter.Digest(a.Caller.Owner, a.Route, a.Body) }

// enter says that a client waits; leave that it does so no more, unless it relies on the job all the same.
func (c *crowd) enter(a adapter.Attempt) (leave func(relies bool)) {
	body := digestOf(a)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.here[body]++
	return func(relies bool) {
		c.mu.Lock()
		defer c.mu.Unlock()
		if !relies && !a.Async {
			c.here[body]--
			c.left[body] = time.Now()
		}
	}
}

// wish allows for further charges.
func (c *crowd) wish(a adapter.Attempt, n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.wishes[digestOf(a)] += n
}

// allowed is how many charges a body may have.
func (c *crowd) allowed(body string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.wishes[body]
}

// forNobody complains of the first submission of a job whose clients left a while ago.
func (w *world) forNobody(job adapter.Job) {
	w.crowd.mu.Lock()
	defer w.crowd.mu.Unlock()
	gone := time.Since(w.crowd.left[job.Body])
	if w.plan.calm() && job.Attended && len(job.Steps) == 1 && w.crowd.here[job.Body] == 0 && gone > 2*time.Second {
		w.log.wrong("job %s is submitted although everybody left %s ago", short(job.ID), gone)
	}
}
