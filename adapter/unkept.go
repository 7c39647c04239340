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

// RecordStorage stores what a finished task made, and notes with its step whether that worked: while it did not, the run is
// gone on with later (late.go).
func (q *Execution) RecordStorage(task Task, store func() (Result, error)) (Result, error) {
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

// obtainable reports whether a task's first picture can be fetched now: all of it, as far as the time allows to see.
func (s *Engine) obtainable(ctx context.Context, a Account, task Task) bool {
	url, limit := task.ShownURL(), int64(MaxPicture)
	if len(task.VideoURLs) > 0 {
		url, limit = task.VideoURLs[0], MaxVideo
	}
	ctx, cancel := context.WithTimeout(ctx, obtainFor)
	defer cancel()
	body, err := a.Upstream.Picture(ctx, url)
	if err != nil {
		return false
	}
	defer func() { _ = body.Close() }() // it was only read
	inspector, ok := s.parts.Pictures.(Inspector)
	if !ok {
		return true
	}
	return inspector.Inspect(body, limit) == nil || ctx.Err() != nil
}
