package record

import (
	"time"

	"midgate/adapter"
)

// Clock tells the time from when the process began, by its monotonic clock: whatever is measured between two of its
// times stays true when the wall clock is set meanwhile.
type Clock struct{ began time.Time }

// NewClock makes the clock of a process.
func NewClock() Clock { return Clock{time.Now()} }

// Now is the time.
func (c Clock) Now() time.Time { return c.began.Add(time.Since(c.began)) }

// tied is a time that was read from a record, with a monotonic reading.
func (c Clock) tied(at time.Time) time.Time {
	if at.IsZero() || at != at.Round(0) {
		return at
	}
	now := c.Now()
	return now.Add(at.Sub(now.Round(0)))
}

// Tie ties the times of a record that was read.
func (c Clock) Tie(r *adapter.Job) {
	r.Created, r.Finished, r.Deadline = c.tied(r.Created), c.tied(r.Finished), c.tied(r.Deadline)
	for i := range r.Deliveries {
		r.Deliveries[i].At = c.tied(r.Deliveries[i].At)
	}
	for i, st := range r.Steps {
		r.Steps[i].Intended, r.Steps[i].Finished = c.tied(st.Intended), c.tied(st.Finished)
		if st.Submission != nil {
			sub := *st.Submission
			sub.At = c.tied(sub.At)
			r.Steps[i].Submission = &sub
		}
	}
}
