package jobs

import (
	"context"
	"errors"
	"slices"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/active"
	"midgate/adapter/jobs/record"
)

// Record reads a job whoever owns it; ErrNotFound. The ID cannot be guessed.
func (s *Engine) Record(ctx context.Context, id string) (adapter.Job, error) {
	if j := s.jobs.Get(id); j != nil && j.Executed() {
		return j.Snapshot(), nil
	}
	run, err := s.deps.State.Job(ctx, id)
	s.clock.Tie(&run)
	return run, err
}

// Job returns one of the caller's jobs as it stands; a NotFound *Error for an unknown ID and for another owner's.
func (s *Engine) Job(ctx context.Context, c adapter.Caller, id string) (adapter.Job, error) {
	run, err := s.Record(ctx, id)
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

// JobProgress is how far a job has come that is executed or waited for here; zero for any other.
func (s *Engine) JobProgress(id string) adapter.Progress {
	j := s.jobs.Get(id)
	if j == nil {
		return adapter.Progress{}
	}
	p := j.Shown()
	if q, ok := j.By().(*Execution); ok && p.Status == adapter.JobQueued {
		p.Ahead = q.slots.ahead()
	}
	return p
}

// Jobs lists those of the caller's jobs that are asked for, newest first.
func (s *Engine) Jobs(ctx context.Context, c adapter.Caller, q adapter.JobQuery) ([]adapter.Job, error) {
	q.Owner = c.Owner
	jobs, err := s.deps.State.Jobs(ctx, q)
	if err != nil {
		return nil, adapter.ListError(err, "job")
	}
	for i, run := range jobs {
		if j := s.jobs.Get(run.ID); j != nil && j.Executed() {
			jobs[i] = j.Snapshot()
		}
	}
	return jobs, nil
}

// JobOfTask is the job of one of the caller's tasks; a NotFound *Error for an unknown one and for another owner's.
func (s *Engine) JobOfTask(ctx context.Context, c adapter.Caller, taskID string) (adapter.Job, error) {
	run, err := s.deps.State.JobByTask(ctx, c.Owner, taskID)
	if errors.Is(err, adapter.ErrNotFound) {
		if run, ok := s.unrecordedTask(c, taskID); ok {
			return run, nil
		}
		return adapter.Job{}, adapter.TaskNotFound()
	}
	if err != nil {
		return adapter.Job{}, adapter.Wrap(adapter.Storage, err, "The tasks' records cannot be read at the moment.")
	}
	return s.Job(ctx, c, run.ID)
}

// unrecordedTask finds a task that is known here although it could not be recorded yet.
func (s *Engine) unrecordedTask(c adapter.Caller, taskID string) (adapter.Job, bool) {
	for _, j := range s.jobs.All(true) {
		run := j.Snapshot()
		for _, st := range run.Steps {
			if run.Owner == c.Owner && st.Submission != nil && st.Submission.TaskID == taskID {
				return run, true
			}
		}
	}
	return adapter.Job{}, false
}

// sendingFor is how long Cancel waits for the outcome of a submission that is under way.
const sendingFor = 20 * time.Second

// errSending is why a job cannot be cancelled yet: something of it is being submitted, or was a moment ago.
var errSending = errors.New("a submission of the job is under way")

// Cancel asks a job to stop. One that waits for its place ends at once; one that was submitted is cancelled at the
// upstream, an Unsupported *Error where that is not possible. What is being submitted may be paid in a moment: its outcome
// is waited for, and a Timeout *Error says that it takes too long.
func (s *Engine) Cancel(ctx context.Context, c adapter.Caller, id string) (adapter.Job, error) {
	for began := s.clock.Now(); ; {
		run, err := s.Job(ctx, c, id)
		if err != nil || run.Status.Ended() {
			return run, err
		}
		err = errSending
		if !s.sending(run, run) { // else nothing of it is stopped yet: perhaps not all of it can be
			if err := s.cancelUpstream(ctx, c, run); err != nil {
				return run, err
			}
			err = s.recordCancel(ctx, run)
		}
		switch {
		case err == nil:
			return s.cancelled(ctx, run), nil
		case !errors.Is(err, errSending):
			return run, adapter.Wrap(adapter.Storage, err, "The cancellation could not be recorded.")
		case s.clock.Now().Sub(began) > sendingFor || !adapter.Pause(ctx, 100*time.Millisecond):
			return run, adapter.Errorf(adapter.Timeout, "Job %s is being submitted at the moment, so it cannot be stopped yet. Please try again in a few seconds.", id)
		}
	}
}

// recordCancel records that a job was cancelled, unless something of it was submitted since it was read.
func (s *Engine) recordCancel(ctx context.Context, run adapter.Job) error {
	return s.units.Write(ctx, func(tx adapter.Tx) error {
		known, err := tx.LockJob(ctx, run.ID)
		switch {
		case err != nil:
			return err
		case s.sending(known, run):
			return errSending
		}
		return tx.CancelJob(ctx, run.ID)
	})
}

// sending reports whether a job, as it is recorded, has something at the upstream, or on its way there, that seen does not
// know of. An intent that was recorded with the job, and waits for its place, is none.
func (s *Engine) sending(job, seen adapter.Job) bool {
	unsent := ""
	if j := s.jobs.Get(job.ID); j != nil {
		if q, here := j.By().(*Execution); here {
			unsent = q.unsent()
		}
	}
	return slices.ContainsFunc(job.Steps, func(st adapter.Step) bool {
		known := record.StepOf(&seen, st.Name)
		switch {
		case known != nil && known.Submission != nil:
			return false
		case st.Submission != nil:
			return true
		case known != nil && known.Refusal != nil && sameTime(known.Intended, st.Intended):
			return false
		}
		return st.Refusal == nil && st.Name != unsent
	})
}

// cancelled ends the execution of a job whose cancellation is recorded.
func (s *Engine) cancelled(ctx context.Context, run adapter.Job) adapter.Job {
	j := s.jobs.Enter(s.jobs.Of(run))
	defer s.jobs.Leave(j)
	s.news.Changed(run.ID)
	j.Cancel()
	return settled(ctx, j)
}

// settled waits a moment for a job that was told to stop.
func settled(ctx context.Context, j *active.Job) adapter.Job {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	for {
		run, changed := j.Look()
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

// cancelUpstream cancels every task of the job that is under way.
func (s *Engine) cancelUpstream(ctx context.Context, c adapter.Caller, run adapter.Job) error {
	for _, st := range run.Steps {
		if st.Submission == nil || !st.Finished.IsZero() {
			continue
		}
		account, err := s.deps.Accounts.Made(ctx, c, st.Upstream)
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

// Forget marks one of the caller's jobs as deleted: whoever shows jobs under a name of their own does not show it any
// more. The job goes on, and its pictures stay.
func (s *Engine) Forget(ctx context.Context, c adapter.Caller, id string) error {
	if _, err := s.Job(ctx, c, id); err != nil {
		return err
	}
	if err := s.units.Write(ctx, func(tx adapter.Tx) error { return tx.DeleteJob(ctx, id) }); err != nil {
		return adapter.Wrap(adapter.Storage, err, "The deletion could not be recorded.")
	}
	if j := s.jobs.Get(id); j != nil {
		j.Update(func(r *adapter.Job) { r.Deleted = true })
	}
	return nil
}

// Ready reports whether new jobs could be recorded, by this replica: for readiness probes.
func (s *Engine) Ready(ctx context.Context) error {
	if !s.lease.held() {
		return adapter.Wrap(adapter.Storage, errNoLease, "This replica counts as dead and takes no jobs on.")
	}
	return s.deps.State.Ready(ctx)
}
