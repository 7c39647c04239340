package unit

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/ledger"
	"midgate/adapter/spend"
)

const (
	// Patience is how long an attempt may wait for the state: a burst of attempts at one budget waits in a row.
	Patience = 10 * time.Second
	// PatienceShared is how long everything else waits where the state is shared: another replica can do it.
	PatienceShared = 2 * time.Second

	// flushAfter is how long what rides waits for a unit.
	flushAfter = 5 * time.Second
	// maxRiders is how many ride on one unit.
	maxRiders = 64
)

// Rider is a write that costs nothing to lose, and comes to the same when it is done again.
type Rider func(ctx context.Context, tx adapter.Tx) error

// Writer writes units. It is safe for concurrent use.
type Writer struct {
	state adapter.State
	terms func() *spend.Terms // of the moment

	mu    sync.Mutex
	queue []Rider
}

// New makes a writer of a state's units, whose budgets are those of terms.
func New(state adapter.State, terms func() *spend.Terms) *Writer {
	return &Writer{state: state, terms: terms}
}

// Ride makes a write part of the next unit, whoever writes that. It may be lost in a crash.
func (w *Writer) Ride(one Rider) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queue = append(w.queue, one)
}

// Write writes a unit, and what rides on it before.
func (w *Writer) Write(ctx context.Context, work func(adapter.Tx) error) error {
	return w.write(ctx, work, false)
}

// WriteBounded is Write, and what is spent beyond a job's hold must fit into its key's budgets.
func (w *Writer) WriteBounded(ctx context.Context, work func(adapter.Tx) error) error {
	return w.write(ctx, work, true)
}

func (w *Writer) write(ctx context.Context, work func(adapter.Tx) error, bounded bool) error {
	terms := w.terms()
	riders := w.take()
	err := w.state.Write(ctx, func(tx adapter.Tx) error {
		for _, r := range riders {
			if err := r(ctx, tx); err != nil {
				return err
			}
		}
		return ledger.Keep(ctx, tx, terms, bounded, work)
	})
	if err != nil && len(riders) > 0 {
		w.putBack(riders)
	}
	return err
}

func (w *Writer) take() []Rider {
	w.mu.Lock()
	defer w.mu.Unlock()
	n := min(len(w.queue), maxRiders)
	some := w.queue[:n:n]
	w.queue = w.queue[n:]
	return some
}

func (w *Writer) putBack(some []Rider) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.queue = append(some, w.queue...)
}

// Flush writes what waits by itself.
func (w *Writer) Flush(ctx context.Context) error {
	for {
		w.mu.Lock()
		empty := len(w.queue) == 0
		w.mu.Unlock()
		if empty {
			return nil
		}
		if err := w.Write(ctx, func(adapter.Tx) error { return nil }); err != nil {
			return err
		}
	}
}

// Run writes what has found nothing to ride on for a while, until ctx ends.
func (w *Writer) Run(ctx context.Context, log *slog.Logger) {
	for adapter.Pause(ctx, flushAfter) {
		if err := w.Flush(ctx); err != nil && ctx.Err() == nil {
			log.Warn("what became of answers could not be recorded; trying again", "error", err)
		}
	}
}
