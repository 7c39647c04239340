package jobs

import (
	"context"
	"errors"
	"sync"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/active"
	"midgate/adapter/jobs/dedup"
)

// untraced is the Tracer of an engine that has none.
type untraced struct{}

var _ adapter.Tracer = untraced{}

// Begin implements adapter.Tracer.
func (untraced) Begin(context.Context, adapter.Job) adapter.JobTrace { return unseen{} }

// Resume implements adapter.Tracer.
func (untraced) Resume(context.Context, adapter.Job) adapter.JobTrace { return unseen{} }

// Meet implements adapter.Tracer.
func (untraced) Meet(context.Context, adapter.Job) {}

// unseen is a trace that nobody sees.
type unseen struct{}

// Name implements adapter.JobTrace.
func (unseen) Name() string { return "" }

// Context implements adapter.JobTrace.
func (unseen) Context(ctx context.Context) context.Context { return ctx }

// Meet implements adapter.JobTrace.
func (unseen) Meet(context.Context) {}

// Part implements adapter.JobTrace.
func (unseen) Part(string, time.Time) func(adapter.Step, error) {
	return func(adapter.Step, error) {}
}

// End implements adapter.JobTrace.
func (unseen) End(adapter.Job) {}

// meet says that the request of ctx waits for the job, before anything happens to that. The trace of a job that the
// attempt begins knows it; that of one which is executed elsewhere cannot be told.
func (x *acceptance) meet(ctx context.Context, j *active.Job, c dedup.Choice) {
	tracer := x.s.deps.Tracer
	tracer.Meet(ctx, c.Job)
	if c.Verdict == dedup.Restarts {
		x.trace = tracer.Resume(x.s.life, c.Job)
		x.trace.Meet(ctx)
	} else if q, here := j.By().(*Execution); here {
		q.trace.Meet(ctx)
	}
}

// stepTraces are the parts of an execution's trace that are steps: begun by who submits, ended by who waits.
type stepTraces struct {
	mu   sync.Mutex
	open map[string]func(adapter.Step, error) // by the step's name
}

// begin begins the part of a step, unless somebody else has: two may need the same one.
func (q *Execution) beginStep(step string) {
	t := &q.steps
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.open[step] != nil {
		return
	}
	if t.open == nil {
		t.open = map[string]func(adapter.Step, error){}
	}
	t.open[step] = q.trace.Part(adapter.PartStep+step, time.Time{})
}

// endStep ends it with what is known of the step by now.
func (q *Execution) endStep(o *StepRequest, err error) {
	t := &q.steps
	t.mu.Lock()
	end := t.open[o.Step]
	delete(t.open, o.Step)
	t.mu.Unlock()
	if end == nil {
		return
	}
	st, known := q.Recorded(o.Step)
	if !known {
		st = adapter.Step{Name: o.Step, Upstream: o.Account.Name}
	}
	end(st, q.traceable(err))
}

// traceable is an error of a part as its trace tells it: one that ends with its execution may have failed at nothing.
func (q *Execution) traceable(err error) error {
	cause := context.Cause(q.ctx)
	switch {
	case err == nil, q.s.life.Err() != nil, errors.Is(cause, active.ErrLost), errors.Is(cause, errDeserted):
		return nil //nolint:nilerr // its trace goes on elsewhere
	case errors.Is(cause, active.ErrCancelled):
		return &adapter.Error{Kind: adapter.Cancelled, Err: err}
	case errors.Is(cause, errDeadline):
		return &adapter.Error{Kind: adapter.Overdue, Err: err}
	default:
		return err
	}
}

// endTrace ends what nobody waited for, and the trace of the execution.
func (q *Execution) endTrace(run adapter.Job) {
	t := &q.steps
	t.mu.Lock()
	open := t.open
	t.open = nil
	t.mu.Unlock()
	for step, end := range open {
		st, _ := q.Recorded(step)
		end(st, nil)
	}
	q.trace.End(run)
}
