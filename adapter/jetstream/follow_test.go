package jetstream

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// stuck is a watch that takes long to end, and has something left to yield when it does.
type stuck struct {
	updates chan jetstream.KeyValueEntry
	let     chan struct{}
	drained atomic.Bool
}

func (w *stuck) Updates() <-chan jetstream.KeyValueEntry { return w.updates }

func (w *stuck) Error() <-chan error { return nil }

func (w *stuck) Stop() error {
	<-w.let
	go func() {
		w.updates <- nil
		w.drained.Store(true)
		close(w.updates)
	}()
	return nil
}

func TestTheNextWatchDoesNotWaitForTheEndOfTheOldOne(t *testing.T) {
	t.Parallel()
	e := start(t, Config{Dir: t.TempDir()})
	f := &follower{bucket: e.runs, see: func(jetstream.KeyValueEntry) {}, caughtUp: func() {}}
	w := &stuck{updates: make(chan jetstream.KeyValueEntry), let: make(chan struct{})}
	again, done := make(chan struct{}), make(chan struct{})
	close(again) // the connection was made anew
	go func() {
		defer close(done)
		f.deliver(t.Context(), w, again)
	}()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Error("deliver() waits for the old watch, want it to leave that to the engine")
	}
	close(w.let)
	<-done
	e.Close()
	if !w.drained.Load() {
		t.Error("the engine was closed before the old watch was drained")
	}
}
