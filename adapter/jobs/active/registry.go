package active

import (
	"sync"

	"midgate/adapter"
)

// Registry is the jobs that this process executes, and those that somebody waits for here.
type Registry struct {
	mu   sync.Mutex
	byID map[string]*Job
}

// NewRegistry makes one that knows no job.
func NewRegistry() *Registry { return &Registry{byID: map[string]*Job{}} }

// Get returns the job with that ID, nil if it is not known here.
func (r *Registry) Get(id string) *Job {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.byID[id]
}

// Of returns the job of a record: the one that is known here, or a new one that is not kept.
func (r *Registry) Of(run adapter.Job) *Job {
	if known := r.Get(run.ID); known != nil {
		return known
	}
	return New(run)
}

// Enter keeps a job for somebody who waits for it until Leave. It returns the one that is known here.
func (r *Registry) Enter(j *Job) *Job {
	id := j.ID()
	r.mu.Lock()
	defer r.mu.Unlock()
	if known := r.byID[id]; known != nil {
		j = known
	}
	r.byID[id] = j
	j.waiting++
	return j
}

// Leave drops a job that nobody executes or waits for here any more.
func (r *Registry) Leave(j *Job) {
	id := j.ID()
	r.mu.Lock()
	defer r.mu.Unlock()
	j.waiting--
	if j.waiting == 0 && r.byID[id] == j {
		delete(r.byID, id)
	}
}

// ID is the ID of the job.
func (j *Job) ID() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.run.ID
}

// All returns the jobs that are executed here, or those that are not.
func (r *Registry) All(own bool) []*Job {
	r.mu.Lock()
	known := make([]*Job, 0, len(r.byID))
	for _, j := range r.byID {
		known = append(known, j)
	}
	r.mu.Unlock()
	some := known[:0]
	for _, j := range known {
		if j.Executed() == own {
			some = append(some, j)
		}
	}
	return some
}

// Executing is how many jobs are executed here.
func (r *Registry) Executing() int { return len(r.All(true)) }
