package jobs

import (
	"context"
	"errors"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"midgate/adapter"
	"midgate/adapter/jobs/active"
)

// lease is whether this replica counts as alive, by its own clock and with some time to spare. Without it nothing new is
// submitted: another replica may be executing the same job by then.
type lease struct {
	mu     sync.Mutex
	until  time.Time
	always bool          // the state has one user
	got    chan struct{} // closed at the next renewal
	told   bool          // that it cannot be renewed
}

var errNoLease = errors.New("this replica does not hold its lease")

func (l *lease) forGood() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.always = true
}

// held reports whether the lease is held.
func (l *lease) held() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.always || time.Now().Before(l.until)
}

// renewed says that the lease was renewed by a write that began at that time.
func (l *lease) renewed(at time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.until, l.told = at.Add(leaseSafe), false
	if l.got != nil {
		close(l.got)
		l.got = nil
	}
}

// wait returns once the lease is held, within limit.
func (l *lease) wait(ctx context.Context, limit time.Duration) error {
	if l.held() {
		return nil
	}
	timer := time.NewTimer(limit)
	defer timer.Stop()
	for !l.held() {
		l.mu.Lock()
		if l.got == nil {
			l.got = make(chan struct{})
		}
		got := l.got
		l.mu.Unlock()
		select {
		case <-got:
		case <-timer.C:
			return errNoLease
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	return nil
}

// complain logs once that the lease cannot be renewed.
func (l *lease) complain(s *Engine, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s.life.Err() == nil && !l.told {
		l.told = true
		s.deps.Log.Error("this replica cannot say that it is alive; nothing new is submitted until it can", "replica", s.cfg.Replica, "error", err)
	}
}

// maintain keeps this replica's lease, takes over the jobs of dead replicas and looks for what got lost, until Close.
func (s *Engine) maintain() {
	for adapter.Pause(s.life, s.cfg.LeaseCheck) {
		if s.deps.State.Shared() {
			if err := s.keepLease(s.life); err != nil {
				s.lease.complain(s, err)
				continue
			}
			if err := s.lost.TakeOver(s.life); err != nil && s.life.Err() == nil {
				s.deps.Log.Warn("jobs of dead replicas could not be taken over; trying again", "error", err)
			}
		}
		if err := s.lost.Look(); err != nil && s.life.Err() == nil {
			s.deps.Log.Warn("lost jobs could not be looked for; trying again", "error", err)
		}
	}
}

// keepLease says that this replica is alive. If it may have counted as dead before, others may have taken its jobs, and may
// be dead by now: their executions here end before anything is submitted again, and before jobs are taken from anybody. What
// a lost commit did to the lease, the record does not tell; only the clock here does.
func (s *Engine) keepLease(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, leaseSafe)
	defer cancel()
	began := time.Now()
	var unbroken bool
	err := s.units.Write(ctx, func(tx adapter.Tx) (err error) {
		unbroken, err = tx.KeepLease(ctx, s.cfg.Replica, leaseLength)
		return err
	})
	if err == nil && !(unbroken && s.lease.held()) {
		err = s.checkOwn(ctx)
	}
	if err == nil {
		s.lease.renewed(began)
	}
	return err
}

// checkOwn ends the executions of jobs that others have taken.
func (s *Engine) checkOwn(ctx context.Context) error {
	const atOnce = 8
	var all errgroup.Group
	all.SetLimit(atOnce)
	for _, j := range s.jobs.All(true) {
		all.Go(func() error {
			by := j.By() // it may be begun anew meanwhile
			run, err := s.deps.State.Job(ctx, j.ID())
			switch {
			case errors.Is(err, adapter.ErrNotFound):
				return nil
			case err == nil && run.Replica != s.cfg.Replica:
				j.Stop(by, active.ErrLost)
			}
			return err
		})
	}
	return all.Wait()
}

// admit returns once something may be submitted: while this replica holds its lease. A job that has submitted
// something waits for that as long as it lives; another one costs nothing yet, so its client is told soon, and also when
// its picture could not be stored.
func (p sending) admit() error {
	q := p.q
	if anySent(q.job.Snapshot(), q.unsent()) {
		for {
			if err := q.s.lease.wait(q.ctx, time.Hour); !errors.Is(err, errNoLease) {
				return err
			}
		}
	}
	if err := q.s.canKeep(q.ctx); err != nil {
		return err
	}
	err := q.s.lease.wait(q.ctx, leasePatience)
	if errors.Is(err, errNoLease) {
		return adapter.Wrap(adapter.Storage, err, "The job could not be recorded safely, so it was not submitted. Please try again later.")
	}
	return err
}

// canKeep is a Storage *Error while pictures cannot be stored: what could not be stored must not be paid for.
func (s *Engine) canKeep(ctx context.Context) error {
	k, ok := s.deps.Pictures.(adapter.Keeper)
	if !ok {
		return nil
	}
	if err := k.Keeps(ctx); err != nil && ctx.Err() == nil {
		return adapter.Wrap(adapter.Storage, err, "Pictures cannot be stored at the moment, so nothing was submitted. Please try again later.")
	}
	return nil
}
