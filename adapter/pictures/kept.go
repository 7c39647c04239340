package pictures

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"midgate/adapter"
	"midgate/adapter/pictures/fingerprint"
	"midgate/adapter/pictures/format"
)

// kept is what was found out about originals, and what was made of them: kept beside them in the bucket, and the latest
// in memory.
type kept struct {
	bucket       *bucket
	metadata     *recent[metadata] // by key; handing out bytes then costs one object read instead of two
	fingerprints *recent[[]byte]   // encoded, by key
}

// What is kept in memory: about 4 MB of metadata, 6 MB of fingerprints.
const (
	maxMetadata     = 8192
	maxFingerprints = 1024
)

// clear removes what was made of an original that was deleted meanwhile.
func (k *kept) clear(ctx context.Context, name string) {
	if _, err := k.bucket.size(ctx, name); errors.Is(err, adapter.ErrNotFound) {
		_ = k.forget(ctx, name) // whoever deletes it again finds the rest
	}
}

// forget removes all that was made from an original.
func (k *kept) forget(ctx context.Context, name string) error {
	k.drop(name)
	if err := k.bucket.removeAll(ctx, madeFrom(name)); err != nil {
		return fmt.Errorf("delete renditions: %w", err)
	}
	return nil
}

// drop forgets what memory knows of an original.
func (k *kept) drop(name string) {
	k.metadata.dropFolder(madeFrom(name))
	k.fingerprints.dropFolder(madeFrom(name))
}

// original returns the metadata of an original, found out again when it is lost.
func (k *kept) original(ctx context.Context, name string) (metadata, error) {
	f, err := k.readMetadata(ctx, metadataKey(name))
	if errors.Is(err, adapter.ErrNotFound) {
		return k.inspect(ctx, name)
	}
	return f, err
}

// inspect reads an original once to find out its metadata.
func (k *kept) inspect(ctx context.Context, name string) (metadata, error) {
	r, err := k.bucket.open(ctx, name)
	if err != nil {
		return metadata{}, fmt.Errorf("read picture: %w", err)
	}
	defer func() { _ = r.Close() }()
	h, rest, err := format.ReadHeader(r)
	if err != nil {
		return metadata{}, err
	}
	d := newDigesting(io.Discard)
	if _, err := io.Copy(d, rest); err != nil {
		return metadata{}, fmt.Errorf("read picture: %w", err)
	}
	f := d.metadata(h)
	k.keepMetadata(ctx, metadataKey(name), f)
	k.clear(ctx, name)
	return f, nil
}

// readMetadata reads a metadata object. One that cannot be understood counts as lost: a
// crash may have left it empty.
func (k *kept) readMetadata(ctx context.Context, key string) (metadata, error) {
	if f, ok := k.metadata.get(key); ok {
		return f, nil
	}
	b, err := k.bucket.readAll(ctx, key, 64<<10)
	if err != nil {
		return metadata{}, fmt.Errorf("read metadata: %w", err)
	}
	var f metadata
	if err := json.Unmarshal(b, &f); err != nil || f.Size == 0 {
		return metadata{}, fmt.Errorf("read metadata: %w", adapter.ErrNotFound)
	}
	k.metadata.put(key, f)
	return f, nil
}

// keepMetadata remembers metadata, in the bucket if it takes it: a full disk must not keep
// a stored picture from being handed out.
func (k *kept) keepMetadata(ctx context.Context, key string, f metadata) {
	k.metadata.put(key, f)
	if b, err := json.Marshal(f); err == nil {
		_ = k.bucket.writeAll(ctx, key, b) // lost, they are found out again
	}
}

func (k *kept) readFingerprint(ctx context.Context, key string) ([]byte, error) {
	if b, ok := k.fingerprints.get(key); ok {
		return b, nil
	}
	b, err := k.bucket.readAll(ctx, key, fingerprint.Size)
	if err != nil {
		return nil, fmt.Errorf("read fingerprint: %w", err)
	}
	if _, ok := fingerprint.Parse(b); !ok {
		// A crash left it, another version wrote it, or the picture is damaged; it is made again.
		return nil, fmt.Errorf("read fingerprint: %w", adapter.ErrNotFound)
	}
	k.fingerprints.put(key, b)
	return b, nil
}

// keepFingerprint remembers a fingerprint, in the bucket if it takes it. nil is for a picture
// that cannot have one; the next process finds that out again.
func (k *kept) keepFingerprint(ctx context.Context, key string, b []byte) {
	k.fingerprints.put(key, b)
	if b != nil {
		_ = k.bucket.writeAll(ctx, key, b)
	}
}
