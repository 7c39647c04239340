package adaptertest

import (
	"context"
	"slices"
	"time"

	"midgate/adapter"
)

// stepRows are the steps of jobs, and their deliveries: part of the jobs' rows.
type stepRows struct{ *data }

func roundedStep(st adapter.Step) adapter.Step {
	st = copied(st)
	rounded(&st.Intended, &st.Finished)
	if st.Submission != nil {
		rounded(&st.Submission.At)
	}
	return st
}

// PutStep implements adapter.JobWriter.
func (r stepRows) PutStep(_ context.Context, id string, st adapter.Step) error {
	return r.change(id, func(job *adapter.Job) error {
		if i := place(*job, st.Name); i >= 0 {
			job.Steps[i] = st
		} else {
			job.Steps = append(job.Steps, st)
		}
		return nil
	})
}

func place(job adapter.Job, step string) int {
	return slices.IndexFunc(job.Steps, func(s adapter.Step) bool { return s.Name == step })
}

// DropStep implements adapter.JobWriter.
func (r stepRows) DropStep(_ context.Context, id, step string) error {
	return r.change(id, func(job *adapter.Job) error {
		job.Steps = slices.DeleteFunc(job.Steps, func(s adapter.Step) bool { return s.Name == step })
		return nil
	})
}

// NoteStep implements adapter.JobWriter.
func (r stepRows) NoteStep(_ context.Context, id string, st adapter.Step) error {
	if _, ok := r.jobs[id]; !ok {
		return adapter.ErrConflict
	}
	return r.change(id, func(job *adapter.Job) error {
		i := place(*job, st.Name)
		if i < 0 || job.Steps[i].Submission != nil || !job.Steps[i].Intended.Truncate(time.Microsecond).Equal(st.Intended.Truncate(time.Microsecond)) {
			return adapter.ErrConflict
		}
		to := &job.Steps[i]
		to.Submission, to.Status, to.Free, to.Refusal = st.Submission, st.Status, st.Free, st.Refusal
		if st.Submission != nil && job.Status == adapter.JobQueued {
			job.Status = adapter.JobInProgress
		}
		return nil
	})
}

// PutDelivery implements adapter.JobWriter.
func (r stepRows) PutDelivery(_ context.Context, id string, i int, d adapter.Delivery) error {
	return r.change(id, func(job *adapter.Job) error {
		if i == len(job.Deliveries) {
			job.Deliveries = append(job.Deliveries, d)
		} else {
			job.Deliveries[i] = d
		}
		return nil
	})
}

// Settle implements adapter.JobWriter.
func (r stepRows) Settle(_ context.Context, id string, i int, state adapter.DeliveryState, since, at time.Time) error {
	if _, ok := r.jobs[id]; !ok {
		return nil
	}
	rounded(&at, &since)
	return r.change(id, func(job *adapter.Job) error {
		if i < len(job.Deliveries) {
			d := &job.Deliveries[i]
			if settles(*job, *d, state, since) {
				d.State, d.At = state, at
			}
		}
		return nil
	})
}

func settles(job adapter.Job, d adapter.Delivery, state adapter.DeliveryState, since time.Time) bool {
	if state == adapter.DeliveryAnswered {
		return d.State != adapter.DeliveryAnswered && (!d.At.After(since) || job.Status.Ended())
	}
	return d.State == adapter.DeliveryWaiting && !d.At.After(since)
}
