package jetstream

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"sync"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"midgate/adapter"
)

// Store keeps picture records and digests. It is safe for concurrent use.
type Store struct {
	engine *Engine
	index  *index

	mu        sync.Mutex
	listeners []func(id string)
}

// Put implements adapter.Store.
func (s *Store) Put(ctx context.Context, img adapter.Image) error {
	return s.store(ctx, img, s.engine.images.put)
}

// Update implements adapter.Store.
func (s *Store) Update(ctx context.Context, id string, change func(*adapter.Image)) error {
	for {
		img, revision, err := s.read(ctx, id)
		if err != nil {
			return err
		}
		if expired(img.Expires, time.Now()) {
			return adapter.ErrNotFound
		}
		change(&img)
		err = s.store(ctx, img, func(ctx context.Context, key string, value []byte) (uint64, error) {
			return s.engine.images.update(ctx, key, value, revision)
		})
		if !conflicting(err) {
			return err
		}
	}
}

func (s *Store) store(ctx context.Context, img adapter.Image, write func(ctx context.Context, key string, value []byte) (uint64, error)) error {
	data, err := encode(img)
	if err != nil {
		return failure(ctx, "store a record", err)
	}
	revision, err := write(ctx, img.ID, data)
	if err != nil {
		return failure(ctx, "store a record", err)
	}
	s.index.set(imageItem(img, revision))
	return nil
}

// Get implements adapter.Store.
func (s *Store) Get(ctx context.Context, id string) (adapter.Image, error) {
	img, _, err := s.read(ctx, id)
	if err == nil && expired(img.Expires, time.Now()) {
		return adapter.Image{}, adapter.ErrNotFound
	}
	return img, err
}

// read reads a record, also one that has expired and was not swept yet.
func (s *Store) read(ctx context.Context, id string) (adapter.Image, uint64, error) {
	entry, err := s.engine.images.get(ctx, id)
	if missing(err) {
		return adapter.Image{}, 0, adapter.ErrNotFound
	}
	var img adapter.Image
	if err == nil {
		err = decode(entry.Value(), &img)
	}
	if err != nil {
		return adapter.Image{}, 0, failure(ctx, "read a record", err)
	}
	return img, entry.Revision(), nil
}

// List implements adapter.Store.
func (s *Store) List(ctx context.Context, owner string, limit int, after string) ([]adapter.Image, error) {
	return list(ctx, s.index, owner, limit, after, func(ctx context.Context, id string) (item, error) {
		img, revision, err := s.read(ctx, id)
		return imageItem(img, revision), err
	}, s.Get)
}

// Delete implements adapter.Store.
func (s *Store) Delete(ctx context.Context, id string) error {
	if !validKey.MatchString(id) {
		return nil
	}
	known, indexed := s.index.find(id)
	if err := s.engine.images.purge(ctx, id); err != nil {
		return failure(ctx, "delete a record", err)
	}
	if indexed {
		s.index.remove(id, known.revision+1)
	}
	return nil
}

// Digest implements adapter.Store.
func (s *Store) Digest(ctx context.Context, owner, sha256, id string) error {
	_, err := s.engine.digests.put(ctx, digestKey(owner, sha256), []byte(id))
	return failure(ctx, "store a digest", err)
}

// FindDigest implements adapter.Store.
func (s *Store) FindDigest(ctx context.Context, owner, sha256 string) (string, error) {
	entry, err := s.engine.digests.get(ctx, digestKey(owner, sha256))
	if missing(err) {
		return "", adapter.ErrNotFound
	}
	if err != nil {
		return "", failure(ctx, "read a digest", err)
	}
	return string(entry.Value()), nil
}

// digestKey hides the owner, who may be nobody, behind a key that is always valid.
func digestKey(owner, sum string) string {
	key := sha256.Sum256([]byte(owner + "\x00" + sum))
	return hex.EncodeToString(key[:])
}

// OnChange makes the store call changed with the ID of every record that anybody writes or removes, soon after.
// changed must not block; it cannot be taken back. A near cache drops its entry then.
func (s *Store) OnChange(changed func(id string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listeners = append(s.listeners, changed)
}

// changed takes a change from the watch of the bucket into the index.
func (s *Store) changed(entry jetstream.KeyValueEntry) {
	if removed(entry) {
		s.index.remove(entry.Key(), entry.Revision())
	} else if !s.index.knows(entry.Key(), entry.Revision()) {
		var img adapter.Image
		if err := decode(entry.Value(), &img); err != nil {
			s.engine.cfg.Log.Error("a picture's record cannot be read", "id", entry.Key(), "error", err)
			return
		}
		s.index.set(imageItem(img, entry.Revision()))
	}
	s.mu.Lock()
	listeners := s.listeners
	s.mu.Unlock()
	for _, tell := range listeners {
		tell(entry.Key())
	}
}

func imageItem(img adapter.Image, revision uint64) item {
	it := item{id: img.ID, owner: img.Owner, created: img.Created, expires: img.Expires, revision: revision}
	if img.Source != "" {
		it.bytes = append(it.bytes, img.Source)
	}
	return it
}

// Watch calls see with every record that is stored, then caughtUp once, then with every change by anybody, until ctx
// ends; gone gets the IDs of records that were removed. It returns why ctx ended.
func (s *Store) Watch(ctx context.Context, see func(adapter.Image), gone func(id string), caughtUp func()) error {
	s.engine.images.follow(ctx, func(entry jetstream.KeyValueEntry) {
		var img adapter.Image
		if removed(entry) {
			gone(entry.Key())
		} else if decode(entry.Value(), &img) == nil && !expired(img.Expires, time.Now()) {
			see(img)
		}
	}, caughtUp)
	return context.Cause(ctx)
}
