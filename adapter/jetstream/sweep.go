package jetstream

import (
	"context"
	"crypto/rand"
	"slices"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// sweeperLease is held by the one replica that sweeps.
const sweeperLease = "sweeper"

// Sweep removes records that have expired, and before them the bytes that no other record needs: drop gets their name
// in Pictures, and a record stays until drop succeeds. It works on one replica at a time, until ctx ends, and returns
// why it ended.
func (e *Engine) Sweep(ctx context.Context, drop func(ctx context.Context, name string) error) error {
	replica := rand.Text()
	lost := lapsed
	for pause(ctx, e.cfg.Sweep) && e.filled(ctx) {
		select {
		case <-lost:
			mine, held, err := e.Leases().Hold(ctx, sweeperLease, replica)
			if err != nil || !held {
				continue
			}
			lost = mine
		default:
		}
		e.sweep(ctx, e.images, e.store.index, drop)
		e.sweep(ctx, e.runs, e.journal.index, drop)
	}
	return context.Cause(ctx)
}

// filled waits for the indexes; false if ctx ends before.
func (e *Engine) filled(ctx context.Context) bool {
	return e.store.index.await(ctx) == nil && e.journal.index.await(ctx) == nil
}

// Needed reports whether a record needs the bytes of that name, or may: while the indexes are being filled, all are needed.
func (e *Engine) Needed(name string) bool {
	for _, x := range []*index{e.store.index, e.journal.index} {
		select {
		case <-x.filled:
		default:
			return true
		}
	}
	return e.store.index.needed(name)+e.journal.index.needed(name) > 0 || e.journal.index.asked(name)
}

// lapsed is the loss of a lease that was never held.
var lapsed = func() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}()

// sweep looks through one index once.
func (e *Engine) sweep(ctx context.Context, b *bucket, x *index, drop func(context.Context, string) error) {
	removed := 0
	for _, it := range x.due(time.Now()) {
		if slices.ContainsFunc(it.bytes, e.journal.index.asked) {
			continue // it stays until that run is over: uploads of the same bytes have the same name
		}
		if err := e.remove(ctx, b, x, it, drop); err != nil {
			e.cfg.Log.Warn("an expired record could not be removed; trying again", "bucket", b.name, "id", it.id, "error", err)
			continue
		}
		removed++
	}
	if removed > 0 {
		e.cfg.Log.Info("expired records were removed", "bucket", b.name, "records", removed)
	}
}

func (e *Engine) remove(ctx context.Context, b *bucket, x *index, it item, drop func(context.Context, string) error) error {
	for _, name := range it.bytes {
		if x.needed(name) > 1 {
			continue
		}
		if err := drop(ctx, name); err != nil {
			return err
		}
	}
	err := b.purge(ctx, it.id, jetstream.LastRevision(it.revision))
	if conflicting(err) {
		return nil // it was renewed, or somebody removed it; the watch tells which
	}
	if err == nil {
		x.remove(it.id, it.revision+1)
	}
	return err
}
