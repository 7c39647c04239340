package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/active"
	"midgate/adapter/jobs/ledger"
	"midgate/adapter/jobs/queue"
	"midgate/adapter/jobs/reconcile"
	"midgate/adapter/jobs/record"
)

// execution is what an execution begins with.
type execution struct {
	reconcile.Start
	slot  *queue.Slot // the first submission's place, nil if it has to be asked for
	fresh string      // the step whose intent the record holds although nothing was sent yet
}

// execute runs a job's workflow in a goroutine of the engine. The caller has claimed the job.
func (s *Engine) execute(j *active.Job, caller adapter.Caller, with execution) {
	run := j.Snapshot()
	ctx, cancel := context.WithDeadlineCause(s.life, run.Deadline, errDeadline)
	ctx, stop := context.WithCancelCause(ctx)
	j = s.jobs.Enter(j)
	q := &Execution{s: s, job: j, ctx: ctx, stop: stop, caller: caller, seed: run.Seed, slot: with.slot, fresh: with.fresh, patience: with.Patience, resumed: with.slot == nil, counted: with.Counted}
	j.Execute(q, stop, caller.Key)
	if o := s.deps.Observer.JobStarted; o != nil {
		o(string(run.Kind), run.Upstream, run.Speed)
	}
	s.started(j)
	work := func() {
		defer cancel()
		defer stop(nil)
		defer s.jobs.Leave(j)
		result, err := q.perform(run)
		q.leave()
		s.ended(q, result, err)
	}
	if !s.spawn(work) {
		work() // its life is over: the job stays for the next process
	}
}

// perform runs the workflow.
func (q *Execution) perform(run adapter.Job) (result adapter.Result, err error) {
	if run.Cancel {
		return adapter.Result{}, active.ErrCancelled
	}
	err = q.Shielded(func() (err error) {
		do := q.s.workflows[run.Kind]
		if do == nil {
			return fmt.Errorf("a job of unknown kind %q", run.Kind)
		}
		result, err = do(q)
		return err
	})
	return result, err
}

// ended records how the job came out, unless it is to be resumed: at the next start, or by the replica that took it.
func (s *Engine) ended(q *Execution, result adapter.Result, err error) {
	j := q.job
	if s.life.Err() != nil && err != nil {
		q.withdraw()
		return
	}
	if errors.Is(err, errLost) {
		j.Release(q, nil)
		return
	}
	failure := s.failure(q, err)
	var run adapter.Job
	if errors.Is(err, errDeserted) || errors.Is(context.Cause(q.ctx), errDeserted) {
		run = j.Snapshot() // the record says so already, and a repeat may have begun the job anew since
		record.Conclude(&run, result, failure, s.clock.Now())
	} else if run, err = s.recordEnd(q, result, failure); err != nil && !errors.Is(err, adapter.ErrConflict) {
		return // midgate stops: the next process finds the pictures
	} else if err != nil {
		j.Release(q, nil)
		return
	}
	s.countPaid(run, q.counted) // before anybody hears that it is over
	if s.deps.Stored != nil {
		s.deps.Stored(q.resumed, q.records...)
	}
	previews, last := j.Release(q, &run)
	for _, name := range previews {
		if err := s.deps.Pictures.Delete(context.WithoutCancel(q.ctx), name); err != nil {
			s.deps.Log.Warn("a preview could not be deleted", "name", name, "error", err)
		}
	}
	if last {
		s.guests.Over(run.ID)
	}
	s.news.Changed(run.ID)
	s.count(run, failure)
}

// recordEnd writes the job's result with all records of its pictures, in one commit. What was made is paid, so this is
// tried until it is written or midgate stops.
func (s *Engine) recordEnd(q *Execution, result adapter.Result, failure *adapter.Error) (run adapter.Job, err error) {
	keep := context.WithoutCancel(q.ctx)
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		run = q.job.Snapshot()
		record.Conclude(&run, result, failure, s.clock.Now())
		ledger.Bill(&run)
		err = s.units.Write(keep, func(tx adapter.Tx) error { return q.putEnd(keep, tx, run) })
		switch {
		case err == nil, errors.Is(err, adapter.ErrConflict):
			return run, err
		}
		s.deps.Log.Error("a result could not be recorded; trying again", "job", run.ID, "error", err)
		if !adapter.Pause(s.life, wait) {
			return run, err
		}
	}
}

func (q *Execution) putEnd(ctx context.Context, tx adapter.Tx, run adapter.Job) error {
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
func (s *Engine) countPaid(run adapter.Job, counted []string) {
	paid, sold := s.deps.Observer.Paid, s.deps.Observer.Sold
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
	}
}

// count tells metrics of a job that has ended.
func (s *Engine) count(run adapter.Job, failure *adapter.Error) {
	o := s.deps.Observer.JobEnded
	if o == nil {
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
	o(string(run.Kind), run.Upstream, run.Speed, outcome, run.Finished.Sub(run.Created))
}

// failure turns whatever ended an execution into what its clients are told, and logs what they are not.
func (s *Engine) failure(q *Execution, err error) *adapter.Error {
	run := q.job.Snapshot()
	var known *adapter.Error
	switch cause := context.Cause(q.ctx); {
	case err == nil:
		return nil
	case errors.Is(err, active.ErrCancelled) || errors.Is(cause, active.ErrCancelled):
		return &adapter.Error{Kind: adapter.Cancelled, Code: "job_cancelled", Message: "The job was cancelled."}
	case errors.As(err, &known):
		s.deps.Log.Info("a job failed", "job", run.ID, "kind", string(known.Kind), "error", err)
		return known
	case errors.Is(err, errDeadline) || errors.Is(cause, errDeadline):
		return adapter.Errorf(adapter.Overdue, "Midjourney did not finish job %s within %s, so nobody waits for it any more.", run.ID, s.cfg.JobDeadline)
	default:
		s.deps.Log.Error("a job failed unexpectedly", "job", run.ID, "error", err)
		return &adapter.Error{Kind: adapter.Internal, Message: "Internal server error."}
	}
}
