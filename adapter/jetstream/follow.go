package jetstream

import (
	"context"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// rewatch is the pause before a watch that ended is begun again.
const rewatch = 250 * time.Millisecond

// follow calls see with every value of the bucket, then caughtUp once, then with every change, in the order of their
// revisions, until ctx ends. A watch that breaks is continued where it was.
func (b *bucket) follow(ctx context.Context, see func(jetstream.KeyValueEntry), caughtUp func()) {
	var last uint64
	for {
		again := b.engine.reconnections()
		var opts []jetstream.WatchOpt
		if last > 0 {
			opts = append(opts, jetstream.ResumeFromRevision(last+1))
		}
		w, err := b.kv.WatchAll(ctx, opts...)
		if err == nil {
			deliver(ctx, w, again, func(entry jetstream.KeyValueEntry) {
				if entry == nil {
					caughtUp()
					caughtUp = func() {}
					return
				}
				last = entry.Revision()
				if entry.Key() != probeKey {
					see(entry)
				}
			})
		} else if ctx.Err() == nil && b.engine.conn.IsConnected() {
			b.engine.cfg.Log.Warn("state engine: a watch could not be begun; trying again", "bucket", b.name, "error", err)
		}
		if !pause(ctx, rewatch) {
			return
		}
	}
}

// deliver passes on what a watch yields, a nil entry when it has caught up, until it breaks, the connection was made
// anew, or ctx ends.
func deliver(ctx context.Context, w jetstream.KeyWatcher, again <-chan struct{}, see func(jetstream.KeyValueEntry)) {
	defer func() {
		_ = w.Stop() // it only fails when the connection is gone
		for range w.Updates() {
			// The client's goroutine may wait in the middle of a send.
		}
	}()
	for {
		select {
		case entry, open := <-w.Updates():
			if !open {
				return
			}
			see(entry)
		case <-again:
			return
		case <-ctx.Done():
			return
		}
	}
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
