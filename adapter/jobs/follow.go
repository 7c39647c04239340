package jobs

import (
	"context"

	"midgate/adapter"
)

// Follow returns a ticket that waits for one of the caller's jobs, whoever began it, as long as the job lives. It has no
// delivery of its own: Answered and Abandoned must not be called. A NotFound *Error for an unknown job.
func (s *Engine) Follow(ctx context.Context, c adapter.Caller, id string) (adapter.Ticket, error) {
	run, err := s.Job(ctx, c, id)
	if err != nil {
		return nil, err
	}
	return s.newTicket(s.known(run), adapter.Attempt{Caller: c, Stream: true}, 0), nil
}

// Forget marks one of the caller's jobs as deleted: whoever shows jobs under a name of their own does not show it any
// more. The job goes on, and its pictures stay.
func (s *Engine) Forget(ctx context.Context, c adapter.Caller, id string) error {
	run, err := s.Job(ctx, c, id)
	if err != nil {
		return err
	}
	err = s.known(run).save(ctx, s.parts.Journal, func(r *adapter.Job) error {
		r.Deleted = true
		return nil
	})
	if err != nil {
		return adapter.Wrap(adapter.Storage, err, "The deletion could not be recorded.")
	}
	return nil
}
