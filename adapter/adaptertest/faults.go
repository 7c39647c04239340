package adaptertest

import (
	"context"
	"fmt"
	"sync"

	"midgate/adapter"
)

// Faults makes a state fail on command: wrap it, then Break and Mend. The zero value breaks nothing.
type Faults struct {
	mu sync.Mutex
	fault
}

type fault struct {
	err    error
	reads  bool // fail too
	landed bool // writes happen all the same
	after  int  // writes that still work
}

// Break makes every unit that follows the next after ones fail with err: nothing is written.
func (f *Faults) Break(err error, after int) { f.set(fault{err: err, after: after}) }

// BreakAll makes questions fail too, as a database that cannot be reached does.
func (f *Faults) BreakAll(err error) { f.set(fault{err: err, reads: true}) }

// LoseAnswers makes every unit happen and fail all the same: a connection that breaks at each commit.
func (f *Faults) LoseAnswers(err error) {
	f.set(fault{err: fmt.Errorf("%w: %w", adapter.ErrCommitUnknown, err), landed: true})
}

// Mend ends the fault.
func (f *Faults) Mend() { f.set(fault{}) }

func (f *Faults) set(to fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fault = to
}

// write runs a unit as the fault has it.
func (f *Faults) write(do func() error) error {
	f.mu.Lock()
	err, landed := f.err, f.landed
	if err != nil && f.after > 0 {
		f.after--
		err = nil
	}
	f.mu.Unlock()
	if err == nil {
		return do()
	}
	if landed {
		if failed := do(); failed != nil {
			return failed
		}
	}
	return err
}

// read tells whether a question fails.
func (f *Faults) read() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !f.reads {
		return nil
	}
	return f.err
}

// State wraps a state.
func (f *Faults) State(s adapter.State) adapter.State { return faultyState{s, f} }

type faultyState struct {
	adapter.State
	faults *Faults
}

func (s faultyState) Write(ctx context.Context, work func(adapter.Tx) error) error {
	if err := s.faults.read(); err != nil {
		return err
	}
	return s.faults.write(func() error { return s.State.Write(ctx, work) })
}

func (s faultyState) Job(ctx context.Context, id string) (adapter.Job, error) {
	if err := s.faults.read(); err != nil {
		return adapter.Job{}, err
	}
	return s.State.Job(ctx, id)
}

func (s faultyState) Jobs(ctx context.Context, q adapter.JobQuery) ([]adapter.Job, error) {
	if err := s.faults.read(); err != nil {
		return nil, err
	}
	return s.State.Jobs(ctx, q)
}

func (s faultyState) Image(ctx context.Context, id string) (adapter.Image, error) {
	if err := s.faults.read(); err != nil {
		return adapter.Image{}, err
	}
	return s.State.Image(ctx, id)
}

func (s faultyState) Ready(ctx context.Context) error {
	if err := s.faults.read(); err != nil {
		return err
	}
	return s.State.Ready(ctx)
}
