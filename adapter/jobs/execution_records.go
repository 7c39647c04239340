package jobs

import (
	"context"
	"slices"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/record"
)

// Keep notes records of pictures: they are stored with the job's result, in one commit.
func (q *Execution) Keep(images ...adapter.Image) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, img := range images {
		if i := slices.IndexFunc(q.records, func(r adapter.Image) bool { return r.ID == img.ID }); i >= 0 {
			q.records[i] = img
		} else {
			q.records = append(q.records, img)
		}
	}
}

// Kept returns a record that Keep was given.
func (q *Execution) Kept(id string) (adapter.Image, bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	i := slices.IndexFunc(q.records, func(r adapter.Image) bool { return r.ID == id })
	if i < 0 {
		return adapter.Image{}, false
	}
	return q.records[i], true
}

// Recorded returns what is known of a step.
func (q *Execution) Recorded(step string) (adapter.Step, bool) {
	return q.job.Step(step)
}

// MarkFree notes that a step was not paid by itself: it only opened a dialog.
func (q *Execution) MarkFree(step string) {
	change := func(r *adapter.Job) {
		if st := record.StepOf(r, step); st != nil {
			st.Free = true
		}
	}
	q.job.Update(change) // the job's next commit carries it
}

// RecordStorage stores what a finished task made, and notes with its step whether that worked: while it did not, the job
// is gone on with later.
func (q *Execution) RecordStorage(task adapter.Task, store func() (adapter.Result, error)) (adapter.Result, error) {
	done := q.trace.Part(adapter.PartPictures, time.Time{})
	result, err := store()
	done(adapter.Step{}, q.traceable(err))
	q.job.Update(func(r *adapter.Job) {
		for i, s := range r.Steps {
			if s.Submission != nil && s.Submission.TaskID == task.ID && !s.Free {
				r.Steps[i].Unstored = err != nil
			}
		}
	})
	return result, err
}

// CloseSharing ends the time in which equal requests may still get a quarter of this job's grid.
func (q *Execution) CloseSharing() {
	if q.job.CloseSharing() && q.s.deps.State.Shared() { // others may have given quarters away
		if run, err := q.s.deps.State.Job(q.ctx, q.job.ID()); err == nil {
			q.job.Absorb(run)
		}
	}
}

// Persist repeats a write until it works or the job ends: what it writes is paid.
func (q *Execution) Persist(id string, write func() error) error {
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		err := write()
		if err == nil {
			return nil
		}
		q.s.deps.Log.ErrorContext(q.ctx, "a picture's record could not be written; trying again", "image", id, "error", err)
		if !adapter.Pause(q.ctx, wait) {
			return context.Cause(q.ctx)
		}
	}
}
