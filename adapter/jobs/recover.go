package jobs

import (
	"context"
	"errors"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/record"
)

// maintain keeps this replica's lease, takes over the jobs of dead replicas and looks for what got lost, until Close.
func (s *Engine) maintain() {
	for adapter.Pause(s.life, s.cfg.LeaseCheck) {
		if s.deps.State.Shared() {
			if err := s.keepLease(s.life); err != nil {
				s.lease.complain(s, err)
				continue
			}
			if err := s.takeOver(s.life); err != nil && s.life.Err() == nil {
				s.deps.Log.Warn("jobs of dead replicas could not be taken over; trying again", "error", err)
			}
		}
		if err := s.reconcile(); err != nil && s.life.Err() == nil {
			s.deps.Log.Warn("lost jobs could not be looked for; trying again", "error", err)
		}
	}
}

// takeOver executes every open job that nobody executes: those of replicas whose lease lapsed or, where the state has one
// user, of the process before this one.
func (s *Engine) takeOver(ctx context.Context) error {
	for {
		var taken []string
		now := s.clock.Now()
		err := s.units.Write(ctx, func(tx adapter.Tx) (err error) {
			taken, err = tx.TakeOver(ctx, s.cfg.Replica, now, lot)
			return err
		})
		if err != nil && !errors.Is(err, adapter.ErrCommitUnknown) {
			return err
		}
		for _, id := range taken { // their records tell whether they are this replica's
			if err := s.recover(ctx, id); err != nil {
				s.deps.Log.Warn("an unfinished job could not be resumed yet; trying again", "job", id, "error", err)
				s.spawn(func() { s.recoverLater(id) })
			}
		}
		if err != nil || len(taken) < lot {
			return err
		}
	}
}

// errBusyHere is why a job that was lost and came back is not resumed yet.
var errBusyHere = errors.New("an earlier execution of it is still ending")

func (s *Engine) recoverLater(id string) {
	for wait := 100 * time.Millisecond; adapter.Pause(s.life, wait); wait = min(2*wait, 5*time.Second) {
		if s.recover(s.life, id) == nil {
			return
		}
	}
}

// recover executes a job that was taken over from the top. Attempts that were waiting at the process that died have been
// cut; one that submitted nothing and is waited for by nobody any more comes to nothing by itself.
func (s *Engine) recover(ctx context.Context, id string) error {
	run, err := s.deps.State.Job(ctx, id)
	if err != nil {
		return err
	}
	if run.Replica != s.cfg.Replica || run.Status.Ended() {
		return nil
	}
	s.clock.Tie(&run)
	if until := s.clock.Now().Add(resumeLeast); run.Deadline.Before(until) {
		run.Deadline = until
	}
	j := s.jobs.Enter(s.jobs.Of(run))
	defer s.jobs.Leave(j)
	if !j.Claim() {
		return errBusyHere
	}
	j.Update(func(r *adapter.Job) { *r = record.Clone(run) })
	s.deps.Log.Info("a job is resumed", "job", run.ID, "kind", run.Kind, "steps", len(run.Steps))
	s.execute(j, s.whose(run), execution{patience: run.Deadline})
	return nil
}
