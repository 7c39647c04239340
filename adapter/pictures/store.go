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
	"sync/atomic"

	"midgate/adapter"
)

// Store keeps picture and video bytes in a bucket. It is safe for concurrent use, and
// by several replicas on one bucket.
type Store struct {
	bucket   *bucket
	tempDir  string
	kept     *kept
	pixels   *pixels
	shop     *workshop
	renderer renderer
	failing  atomic.Bool // the last picture could not be stored
}

var (
	_ adapter.Pictures = (*Store)(nil)
	_ adapter.Keeper   = (*Store)(nil)

	_ adapter.Inspector = (*Store)(nil)
)

// New opens the bucket. ctx bounds the opening only; Close ends what was begun.
func New(ctx context.Context, c Config) (*Store, error) {
	b, err := openBucket(ctx, c.URL)
	if err != nil {
		return nil, fmt.Errorf("pictures: open the bucket: %w", err)
	}
	known := &kept{bucket: b, metadata: newRecent[metadata](maxMetadata), fingerprints: newRecent[[]byte](maxFingerprints)}
	decoded := &pixels{bucket: b, most: cmp.Or(c.MaxPixels, defaultMaxPixels)}
	shop := newWorkshop(ctx, known, cmp.Or(c.Workers, runtime.GOMAXPROCS(0)))
	s := &Store{
		bucket: b, tempDir: cmp.Or(c.TempDir, os.TempDir()), kept: known, pixels: decoded, shop: shop,
		renderer: renderer{bucket: b, kept: known, pixels: decoded, shop: shop},
	}
	s.shop.working.Go(s.tidy)
	return s, nil
}

// Close stops renditions that are being made, waits for them and closes the bucket.
func (s *Store) Close() error {
	s.shop.close()
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
	f, err := s.kept.original(ctx, name)
	if err == nil && f.Size != size {
		f, err = s.kept.inspect(ctx, name)
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
	if err := s.kept.forget(ctx, name); err != nil {
		return err
	}
	if err := s.bucket.remove(ctx, name); err != nil {
		return fmt.Errorf("delete picture: %w", err)
	}
	if folder := path.Dir(name); strings.Contains(folder, "/") { // one that is not for ever
		s.bucket.removeFolder(folder)
	}
	return s.kept.forget(ctx, name)
}
