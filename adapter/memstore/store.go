// Package memstore is the near cache in front of a store of picture records: follow-up actions on a
// fresh picture find its buttons without asking the engine. Entries live for ten minutes and are
// dropped as soon as the engine says that a record changed, whoever changed it.
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

// keep is how long an entry lives (style.md, "How a paid sequence survives").
const keep = 10 * time.Minute

// Source is a store that tells of its changes.
type Source interface {
	adapter.Store
	// OnChange makes the source call changed with the ID of every record that anybody writes or removes.
	OnChange(changed func(id string))
}

// Store is the near cache. What it does not keep it asks its source for. It is safe for concurrent use.
type Store struct {
	Source
	records *cache.Cache // of JSON by image ID: callers may change what they got
	seed    maphash.Seed
	changes [256]atomic.Uint64 // how often records were changed, by a hash of their ID
	pruned  atomic.Int64       // when expired entries were last removed, Unix nanoseconds
}

// New puts a cache in front of source.
func New(source Source) *Store {
	// No cleaner of the cache's own: it would be a goroutine that nobody ends.
	s := &Store{Source: source, records: cache.New(keep, 0), seed: maphash.MakeSeed()}
	source.OnChange(s.drop)
	return s
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
	img, err := s.Source.Get(ctx, id)
	if err != nil {
		return adapter.Image{}, err
	}
	s.remember(img, before)
	return img, nil
}

// Put implements adapter.Store.
func (s *Store) Put(ctx context.Context, img adapter.Image) error {
	// Also when it fails: the write may have happened all the same.
	defer s.drop(img.ID)
	return s.Source.Put(ctx, img)
}

// Update implements adapter.Store.
func (s *Store) Update(ctx context.Context, id string, change func(*adapter.Image)) error {
	defer s.drop(id)
	return s.Source.Update(ctx, id, change)
}

// Delete implements adapter.Store.
func (s *Store) Delete(ctx context.Context, id string) error {
	defer s.drop(id)
	return s.Source.Delete(ctx, id)
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
