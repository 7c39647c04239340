package jobs

import (
	"context"
	"errors"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/dedup"
	"midgate/adapter/jobs/record"
)

// reconcile looks once for what the ended jobs lack whose time has come: what was paid is fetched, and answers later
// requests that repeat the one that failed. Each due job is looked for by one replica.
func (s *Engine) reconcile() error {
	var due []string
	now := s.clock.Now()
	err := s.deps.State.Write(s.life, func(tx adapter.Tx) (err error) { // without riders: mostly nothing is due, and nothing is synced
		due, err = tx.DueJobs(s.life, s.cfg.Replica, now, now.Add(lateLongest), lot)
		return err
	})
	if err != nil {
		return err
	}
	for _, id := range due {
		s.spawn(func() { s.lookFor(s.life, id) })
	}
	return nil
}

// lookFor asks the upstreams for every step that a job lacks, and goes on with the job if one was found.
func (s *Engine) lookFor(ctx context.Context, id string) {
	run, err := s.deps.State.Job(ctx, id)
	if err != nil {
		return // it is due again later
	}
	s.clock.Tie(&run)
	missing := s.clock.Now().Sub(run.Finished)
	if !record.MayTurnUp(run) || missing > max(s.cfg.JobDeadline, dedup.RepeatWindow) {
		s.lookAgain(ctx, run, time.Time{})
		return
	}
	caller := s.whose(run)
	for _, st := range run.Steps {
		if !record.Lacks(run, st) {
			continue
		}
		account, err := s.deps.Accounts.Made(ctx, caller, st.Upstream)
		if err != nil {
			continue // its key is gone, or the upstream's settings are
		}
		if sub, ok := s.turnedUp(ctx, account, run, st); ok {
			s.reopen(ctx, run, caller, st.Name, sub)
			return
		}
	}
	s.lookAgain(ctx, run, s.clock.Now().Add(min(max(missing/4, record.FirstLook), lateLongest)))
}

// lookAgain says when a job is looked for next. One that is not looked for any more needs its client's key no longer.
func (s *Engine) lookAgain(ctx context.Context, run adapter.Job, next time.Time) {
	err := s.units.Write(ctx, func(tx adapter.Tx) error {
		job, err := tx.LockJob(ctx, run.ID)
		if err != nil || !job.Status.Ended() || job.Replica != s.cfg.Replica {
			return err
		}
		if job.NextLook = next; next.IsZero() {
			job.SealedKey = nil
		}
		return tx.PutJob(ctx, job, s.cfg.Replica)
	})
	if err != nil && !errors.Is(err, adapter.ErrConflict) && ctx.Err() == nil {
		s.deps.Log.Warn("when a job is looked for next could not be recorded", "job", run.ID, "error", err)
	}
}

// turnedUp looks for a step's task: by its state while it has no ID, else until it is finished and its pictures, if they
// could not be fetched before, are there.
func (s *Engine) turnedUp(ctx context.Context, a adapter.Account, run adapter.Job, st adapter.Step) (adapter.Submission, bool) {
	if st.Submission != nil {
		task, err := a.Upstream.Task(ctx, st.Submission.TaskID)
		own := task.State == "" || task.State == st.State || st.Continues || st.Submission.Existing
		return *st.Submission, err == nil && task.Done() && own && (!st.Unstored || s.fetchable(ctx, a, task))
	}
	if finder, ok := a.Upstream.(adapter.Finder); ok {
		if task, err := finder.Find(ctx, st.State); err == nil {
			return adapter.Submission{TaskID: task.ID, Dialog: task.Status == adapter.Dialog, At: st.Intended}, true
		}
	}
	opened := record.StepOf(&run, st.Answers)
	if st.Answers == "" || opened == nil || opened.Submission == nil {
		return adapter.Submission{}, false
	}
	return dialogGoesOn(ctx, a, opened.Submission.TaskID)
}

// fetchable reports whether a task's first picture can be fetched now: all of it, as far as the time allows to see.
func (s *Engine) fetchable(ctx context.Context, a adapter.Account, task adapter.Task) bool {
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
	inspector, ok := s.deps.Pictures.(adapter.Inspector)
	if !ok {
		return true
	}
	return inspector.Inspect(body, limit) == nil || ctx.Err() != nil
}

// reopen goes on with an ended job one of whose submissions was found: from the top, as after a restart. An answer that
// it has already stays in its record until there is a fuller one.
func (s *Engine) reopen(ctx context.Context, before adapter.Job, caller adapter.Caller, step string, sub adapter.Submission) {
	j := s.jobs.Enter(s.jobs.Of(before))
	defer s.jobs.Leave(j)
	if !j.Claim() {
		s.lookAgain(ctx, before, s.clock.Now().Add(record.FirstLook))
		return
	}
	var open adapter.Job
	err := s.units.Write(ctx, func(tx adapter.Tx) error {
		job, err := tx.LockJob(ctx, before.ID)
		if err != nil {
			return err
		}
		st := record.StepOf(&job, step)
		if !record.MayTurnUp(job) || job.Replica != s.cfg.Replica || st == nil {
			return errLost
		}
		if st.Submission != nil {
			st.Tries++
		}
		st.Submission, st.Finished = &sub, time.Time{}
		job.Status, job.Error, job.Finished, job.NextLook = adapter.JobInProgress, nil, time.Time{}, time.Time{}
		if until := s.clock.Now().Add(s.cfg.JobDeadline); until.After(job.Deadline) {
			job.Deadline = until
		}
		open = job
		return errors.Join(tx.PutJob(ctx, job, s.cfg.Replica), tx.PutStep(ctx, job.ID, *st))
	})
	if err != nil {
		j.Disclaim()
		if errors.Is(err, adapter.ErrCommitUnknown) {
			s.spawn(func() { s.recoverLater(before.ID) }) // it may be open by now
		}
		if !errors.Is(err, errLost) && ctx.Err() == nil {
			s.deps.Log.Warn("a job that turned up late could not be recorded; trying again", "job", before.ID, "error", err)
		}
		return
	}
	s.clock.Tie(&open)
	j.Update(func(r *adapter.Job) { *r = record.Clone(open) })
	s.deps.Log.Info("a job turned up late and is followed", "job", before.ID, "step", step)
	s.execute(j, caller, execution{patience: before.Deadline, counted: paidSteps(before)})
}

// whose is the caller of a job. A key that a client brought stays sealed in its record while a task of the job may turn
// up.
func (s *Engine) whose(run adapter.Job) adapter.Caller {
	key, err := record.DecryptKey(s.cfg.Secret, run.ID, run.SealedKey)
	if err != nil {
		s.deps.Log.Error("the key of an unfinished job cannot be read: was MIDGATE_SECRET changed?", "job", run.ID)
	}
	return adapter.Caller{Owner: run.Owner, Name: run.Caller, Key: key}
}
