package memstore

import (
	"context"
	"encoding/json"
	"hash/maphash"
	"sync/atomic"
	"time"

	"github.com/patrickmn/go-cache"

	"midgate/adapter"
)

// keep is how long an entry lives.
const keep = 10 * time.Minute

// Store is the near cache. What it does not keep it asks the state for. It is safe for concurrent use.
type Store struct {
	state   adapter.State
	bus     adapter.Bus // nil: nobody else changes records
	ride    func(func(ctx context.Context, tx adapter.Tx) error)
	records *cache.Cache // of JSON by image ID: callers may change what they got
	digests *cache.Cache // image IDs by owner and digest
	seed    maphash.Seed
	changes [256]atomic.Uint64 // how often records were changed, by a hash of their ID
	pruned  atomic.Int64       // when expired entries were last removed, Unix nanoseconds
}

// topic is what replicas tell each other: the ID of a record that changed.
const topic = "image"

// New puts a cache in front of a state. bus, which may be nil, carries the news of changes between replicas.
func New(state adapter.State, bus adapter.Bus) *Store {
	// No cleaners of the caches' own: they would be goroutines that nobody ends.
	return &Store{state: state, bus: bus, records: cache.New(keep, 0), digests: cache.New(keep, 0), seed: maphash.MakeSeed()}
}

// RideWith makes what may be lost in a crash part of units that are written anyway. Without it, it is written by itself.
func (s *Store) RideWith(ride func(func(ctx context.Context, tx adapter.Tx) error)) { s.ride = ride }

// Hear drops the records that other replicas change, until ctx ends.
func (s *Store) Hear(ctx context.Context) error {
	return s.bus.Hear(ctx, func(t string, news []byte) {
		switch t {
		case topic:
			s.drop(string(news))
		case "":
			s.records.Flush()
		}
	})
}

// Stored keeps records that were just written; those that were written again hold more than what was written.
func (s *Store) Stored(again bool, images ...adapter.Image) {
	for _, img := range images {
		if again {
			s.changed(img.ID)
			continue
		}
		s.remember(img, s.change(img.ID).Load())
	}
}

// Get implements adapter.Store.
func (s *Store) Get(ctx context.Context, id string) (adapter.Image, error) {
	if data, ok := s.records.Get(id); ok {
		var img adapter.Image
		if err := json.Unmarshal(data.([]byte), &img); err == nil && (img.Expires.IsZero() || time.Now().Before(img.Expires)) {
			return img, nil
		}
	}
	before := s.change(id).Load()
	img, err := s.state.Image(ctx, id)
	if err != nil {
		return adapter.Image{}, err
	}
	s.remember(img, before)
	return img, nil
}

// Put implements adapter.Store.
func (s *Store) Put(ctx context.Context, img adapter.Image) error {
	return s.write(ctx, img.ID, func(tx adapter.Tx) error { return tx.PutImages(ctx, img) })
}

// Update implements adapter.Store.
func (s *Store) Update(ctx context.Context, id string, change func(*adapter.Image)) error {
	return s.write(ctx, id, func(tx adapter.Tx) error { return tx.UpdateImage(ctx, id, change) })
}

// Delete implements adapter.Store.
func (s *Store) Delete(ctx context.Context, id string) error {
	return s.write(ctx, id, func(tx adapter.Tx) error { return tx.DeleteImage(ctx, id) })
}

func (s *Store) write(ctx context.Context, id string, work func(adapter.Tx) error) error {
	// Also when it fails: the write may have happened all the same.
	defer s.changed(id)
	return s.state.Write(ctx, work)
}

// changed forgets a record that was changed, here and at the other replicas.
func (s *Store) changed(id string) {
	s.drop(id)
	if s.bus != nil {
		s.bus.Tell(topic, []byte(id))
	}
}

// List implements adapter.Store.
func (s *Store) List(ctx context.Context, q adapter.ImageQuery) ([]adapter.Image, error) {
	return s.state.Images(ctx, q)
}

// digestKept is how long the digest of a picture that is kept for ever is known: whoever sends it later is recognised by
// what it looks like.
const digestKept = 90 * 24 * time.Hour

// Digest implements adapter.Store.
func (s *Store) Digest(ctx context.Context, owner, sha256, id string) error {
	expires := time.Now().Add(digestKept)
	if img, err := s.Get(ctx, id); err == nil && !img.Expires.IsZero() {
		expires = img.Expires
	}
	put := func(ctx context.Context, tx adapter.Tx) error { return tx.PutDigest(ctx, owner, sha256, id, expires) }
	s.digests.SetDefault(owner+" "+sha256, id)
	if s.ride != nil {
		s.ride(put)
		return nil
	}
	return s.state.Write(ctx, func(tx adapter.Tx) error { return put(ctx, tx) })
}

// FindDigest implements adapter.Store.
func (s *Store) FindDigest(ctx context.Context, owner, sha256 string) (string, error) {
	if id, ok := s.digests.Get(owner + " " + sha256); ok {
		return id.(string), nil
	}
	return s.state.ImageByDigest(ctx, owner, sha256)
}

// remember keeps a record that was read, unless it was changed since: the news of that may have come before the
// record did.
func (s *Store) remember(img adapter.Image, before uint64) {
	data, err := json.Marshal(img)
	if err != nil {
		return
	}
	s.records.SetDefault(img.ID, data)
	if s.change(img.ID).Load() != before {
		s.records.Delete(img.ID)
	}
	s.prune(time.Now())
}

// prune frees the memory of expired entries, now and then.
func (s *Store) prune(now time.Time) {
	last := s.pruned.Load()
	if now.UnixNano()-last > int64(keep/2) && s.pruned.CompareAndSwap(last, now.UnixNano()) {
		s.records.DeleteExpired()
		s.digests.DeleteExpired()
	}
}

func (s *Store) drop(id string) {
	s.change(id).Add(1)
	s.records.Delete(id)
}

func (s *Store) change(id string) *atomic.Uint64 {
	return &s.changes[maphash.String(s.seed, id)%uint64(len(s.changes))]
}

var _ adapter.Store = (*Store)(nil)
