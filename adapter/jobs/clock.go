package jobs

import (
	"time"

	"midgate/adapter"
)

// rebaseTimes ties the times of a record that was read back to this process's monotonic clock. Whatever is measured from them
// here then stays true when the wall clock is set: how long ago a client left, when a job is given up. The times
// themselves stay what they are; Expires is the stores' to judge, by the wall clock.
func rebaseTimes(r *adapter.Job, now time.Time) {
	r.Created, r.Finished, r.Deadline = rebased(r.Created, now), rebased(r.Finished, now), rebased(r.Deadline, now)
	for i := range r.Deliveries {
		r.Deliveries[i].At = rebased(r.Deliveries[i].At, now)
	}
	for i, st := range r.Steps {
		r.Steps[i].Intended, r.Steps[i].Finished = rebased(st.Intended, now), rebased(st.Finished, now)
		if st.Submission != nil {
			sub := *st.Submission
			sub.At = rebased(sub.At, now)
			r.Steps[i].Submission = &sub
		}
	}
}

// rebased is the same time with a monotonic reading, if it has none yet.
func rebased(at, now time.Time) time.Time {
	if at.IsZero() || at != at.Round(0) {
		return at
	}
	return now.Add(at.Sub(now))
}
