package jobs

import (
	"context"
	"errors"
	"sync"

	"midgate/adapter"
)

// standing is whether this replica holds the lease that keeps others from taking its runs over. Without it nothing new
// is submitted: somebody else may be executing the same run by then.
type standing struct {
	mu   sync.Mutex
	held chan struct{} // closed while the lease is held; nil before the first time
}

// gate returns a channel that is closed once the lease is held.
func (st *standing) gate() chan struct{} {
	if st.held == nil {
		st.held = make(chan struct{})
	}
	return st.held
}

func (st *standing) regain() {
	st.mu.Lock()
	defer st.mu.Unlock()
	close(st.gate())
}

func (st *standing) lose() {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.held = nil
}

// wait returns once the lease is held, or why ctx ended.
func (st *standing) wait(ctx context.Context) error {
	st.mu.Lock()
	held := st.gate()
	st.mu.Unlock()
	select {
	case <-held:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// errNoLease is why nothing new is submitted.
var errNoLease = errors.New("this replica does not hold its lease")

// isHeld returns a Storage *Error while the lease is not held.
func (st *standing) isHeld() error {
	st.mu.Lock()
	held := st.gate()
	st.mu.Unlock()
	select {
	case <-held:
		return nil
	default:
		return adapter.Wrap(adapter.Storage, errNoLease, "This replica counts as dead and takes no jobs on.")
	}
}

// stand takes the replica's lease again whenever it was lost: after the state engine was out of reach for longer than
// a lease lasts, the others took this replica for dead.
func (s *Engine) stand(lost <-chan struct{}) {
	for {
		select {
		case <-lost:
		case <-s.life.Done():
			return
		}
		s.standing.lose()
		s.parts.Log.Warn("this replica counts as dead; it takes its lease again", "replica", s.cfg.Replica)
		for told := false; ; {
			again, held, err := s.parts.Leases.Hold(s.life, s.lease(s.cfg.Replica), s.cfg.Replica)
			if err == nil && held {
				lost = again
				break
			}
			if !told && s.life.Err() == nil {
				s.parts.Log.Error("the lease of this replica cannot be taken; nothing new is submitted until it is", "replica", s.cfg.Replica, "error", err)
				told = true
			}
			if !adapter.Pause(s.life, s.cfg.LeaseCheck) {
				return
			}
		}
		s.standing.regain()
	}
}
