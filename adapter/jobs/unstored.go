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
	ctx, cancel := context.WithTimeout(ctx, obtainFor)
	defer cancel()
	if len(task.VideoURLs) > 0 {
		return s.whole(ctx, a, task.VideoURLs[0], adapter.MaxVideo)
	}
	for _, url := range append([]string{task.ShownURL()}, task.OtherURLs...) {
		if s.whole(ctx, a, url, adapter.MaxPicture) {
			return true
		}
	}
	return len(task.ImageURLs) > 0 && s.whole(ctx, a, task.ImageURLs[0], adapter.MaxPicture)
}

// whole reports whether all of a file can be fetched.
func (s *Engine) whole(ctx context.Context, a adapter.Account, url string, limit int64) bool {
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
