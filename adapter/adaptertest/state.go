package adaptertest

import (
	"context"
	"slices"
	"sync"

	"midgate/adapter"
)

// State is a State in memory. It waits for nothing but a mutex, so that it works inside synctest bubbles; several
// engines may share it, as replicas do.
type State struct {
	shared bool
	rows
	mu sync.Mutex

	hearing sync.Mutex
	hearers map[*inbox]func(topic string, news []byte)
}

// NewState makes an empty state; shared says whether its users need leases.
func NewState(shared bool) *State {
	return &State{shared: shared, rows: newRows(), hearers: map[*inbox]func(string, []byte){}}
}

var (
	_ adapter.State = (*State)(nil)
	_ adapter.Bus   = (*State)(nil)
	_ adapter.Tx    = (*rows)(nil)
)

// Write implements adapter.State.
func (s *State) Write(ctx context.Context, work func(adapter.Tx) error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.undo = nil
	done := false
	defer func() {
		if !done { // also after a panic
			for _, undo := range slices.Backward(s.undo) {
				undo()
			}
		}
	}()
	err := work(&s.rows)
	done = err == nil
	return err
}

// Rewrite changes a job's row as no program could.
func (s *State) Rewrite(id string, change func(*adapter.Job)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	_ = s.change(id, func(job *adapter.Job) error { change(job); return nil })
}

// Shared implements adapter.State.
func (s *State) Shared() bool { return s.shared }

// Ready implements adapter.State.
func (s *State) Ready(context.Context) error { return nil }

// Tell implements adapter.Bus.
func (s *State) Tell(topic string, news []byte) {
	s.hearing.Lock()
	defer s.hearing.Unlock()
	for box, hear := range s.hearers {
		box.put(func() { hear(topic, news) })
	}
}

// Hear implements adapter.Bus.
func (s *State) Hear(ctx context.Context, hear func(topic string, news []byte)) error {
	box := newInbox()
	s.hearing.Lock()
	s.hearers[box] = hear
	s.hearing.Unlock()
	defer func() {
		s.hearing.Lock()
		defer s.hearing.Unlock()
		delete(s.hearers, box)
	}()
	box.put(func() { hear("", nil) })
	return box.deliver(ctx)
}
