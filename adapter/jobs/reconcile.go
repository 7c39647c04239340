package jobs

import (
	"context"
	"slices"
	"time"

	"midgate/adapter"
)

// adopt looks for a submission of unknown outcome by the state that it carried. It is never sent again.
func (q *Execution) adopt(o StepRequest, cause error) (adapter.Submission, error) {
	finder, ok := o.Account.Upstream.(adapter.Finder)
	until := time.Now().Add(q.s.cfg.Adoption)
	for ok {
		if st, known := q.Recorded(o.Step); known && st.Submission != nil {
			return *st.Submission, nil // whoever submitted it was slow, not dead
		}
		task, err := finder.Find(q.ctx, q.state(o.Step))
		if err == nil {
			sub := adapter.Submission{TaskID: task.ID, Dialog: task.Status == adapter.Dialog, At: time.Now()}
			q.note(o.Step, func(st *adapter.Step) { st.Submission = &sub })
			return sub, nil
		}
		if sub, ok := q.answered(o); ok {
			q.note(o.Step, func(st *adapter.Step) { st.Submission = &sub })
			return sub, nil
		}
		if time.Now().After(until) || !adapter.Pause(q.ctx, time.Second) {
			break
		}
	}
	if q.ctx.Err() != nil {
		return adapter.Submission{}, context.Cause(q.ctx)
	}
	return adapter.Submission{}, cause
}

// answered reports whether a dialog whose answer is of unknown outcome was answered: where the task keeps its id, and
// the state of the press that opened it, it goes on.
func (q *Execution) answered(o StepRequest) (adapter.Submission, bool) {
	m, ok := o.Command.(adapter.Modal)
	if !ok {
		return adapter.Submission{}, false
	}
	return dialogGoesOn(q.ctx, o.Account, m.TaskID)
}

// dialogGoesOn reports whether a task that awaited its dialog does so no more.
func dialogGoesOn(ctx context.Context, a adapter.Account, taskID string) (adapter.Submission, bool) {
	task, err := a.Upstream.Task(ctx, taskID)
	if err != nil || task.Status != adapter.InProgress && !task.Done() {
		return adapter.Submission{}, false
	}
	return adapter.Submission{TaskID: taskID, At: time.Now()}, true
}

// Recorded returns what the journal knows of a step.
func (q *Execution) Recorded(step string) (adapter.Step, bool) {
	run := q.live.snapshot()
	if st := stepNamed(&run, step); st != nil {
		return *st, true
	}
	return adapter.Step{}, false
}

func stepNamed(r *adapter.Job, name string) *adapter.Step {
	i := slices.IndexFunc(r.Steps, func(s adapter.Step) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return &r.Steps[i]
}

// state is the tag that a step's submission carries: unguessable, and the same when the run is resumed.
func (q *Execution) state(step string) string { return adapter.DerivedID("mg_", q.seed, "state/"+step) }

// ImageID is the ID of the picture that the run calls name.
func (q *Execution) ImageID(name string) string {
	return adapter.DerivedID(adapter.ImagePrefix, q.seed, name)
}

// nextPlace returns the place that admitted the run, or a further one for a further job.
func (q *Execution) nextPlace(upstream string) *place {
	q.mu.Lock()
	defer q.mu.Unlock()
	pl := q.place
	q.place = nil
	if pl == nil || pl.upstream != upstream {
		if pl != nil {
			pl.release()
		}
		pl = q.s.places.follow(upstream, q.caller.Owner)
	}
	q.places = append(q.places, pl)
	return pl
}

// stepAside gives back the place that admitted the run, if no job has taken it yet: the next job gets one of its own.
func (q *Execution) stepAside() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.place != nil {
		q.place.release()
		q.place = nil
	}
}

func (q *Execution) giveBack(pl *place) {
	if pl != nil {
		pl.release()
	}
}

// leave gives back whatever place the sequence still has.
func (q *Execution) leave() {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.place != nil {
		q.place.release()
	}
	for _, pl := range q.places {
		pl.release()
	}
}
