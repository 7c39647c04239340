package ledger

import (
	"context"
	"fmt"
	"time"

	"midgate/adapter"
)

// WithinHour refuses to begin a job that would exceed what its owner may pay within an hour on such routes. All replicas
// count the same rows, one attempt of an owner at a time.
func WithinHour(ctx context.Context, tx adapter.Tx, begins adapter.Job, h adapter.Hourly, now time.Time) error {
	if h.Most <= 0 {
		return nil
	}
	if err := tx.Lock(ctx, adapter.Digest(begins.Owner, h.Routes)); err != nil {
		return err
	}
	// One job is one payment at least, so that so many are enough to see that the limit is reached.
	recent, err := tx.Jobs(ctx, adapter.JobQuery{Owner: begins.Owner, Routes: h.Routes, Since: now.Add(-time.Hour), Deleted: true, Limit: 16*h.Most + 64})
	if err != nil {
		return err
	}
	needs, paid := max(h.Needs, 1), 0
	var free time.Time           // when enough of them are more than an hour old
	for _, job := range recent { // the newest first
		if job.ID == begins.ID {
			continue
		}
		paid += job.Pays()
		if free.IsZero() && paid+needs > h.Most {
			free = job.Created.Add(time.Hour)
		}
	}
	if paid+needs <= h.Most {
		return nil
	}
	says := fmt.Sprintf("%d jobs were paid in the last hour, the limit.", paid)
	if paid < h.Most {
		says = fmt.Sprintf("%d jobs were paid in the last hour and this needs %d: the limit is %d.", paid, needs, h.Most)
	}
	e := &adapter.Error{Kind: adapter.Busy, Code: adapter.CodeHourly, Message: says, Patience: adapter.NoPatience}
	if needs <= h.Most && !free.IsZero() { // else no hour has room for it
		e.RetryAfter = free.Sub(now)
	}
	return e
}
