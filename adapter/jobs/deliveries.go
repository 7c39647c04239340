package jobs

import (
	"context"
	"sync"

	"midgate/adapter"
)

// settles is what became of answers and is not recorded yet. It rides on the next unit that is written: losing it in a
// crash costs one free old answer at most. Every decision about an attempt is such a unit, and so knows of it.
type settles struct {
	s *Engine

	mu    sync.Mutex
	queue []rider
}

// rider is a write that costs nothing to lose, and comes to the same when it is done again.
type rider func(ctx context.Context, tx adapter.Tx) error

// Ride makes a write part of the next unit, whoever writes that. It may be lost in a crash.
func (s *Engine) Ride(write func(ctx context.Context, tx adapter.Tx) error) { s.settles.add(write) }

// maxRiders is how many ride on one unit.
const maxRiders = 64

func (q *settles) add(one rider) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.queue = append(q.queue, one)
}

func (q *settles) take() []rider {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(len(q.queue), maxRiders)
	some := q.queue[:n:n]
	q.queue = q.queue[n:]
	return some
}

func (q *settles) putBack(some []rider) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.queue = append(some, q.queue...)
}

// write writes a unit, and what became of answers before it.
func (s *Engine) write(ctx context.Context, work func(adapter.Tx) error) error {
	return s.writeBooks(ctx, work, false)
}

// writeBounded is write, and what is spent beyond a job's hold must fit into its key's budgets.
func (s *Engine) writeBounded(ctx context.Context, work func(adapter.Tx) error) error {
	return s.writeBooks(ctx, work, true)
}

func (s *Engine) writeBooks(ctx context.Context, work func(adapter.Tx) error, bounded bool) error {
	terms := s.deps.Terms()
	riders := s.settles.take()
	err := s.deps.State.Write(ctx, func(tx adapter.Tx) error {
		for _, r := range riders {
			if err := r(ctx, tx); err != nil {
				return err
			}
		}
		books := &bookkeeper{Tx: tx, bounded: bounded}
		if err := work(books); err != nil {
			return err
		}
		return books.book(ctx, terms)
	})
	if err != nil && len(riders) > 0 {
		s.settles.putBack(riders)
	}
	return err
}

// flush writes what waits by itself.
func (q *settles) flush(ctx context.Context) error {
	for {
		q.mu.Lock()
		empty := len(q.queue) == 0
		q.mu.Unlock()
		if empty {
			return nil
		}
		if err := q.s.write(ctx, func(adapter.Tx) error { return nil }); err != nil {
			return err
		}
	}
}

// run writes what has found nothing to ride on for a while.
func (q *settles) run() {
	for adapter.Pause(q.s.life, flushAfter) {
		if err := q.flush(q.s.life); err != nil && q.s.life.Err() == nil {
			q.s.deps.Log.Warn("what became of answers could not be recorded; trying again", "error", err)
		}
	}
}
