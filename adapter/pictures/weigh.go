package pictures

import (
	"context"
	"io/fs"
	"time"

	"gocloud.dev/blob"
)

// weighEvery is how often a bucket is weighed at most. What takes long is done more rarely: a hundredth of the time.
const weighEvery = 30 * time.Second

// Weigh tells now, and every half minute until ctx ends, how many bytes stand in the bucket: pictures, videos, uploads and
// what was made from them. A bucket that takes long to be listed is listed more rarely. What cannot be read is left out
// until the next time.
func (s *Store) Weigh(ctx context.Context, tell func(bytes int64)) {
	for ctx.Err() == nil {
		began := time.Now()
		if n, err := s.bucket.weigh(ctx); err == nil {
			tell(n)
		}
		select {
		case <-time.After(max(weighEvery, 100*time.Since(began))):
		case <-ctx.Done():
		}
	}
}

// weigh is how many bytes all objects have together. A disk is walked once, where the driver would begin anew with every
// page of its list.
func (b *bucket) weigh(ctx context.Context) (n int64, err error) {
	if b.root == nil {
		err = b.each(ctx, "", func(o *blob.ListObject) error {
			n += o.Size
			return nil
		})
		return n, err
	}
	err = fs.WalkDir(b.root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if name == "." {
			return err
		}
		if err != nil || !e.Type().IsRegular() {
			return nil //nolint:nilerr // it went meanwhile
		}
		if info, err := e.Info(); err == nil {
			n += info.Size()
		}
		return nil
	})
	return n, err
}
