package jetstream

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// markerTime is how long the marker of a removed key stays, for replicas that were away.
const markerTime = time.Hour

var validKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// open makes the buckets, or finds them, and adapts them to the configuration.
func (e *Engine) open(ctx context.Context) error {
	copies, err := e.copies(ctx)
	if err != nil {
		return err
	}
	e.kept = copies
	for _, b := range []struct {
		into    **bucket
		name    string
		age     time.Duration
		storage jetstream.StorageType
	}{
		{&e.images, "images", 0, jetstream.FileStorage},
		{&e.digests, "digests", e.cfg.Retention, jetstream.FileStorage},
		{&e.runs, "runs", 0, jetstream.FileStorage},
		{&e.claims, "claims", e.cfg.ClaimTTL, jetstream.FileStorage},
		// Leases mean nothing once all servers are gone, so they need no disk.
		{&e.leases, "leases", e.cfg.LeaseTTL, jetstream.MemoryStorage},
	} {
		name := e.cfg.Prefix + "_" + b.name
		kv, err := e.bucket(ctx, name, b.age, b.storage, copies)
		if err != nil {
			return fmt.Errorf("open the bucket %s: %w", name, err)
		}
		*b.into = &bucket{engine: e, name: name, kv: kv}
	}
	return nil
}

// openLeases makes the leases' bucket again: a single server keeps it in memory only, so that it is gone after a
// restart of that server, this process's own included (mend).
func (e *Engine) openLeases(ctx context.Context) error {
	ctx, cancel, err := e.operation(ctx)
	if err != nil {
		return err
	}
	defer cancel()
	_, err = e.bucket(ctx, e.leases.name, e.cfg.LeaseTTL, jetstream.MemoryStorage, e.kept)
	return err
}

// bucket makes or adapts one bucket: a stream as the key-value clients of NATS expect it.
func (e *Engine) bucket(ctx context.Context, name string, age time.Duration, storage jetstream.StorageType, copies int) (jetstream.KeyValue, error) {
	cfg := jetstream.StreamConfig{
		Name:              "KV_" + name,
		Subjects:          []string{"$KV." + name + ".>"},
		Storage:           storage,
		Replicas:          copies,
		MaxAge:            age,
		MaxMsgsPerSubject: 1,
		MaxMsgs:           -1,
		MaxBytes:          -1,
		MaxConsumers:      -1,
		Discard:           jetstream.DiscardNew,
		AllowRollup:       true,
		DenyDelete:        true,
		AllowMsgTTL:       true,
		// A read by any copy may be older than a write that was acknowledged.
		AllowDirect: copies == 1,
		// For group. Older servers of a cluster do not know it, and a cluster's log syncs many writes at once anyway.
		AllowAtomicPublish: e.server != nil,
	}
	if age > 0 && age < 2*time.Minute {
		cfg.Duplicates = age
	}
	var kv jetstream.KeyValue
	err := e.insist(ctx, func(ctx context.Context) (err error) {
		if _, err = e.js.CreateOrUpdateStream(ctx, cfg); err != nil {
			return err
		}
		kv, err = e.js.KeyValue(ctx, name)
		return err
	})
	return kv, err
}

// insist asks again until ctx ends when an answer does not come: servers that are electing a leader may drop a request.
func (e *Engine) insist(ctx context.Context, ask func(context.Context) error) error {
	for {
		try, cancel := context.WithTimeout(ctx, e.cfg.Timeout)
		err := ask(try)
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil {
			return err
		}
	}
}

// copies decides how often state is kept: as often as it is already, else as configured, else three times if the
// servers can.
func (e *Engine) copies(ctx context.Context) (int, error) {
	if e.server != nil {
		return 1, nil
	}
	want := cmp.Or(e.cfg.Replicas, 3)
	name := e.cfg.Prefix + "_leases"
	var kept int
	_ = e.insist(ctx, func(ctx context.Context) error { // if it is not there, it is made
		s, err := e.js.Stream(ctx, "KV_"+name)
		if err == nil {
			kept = s.CachedInfo().Config.Replicas
		}
		return err
	})
	if kept >= want {
		return kept, nil
	}
	for end := time.Now().Add(peerTime); ; {
		_, err := e.bucket(ctx, name, e.cfg.LeaseTTL, jetstream.MemoryStorage, want)
		if err == nil {
			return want, nil
		}
		api, _ := errors.AsType[*jetstream.APIError](err)
		few := api != nil && api.ErrorCode == errNoPeers
		if few && time.Now().Before(end) && pause(ctx, rewatch) {
			continue // nodes may be starting
		}
		if e.cfg.Replicas == 0 && (few || api != nil && api.ErrorCode == errNotClustered) {
			e.cfg.Log.Warn("state is kept by one NATS server only: three nodes would survive the loss of one")
			return 1, nil
		}
		return 0, fmt.Errorf("keep state %d times: %w", want, err)
	}
}

// peerTime is how long a cluster may take to have enough nodes.
const peerTime = 10 * time.Second

// The server's codes for "not enough nodes" and "not a cluster".
const (
	errNoPeers      jetstream.ErrorCode = 10005
	errNotClustered jetstream.ErrorCode = 10074
)
