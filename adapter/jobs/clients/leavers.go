package clients

import (
	"context"
	"sync"
	"time"
)

// Leavers wakes the attempts that wait for the client of an equal request to turn out gone.
type Leavers struct {
	mu     sync.Mutex
	byBody map[string]*leaver
}

type leaver struct {
	left    chan struct{}
	waiting int
}

// Wait returns when a client of that body has left; over is true when the time is over instead.
func (l *Leavers) Wait(ctx context.Context, body string, limit time.Duration) (over bool, err error) {
	if limit <= 0 {
		return true, nil
	}
	l.mu.Lock()
	if l.byBody == nil {
		l.byBody = map[string]*leaver{}
	}
	w := l.byBody[body]
	if w == nil {
		w = &leaver{left: make(chan struct{})}
		l.byBody[body] = w
	}
	w.waiting++
	l.mu.Unlock()
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if w.waiting--; w.waiting == 0 && l.byBody[body] == w {
			delete(l.byBody, body)
		}
	}()
	timer := time.NewTimer(limit)
	defer timer.Stop()
	select {
	case <-w.left:
		return false, nil
	case <-timer.C:
		return true, nil
	case <-ctx.Done():
		return false, context.Cause(ctx)
	}
}

// Gone tells that a client of that body has left.
func (l *Leavers) Gone(body string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if w := l.byBody[body]; w != nil {
		delete(l.byBody, body)
		close(w.left)
	}
}
