package jobs

import (
	"context"

	"midgate/adapter"
)

// clientLeft is the code of a run that was not begun since nobody waited for it any more.
const clientLeft = "client_left"

// awaited refuses the first step of a run whose clients have all left: nothing was spent yet, and a repeat tries the run
// once more. It is decided once in the life of a sequence: all of its parts begin, or none. queued says that the run had
// to wait for its turn.
func (q *Execution) awaited(queued bool) error {
	q.wanted.Do(func() { q.vain = q.live.deserted(queued) })
	if !q.vain {
		return nil
	}
	return &adapter.Error{Kind: adapter.Unavailable, Code: clientLeft,
		Message: "The client left before anything was submitted, so nothing was. Please send the request again."}
}

// waitsFor reports whether an attempt's client waits for the answer itself, not just to hear that its job was taken on.
func waitsFor(a adapter.Attempt, w Spec) bool {
	return !a.Async && !w.Detached
}

// waiter is the ticket of a client that may have the run tried once more.
func (s *Engine) waiter(l *live, a adapter.Attempt, w Spec, g *guest) *ticket {
	t := s.newTicket(l, a, g.delivery)
	t.guest = g
	w.Request = nil // it is in the run
	t.again = func(ctx context.Context) error { return s.revive(ctx, l, a, w, g.delivery) }
	return t
}

// wronged reports whether a run came to nothing since nobody waited for it, while this client does: it joined too late to
// be noticed, or at another replica.
func (t *ticket) wronged(ctx context.Context, run adapter.Job) bool {
	return restartable(run) && run.Error.Code == clientLeft && t.again != nil &&
		!t.left.Load() && ctx.Err() == nil && t.service.life.Err() == nil
}
