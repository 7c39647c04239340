package jobs

import (
	"context"
	"slices"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/active"
	"midgate/adapter/jobs/record"
)

// clientLeft is the code of a job that was not begun since nobody waited for it any more.
const clientLeft = "client_left"

// errDeserted ends a job whose clients left before anything was submitted. Its end is recorded already.
var errDeserted = &adapter.Error{Kind: adapter.Unavailable, Code: clientLeft, Message: "Whoever asked for this left before anything was submitted, so nothing was. Please send the request again."}

// deserted reports whether the job's clients seem to have left before anything was submitted, and whether it is one whose
// clients wait for it.
func (p sending) deserted() bool {
	q := p.q
	run := q.job.Snapshot()
	return run.Attended && !anySent(run, q.unsent()) && q.s.everybodyLeft(run)
}

// everybodyLeft reports whether a job has clients, and none of them waits any more. Of those who wait here their
// connections tell, of others the record.
func (s *Engine) everybodyLeft(r adapter.Job) bool {
	return !s.without.deserted && len(r.Deliveries) > 0 && !s.guests.WaitFor(r) && !slices.ContainsFunc(r.Deliveries, func(d adapter.Delivery) bool {
		return d.State == adapter.DeliveryAnswered || d.State == adapter.DeliveryWaiting && d.Replica != s.cfg.Replica
	})
}

// anySent reports whether a step of the job was sent, or may have been; the one that is known not to be does not count.
func anySent(run adapter.Job, unsent string) bool {
	for _, st := range run.Steps {
		if st.Name != unsent && (st.Submission != nil || st.Refusal == nil) {
			return true
		}
	}
	return run.Result != nil
}

// lockDeserted reads the job where nobody can join it meanwhile: attempts are decided under the same lock.
func (p sending) lockDeserted(ctx context.Context, tx adapter.Tx) (adapter.Job, error) {
	q := p.q
	if err := tx.Lock(ctx, q.job.Snapshot().Body); err != nil {
		return adapter.Job{}, err
	}
	job, err := tx.LockJob(ctx, q.job.ID())
	if err == nil && job.Replica != q.s.cfg.Replica {
		err = active.ErrLost
	}
	return job, err
}

// discardDeserted ends the job; whoever repeats its request restarts it.
func discardDeserted(job *adapter.Job, now time.Time) {
	record.Conclude(job, adapter.Result{}, errDeserted, now)
	job.NextLook, job.SealedKey = time.Time{}, nil
}

func (p sending) putDeserted(ctx context.Context, tx adapter.Tx, job adapter.Job) error {
	q := p.q
	if stale := q.unsent(); stale != "" {
		if err := tx.DropStep(ctx, job.ID, stale); err != nil {
			return err
		}
	}
	return tx.PutJob(ctx, job, q.s.cfg.Replica)
}
