package adapter

import "sync"

// onceEach lets one at a time do what has a name.
type onceEach struct {
	mu    sync.Mutex
	names map[string]*sync.Mutex
}

// hold returns when nobody else holds the name, and how to let it go.
func (o *onceEach) hold(name string) (release func()) {
	o.mu.Lock()
	held := o.names[name]
	if held == nil {
		if o.names == nil {
			o.names = map[string]*sync.Mutex{}
		}
		held = &sync.Mutex{}
		o.names[name] = held
	}
	o.mu.Unlock()
	held.Lock()
	return held.Unlock
}
