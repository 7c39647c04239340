package pictures

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"golang.org/x/sync/singleflight"
)

// workshop is where pictures are worked on: once for all who want the same, on few at a time, and until it is closed.
type workshop struct {
	kept    *kept
	flights singleflight.Group
	workers chan struct{}

	ending  context.Context // ends when the store is closed; work that callers share hangs on it
	end     context.CancelFunc
	mu      sync.Mutex
	closed  bool
	working sync.WaitGroup
}

var errClosed = errors.New("the picture store is closed")

func newWorkshop(ctx context.Context, known *kept, places int) *workshop {
	ending, end := context.WithCancel(context.WithoutCancel(ctx))
	return &workshop{kept: known, workers: make(chan struct{}, places), ending: ending, end: end}
}

// close stops what is being worked on and waits for it.
func (w *workshop) close() {
	w.mu.Lock()
	w.closed = true
	w.mu.Unlock()
	w.end()
	w.working.Wait()
}

// share runs work on an original once for all callers that ask for the same key
// meanwhile. The work outlives a caller who leaves: the others, and the next one, want
// its result. A panic in it, which would end the process, is an error.
func (w *workshop) share(ctx context.Context, name, key string, work func(context.Context) error) error {
	done := w.flights.DoChan(key, func() (_ any, err error) {
		if !w.begin() {
			return nil, errClosed
		}
		defer w.working.Done()
		defer w.kept.clear(w.ending, name)
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v", p)
			}
		}()
		return nil, work(w.ending)
	})
	select {
	case r := <-done:
		return r.Err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (w *workshop) begin() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return false
	}
	w.working.Add(1)
	return true
}

// worker waits for one of the places in which pictures are decoded, cut or encoded,
// and returns what gives it back.
func (w *workshop) worker(ctx context.Context) (release func(), err error) {
	select {
	case w.workers <- struct{}{}:
		return func() { <-w.workers }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
