package jobs

import (
	"context"
	"errors"
	"slices"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/active"
	"midgate/adapter/jobs/ledger"
	"midgate/adapter/jobs/record"
)

// ending is an execution that is over.
type ending struct {
	s *Engine
	q *Execution
}

// conclude records how the job came out, unless it is to be resumed: at the next start, or by the replica that took it.
// It returns the job as it is then.
func (e ending) conclude(result adapter.Result, err error) adapter.Job {
	s, q, j := e.s, e.q, e.q.job
	if s.life.Err() != nil && err != nil {
		q.withdraw()
		return j.Snapshot()
	}
	if errors.Is(err, active.ErrLost) || errors.Is(context.Cause(q.ctx), active.ErrLost) {
		return e.lose()
	}
	failure, guests := e.failure(err), s.guests.Of(j.ID())
	var run adapter.Job
	if errors.Is(err, errDeserted) || errors.Is(context.Cause(q.ctx), errDeserted) {
		run = j.Snapshot() // the record says so already, and a repeat may have begun the job anew since
		record.Conclude(&run, result, failure, s.clock.Now())
	} else if run, err = e.record(result, failure); err != nil && !errors.Is(err, adapter.ErrConflict) {
		return j.Snapshot() // midgate stops: the next process finds the pictures
	} else if err != nil {
		return e.lose()
	}
	countPaid(s.deps.Observer, run, q.counted) // before anybody hears that it is over
	if s.deps.Stored != nil {
		s.deps.Stored(q.resumed, q.records...)
	}
	previews, last := j.Release(q, &run)
	for _, name := range previews {
		if err := s.deps.Pictures.Delete(context.WithoutCancel(q.ctx), name); err != nil {
			s.deps.Log.WarnContext(q.ctx, "a preview could not be deleted", "name", name, "error", err)
		}
	}
	if last {
		s.guests.Over(run.ID, guests)
	}
	s.news.Changed(run.ID)
	count(s.deps.Observer, run, failure)
	return run
}

// lose lets go of a job that is somebody else's to execute. If it is this replica's again by then, it is executed anew.
func (e ending) lose() adapter.Job {
	s, j := e.s, e.q.job
	run := j.Snapshot()
	if _, last := j.Release(e.q, nil); last {
		s.reread(run.ID)
		s.lost.Resume(run.ID)
	}
	return run
}

// record writes the job's result with all records of its pictures, in one commit. What was made is paid, so this is
// tried until it is written or midgate stops.
func (e ending) record(result adapter.Result, failure *adapter.Error) (run adapter.Job, err error) {
	s, q := e.s, e.q
	keep := context.WithoutCancel(q.ctx)
	own := q.job.Snapshot() // of now: once a try has landed of which nobody knew, the job may be begun anew here
	for try, wait := 0, 100*time.Millisecond; ; try, wait = try+1, min(2*wait, 5*time.Second) {
		err = s.units.Write(keep, func(tx adapter.Tx) error {
			run = record.Clone(own)
			if err := e.hold(keep, tx, &run, try > 0); err != nil {
				return err
			}
			record.Conclude(&run, result, failure, s.clock.Now())
			ledger.Bill(&run)
			return e.put(keep, tx, run)
		})
		switch {
		case err == nil, errors.Is(err, adapter.ErrConflict):
			return run, err
		}
		s.deps.Log.ErrorContext(q.ctx, "a result could not be recorded; trying again", "job", run.ID, "error", err)
		if !adapter.Pause(s.life, wait) {
			return run, err
		}
	}
}

// hold makes sure that the job has no step that another replica made while it was away, and takes over the submissions that
// one has noted which lost the job; ErrConflict if the job has to be executed anew, or has been begun anew since an earlier
// try to conclude it.
func (e ending) hold(ctx context.Context, tx adapter.Tx, run *adapter.Job, again bool) error {
	if e.q.job.By() != any(e.q) {
		return adapter.ErrConflict
	}
	if !e.s.deps.State.Shared() && !again {
		return nil
	}
	job, err := tx.LockJob(ctx, run.ID)
	switch {
	case errors.Is(err, adapter.ErrNotFound):
		return adapter.ErrConflict
	case err != nil:
		return err
	case job.Replica != e.s.cfg.Replica, job.Status.Ended() && !again, again && job.Deadline.After(run.Deadline) && !sameTime(job.Deadline, run.Deadline):
		return adapter.ErrConflict
	}
	e.s.clock.Tie(&job)
	if job.Result != nil {
		run.Result = job.Result // an answer is never taken back
	}
	for _, st := range job.Steps {
		switch known := record.StepOf(run, st.Name); {
		case !e.q.knows(st):
			return adapter.ErrConflict
		case known == nil: // its intent turned out to be recorded, and nothing was sent
			if err := tx.DropStep(ctx, run.ID, st.Name); err != nil {
				return err
			}
		case known.Submission == nil && st.Submission != nil:
			known.Submission, known.Refusal = st.Submission, nil
		}
	}
	return nil
}

func (e ending) put(ctx context.Context, tx adapter.Tx, run adapter.Job) error {
	q := e.q
	if err := tx.PutJob(ctx, run, q.s.cfg.Replica); err != nil {
		return err
	}
	fresh := q.unsent()
	for _, st := range run.Steps {
		if st.Name == fresh {
			if err := tx.DropStep(ctx, run.ID, st.Name); err != nil {
				return err
			}
			continue
		}
		if err := tx.PutStep(ctx, run.ID, st); err != nil {
			return err
		}
	}
	return tx.PutImages(ctx, q.records...)
}

// countPaid tells metrics what a job that has ended paid for, as its record says.
func countPaid(o adapter.Observer, run adapter.Job, counted []string) {
	paid, sold, refunded := o.Paid, o.Sold, o.Refunded
	for _, st := range run.Steps {
		if !st.Paid() || slices.Contains(counted, st.Name) {
			continue
		}
		if paid != nil {
			paid(string(run.Kind), st.Upstream, 1)
		}
		if sold != nil && !st.Refunded {
			sold(run.Caller, st.Sold, string(st.Speed), st.Cost())
		}
		if refunded != nil && st.Refunded {
			refunded(run.Caller, st.Sold, string(st.Speed), st.Cost())
		}
	}
}

// count tells metrics of a job that has ended.
func count(o adapter.Observer, run adapter.Job, failure *adapter.Error) {
	if o.JobEnded == nil {
		return
	}
	outcome := string(run.Status)
	switch {
	case failure == nil, failure.Kind == adapter.Cancelled:
	case failure.Code == clientLeft:
		outcome = clientLeft // no trouble of an upstream's
	default:
		outcome = string(failure.Kind)
	}
	o.JobEnded(string(run.Kind), run.Upstream, run.Speed, outcome, run.Finished.Sub(run.Created))
}

// failure turns whatever ended an execution into what its clients are told, and logs what they are not.
func (e ending) failure(err error) *adapter.Error {
	s, q := e.s, e.q
	run := q.job.Snapshot()
	var known *adapter.Error
	switch cause := context.Cause(q.ctx); {
	case err == nil:
		return nil
	case errors.Is(err, active.ErrCancelled) || errors.Is(cause, active.ErrCancelled):
		return &adapter.Error{Kind: adapter.Cancelled, Code: "job_cancelled", Message: "The job was cancelled."}
	case errors.As(err, &known):
		s.deps.Log.InfoContext(q.ctx, "a job failed", "job", run.ID, "kind", string(known.Kind), "error", adapter.Reason(err))
		return known
	case errors.Is(err, errDeadline) || errors.Is(cause, errDeadline):
		return adapter.Errorf(adapter.Overdue, "Midjourney did not finish job %s within %s, so nobody waits for it any more.", run.ID, s.cfg.JobDeadline)
	default:
		s.deps.Log.ErrorContext(q.ctx, "a job failed unexpectedly", "job", run.ID, "error", err)
		return &adapter.Error{Kind: adapter.Internal, Message: "Internal server error."}
	}
}
