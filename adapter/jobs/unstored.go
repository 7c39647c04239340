package jobs

import (
	"context"

	"midgate/adapter"
)

// unstored reports whether the step's task has pictures that are paid and not stored here, and worth another try.
func unstored(s adapter.Step) bool { return s.Unstored && s.Tries < keepTries && !s.Free }

// RecordStorage stores what a finished task made, and notes with its step whether that worked: while it did not, the run is
// gone on with later (late.go).
func (q *Execution) RecordStorage(task adapter.Task, store func() (adapter.Result, error)) (adapter.Result, error) {
	result, err := store()
	made := func(s adapter.Step) bool { return s.Submission != nil && s.Submission.TaskID == task.ID && !s.Free }
	q.live.update(func(r *adapter.Job) {
		for i, s := range r.Steps {
			if made(s) {
				r.Steps[i].Unstored = err != nil
			}
		}
	})
	return result, err
}

// obtainable reports whether a task's first picture can be fetched now: all of it, as far as the time allows to see.
func (s *Engine) obtainable(ctx context.Context, a adapter.Account, task adapter.Task) bool {
	url, limit := task.ShownURL(), int64(adapter.MaxPicture)
	if len(task.VideoURLs) > 0 {
		url, limit = task.VideoURLs[0], adapter.MaxVideo
	}
	ctx, cancel := context.WithTimeout(ctx, obtainFor)
	defer cancel()
	body, err := a.Upstream.Picture(ctx, url)
	if err != nil {
		return false
	}
	defer func() { _ = body.Close() }() // it was only read
	inspector, ok := s.parts.Pictures.(adapter.Inspector)
	if !ok {
		return true
	}
	return inspector.Inspect(body, limit) == nil || ctx.Err() != nil
}
