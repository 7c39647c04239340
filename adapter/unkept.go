package adapter

import (
	"context"
	"time"
)

const (
	// keepTries is how often a run that has ended goes on for one of its tasks, since the upstream says that it is done.
	keepTries = 8
	// obtainFor is how long it may take to learn whether a picture can be fetched now.
	obtainFor = 10 * time.Second
)

// unkept reports whether the step's task has pictures that are paid and not stored here, and worth another try.
func (s Step) unkept() bool { return s.Unkept && s.Tries < keepTries && !s.Free }

// storing stores what a finished task made, and notes with its step whether that worked: while it did not, the run is
// gone on with later (late.go).
func (q *sequence) storing(task Task, store func() (Result, error)) (Result, error) {
	result, err := store()
	made := func(s Step) bool { return s.Submission != nil && s.Submission.TaskID == task.ID && !s.Free }
	q.live.update(func(r *Run) {
		for i, s := range r.Steps {
			if made(s) {
				r.Steps[i].Unkept = err != nil
			}
		}
	})
	return result, err
}

// obtainable reports whether a task's first picture can be fetched now.
func obtainable(ctx context.Context, a Account, task Task) bool {
	ctx, cancel := context.WithTimeout(ctx, obtainFor)
	defer cancel()
	for _, w := range []whereabouts{clip(a, task, 0), nth(a, task, 0), whole(a, task)} {
		for _, address := range w.addresses() {
			if body, err := a.Upstream.Picture(ctx, address); err == nil {
				_ = body.Close() // it was only opened
				return true
			}
		}
	}
	return false
}
