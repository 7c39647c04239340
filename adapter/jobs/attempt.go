package jobs

import (
	"context"
	"errors"
	"slices"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/dedup"
	"midgate/adapter/jobs/ledger"
	"midgate/adapter/jobs/record"
	"midgate/adapter/jobs/unit"
	"midgate/adapter/spend"
)

// decide decides in one unit what the attempt is, and writes that.
func (x *acceptance) decide(ctx context.Context) (c dedup.Choice, err error) {
	s := x.s
	leave, err := s.lanes.Enter(ctx, x.run.Owner)
	if err != nil {
		if ctx.Err() != nil {
			return c, err
		}
		return c, notRecorded(err)
	}
	defer leave()
	// The client may leave while the record is written: what is written, and who joins it, must not depend on that.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), unit.Patience)
	defer cancel()
	for try := 0; ; try++ {
		err = s.units.Write(ctx, func(tx adapter.Tx) (err error) {
			c, err = x.choose(ctx, tx)
			return err
		})
		if errors.Is(err, adapter.ErrCommitUnknown) {
			x.perhaps = append(x.perhaps, c)
		}
		// What was committed, or not, is told by asking again.
		if !errors.Is(err, adapter.ErrCommitUnknown) || try == 2 || ctx.Err() != nil {
			break
		}
	}
	if err == nil {
		return c, nil
	}
	if known, ok := errors.AsType[*adapter.Error](err); ok {
		return c, known
	}
	return c, notRecorded(err)
}

// choose is the unit: it may be run again from the top.
func (x *acceptance) choose(ctx context.Context, tx adapter.Tx) (dedup.Choice, error) {
	now := x.s.clock.Now()
	if err := tx.Lock(ctx, x.run.Body); err != nil {
		return dedup.Choice{}, err
	}
	c, err := x.verdict(ctx, tx, x.question(now))
	if err != nil || c.Written {
		return c, err
	}
	switch c.Verdict {
	case dedup.Waits:
		return c, nil
	case dedup.Begins:
		return x.begin(ctx, tx, now, c.Job.ID != "")
	case dedup.Restarts:
		err = x.restart(ctx, tx, &c, now)
		return c, err
	}
	if c.Late {
		if err := tx.CountLate(ctx, c.Job.ID); err != nil {
			return c, err
		}
	}
	if c.Taken {
		err = tx.PutDelivery(ctx, c.Job.ID, c.Delivery, c.Becomes)
	}
	return c, err
}

func (x *acceptance) question(now time.Time) dedup.Question {
	s := x.s
	return dedup.Question{Retry: x.a.Retry, Share: x.run.Sharing, Replica: s.cfg.Replica, Now: now, Follow: s.cfg.JobDeadline, Window: s.cfg.ShareWindow,
		Waited: x.waited, Closed: s.sharingClosed, Standing: x.a.Standing, Without: s.without.Without}
}

func (x *acceptance) verdict(ctx context.Context, tx adapter.Tx, q dedup.Question) (dedup.Choice, error) {
	if x.run.Claim != "" {
		return x.claimed(ctx, tx, q)
	}
	keep := max(x.s.cfg.JobDeadline, dedup.RepeatWindow, x.a.Standing.Untold)
	jobs, err := tx.JobsByBody(ctx, x.run.Body, q.Now.Add(-keep), q.Now.Add(-dedup.RepeatWindow), candidates)
	if err != nil {
		return dedup.Choice{}, err
	}
	for i := range jobs {
		if jobs[i].ID == x.run.ID { // written by an earlier try of which nobody knew
			return dedup.Choice{Verdict: dedup.Begins, Job: jobs[i]}, nil
		}
		x.s.clock.Tie(&jobs[i])
	}
	if c, ok := x.landed(jobs...); ok {
		return c, nil
	}
	if err := x.seeReplicas(ctx, tx, jobs, q.Now); err != nil {
		return dedup.Choice{}, err
	}
	c := dedup.Decide(jobs, q)
	if c.Verdict == dedup.Begins && x.dark && x.until(proofWait) > 0 {
		c.Verdict = dedup.Waits
	}
	return c, nil
}

// seeReplicas looks whether the replicas are alive at which clients seem to wait. Whoever waited at a dead one was cut: this
// may be the repeat. Of one that has not said since the attempt came that it is alive, nobody knows yet.
func (x *acceptance) seeReplicas(ctx context.Context, tx adapter.Tx, jobs []adapter.Job, now time.Time) error {
	x.dark = false
	if !x.s.deps.State.Shared() {
		return nil
	}
	type seen struct{ alive, since bool }
	replicas := map[string]seen{}
	for i := range jobs {
		for j, d := range jobs[i].Deliveries {
			if d.State != adapter.DeliveryWaiting || d.Replica == x.s.cfg.Replica {
				continue
			}
			r, known := replicas[d.Replica]
			if !known {
				var err error
				if r.alive, err = tx.Leased(ctx, d.Replica, 0); err != nil {
					return err
				}
				if r.since, err = tx.Leased(ctx, d.Replica, leaseLength-time.Since(x.came)); err != nil {
					return err
				}
				replicas[d.Replica] = r
			}
			switch {
			case !r.alive:
				jobs[i].Deliveries = slices.Clone(jobs[i].Deliveries)
				jobs[i].Deliveries[j].State, jobs[i].Deliveries[j].At = adapter.DeliveryAbandoned, now
			case !r.since && jobs[i].Attended:
				x.dark = true
			}
		}
	}
	return nil
}

// claimed is what an attempt with an Idempotency-Key is.
func (x *acceptance) claimed(ctx context.Context, tx adapter.Tx, q dedup.Question) (dedup.Choice, error) {
	job, err := tx.JobByClaim(ctx, x.run.Claim)
	switch {
	case errors.Is(err, adapter.ErrNotFound):
		return dedup.Choice{Verdict: dedup.Begins}, nil
	case err != nil:
		return dedup.Choice{}, err
	case job.ID == x.run.ID:
		return dedup.Choice{Verdict: dedup.Begins, Job: job}, nil
	case q.Now.Sub(job.Created) > claimKept:
		return dedup.Choice{Verdict: dedup.Begins}, tx.ReleaseClaim(ctx, job.ID)
	case job.Body != x.run.Body:
		return dedup.Choice{}, &adapter.Error{Kind: adapter.Reused, Code: "idempotency_key_reused", Param: "Idempotency-Key",
			Message: "This Idempotency-Key was used with another request body within the last 24 hours. Use a new key for a new request."}
	}
	x.s.clock.Tie(&job)
	if c, ok := x.landed(job); ok {
		return c, nil
	}
	return q.Claimed(job), nil
}

// begin records the new job, unless an earlier try has recorded it. If it has its place at the upstream already, the
// intent of its first step goes with it.
func (x *acceptance) begin(ctx context.Context, tx adapter.Tx, now time.Time, recorded bool) (dedup.Choice, error) {
	run := record.Clone(x.run)
	x.buys.Reserve(&run, time.Now())
	if !recorded {
		if err := ledger.WithinHour(ctx, tx, x.run, x.a.Hourly, now); err != nil {
			return dedup.Choice{}, err
		}
	}
	var err error
	if !recorded {
		err = x.buys.Glance(ctx, tx, &run)
	}
	if err == nil {
		err = x.admit()
	}
	if err != nil {
		x.s.refused.Note(x.run.Body, now)
		return dedup.Choice{}, err
	}
	if x.run.Retry > x.run.Late { // how many tries of it are known already
		x.run.Late += x.s.refused.Take(x.run.Body, x.run.Retry-x.run.Late, now)
	}
	run.Late = x.run.Late
	if x.fresh = x.w.First != "" && x.slot.Held(); x.fresh {
		run.Steps = []adapter.Step{x.firstStep(run, now)}
	}
	x.buys.Reserve(&run, time.Now())
	err = tx.InsertJob(ctx, run)
	if errors.Is(err, adapter.ErrExists) { // by an earlier try of which nobody knew
		var known adapter.Job
		if known, err = tx.Job(ctx, run.ID); err == nil {
			run = known
			x.s.clock.Tie(&run)
			x.fresh = len(run.Steps) > 0
		}
	} else if err == nil {
		if err = x.buys.Take(ctx, tx, &run); err != nil {
			x.s.refused.Note(x.run.Body, now)
		}
	}
	return dedup.Choice{Verdict: dedup.Begins, Job: run, Becomes: run.Deliveries[0]}, err
}

// firstStep is the intent of the step that is submitted at once: an imagine.
func (x *acceptance) firstStep(run adapter.Job, now time.Time) adapter.Step {
	st := adapter.Step{Name: x.w.First, State: stateOf(run, x.w.First), Upstream: x.w.Account.Name, Intended: now, Sold: spend.Generation, Speed: run.Speed}
	if price, ok := x.buys.Spend(run, now).Prices[spend.Generation]; ok {
		st.Price = &price
	}
	return st
}

// admit takes a place at the upstream, or in its queue; a Busy *Error if the queue is full.
func (x *acceptance) admit() (err error) {
	if x.slot == nil {
		x.slot, err = x.s.queue.Enter(x.w.Account.Name, x.a.Caller.Owner)
	}
	return err
}
