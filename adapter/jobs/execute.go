package jobs

import (
	"context"
	"errors"
	"time"

	"midgate/adapter"
)

// Why a run's sequence ends before its time.
var (
	errDeadline  = errors.New("the job's deadline is over")
	errPatience  = errors.New("the time for one answer is over")
	errCancelled = errors.New("the job was cancelled")
	errLost      = errors.New("another replica executes the run")
)

// execute runs a run's sequence in a goroutine of the service. place is the first job's, nil if it has to be asked for;
// until patience a full upstream is asked again.
func (s *Engine) execute(l *live, caller adapter.Caller, place *place, patience time.Time) {
	run := l.snapshot()
	ctx, cancel := context.WithDeadlineCause(s.life, run.Deadline, errDeadline)
	ctx, stop := context.WithCancelCause(ctx)
	l.mu.Lock()
	l.own, l.self, l.stop, l.key = true, s.cfg.Replica, stop, caller.Key
	l.heed() // it may have been cancelled since the snapshot
	l.mu.Unlock()
	q := &Execution{s: s, live: l, ctx: ctx, caller: caller, seed: run.Seed, place: place, patience: patience, goesOn: place == nil}
	if o := s.parts.Observer.JobStarted; o != nil {
		o(string(run.Kind), run.Upstream, run.Speed)
	}
	s.started(l)
	work := func() {
		defer cancel()
		defer stop(nil)
		result, err := q.perform(run)
		q.leave()
		s.ended(l, ctx, result, err)
	}
	if !s.spawn(work) {
		work() // its life is over: the run stays for the next process
	}
}

// perform runs the sequence.
func (q *Execution) perform(run adapter.Job) (result adapter.Result, err error) {
	if run.Cancel {
		return adapter.Result{}, errCancelled
	}
	err = q.Shielded(func() (err error) {
		result, err = q.workflow(run)
		return err
	})
	return result, err
}

// ended records how the run came out, unless it is to be resumed: at the next start, or by the replica that took it.
func (s *Engine) ended(l *live, ctx context.Context, result adapter.Result, err error) {
	if s.life.Err() != nil && err != nil {
		return
	}
	if errors.Is(err, errLost) {
		l.release()
		return
	}
	failure := s.failure(ctx, l, err)
	now := time.Now()
	var saved adapter.Job
	keep := context.WithoutCancel(ctx)
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		err = l.save(keep, s.parts.Journal, func(r *adapter.Job) error {
			if r.Replica != s.cfg.Replica {
				return errLost
			}
			conclude(r, result, failure, now)
			saved = *r
			return nil
		})
		if err == nil || errors.Is(err, errLost) || errors.Is(err, adapter.ErrNotFound) {
			break
		}
		s.parts.Log.Error("a result could not be recorded; trying again", "job", l.snapshot().ID, "error", err)
		if !adapter.Pause(s.life, wait) {
			return
		}
	}
	for _, name := range l.release() {
		if err := s.parts.Pictures.Delete(keep, name); err != nil {
			s.parts.Log.Warn("a preview could not be deleted", "name", name, "error", err)
		}
	}
	if o := s.parts.Observer.JobEnded; o != nil && err == nil {
		outcome := string(saved.Status)
		if failure != nil && failure.Code == clientLeft {
			outcome = clientLeft // no trouble of an upstream's
		} else if failure != nil && failure.Kind != adapter.Cancelled {
			outcome = string(failure.Kind)
		}
		o(string(saved.Kind), saved.Upstream, saved.Speed, outcome, now.Sub(saved.Created))
	}
}

// conclude ends the run. The answer of a run that was reopened for a job that turned up late is never taken back.
func conclude(r *adapter.Job, result adapter.Result, failure *adapter.Error, now time.Time) {
	had := r.Result
	r.Finished, r.Result, r.Error = now, nil, failure
	switch {
	case had != nil && (failure != nil || len(result.Images) < len(had.Images)):
		r.Status, r.Result, r.Error = adapter.JobCompleted, had, nil
	case failure == nil:
		r.Status, r.Result = adapter.JobCompleted, &result
	case failure.Kind == adapter.Cancelled:
		r.Status = adapter.JobCancelled
	default:
		r.Status = adapter.JobFailed
	}
	if !reconcilable(*r) {
		r.SealedKey = nil
	}
}

// heed ends the sequence that is executed here once its record says that it was cancelled, by whichever replica; the
// caller holds mu.
func (l *live) heed() {
	if l.run.Cancel && l.stop != nil {
		l.stop(errCancelled)
	}
}

// release says that this process does not execute the run any more, and returns the previews that were kept for it.
func (l *live) release() (previews []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	previews = l.kept
	l.own, l.self, l.stop, l.kept = false, "", nil, nil
	l.wake()
	return previews
}

// failure turns whatever ended a sequence into what its clients are told, and logs what they are not.
func (s *Engine) failure(ctx context.Context, l *live, err error) *adapter.Error {
	run := l.snapshot()
	var known *adapter.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errCancelled) || errors.Is(context.Cause(ctx), errCancelled):
		return &adapter.Error{Kind: adapter.Cancelled, Code: "job_cancelled", Message: "The job was cancelled."}
	case errors.As(err, &known):
		s.parts.Log.Info("a job failed", "job", run.ID, "kind", string(known.Kind), "error", err)
		return known
	case errors.Is(err, errDeadline) || errors.Is(context.Cause(ctx), errDeadline):
		return adapter.Errorf(adapter.Overdue, "Midjourney did not finish job %s within %s, so nobody waits for it any more.", run.ID, s.cfg.JobDeadline)
	default:
		s.parts.Log.Error("a job failed unexpectedly", "job", run.ID, "error", err)
		return &adapter.Error{Kind: adapter.Internal, Message: "Internal server error."}
	}
}
