package adaptertest

import (
	"context"
	"sync"
)

// MemoryLeases is an adapter.Leases in memory. Nothing lapses by itself: Kill says whose leases do.
type MemoryLeases struct {
	mu   sync.Mutex
	held map[string]*lease
}

type lease struct {
	replica string
	lost    chan struct{}
}

// NewLeases makes leases that nobody holds.
func NewLeases() *MemoryLeases { return &MemoryLeases{held: map[string]*lease{}} }

// Hold implements adapter.Leases.
func (l *MemoryLeases) Hold(ctx context.Context, name, replica string) (<-chan struct{}, bool, error) {
	if err := ctx.Err(); err != nil {
		return nil, false, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if h := l.held[name]; h != nil {
		if h.replica != replica {
			return nil, false, nil
		}
		close(h.lost) // who held it before cannot keep what is held anew
	}
	h := &lease{replica: replica, lost: make(chan struct{})}
	l.held[name] = h
	context.AfterFunc(ctx, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.held[name] == h {
			delete(l.held, name)
		}
	})
	return h.lost, true, nil
}

// Holder implements adapter.Leases.
func (l *MemoryLeases) Holder(ctx context.Context, name string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if h := l.held[name]; h != nil {
		return h.replica, nil
	}
	return "", nil
}

// Kill takes everything away from a replica, as the engine does when it is not heard of any more.
func (l *MemoryLeases) Kill(replica string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for name, h := range l.held {
		if h.replica == replica {
			close(h.lost)
			delete(l.held, name)
		}
	}
}
