package jobs

import (
	"context"
	"errors"
	"sync"
	"time"

	"midgate/adapter"
)

// Start follows the journal: it learns of all runs, resumes those that this replica was executing when it ended, and
// takes over those whose replica has died. It returns when the journal has been read; the rest goes on until Close.
func (s *Engine) Start(ctx context.Context) error {
	lost, held, err := s.parts.Leases.Hold(s.life, s.lease(s.cfg.Replica), s.cfg.Replica)
	if err != nil {
		return err
	} else if !held {
		return errors.New("another midgate works under this replica's name")
	}
	s.standing.regain()
	s.work.Go(func() { s.stand(lost) })
	caughtUp := make(chan struct{})
	failed := make(chan error, 1)
	s.work.Go(func() {
		failed <- s.parts.Journal.Watch(s.life, s.runs.see, func() { close(caughtUp) })
	})
	select {
	case <-caughtUp:
	case err := <-failed:
		return err
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	s.runs.cut(s.cfg.Replica, time.Now())
	s.resume(s.life)
	s.work.Go(s.takeOver)
	s.work.Go(s.adoptLate)
	return nil
}

func (s *Engine) lease(replica string) string { return "replica." + replica }

// takeOver looks for runs whose replica's lease has lapsed.
func (s *Engine) takeOver() {
	for adapter.Pause(s.life, s.cfg.LeaseCheck) {
		s.resume(s.life)
	}
}

// cut notes for the runs that a replica's last process had ended that answers were on their way when it ended itself:
// whoever repeats such a request gets the answer.
func (r *runs) cut(replica string, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.byID {
		l.mu.Lock()
		if l.run.Status.Ended() && l.run.Replica == replica {
			cut(&l.run, now)
		}
		l.mu.Unlock()
	}
}

// cut leaves the deliveries of clients that waited to their repeats.
func cut(r *adapter.Job, now time.Time) {
	for i := range r.Deliveries {
		if r.Deliveries[i].State == adapter.DeliveryWaiting {
			r.Deliveries[i].State, r.Deliveries[i].At = adapter.DeliveryAbandoned, now
		}
	}
}

// resume executes every unfinished run that nobody executes.
func (s *Engine) resume(ctx context.Context) {
	alive := map[string]bool{}
	slots := make(chan struct{}, resumeAtOnce)
	var all sync.WaitGroup
	defer all.Wait()
	for _, l := range s.runs.unfinished() {
		run := l.snapshot()
		if l.executed() || !s.recordedRun(l) || run.Replica != s.cfg.Replica && s.alive(ctx, run.Replica, alive) {
			continue
		}
		slots <- struct{}{}
		all.Go(func() {
			s.take(ctx, l)
			<-slots
		})
	}
}

// recordedRun reports whether the run's record exists: a request that is just being recorded is nobody's to take.
func (s *Engine) recordedRun(l *live) bool {
	select {
	case <-l.ready:
		return l.bad == nil
	default:
		return false
	}
}

// executed reports whether the run's sequence is under way in this process.
func (l *live) executed() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.own
}

// alive asks once per replica and round. State that cannot be reached proves nobody dead.
func (s *Engine) alive(ctx context.Context, replica string, known map[string]bool) bool {
	if a, ok := known[replica]; ok {
		return a
	}
	holder, err := s.parts.Leases.Holder(ctx, s.lease(replica))
	known[replica] = err != nil || holder != ""
	return known[replica]
}

// take makes a run this replica's own, unless another was faster, and executes it from the top. Attempts that were
// waiting at the process that died have been cut.
func (s *Engine) take(ctx context.Context, l *live) {
	now := time.Now()
	before := l.snapshot()
	err := l.save(ctx, s.parts.Journal, func(r *adapter.Job) error {
		if r.Replica != before.Replica && r.Replica != s.cfg.Replica || r.Status.Ended() {
			return errLost
		}
		r.Replica = s.cfg.Replica
		cut(r, now)
		if unconfirmed(*r) {
			discardUnsubmitted(r, now)
		}
		if until := now.Add(resumeLeast); r.Deadline.Before(until) {
			r.Deadline = until
		}
		return nil
	})
	if err != nil {
		if !errors.Is(err, errLost) {
			s.parts.Log.Warn("an unfinished job could not be resumed; trying again", "job", before.ID, "error", err)
		}
		return
	}
	run := l.snapshot()
	if run.Status.Ended() {
		s.parts.Log.Info("a job is discarded that was not submitted", "job", run.ID, "kind", run.Kind)
		return
	}
	key, err := decryptKey(s.cfg.Secret, run.ID, run.SealedKey)
	if err != nil {
		s.parts.Log.Error("the key of an unfinished job cannot be read: was MIDGATE_SECRET changed?", "job", run.ID)
	}
	s.parts.Log.Info("a job is resumed", "job", run.ID, "kind", run.Kind, "steps", len(run.Steps))
	s.execute(l, adapter.Caller{Owner: run.Owner, Key: key}, nil, run.Deadline)
}
