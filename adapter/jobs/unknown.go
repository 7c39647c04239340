package jobs

import (
	"context"
	"errors"
	"slices"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/dedup"
	"midgate/adapter/jobs/record"
)

// landed finds in the rows what an earlier try of the attempt wrote, of which nobody knew whether it was committed.
func (x *acceptance) landed(jobs ...adapter.Job) (dedup.Choice, bool) {
	for _, c := range slices.Backward(x.perhaps) {
		for _, job := range jobs {
			if c.Taken && job.ID == c.Job.ID && c.Delivery < len(job.Deliveries) && sameDelivery(job.Deliveries[c.Delivery], c.Becomes) {
				c.Job, c.Written = job, true
				return c, true
			}
		}
	}
	return dedup.Choice{}, false
}

func sameDelivery(a, b adapter.Delivery) bool {
	at := sameTime(a.At, b.At)
	a.At, b.At = time.Time{}, time.Time{}
	return at && a == b
}

// sameTime compares times of which one was in a record.
func sameTime(a, b time.Time) bool { return a.Sub(b).Abs() < 2*time.Microsecond }

// withdraw undoes what an attempt may have written whose client is told that nothing was recorded.
func (x *acceptance) withdraw() {
	for _, c := range x.perhaps {
		switch {
		case c.Verdict == dedup.Begins:
			x.s.spawn(func() { x.s.disown(x.run) })
		case c.Verdict == dedup.Restarts:
			x.s.spawn(func() { x.s.disown(c.Job) })
		case c.Taken:
			at := x.s.clock.Now()
			x.s.units.Ride(func(ctx context.Context, tx adapter.Tx) error {
				return tx.Settle(ctx, c.Job.ID, c.Delivery, adapter.DeliveryAbandoned, c.Becomes.At, at)
			})
		}
	}
}

// disown ends a job whose record may have landed although its client was told that nothing was submitted. Nobody executes
// it: it came to nothing. One that was begun anew since has another deadline.
func (s *Engine) disown(run adapter.Job) {
	for wait, tries := time.Second, 0; tries < 10 && adapter.Pause(s.life, wait); wait = min(2*wait, 30*time.Second) {
		err := s.units.Write(s.life, func(tx adapter.Tx) error {
			landed, err := tx.LockJob(s.life, run.ID)
			if err != nil || landed.Status.Ended() || !sameTime(landed.Deadline, run.Deadline) {
				return err
			}
			for _, st := range landed.Steps {
				if err := tx.DropStep(s.life, run.ID, st.Name); err != nil {
					return err
				}
			}
			landed.Steps = nil
			discard(&landed, s.clock.Now())
			return tx.PutJob(s.life, landed, s.cfg.Replica)
		})
		if err == nil || errors.Is(err, adapter.ErrConflict) { // a conflict: another replica has taken it over
			s.reread(run.ID)
			return
		}
		if errors.Is(err, adapter.ErrNotFound) {
			tries++ // the server may still be committing
		}
	}
}

// reread tells those who wait for a job what its record says by now.
func (s *Engine) reread(id string) {
	if j := s.jobs.Get(id); j != nil {
		if run, err := s.deps.State.Job(s.life, id); err == nil {
			s.clock.Tie(&run)
			j.Absorb(run)
		}
	}
	s.news.Changed(id)
}

// discard ends a job that must not be executed. Whoever repeats its request restarts it.
func discard(r *adapter.Job, now time.Time) {
	record.Conclude(r, adapter.Result{}, adapter.Errorf(adapter.Storage, "midgate was interrupted before this job was submitted. Please send the request again."), now)
}
