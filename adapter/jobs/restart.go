package jobs

import (
	"context"
	"errors"
	"slices"
	"time"

	"midgate/adapter"
)

// restartable reports whether a run failed before anything was submitted, for a reason that passes: its repeat is
// the first real try then, not one that has to get the same failure again.
func restartable(r adapter.Job) bool {
	return r.Status == adapter.JobFailed && r.Error != nil && !anyPaid(r.Steps) &&
		slices.Contains([]adapter.Kind{adapter.Busy, adapter.Unavailable, adapter.Storage, adapter.Credit, adapter.UpstreamAuth, adapter.Unauthorized}, r.Error.Kind)
}

// revive executes a run once more that came to nothing, for an attempt that repeats it: with a place in the queue, an
// account and a deadline as if it were new. Other runs are left as they are; who comes while one is revived waits for it.
func (s *Engine) revive(ctx context.Context, l *live, a adapter.Attempt, w Spec, i int) error {
	for {
		run, changed := l.look()
		if !restartable(run) {
			return nil
		}
		if l.claim() {
			return s.again(ctx, l, a, w, i)
		}
		select {
		case <-changed:
		case <-s.life.Done():
			return nil // what it failed with stands
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// again records a run that this process claimed as begun anew, and executes it.
func (s *Engine) again(ctx context.Context, l *live, a adapter.Attempt, w Spec, i int) error {
	place, err := s.places.admit(w.Account.Name, a.Caller.Owner)
	if err != nil {
		l.release()
		return err
	}
	now := time.Now()
	// The client may leave meanwhile: what has been claimed must be executed or released all the same.
	err = l.save(context.WithoutCancel(ctx), s.parts.Journal, func(r *adapter.Job) error {
		if !restartable(*r) {
			return errLost
		}
		r.Status, r.Confirmed, r.Error, r.Finished, r.Steps = adapter.JobQueued, false, nil, time.Time{}, nil
		r.Replica, r.Upstream, r.Deadline = s.cfg.Replica, w.Account.Name, now.Add(s.cfg.JobDeadline)
		r.SealedKey = encryptKey(s.cfg.Secret, r.ID, a.Caller.Key)
		for k := range r.Deliveries { // the others got nothing either: each is there for its own client's repeat
			if r.Deliveries[k].State == adapter.DeliveryAnswered {
				r.Deliveries[k].State, r.Deliveries[k].At = adapter.DeliveryAbandoned, now
			}
		}
		if i < len(r.Deliveries) {
			r.Deliveries[i].State, r.Deliveries[i].At = adapter.DeliveryWaiting, now
		}
		return nil
	})
	if err != nil {
		place.release()
		l.release()
		if errors.Is(err, errLost) {
			return nil // another replica was faster
		}
		return adapter.Wrap(adapter.Storage, err, "The job could not be recorded, so nothing was submitted. Please try again later.")
	}
	if err := s.confirm(ctx, l, a, place); err != nil {
		place.release()
		l.release()
		return err
	}
	l.mu.Lock()
	l.awaited = waitsFor(a, w)
	l.mu.Unlock()
	s.parts.Log.Info("a job that came to nothing is tried again", "job", l.snapshot().ID)
	s.execute(l, a.Caller, place, now.Add(s.patience(a)))
	return nil
}
