package jobs

import (
	"context"
	"errors"
	"time"

	"midgate/adapter"
)

// Job returns one of the caller's jobs as it stands; a NotFound *Error for an unknown ID and for another owner's.
func (s *Engine) Job(ctx context.Context, c adapter.Caller, id string) (adapter.Job, error) {
	if l := s.runs.get(id); l != nil {
		if run := l.snapshot(); run.Owner == c.Owner {
			return run, nil
		}
		return adapter.Job{}, jobNotFound()
	}
	run, err := s.parts.Journal.Get(ctx, id)
	if errors.Is(err, adapter.ErrNotFound) || err == nil && run.Owner != c.Owner {
		return adapter.Job{}, jobNotFound()
	}
	if err != nil {
		return adapter.Job{}, adapter.Wrap(adapter.Storage, err, "The jobs' records cannot be read at the moment.")
	}
	return run, nil
}

func jobNotFound() *adapter.Error {
	return &adapter.Error{Kind: adapter.NotFound, Code: "job_not_found", Param: "id", Message: "There is no job with this ID among the jobs of this key."}
}

// JobProgress is how far a job that is executed here has come; zero for any other.
func (s *Engine) JobProgress(id string) adapter.Progress {
	if l := s.runs.get(id); l != nil {
		return l.shown()
	}
	return adapter.Progress{}
}

// Jobs lists the caller's jobs, newest first.
func (s *Engine) Jobs(ctx context.Context, c adapter.Caller, limit int, after string) ([]adapter.Job, error) {
	jobs, err := s.parts.Journal.List(ctx, c.Owner, limit, after)
	if err != nil {
		return nil, adapter.ListError(err, "job")
	}
	for i, j := range jobs {
		if l := s.runs.get(j.ID); l != nil {
			jobs[i] = l.snapshot()
		}
	}
	return jobs, nil
}

// Cancel asks a job to stop. One that waits for its place ends at once; one that was submitted is cancelled at the
// upstream, an Unsupported *Error where that is not possible.
func (s *Engine) Cancel(ctx context.Context, c adapter.Caller, id string) (adapter.Job, error) {
	run, err := s.Job(ctx, c, id)
	if err != nil || run.Status.Ended() {
		return run, err
	}
	l := s.runs.get(id)
	if l == nil {
		return run, nil
	}
	if err := s.cancelUpstream(ctx, c, run); err != nil {
		return run, err
	}
	err = l.save(ctx, s.parts.Journal, func(r *adapter.Job) error {
		r.Cancel = true
		return nil
	})
	if err != nil {
		return run, adapter.Wrap(adapter.Storage, err, "The cancellation could not be recorded.")
	}
	l.mu.Lock()
	stop := l.stop
	l.mu.Unlock()
	if stop != nil {
		stop(errCancelled)
	}
	return s.settled(ctx, l), nil
}

// settled waits a moment for a run that was told to stop.
func (s *Engine) settled(ctx context.Context, l *live) adapter.Job {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	for {
		run, changed := l.look()
		if run.Status.Ended() {
			return run
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return run
		}
	}
}

// cancelUpstream cancels every task of the run that is under way.
func (s *Engine) cancelUpstream(ctx context.Context, c adapter.Caller, run adapter.Job) error {
	for _, st := range run.Steps {
		if st.Submission == nil || !st.Finished.IsZero() {
			continue
		}
		account, err := s.parts.Accounts.Made(ctx, c, st.Upstream)
		if err != nil {
			return err
		}
		tools, ok := account.Upstream.(adapter.Tools)
		if !ok {
			return &adapter.Error{Kind: adapter.Unsupported, Code: "unsupported", Message: "This upstream cannot cancel a job that was submitted."}
		}
		if err := tools.Cancel(ctx, st.Submission.TaskID); err != nil {
			return err
		}
	}
	return nil
}

// Ready reports whether new jobs could be recorded, by this replica: for readiness probes.
func (s *Engine) Ready(ctx context.Context) error {
	if err := s.standing.isHeld(); err != nil {
		return err
	}
	_, err := s.parts.Store.Get(ctx, adapter.ImagePrefix+"00000000000000000000000000")
	if errors.Is(err, adapter.ErrNotFound) {
		return nil
	}
	return err
}

// taskKey is under what the store remembers which run a task belongs to. Only its owner finds it.
func taskKey(taskID string) string { return adapter.Digest("task", taskID) }

// IndexTask notes which run a task belongs to. A dialog's answer keeps its task: the newest run counts.
func (q *Execution) IndexTask(taskID string) error {
	run := q.Job()
	return q.Persist(run.ID, func() error {
		return q.s.parts.Store.Digest(q.ctx, run.Owner, taskKey(taskID), run.ID)
	})
}

// IndexFirstTask makes a run's task known before its client hears of it, who may ask for it at once: the run's own sequence
// notes it a moment after its submission. A failure does no harm, since the sequence goes on trying.
func (s *Engine) IndexFirstTask(ctx context.Context, run adapter.Job) {
	if len(run.Steps) > 0 && run.Steps[0].Submission != nil {
		_ = s.parts.Store.Digest(ctx, run.Owner, taskKey(run.Steps[0].Submission.TaskID), run.ID)
	}
}

// JobOfTask is the run of one of the caller's tasks; a NotFound *Error for an unknown one and for another owner's.
func (s *Engine) JobOfTask(ctx context.Context, c adapter.Caller, taskID string) (adapter.Job, error) {
	id, err := s.parts.Store.FindDigest(ctx, c.Owner, taskKey(taskID))
	if errors.Is(err, adapter.ErrNotFound) {
		return adapter.Job{}, adapter.TaskNotFound()
	}
	if err != nil {
		return adapter.Job{}, adapter.Wrap(adapter.Storage, err, "The tasks' records cannot be read at the moment.")
	}
	run, err := s.Job(ctx, c, id)
	if adapter.KindOf(err) == adapter.NotFound && err != nil {
		return adapter.Job{}, adapter.TaskNotFound()
	}
	return run, err
}

// known returns the run in memory, taking it there if need be.
func (s *Engine) known(run adapter.Job) *live {
	s.runs.mu.Lock()
	defer s.runs.mu.Unlock()
	l := s.runs.byID[run.ID]
	if l == nil {
		l = newLive(run)
		close(l.ready)
		s.runs.add(l)
	}
	return l
}

// Record reads a job whoever owns it; ErrNotFound. The ID cannot be guessed.
func (s *Engine) Record(ctx context.Context, id string) (adapter.Job, error) {
	return s.parts.Journal.Get(ctx, id)
}
