package jobs

import (
	"context"
	"errors"
	"slices"
	"time"

	"midgate/adapter"
)

// reconcilable reports whether a run ended although a job of its may exist: nobody knew whether it was accepted, or it
// was not finished when its deadline was over, or midgate itself failed, or
// the upstream said that it had lost it (row U4), or its pictures could not be fetched and stored. A run may have been
// answered without that job's pictures: those of others were enough.
func reconcilable(r adapter.Job) bool {
	failed := r.Status == adapter.JobFailed && r.Error != nil &&
		(slices.Contains([]adapter.Kind{adapter.Ambiguous, adapter.Overdue, adapter.Internal, adapter.Failed}, r.Error.Kind) || slices.ContainsFunc(r.Steps, unstored))
	if !failed && r.Status != adapter.JobCompleted {
		return false
	}
	return slices.ContainsFunc(r.Steps, func(st adapter.Step) bool { return stepIncomplete(r, st) })
}

// stepIncomplete reports whether a step is what the run lacks: nobody knows its submission, or its task was not over in time,
// or has pictures that are not stored here.
func stepIncomplete(r adapter.Job, s adapter.Step) bool {
	unknown := s.Submission == nil && s.Refusal == nil
	unfinished := s.Submission != nil && s.Finished.IsZero() && !s.Free && s.Tries < keepTries
	lacks := unfinished || unstored(s)
	if r.Error == nil {
		return unknown || lacks && r.Result != nil && r.Result.Missing > 0
	}
	return unknown || lacks // whoever submitted it may have been cut off, and has told since
}

// nextLook is when the job of a failed run is looked for next; false when nobody can ask for its result any more.
func nextLook(r adapter.Job, now time.Time, keep time.Duration) (next time.Time, still bool) {
	missing := now.Sub(r.Finished)
	return now.Add(min(max(missing/4, lateFirst), lateLongest)), missing < keep
}

// adoptLate follows ended runs whose job may turn up, until Close: what was paid is fetched and answers later
// requests that repeat the one that failed.
func (s *Engine) adoptLate() {
	var next map[string]time.Time
	for adapter.Pause(s.life, s.cfg.LeaseCheck) {
		alive, looked := map[string]bool{}, next
		next = map[string]time.Time{} // without those that were found or given up
		for _, l := range s.runs.missing() {
			run, now := l.snapshot(), time.Now()
			at, known := looked[run.ID]
			due, still := nextLook(run, now, s.runs.keep)
			switch {
			case !still:
				s.forgetKey(s.life, l, run)
				continue
			case known && now.Before(at):
				due = at
			case known && (run.Replica == s.cfg.Replica || !s.alive(s.life, run.Replica, alive)):
				s.lookFor(s.life, l, run)
			}
			next[run.ID] = due
		}
	}
}

// lookFor asks the upstreams for every such step of an ended run, and goes on with the run if one was found.
func (s *Engine) lookFor(ctx context.Context, l *live, run adapter.Job) {
	caller := s.whose(l, run)
	for _, st := range run.Steps {
		if !stepIncomplete(run, st) {
			continue
		}
		account, err := s.parts.Accounts.Made(ctx, caller, st.Upstream)
		if err != nil {
			continue // its key is gone, or the upstream's settings are
		}
		if sub, ok := s.turnedUp(ctx, account, run, st); ok {
			s.reopen(ctx, l, caller, st.Name, sub)
			return
		}
	}
}

// turnedUp looks for a step's task: by its state while it has no id, else until it is finished and its pictures, if they
// could not be fetched before, are there.
func (s *Engine) turnedUp(ctx context.Context, a adapter.Account, run adapter.Job, st adapter.Step) (adapter.Submission, bool) {
	if st.Submission != nil {
		task, err := a.Upstream.Task(ctx, st.Submission.TaskID)
		own := task.State == "" || task.State == st.State || st.Continues || st.Submission.Existing
		return *st.Submission, err == nil && task.Done() && own && (!st.Unstored || s.obtainable(ctx, a, task))
	}
	if finder, ok := a.Upstream.(adapter.Finder); ok {
		if task, err := finder.Find(ctx, st.State); err == nil {
			return adapter.Submission{TaskID: task.ID, Dialog: task.Status == adapter.Dialog, At: st.Intended}, true
		}
	}
	opened := stepNamed(&run, st.Answers)
	if st.Answers == "" || opened == nil || opened.Submission == nil {
		return adapter.Submission{}, false
	}
	return dialogGoesOn(ctx, a, opened.Submission.TaskID)
}

// reopen goes on with an ended run one of whose submissions was found: from the top, as after a restart. An answer
// that it has already stays in its record until there is a fuller one.
func (s *Engine) reopen(ctx context.Context, l *live, caller adapter.Caller, step string, sub adapter.Submission) {
	before := l.snapshot()
	tries := 0
	if known := stepNamed(&before, step); known != nil && known.Submission != nil {
		tries = known.Tries + 1
	}
	if !l.claim() {
		return
	}
	err := l.save(ctx, s.parts.Journal, func(r *adapter.Job) error {
		st := stepNamed(r, step)
		if !reconcilable(*r) || r.Replica != before.Replica && r.Replica != s.cfg.Replica || st == nil {
			return errLost
		}
		st.Submission, st.Finished, st.Tries = &sub, time.Time{}, tries
		r.Status, r.Error, r.Finished, r.Replica = adapter.JobInProgress, nil, time.Time{}, s.cfg.Replica
		if until := time.Now().Add(s.cfg.JobDeadline); until.After(r.Deadline) {
			r.Deadline = until
		}
		return nil
	})
	if err != nil {
		l.release()
		if !errors.Is(err, errLost) {
			s.parts.Log.Warn("a job that turned up late could not be recorded; trying again", "job", before.ID, "error", err)
		}
		return
	}
	s.parts.Log.Info("a job turned up late and is followed", "job", before.ID, "step", step)
	s.execute(l, caller, nil, before.Deadline)
}

// claim makes the run this goroutine's to execute, unless somebody here executes it already.
func (l *live) claim() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.own {
		return false
	}
	l.own = true
	return true
}

// whose is the caller of a run. A key that a client brought stays sealed in its record while a job of the run may turn up.
func (s *Engine) whose(l *live, run adapter.Job) adapter.Caller {
	l.mu.Lock()
	key := l.key
	l.mu.Unlock()
	if key == "" {
		key, _ = decryptKey(s.cfg.Secret, run.ID, run.SealedKey) // with another secret nobody can ask for it any more
	}
	return adapter.Caller{Owner: run.Owner, Key: key}
}

// forgetKey removes a client's key from the record of a run that is not looked for any more.
func (s *Engine) forgetKey(ctx context.Context, l *live, run adapter.Job) {
	if len(run.SealedKey) == 0 {
		return
	}
	err := l.save(ctx, s.parts.Journal, func(r *adapter.Job) error {
		if !r.Status.Ended() {
			return errLost
		}
		r.SealedKey = nil
		return nil
	})
	if err != nil && !errors.Is(err, errLost) {
		s.parts.Log.Warn("a client's key could not be removed from its job's record; trying again", "job", run.ID, "error", err)
	}
}

// missing returns the ended runs whose job may turn up.
func (r *runs) missing() []*live {
	r.mu.Lock()
	defer r.mu.Unlock()
	var all []*live
	for _, l := range r.byID {
		if l.matches(reconcilable) {
			all = append(all, l)
		}
	}
	return all
}

// matches asks a question of the run without copying it.
func (l *live) matches(question func(adapter.Job) bool) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return question(l.run)
}
