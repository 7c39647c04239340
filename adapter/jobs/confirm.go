package jobs

import (
	"context"
	"time"

	"midgate/adapter"
)

// A record whose write failed may land all the same, once a cluster has its majority back: its client was told that
// nothing was submitted, so nobody may execute it then. The first intent says that the record was acknowledged; a run
// that has to wait for its place before, or whose client is answered before, is confirmed by a write of its own.
func (s *Engine) confirm(ctx context.Context, l *live, a adapter.Attempt, place *place) error {
	if !a.Async && place.held() {
		return nil
	}
	err := l.save(context.WithoutCancel(ctx), s.parts.Journal, func(r *adapter.Job) error {
		r.Confirmed = true
		return nil
	})
	if err != nil {
		return adapter.Wrap(adapter.Storage, err, "The job could not be recorded, so nothing was submitted. Please try again later.")
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
func unconfirmed(r adapter.Job) bool { return !r.Confirmed && len(r.Steps) == 0 }

// discardUnsubmitted ends a run that must not be executed. Whoever repeats its request revives it.
func discardUnsubmitted(r *adapter.Job, now time.Time) {
	r.Status, r.Finished, r.SealedKey = adapter.JobFailed, now, nil
	r.Error = adapter.Errorf(adapter.Storage, "midgate was interrupted before this job was submitted. Please send the request again.")
}
