package jetstream

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// bucket is one key-value bucket. Its errors are those of the client library; a miss is one that
// missing recognises, a lost race one that conflicting does.
type bucket struct {
	engine *Engine
	name   string
	kv     jetstream.KeyValue
	group  *group // nil: every write is sent by itself
}

// headerRevision makes the server refuse a message unless the newest of its subject has this sequence.
const headerRevision = "Nats-Expected-Last-Subject-Sequence"

// operation bounds one operation by the engine's time limit, and refuses it at once while there is no connection: a
// message that waits for a connection could be stored long after its sender gave up.
func (e *Engine) operation(ctx context.Context) (context.Context, context.CancelFunc, error) {
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	if !e.conn.IsConnected() {
		return nil, nil, errDisconnected
	}
	ctx, cancel := context.WithTimeout(ctx, e.cfg.Timeout)
	return ctx, cancel, nil
}

var (
	errDisconnected = errors.New("there is no connection to the state engine")
	errBroken       = errors.New("the disk takes no writes")
)

// writing is operation for a write.
func (b *bucket) writing(ctx context.Context) (context.Context, context.CancelFunc, error) {
	if b.engine.broken.Load() && b != b.engine.leases { // they are kept in memory
		return nil, nil, errBroken
	}
	return b.engine.operation(ctx)
}

// get reads the newest value of a key.
func (b *bucket) get(ctx context.Context, key string) (jetstream.KeyValueEntry, error) {
	ctx, cancel, err := b.engine.operation(ctx)
	if err != nil {
		return nil, err
	}
	defer cancel()
	return b.kv.Get(ctx, key)
}

// put writes a key whatever it holds, and returns the new revision.
func (b *bucket) put(ctx context.Context, key string, value []byte) (uint64, error) {
	return b.publish(ctx, key, value, nil)
}

// create writes a key that holds nothing, or held something that was removed.
func (b *bucket) create(ctx context.Context, key string, value []byte, opts ...jetstream.KVCreateOpt) (uint64, error) {
	ctx, cancel, err := b.writing(ctx)
	if err != nil {
		return 0, err
	}
	defer cancel()
	revision, err := b.kv.Create(ctx, key, value, opts...)
	b.engine.note(err)
	return revision, err
}

// update writes a key that nobody wrote since revision; revision 0 means that it was never written.
func (b *bucket) update(ctx context.Context, key string, value []byte, revision uint64) (uint64, error) {
	return b.publish(ctx, key, value, nats.Header{headerRevision: {strconv.FormatUint(revision, 10)}})
}

// updateFor is update of a value that the server forgets after a time.
func (b *bucket) updateFor(ctx context.Context, key string, value []byte, revision uint64, keep time.Duration) (uint64, error) {
	return b.publish(ctx, key, value, nats.Header{
		headerRevision:         {strconv.FormatUint(revision, 10)},
		jetstream.MsgTTLHeader: {keep.String()},
	})
}

// purge removes a key and leaves a marker for the watchers for an hour.
func (b *bucket) purge(ctx context.Context, key string, opts ...jetstream.KVDeleteOpt) error {
	ctx, cancel, err := b.writing(ctx)
	if err != nil {
		return err
	}
	defer cancel()
	err = b.kv.Purge(ctx, key, append(opts, jetstream.PurgeTTL(markerTime))...)
	b.engine.note(err)
	return err
}

func (b *bucket) publish(ctx context.Context, key string, value []byte, header nats.Header) (uint64, error) {
	if !validKey.MatchString(key) {
		return 0, jetstream.ErrInvalidKey
	}
	ctx, cancel, err := b.writing(ctx)
	if err != nil {
		return 0, err
	}
	defer cancel()
	revision, err := b.send(ctx, &nats.Msg{Subject: "$KV." + b.name + "." + key, Header: header, Data: value})
	b.engine.note(err)
	return revision, err
}

func (b *bucket) send(ctx context.Context, msg *nats.Msg) (uint64, error) {
	if b.group != nil {
		return b.group.publish(ctx, msg)
	}
	ack, err := b.engine.js.PublishMsg(ctx, msg)
	if err != nil {
		return 0, err
	}
	return ack.Sequence, nil
}
