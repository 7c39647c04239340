package jobs

import (
	"context"
	"sync"
)

// onceEach lets one at a time do what has a name.
type onceEach struct {
	mu   sync.Mutex
	held map[string]chan struct{} // by name; closed when it is let go
}

// hold returns when nobody else holds the name, and how to let it go; the cause of ctx if that ends first. Whoever has
// to wait calls aside before, unless it is nil.
func (o *onceEach) hold(ctx context.Context, name string, aside func()) (release func(), err error) {
	for {
		mine, others := o.take(name)
		if others == nil {
			return func() { o.release(name, mine) }, nil
		}
		if aside != nil {
			aside()
		}
		select {
		case <-others:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// take takes a name that is free; else it returns what is closed when somebody lets it go.
func (o *onceEach) take(name string) (mine, others chan struct{}) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if held, ok := o.held[name]; ok {
		return nil, held
	}
	if o.held == nil {
		o.held = map[string]chan struct{}{}
	}
	mine = make(chan struct{})
	o.held[name] = mine
	return mine, nil
}

func (o *onceEach) release(name string, mine chan struct{}) {
	o.mu.Lock()
	delete(o.held, name)
	o.mu.Unlock()
	close(mine)
}
