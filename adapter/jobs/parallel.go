package jobs

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"midgate/adapter"
)

func (q *Execution) Persist(id string, write func() error) error {
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 5*time.Second) {
		err := write()
		if err == nil {
			return nil
		}
		q.s.parts.Log.Error("a picture's record could not be written; trying again", "image", id, "error", err)
		if !adapter.Pause(q.ctx, wait) {
			return context.Cause(q.ctx)
		}
	}
}

// Each calls f for 0…n-1 at once and returns the first error.
func (q *Execution) Each(n int, f func(i int) error) error {
	var all sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		all.Go(func() { errs[i] = q.Shielded(func() error { return f(i) }) })
	}
	all.Wait()
	return errors.Join(errs...)
}

// Shielded calls f. A panic in it is an internal error of its run and of no other: every goroutine of a sequence needs it.
func (q *Execution) Shielded(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			q.s.parts.Log.Error("a sequence panicked", "job", q.live.snapshot().ID, "panic", fmt.Sprint(p), "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	return f()
}

// CloseSharing ends the time in which equal requests may still get a quarter of this run's grid.
func (q *Execution) CloseSharing() {
	q.live.mu.Lock()
	defer q.live.mu.Unlock()
	q.live.sharing = false
}
