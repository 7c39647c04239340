package adapter

import (
	"context"
	"errors"
	"time"
)

// standingPatience is how long a request that has submitted nothing yet waits for the lease: far longer than a replica
// that is well takes to get it back.
const standingPatience = 10 * time.Second

// mayBegin returns once something may be submitted: while this replica holds its lease. A run that has submitted
// something waits for that as long as it lives; another one costs nothing yet, so its client is told soon, and also when
// its picture could not be stored.
func (q *Execution) mayBegin() error {
	if anyPaid(q.live.snapshot().Steps) {
		return q.s.standing.wait(q.ctx)
	}
	if k, ok := q.s.parts.Pictures.(Keeper); ok {
		if err := k.Keeps(q.ctx); err != nil && q.ctx.Err() == nil {
			return Wrap(Storage, err, "Pictures cannot be stored at the moment, so nothing was submitted. Please try again later.")
		}
	}
	ctx, cancel := context.WithTimeoutCause(q.ctx, standingPatience, errNoLease)
	defer cancel()
	err := q.s.standing.wait(ctx)
	if errors.Is(err, errNoLease) {
		return Wrap(Storage, err, "The job could not be recorded safely, so it was not submitted. Please try again later.")
	}
	return err
}
