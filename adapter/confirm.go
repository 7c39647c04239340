package adapter

import (
	"context"
	"time"
)

// A record whose write failed may land all the same, once a cluster has its majority back: its client was told that
// nothing was submitted, so nobody may execute it then. The first intent says that the record was acknowledged; a run
// that has to wait for its place before, or whose client is answered before, is confirmed by a write of its own.
func (s *Engine) confirm(ctx context.Context, l *live, a Attempt, place *place) error {
	if !a.Async && place.held() {
		return nil
	}
	err := l.save(context.WithoutCancel(ctx), s.parts.Journal, func(r *Run) error {
		r.Confirmed = true
		return nil
	})
	if err != nil {
		return Wrap(Storage, err, "The job could not be recorded, so nothing was submitted. Please try again later.")
	}
	return nil
}

// held reports whether the place is taken already.
func (pl *place) held() bool {
	select {
	case <-pl.got:
		return true
	default:
		return false
	}
}

// unconfirmed reports whether nobody knows that the run's record was acknowledged.
func (r Run) unconfirmed() bool { return !r.Confirmed && len(r.Steps) == 0 }

// discard ends a run that must not be executed. Whoever repeats its request revives it.
func (r *Run) discard(now time.Time) {
	r.Status, r.Finished, r.SealedKey = RunFailed, now, nil
	r.Error = Errorf(Storage, "midgate was interrupted before this job was submitted. Please send the request again.")
}
