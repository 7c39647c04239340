package adaptertest

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"midgate/adapter"
)

// MemoryStore is an adapter.Store in memory. It keeps records as JSON, as every engine
// does, so that a caller who changes a record later changes nothing that is stored.
type MemoryStore struct {
	mu        sync.Mutex
	images    map[string][]byte
	digests   map[string]string
	listeners []func(id string)
}

// NewStore makes an empty store.
func NewStore() *MemoryStore {
	return &MemoryStore{images: map[string][]byte{}, digests: map[string]string{}}
}

// Put implements adapter.Store.
func (s *MemoryStore) Put(ctx context.Context, img adapter.Image) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	err := s.put(img)
	s.mu.Unlock()
	s.changed(img.ID)
	return err
}

func (s *MemoryStore) put(img adapter.Image) error {
	data, err := json.Marshal(img)
	if err == nil {
		s.images[img.ID] = data
	}
	return err
}

// Update implements adapter.Store.
func (s *MemoryStore) Update(ctx context.Context, id string, change func(*adapter.Image)) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	img, err := s.get(id)
	if err == nil {
		change(&img)
		err = s.put(img)
	}
	s.mu.Unlock()
	s.changed(id)
	return err
}

// Get implements adapter.Store.
func (s *MemoryStore) Get(ctx context.Context, id string) (adapter.Image, error) {
	if err := ctx.Err(); err != nil {
		return adapter.Image{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.get(id)
}

func (s *MemoryStore) get(id string) (adapter.Image, error) {
	data, ok := s.images[id]
	if !ok {
		return adapter.Image{}, adapter.ErrNotFound
	}
	var img adapter.Image
	if err := json.Unmarshal(data, &img); err != nil {
		return adapter.Image{}, err
	}
	if gone(img.Expires) {
		return adapter.Image{}, adapter.ErrNotFound
	}
	return img, nil
}

// List implements adapter.Store.
func (s *MemoryStore) List(ctx context.Context, owner string, limit int, after string) ([]adapter.Image, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	var own []adapter.Image
	for _, data := range s.images {
		var img adapter.Image
		if json.Unmarshal(data, &img) == nil && img.Owner == owner && !gone(img.Expires) {
			own = append(own, img)
		}
	}
	s.mu.Unlock()
	return newest(own, limit, after, func(i adapter.Image) (time.Time, string) { return i.Created, i.ID })
}

// Delete implements adapter.Store.
func (s *MemoryStore) Delete(ctx context.Context, id string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	delete(s.images, id)
	s.mu.Unlock()
	s.changed(id)
	return nil
}

// Digest implements adapter.Store.
func (s *MemoryStore) Digest(ctx context.Context, owner, sha256, id string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.digests[owner+" "+sha256] = id
	return nil
}

// FindDigest implements adapter.Store.
func (s *MemoryStore) FindDigest(ctx context.Context, owner, sha256 string) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	id, ok := s.digests[owner+" "+sha256]
	if !ok {
		return "", adapter.ErrNotFound
	}
	return id, nil
}

// OnChange makes the store call changed with the ID of every record that is written or removed.
func (s *MemoryStore) OnChange(changed func(id string)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.listeners = append(s.listeners, changed)
}

func (s *MemoryStore) changed(id string) {
	s.mu.Lock()
	listeners := s.listeners
	s.mu.Unlock()
	for _, tell := range listeners {
		tell(id)
	}
}

// gone reports whether a record's time is over; the zero time means for ever.
func gone(expires time.Time) bool { return !expires.IsZero() && !time.Now().Before(expires) }
