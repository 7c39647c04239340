package jetstream

import (
	"context"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

const (
	rewatch   = 250 * time.Millisecond // pause before a watch that ended is begun again
	checkTime = 2 * time.Second        // between two looks whether a watch on a cluster still delivers
)

// follower is one watch of a bucket over its whole life.
type follower struct {
	bucket   *bucket
	see      func(jetstream.KeyValueEntry)
	caughtUp func()

	last    uint64 // revision that was seen last
	checked uint64 // last, at the check before
	stalled uint64 // the newest revision when the watch was last begun anew because of it
}

// follow calls see with every value of the bucket, then caughtUp once, then with every change, in the order of their
// revisions, until ctx ends. A watch that breaks, or goes silent, is continued where it was.
func (b *bucket) follow(ctx context.Context, see func(jetstream.KeyValueEntry), caughtUp func()) {
	f := &follower{bucket: b, see: see, caughtUp: caughtUp}
	for told := false; ; {
		again := b.engine.reconnections()
		var opts []jetstream.WatchOpt
		if f.last > 0 {
			opts = append(opts, jetstream.ResumeFromRevision(f.last+1))
		}
		w, err := b.kv.WatchAll(ctx, opts...)
		if err == nil {
			told = false
			f.deliver(ctx, w, again)
		} else if !told && ctx.Err() == nil && b.engine.conn.IsConnected() {
			told = true
			b.engine.cfg.Log.Warn("state engine: a watch could not be begun; trying again", "bucket", b.name, "error", err)
		}
		if !pause(ctx, rewatch) {
			return
		}
	}
}

// deliver passes on what a watch yields until it breaks or goes silent, the connection was made anew, or ctx ends.
func (f *follower) deliver(ctx context.Context, w jetstream.KeyWatcher, again <-chan struct{}) {
	defer f.bucket.engine.discard(w)
	check := time.NewTicker(checkTime)
	defer check.Stop()
	for {
		select {
		case entry, open := <-w.Updates():
			if !open {
				return
			}
			f.pass(entry)
		case <-check.C:
			if f.silent(ctx) {
				return
			}
		case <-again:
			return
		case <-ctx.Done():
			return
		}
	}
}

// discard ends a watch. That takes seconds while the cluster is away, so the next watch does not wait for it; Close does.
func (e *Engine) discard(w jetstream.KeyWatcher) {
	end := func() {
		_ = w.Stop() // it only fails when the connection is gone
		for range w.Updates() {
			// The client's goroutine may wait in the middle of a send.
		}
	}
	if !e.spawn(end) {
		end()
	}
}

// pass passes an entry on; nil stands for the end of what was stored when the watch began.
func (f *follower) pass(entry jetstream.KeyValueEntry) {
	if entry == nil {
		f.caughtUp()
		f.caughtUp = func() {}
		return
	}
	f.last = entry.Revision()
	if key := entry.Key(); key != probeKey && key != readyKey {
		f.see(entry)
	}
}

// silent reports whether a watch on a cluster stands still although there is more to see: the node that served it may
// be gone while the connection, to another node, is not. The client would notice only after some twenty seconds.
func (f *follower) silent(ctx context.Context) bool {
	if f.bucket.engine.server != nil {
		return false
	}
	moved := f.last != f.checked
	f.checked = f.last
	if moved {
		return false
	}
	ctx, cancel, err := f.bucket.engine.operation(ctx)
	if err != nil {
		return false
	}
	defer cancel()
	s, err := f.bucket.engine.js.Stream(ctx, "KV_"+f.bucket.name)
	if err != nil {
		return false
	}
	newest := s.CachedInfo().State.LastSeq
	if newest <= f.last || newest == f.stalled { // what was newest may have lapsed
		return false
	}
	f.stalled = newest
	return true
}

// pause waits, or returns false when ctx ends first.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// removed reports whether an entry says that its key holds nothing any more.
func removed(entry jetstream.KeyValueEntry) bool { return entry.Operation() != jetstream.KeyValuePut }
