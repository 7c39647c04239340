package pictures

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sync/singleflight"

	"midgate/adapter"
)

// Store keeps picture and video bytes in a bucket. It is safe for concurrent use, and
// by several replicas on one bucket.
type Store struct {
	bucket    *bucket
	tempDir   string
	maxPixels int

	metadata     *recent[metadata] // by key; handing out bytes then costs one object read instead of two
	fingerprints *recent[[]byte]   // encoded, by key
	flights      singleflight.Group
	workers      chan struct{}
	failing      atomic.Bool // the last picture could not be stored

	ending  context.Context // ends when the store is closed; work that callers share hangs on it
	end     context.CancelFunc
	mu      sync.Mutex
	closed  bool
	working sync.WaitGroup
}

var (
	_ adapter.Pictures = (*Store)(nil)
	_ adapter.Keeper   = (*Store)(nil)

	_ adapter.Inspector = (*Store)(nil)
)

// What is kept in memory: about 4 MB of metadata, 6 MB of fingerprints.
const (
	maxMetadata     = 8192
	maxFingerprints = 1024
)

var errClosed = errors.New("the picture store is closed")

// New opens the bucket. ctx bounds the opening only; Close ends what was begun.
func New(ctx context.Context, c Config) (*Store, error) {
	b, err := openBucket(ctx, c.URL)
	if err != nil {
		return nil, fmt.Errorf("pictures: open the bucket: %w", err)
	}
	ending, end := context.WithCancel(context.WithoutCancel(ctx))
	s := &Store{
		bucket:       b,
		tempDir:      cmp.Or(c.TempDir, os.TempDir()),
		maxPixels:    cmp.Or(c.MaxPixels, defaultMaxPixels),
		metadata:     newRecent[metadata](maxMetadata),
		fingerprints: newRecent[[]byte](maxFingerprints),
		workers:      make(chan struct{}, cmp.Or(c.Workers, runtime.GOMAXPROCS(0))),
		ending:       ending,
		end:          end,
	}
	s.working.Go(s.tidy)
	return s, nil
}

// Close stops renditions that are being made, waits for them and closes the bucket.
func (s *Store) Close() error {
	s.mu.Lock()
	s.closed = true
	s.mu.Unlock()
	s.end()
	s.working.Wait()
	return s.bucket.close()
}

// Ready reports whether the bucket can be reached and, when the last picture could not be stored, whether one can be now.
func (s *Store) Ready(ctx context.Context) error {
	ok, err := s.bucket.b.IsAccessible(ctx)
	if err == nil && !ok {
		err = errors.New("the bucket is not accessible")
	}
	if err != nil {
		return err
	}
	return s.Keeps(ctx)
}

// probeKey is an object that holds nothing of worth: writing it shows whether pictures can be stored.
const (
	probeKey  = "probe"
	probeSize = 1 << 20 // a picture's
)

// Keeps implements adapter.Keeper: the bucket is asked only after it refused a picture.
func (s *Store) Keeps(ctx context.Context) error {
	if !s.failing.Load() {
		return nil
	}
	if err := s.bucket.writeAll(ctx, probeKey, make([]byte, probeSize)); err != nil {
		return cannotStore(err)
	}
	s.failing.Store(false)
	return s.bucket.remove(ctx, probeKey)
}

// Stat tells what is stored under name; adapter.ErrNotFound if nothing is.
func (s *Store) Stat(ctx context.Context, name string) (adapter.Picture, error) {
	if !validName(name) {
		return adapter.Picture{}, adapter.ErrNotFound
	}
	size, err := s.bucket.size(ctx, name)
	if err != nil {
		return adapter.Picture{}, fmt.Errorf("stat picture: %w", err)
	}
	f, err := s.original(ctx, name)
	if err == nil && f.Size != size {
		f, err = s.inspect(ctx, name)
	}
	if err != nil {
		return adapter.Picture{}, err
	}
	return f.picture(name), nil
}

// Delete removes an original and all that was made from it. It is no error if there
// is none. The original goes last: cut short, the deletion can be repeated. Who makes
// something of it meanwhile finds it gone and removes that, or it is removed here.
func (s *Store) Delete(ctx context.Context, name string) error {
	if !validName(name) {
		return nil
	}
	if err := s.forget(ctx, name); err != nil {
		return err
	}
	if err := s.bucket.remove(ctx, name); err != nil {
		return fmt.Errorf("delete picture: %w", err)
	}
	if folder := path.Dir(name); strings.Contains(folder, "/") { // one that is not for ever
		s.bucket.removeFolder(folder)
	}
	return s.forget(ctx, name)
}

// clear removes what was made of an original that was deleted meanwhile.
func (s *Store) clear(ctx context.Context, name string) {
	if _, err := s.bucket.size(ctx, name); errors.Is(err, adapter.ErrNotFound) {
		_ = s.forget(ctx, name) // whoever deletes it again finds the rest
	}
}

// forget removes all that was made from an original.
func (s *Store) forget(ctx context.Context, name string) error {
	s.drop(name)
	if err := s.bucket.removeAll(ctx, madeFrom(name)); err != nil {
		return fmt.Errorf("delete renditions: %w", err)
	}
	return nil
}

// drop forgets what memory knows of an original.
func (s *Store) drop(name string) {
	s.metadata.dropFolder(madeFrom(name))
	s.fingerprints.dropFolder(madeFrom(name))
}

// share runs work on an original once for all callers that ask for the same key
// meanwhile. The work outlives a caller who leaves: the others, and the next one, want
// its result. A panic in it, which would end the process, is an error.
func (s *Store) share(ctx context.Context, name, key string, work func(context.Context) error) error {
	done := s.flights.DoChan(key, func() (_ any, err error) {
		if !s.begin() {
			return nil, errClosed
		}
		defer s.working.Done()
		defer s.clear(s.ending, name)
		defer func() {
			if p := recover(); p != nil {
				err = fmt.Errorf("panic: %v", p)
			}
		}()
		return nil, work(s.ending)
	})
	select {
	case r := <-done:
		return r.Err
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (s *Store) begin() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.working.Add(1)
	return true
}

// worker waits for one of the places in which pictures are decoded, cut or encoded,
// and returns what gives it back.
func (s *Store) worker(ctx context.Context) (release func(), err error) {
	select {
	case s.workers <- struct{}{}:
		return func() { <-s.workers }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}
