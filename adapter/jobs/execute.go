package jobs

import (
	"context"
	"fmt"

	"midgate/adapter"
	"midgate/adapter/jobs/active"
	"midgate/adapter/jobs/queue"
	"midgate/adapter/jobs/reconcile"
)

// execution is what an execution begins with.
type execution struct {
	reconcile.Start
	slot  *queue.Slot      // the first submission's place, nil if it has to be asked for
	fresh string           // the step whose intent the record holds although nothing was sent yet
	trace adapter.JobTrace // of an execution that a request begins; nil: it is gone on with
}

// execute runs a job's workflow in a goroutine of the engine. The caller has claimed the job.
func (s *Engine) execute(j *active.Job, caller adapter.Caller, with execution) {
	run := j.Snapshot()
	ctx, cancel := context.WithDeadlineCause(s.life, run.Deadline, errDeadline)
	ctx, stop := context.WithCancelCause(ctx)
	if with.trace == nil {
		with.trace = s.deps.Tracer.Resume(s.life, run)
	}
	ctx = with.trace.Context(ctx)
	j = s.jobs.Enter(j)
	q := &Execution{s: s, job: j, ctx: ctx, stop: stop, caller: caller, seed: run.Seed, slots: slots{first: with.slot}, fresh: with.fresh, patience: with.Patience, resumed: with.slot == nil, counted: with.Counted, trace: with.trace}
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
		q.slots.leave()
		q.endTrace(ending{s, q}.conclude(result, err))
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
