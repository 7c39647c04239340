package pictures

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"

	"midgate/adapter"
)

// facts is what was found out about stored bytes, kept beside them as a small JSON
// object. It is a memory aid: whatever is lost is found out again.
type facts struct {
	header
	Size int64 `json:"size"`
	// Digests holds the SHA-256 of what is handed out, by the ID that is written into it;
	// "" is for the bytes as they are stored.
	Digests map[string]string `json:"digests,omitempty"`
}

// maxDigests bounds Digests; a picture has one ID as a rule.
const maxDigests = 8

func (f facts) picture(name string) adapter.Picture {
	return adapter.Picture{Name: name, Format: f.Format, Width: f.Width, Height: f.Height, Moving: f.moving(), Size: f.Size, SHA256: f.Digests[""]}
}

// with returns the facts with one more digest.
func (f facts) with(id, digest string) facts {
	d := map[string]string{id: digest}
	if len(f.Digests) < maxDigests {
		maps.Copy(d, f.Digests)
	} else if plain, ok := f.Digests[""]; ok {
		d[""] = plain
	}
	f.Digests = d
	return f
}

// factsKey is where the facts of an original, or of the rendition under key, are kept.
func factsKey(name string) string { return madeFrom(name) + "original.json" }

func renditionFacts(key string) string { return key + ".json" }

// original returns the facts of an original, found out again when they are lost.
func (s *Store) original(ctx context.Context, name string) (facts, error) {
	f, err := s.readFacts(ctx, factsKey(name))
	if errors.Is(err, adapter.ErrNotFound) {
		return s.inspect(ctx, name)
	}
	return f, err
}

// inspect reads an original once to find out its facts.
func (s *Store) inspect(ctx context.Context, name string) (facts, error) {
	r, err := s.bucket.open(ctx, name)
	if err != nil {
		return facts{}, fmt.Errorf("read picture: %w", err)
	}
	defer func() { _ = r.Close() }()
	h, rest, err := readHeader(r)
	if err != nil {
		return facts{}, err
	}
	d := newDigesting(io.Discard)
	if _, err := io.Copy(d, rest); err != nil {
		return facts{}, fmt.Errorf("read picture: %w", err)
	}
	f := d.facts(h)
	s.noteFacts(ctx, factsKey(name), f)
	s.clear(ctx, name)
	return f, nil
}

// readFacts reads an object of facts. One that cannot be understood counts as lost: a
// crash may have left it empty.
func (s *Store) readFacts(ctx context.Context, key string) (facts, error) {
	if f, ok := s.facts.get(key); ok {
		return f, nil
	}
	b, err := s.bucket.readAll(ctx, key, 64<<10)
	if err != nil {
		return facts{}, fmt.Errorf("read facts: %w", err)
	}
	var f facts
	if err := json.Unmarshal(b, &f); err != nil || f.Size == 0 {
		return facts{}, fmt.Errorf("read facts: %w", adapter.ErrNotFound)
	}
	s.facts.put(key, f)
	return f, nil
}

// noteFacts remembers facts, in the bucket if it takes them: a full disk must not keep
// a stored picture from being handed out.
func (s *Store) noteFacts(ctx context.Context, key string, f facts) {
	s.facts.put(key, f)
	if b, err := json.Marshal(f); err == nil {
		_ = s.bucket.writeAll(ctx, key, b) // lost, they are found out again
	}
}
