package jobs

import (
	"context"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/dedup"
	"midgate/adapter/jobs/record"
)

// restart records that a job which came to nothing is begun anew by an attempt that repeats it: with a place in the
// queue, an account and a deadline as if it were new.
func (x *acceptance) restart(ctx context.Context, tx adapter.Tx, c *dedup.Choice, now time.Time) error {
	if err := x.admit(); err != nil {
		return err
	}
	job, err := tx.LockJob(ctx, c.Job.ID)
	if err != nil {
		return err
	}
	if !record.CameToNothing(job) { // somebody who looks for its task was faster
		c.Verdict, c.Job = dedup.Joins, job
		return nil
	}
	x.s.clock.Tie(&job)
	for _, st := range job.Steps {
		if err := tx.DropStep(ctx, job.ID, st.Name); err != nil {
			return err
		}
	}
	fence := job.Replica
	job.Status, job.Error, job.Finished, job.NextLook, job.Steps = adapter.JobQueued, nil, time.Time{}, time.Time{}, nil
	job.Replica, job.Upstream, job.Deadline = x.s.cfg.Replica, x.w.Account.Name, now.Add(x.s.cfg.JobDeadline)
	job.SealedKey = record.EncryptKey(x.s.cfg.Secret, job.ID, x.a.Caller.Key)
	x.buys.Reserve(&job, time.Now())
	if err := x.buys.Take(ctx, tx, &job); err != nil {
		return err
	}
	if err := tx.PutJob(ctx, job, fence); err != nil {
		return err
	}
	if err := tx.PutSpend(ctx, job.ID, *job.Spend); err != nil {
		return err
	}
	for i, d := range job.Deliveries { // the others got nothing either: each is there for its own client's repeat
		switch {
		case i == c.Delivery:
			d = c.Becomes
		case d.State == adapter.DeliveryAnswered:
			d.State, d.At = adapter.DeliveryAbandoned, now
		default:
			continue
		}
		job.Deliveries[i] = d
		if err := tx.PutDelivery(ctx, job.ID, i, d); err != nil {
			return err
		}
	}
	c.Job = job
	return nil
}
