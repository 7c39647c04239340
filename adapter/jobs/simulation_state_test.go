package jobs_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"midgate/adapter"
)

// door is a process's way to the state: it takes a moment in both directions, and the process may be killed on each.
type door struct {
	adapter.State
	p *process
}

func (p *process) door() adapter.State {
	d := &door{State: p.broke.State(p.w.base), p: p}
	if p.w.without.hasty {
		return hasty{d}
	}
	return d
}

func (s *door) Write(ctx context.Context, work func(adapter.Tx) error) error {
	there, back := s.p.luck.between(100*time.Microsecond, 10*time.Millisecond), s.p.luck.between(100*time.Microsecond, 10*time.Millisecond)
	if len(s.p.slow) > 0 {
		if s.p.luck.chance(0.5) {
			there = 3 * time.Second
		} else {
			back = 3 * time.Second
		}
	}
	if err := s.p.pass(ctx, there); err != nil {
		return err
	}
	if err := s.State.Write(ctx, func(tx adapter.Tx) error { return work(s.clocked(tx)) }); err != nil {
		return err
	}
	if s.p.w.troubled(s.p.w.plan.commits) && s.p.luck.chance(0.03) {
		return fmt.Errorf("%w: %w", adapter.ErrCommitUnknown, errDatabase)
	}
	if err := s.p.pass(ctx, back); err != nil {
		return fmt.Errorf("%w: %w", adapter.ErrCommitUnknown, err)
	}
	return nil
}

func (s *door) Job(ctx context.Context, id string) (adapter.Job, error) {
	if err := s.p.await(); err != nil {
		return adapter.Job{}, err
	}
	job, err := s.State.Job(ctx, id)
	return shifted(job, -s.p.skew), err
}

func (s *door) Image(ctx context.Context, id string) (adapter.Image, error) {
	if err := s.p.await(); err != nil {
		return adapter.Image{}, err
	}
	return s.State.Image(ctx, id)
}

func (s *door) clocked(tx adapter.Tx) adapter.Tx {
	if s.p.skew == 0 {
		return tx
	}
	return skewedTx{tx, s.p.skew}
}

// skewedTx is the state as a process sees it whose clock is that much ahead of the others'.
type skewedTx struct {
	adapter.Tx
	ahead time.Duration
}

func moved(at *time.Time, by time.Duration) {
	if !at.IsZero() {
		*at = at.Add(by)
	}
}

func shiftedStep(st adapter.Step, by time.Duration) adapter.Step {
	moved(&st.Intended, by)
	moved(&st.Finished, by)
	if st.Submission != nil {
		sub := *st.Submission
		moved(&sub.At, by)
		st.Submission = &sub
	}
	return st
}

// shifted is a job all of whose times are moved.
func shifted(job adapter.Job, by time.Duration) adapter.Job {
	if by == 0 {
		return job
	}
	for _, at := range []*time.Time{&job.Created, &job.Finished, &job.Deadline, &job.Expires, &job.NextLook} {
		moved(at, by)
	}
	steps, deliveries := make([]adapter.Step, len(job.Steps)), make([]adapter.Delivery, len(job.Deliveries))
	for i, st := range job.Steps {
		steps[i] = shiftedStep(st, by)
	}
	for i, d := range job.Deliveries {
		moved(&d.At, by)
		deliveries[i] = d
	}
	job.Steps, job.Deliveries = steps, deliveries
	return job
}

func (t skewedTx) Job(ctx context.Context, id string) (adapter.Job, error) {
	job, err := t.Tx.Job(ctx, id)
	return shifted(job, -t.ahead), err
}

func (t skewedTx) LockJob(ctx context.Context, id string) (adapter.Job, error) {
	job, err := t.Tx.LockJob(ctx, id)
	return shifted(job, -t.ahead), err
}

func (t skewedTx) JobByClaim(ctx context.Context, claim string) (adapter.Job, error) {
	job, err := t.Tx.JobByClaim(ctx, claim)
	return shifted(job, -t.ahead), err
}

func (t skewedTx) JobsByBody(ctx context.Context, body string, since, recent time.Time, limit int) ([]adapter.Job, error) {
	jobs, err := t.Tx.JobsByBody(ctx, body, since.Add(t.ahead), recent.Add(t.ahead), limit)
	for i := range jobs {
		jobs[i] = shifted(jobs[i], -t.ahead)
	}
	return jobs, err
}

func (t skewedTx) InsertJob(ctx context.Context, job adapter.Job) error {
	return t.Tx.InsertJob(ctx, shifted(job, t.ahead))
}

func (t skewedTx) PutJob(ctx context.Context, job adapter.Job, fence string) error {
	return t.Tx.PutJob(ctx, shifted(job, t.ahead), fence)
}

func (t skewedTx) PutStep(ctx context.Context, id string, st adapter.Step) error {
	return t.Tx.PutStep(ctx, id, shiftedStep(st, t.ahead))
}

func (t skewedTx) NoteStep(ctx context.Context, id string, st adapter.Step) error {
	return t.Tx.NoteStep(ctx, id, shiftedStep(st, t.ahead))
}

func (t skewedTx) PutDelivery(ctx context.Context, id string, i int, d adapter.Delivery) error {
	moved(&d.At, t.ahead)
	return t.Tx.PutDelivery(ctx, id, i, d)
}

func (t skewedTx) Settle(ctx context.Context, id string, i int, state adapter.DeliveryState, since, at time.Time) error {
	return t.Tx.Settle(ctx, id, i, state, since.Add(t.ahead), at.Add(t.ahead))
}

func (t skewedTx) DueJobs(ctx context.Context, replica string, now, next time.Time, limit int) ([]string, error) {
	return t.Tx.DueJobs(ctx, replica, now.Add(t.ahead), next.Add(t.ahead), limit)
}

func (t skewedTx) TakeOver(ctx context.Context, replica string, now time.Time, limit int) ([]string, error) {
	return t.Tx.TakeOver(ctx, replica, now.Add(t.ahead), limit)
}

var errDatabase = errors.New("the database cannot be reached")
