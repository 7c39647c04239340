package jobs

import (
	"context"
	"errors"

	"midgate/adapter"
)

// mayBegin returns once something may be submitted: while this replica holds its lease. A run that has submitted
// something waits for that as long as it lives; another one costs nothing yet, so its client is told soon, and also when
// its picture could not be stored.
func (q *Execution) mayBegin() error {
	if anyPaid(q.live.snapshot().Steps) {
		return q.s.standing.wait(q.ctx)
	}
	if k, ok := q.s.parts.Pictures.(adapter.Keeper); ok {
		if err := k.Keeps(q.ctx); err != nil && q.ctx.Err() == nil {
			return adapter.Wrap(adapter.Storage, err, "Pictures cannot be stored at the moment, so nothing was submitted. Please try again later.")
		}
	}
	ctx, cancel := context.WithTimeoutCause(q.ctx, standingPatience, errNoLease)
	defer cancel()
	err := q.s.standing.wait(ctx)
	if errors.Is(err, errNoLease) {
		return adapter.Wrap(adapter.Storage, err, "The job could not be recorded safely, so it was not submitted. Please try again later.")
	}
	return err
}
