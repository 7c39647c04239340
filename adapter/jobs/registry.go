package jobs

import (
	"sync"

	"midgate/adapter"
)

// registry is the jobs that this process executes, and those that somebody waits for here.
type registry struct {
	mu   sync.Mutex
	byID map[string]*activeJob
}

func newRegistry() *registry { return &registry{byID: map[string]*activeJob{}} }

// get returns the job with that ID, nil if it is not known here.
func (r *registry) get(id string) *activeJob {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.byID[id]
}

// of returns the job of a record: the one that is known here, or a new one that is not kept.
func (r *registry) of(run adapter.Job) *activeJob {
	if known := r.get(run.ID); known != nil {
		return known
	}
	return newActiveJob(run)
}

// enter keeps a job for somebody who waits for it until leave. It returns the one that is known here.
func (r *registry) enter(j *activeJob) *activeJob {
	id := j.id()
	r.mu.Lock()
	defer r.mu.Unlock()
	if known := r.byID[id]; known != nil {
		j = known
	}
	r.byID[id] = j
	j.waiting++
	return j
}

// leave drops a job that nobody executes or waits for here any more.
func (r *registry) leave(j *activeJob) {
	id := j.id()
	r.mu.Lock()
	defer r.mu.Unlock()
	j.waiting--
	if j.waiting == 0 && r.byID[id] == j {
		delete(r.byID, id)
	}
}

func (j *activeJob) id() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.run.ID
}

// all returns the jobs that are executed here, or those that are not.
func (r *registry) all(own bool) []*activeJob {
	r.mu.Lock()
	known := make([]*activeJob, 0, len(r.byID))
	for _, j := range r.byID {
		known = append(known, j)
	}
	r.mu.Unlock()
	some := known[:0]
	for _, j := range known {
		if j.executed() == own {
			some = append(some, j)
		}
	}
	return some
}

func (r *registry) executing() int { return len(r.all(true)) }
