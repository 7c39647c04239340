package adaptertest

import (
	"context"
	"sync"
)

// inbox is a queue without a bound: whoever puts never waits for whoever takes.
type inbox struct {
	mu    sync.Mutex
	queue []func()
	more  chan struct{}
}

func newInbox() *inbox { return &inbox{more: make(chan struct{}, 1)} }

func (b *inbox) put(call func()) {
	b.mu.Lock()
	b.queue = append(b.queue, call)
	b.mu.Unlock()
	select {
	case b.more <- struct{}{}:
	default:
	}
}

// deliver calls what was put, one after the other, until ctx ends; it returns why it ended.
func (b *inbox) deliver(ctx context.Context) error {
	for {
		b.mu.Lock()
		batch := b.queue
		b.queue = nil
		b.mu.Unlock()
		for _, call := range batch {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			call()
		}
		select {
		case <-b.more:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
