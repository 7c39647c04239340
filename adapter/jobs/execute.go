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
	for _, st := range run.Steps {
		q.note(st)
	}
	j.Execute(q, stop, caller.Key)
	if o := s.deps.Observer.JobStarted; o != nil {
		o(string(run.Kind), run.Upstream, run.Speed)
	}
	s.started(j)
	do := s.workflows[run.Kind]
	switch {
	case run.Cancel:
		do = failing(active.ErrCancelled)
	case do == nil:
		do = failing(fmt.Errorf("a job of unknown kind %q", run.Kind))
	}
	work := func() {
		defer cancel()
		defer stop(nil)
		defer s.jobs.Leave(j)
		q.finish(q.perform(do))
	}
	if !s.spawn(work) {
		work() // its life is over: the job stays for the next process
	}
}

// perform runs the workflow.
func (q *Execution) perform(do Workflow) error {
	return q.Shielded(func() (err error) {
		q.result, err = do(q)
		return err
	})
}

// failing is the workflow of a job that cannot begin.
func failing(err error) Workflow {
	return func(*Execution) (adapter.Result, error) { return adapter.Result{}, err }
}

// finish concludes the job.
func (q *Execution) finish(err error) {
	q.slots.leave()
	q.endTrace(ending{q.s, q}.conclude(q.result, err))
}
