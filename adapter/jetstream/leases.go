package jetstream

import (
	"context"
	"encoding/base64"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// Leases are keys that the server forgets unless they are written again in time: only its clock decides when a lease
// lapses, and only monotonic time when a holder must assume so (engineering.md §3.3 row T1).
type Leases struct{ engine *Engine }

// Hold implements adapter.Leases. A lease is released when ctx or the engine ends.
func (l *Leases) Hold(ctx context.Context, name, replica string) (<-chan struct{}, bool, error) {
	key := leaseKey(name)
	began := time.Now()
	revision, held, err := l.take(ctx, key, replica)
	if err != nil || !held {
		return nil, false, failure(ctx, "take a lease", err)
	}
	lost := make(chan struct{})
	kept := l.engine.spawn(func() {
		if !l.keep(ctx, key, replica, revision, began) {
			close(lost)
		}
	})
	return lost, kept, nil
}

// take writes the key if it is free, or this replica's own from before.
func (l *Leases) take(ctx context.Context, key, replica string) (revision uint64, held bool, err error) {
	for reopened := false; ; {
		revision, err = l.engine.leases.create(ctx, key, []byte(replica))
		if !reopened && errors.Is(err, jetstream.ErrNoStreamResponse) {
			if err := l.engine.openLeases(ctx); err != nil {
				return 0, false, err
			}
			reopened = true
			continue
		}
		if !conflicting(err) {
			return revision, err == nil, err
		}
		entry, err := l.engine.leases.get(ctx, key)
		if missing(err) {
			continue // it lapsed meanwhile
		}
		if err != nil || string(entry.Value()) != replica {
			return 0, false, err
		}
		revision, err = l.engine.leases.update(ctx, key, []byte(replica), entry.Revision())
		if !conflicting(err) {
			return revision, err == nil, err
		}
	}
}

// keep writes the key again and again. It returns true when ctx or the engine ended and the lease was released, false
// when it is lost: somebody else wrote the key, or it was not written for so long that the server may have forgotten it.
func (l *Leases) keep(ctx context.Context, key, replica string, revision uint64, written time.Time) bool {
	ttl := l.engine.cfg.LeaseTTL
	tick := time.NewTicker(ttl / 3)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			l.release(ctx, key, revision)
			return true
		case <-l.engine.life.Done():
			l.release(ctx, key, revision)
			return true
		}
		began := time.Now()
		try, cancel := context.WithDeadline(ctx, written.Add(ttl))
		next, err := l.engine.leases.update(try, key, []byte(replica), revision)
		cancel()
		switch {
		case err == nil:
			revision, written = next, began
		case conflicting(err), time.Since(written) >= ttl*9/10:
			l.engine.cfg.Log.Warn("a lease is lost", "lease", key, "error", err)
			return false
		}
	}
}

// release makes the name free at once, if it still is this holding's.
func (l *Leases) release(ctx context.Context, key string, revision uint64) {
	ctx, cancel, err := l.engine.operation(context.WithoutCancel(ctx))
	if err != nil {
		return // it lapses
	}
	defer cancel()
	if err := l.engine.leases.kv.Delete(ctx, key, jetstream.LastRevision(revision)); err != nil && !conflicting(err) {
		l.engine.cfg.Log.Warn("a lease could not be released; it lapses", "error", err)
	}
}

// Holder implements adapter.Leases.
func (l *Leases) Holder(ctx context.Context, name string) (string, error) {
	entry, err := l.engine.leases.get(ctx, leaseKey(name))
	if missing(err) {
		return "", nil
	}
	if err != nil {
		return "", failure(ctx, "read a lease", err)
	}
	return string(entry.Value()), nil
}

// leaseKey makes a key of any name; upstreams are named by the operator.
func leaseKey(name string) string { return base64.RawURLEncoding.EncodeToString([]byte(name)) }
