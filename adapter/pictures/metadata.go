package pictures

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"

	"midgate/adapter"
	"midgate/adapter/pictures/format"
)

// metadata is what was found out about stored bytes, kept beside them as a small JSON
// object. It is a memory aid: whatever is lost is found out again.
type metadata struct {
	format.Header
	Size int64 `json:"size"`
	// Digests holds the SHA-256 of what is handed out, by the ID that is written into it;
	// "" is for the bytes as they are stored.
	Digests map[string]string `json:"digests,omitempty"`
}

// maxDigests bounds Digests; a picture has one ID as a rule.
const maxDigests = 8

func (f metadata) picture(name string) adapter.Picture {
	return adapter.Picture{Name: name, Format: f.Format, Width: f.Width, Height: f.Height, Moving: f.Moving(), Size: f.Size, SHA256: f.Digests[""]}
}

// with returns the metadata with one more digest.
func (f metadata) with(id, digest string) metadata {
	d := map[string]string{id: digest}
	if len(f.Digests) < maxDigests {
		maps.Copy(d, f.Digests)
	} else if plain, ok := f.Digests[""]; ok {
		d[""] = plain
	}
	f.Digests = d
	return f
}

// metadataKey is where the metadata of an original, or of the rendition under key, is kept.
func metadataKey(name string) string { return madeFrom(name) + "original.json" }

func renditionMetadataKey(key string) string { return key + ".json" }

// original returns the metadata of an original, found out again when it is lost.
func (s *Store) original(ctx context.Context, name string) (metadata, error) {
	f, err := s.readMetadata(ctx, metadataKey(name))
	if errors.Is(err, adapter.ErrNotFound) {
		return s.inspect(ctx, name)
	}
	return f, err
}

// inspect reads an original once to find out its metadata.
func (s *Store) inspect(ctx context.Context, name string) (metadata, error) {
	r, err := s.bucket.open(ctx, name)
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
	s.keepMetadata(ctx, metadataKey(name), f)
	s.clear(ctx, name)
	return f, nil
}

// readMetadata reads a metadata object. One that cannot be understood counts as lost: a
// crash may have left it empty.
func (s *Store) readMetadata(ctx context.Context, key string) (metadata, error) {
	if f, ok := s.metadata.get(key); ok {
		return f, nil
	}
	b, err := s.bucket.readAll(ctx, key, 64<<10)
	if err != nil {
		return metadata{}, fmt.Errorf("read metadata: %w", err)
	}
	var f metadata
	if err := json.Unmarshal(b, &f); err != nil || f.Size == 0 {
		return metadata{}, fmt.Errorf("read metadata: %w", adapter.ErrNotFound)
	}
	s.metadata.put(key, f)
	return f, nil
}

// keepMetadata remembers metadata, in the bucket if it takes it: a full disk must not keep
// a stored picture from being handed out.
func (s *Store) keepMetadata(ctx context.Context, key string, f metadata) {
	s.metadata.put(key, f)
	if b, err := json.Marshal(f); err == nil {
		_ = s.bucket.writeAll(ctx, key, b) // lost, they are found out again
	}
}
