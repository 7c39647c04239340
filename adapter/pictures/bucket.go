package pictures

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/memblob" // mem://
	_ "gocloud.dev/blob/s3blob"  // s3://
	"gocloud.dev/gcerrors"

	"midgate/adapter"
)

// bucket is a Go CDK bucket whose writes are whole or absent, and on a disk also
// survive a crash once they were acknowledged.
type bucket struct {
	b    *blob.Bucket
	root *os.Root // of a bucket on a disk; nil elsewhere
}

func openBucket(ctx context.Context, rawURL string) (*bucket, error) {
	dir, ok, err := directory(rawURL)
	if err != nil {
		return nil, err
	}
	if !ok {
		b, err := blob.OpenBucket(ctx, rawURL)
		if err != nil {
			return nil, err
		}
		return &bucket{b: b}, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	// Temporary files beside the final ones: the system's temporary folder may be
	// another file system, from which nothing can be renamed. Metadata files would be
	// a second thing to lose: what we know about bytes is kept in objects of its own.
	b, err := fileblob.OpenBucket(dir, &fileblob.Options{NoTempDir: true, Metadata: fileblob.MetadataDontWrite, DirFileMode: 0o700})
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return &bucket{b: b, root: root}, nil
}

// directory returns the directory that a bucket URL names, if it names one.
func directory(rawURL string) (dir string, ok bool, err error) {
	if rawURL == "" {
		return "", false, errors.New("no bucket URL")
	}
	if !strings.Contains(rawURL, "://") {
		dir, err = filepath.Abs(rawURL)
		return dir, true, err
	}
	u, err := url.Parse(rawURL)
	if err != nil {
		return "", false, fmt.Errorf("bucket URL: %w", errors.Unwrap(err)) // the outer error repeats the URL, which may hold keys
	}
	if u.Scheme != "file" {
		return "", false, nil
	}
	if (u.Host != "" && u.Host != "localhost") || !filepath.IsAbs(u.Path) {
		return "", false, errors.New("bucket URL: file:// wants three slashes and an absolute directory")
	}
	return filepath.Clean(u.Path), true, nil
}

// open returns a reader of the object; adapter.ErrNotFound if there is none.
func (b *bucket) open(ctx context.Context, key string) (*blob.Reader, error) {
	if b.root != nil {
		// A link planted in the directory must not lead out of it.
		f, err := b.root.Open(key)
		if err != nil {
			return nil, notFound(err)
		}
		if err := f.Close(); err != nil {
			return nil, err
		}
	}
	r, err := b.b.NewReader(ctx, key, nil)
	return r, notFound(err)
}

// readAll reads a small object; larger than limit is an error.
func (b *bucket) readAll(ctx context.Context, key string, limit int64) ([]byte, error) {
	r, err := b.open(ctx, key)
	if err != nil {
		return nil, err
	}
	defer func() { _ = r.Close() }()
	if r.Size() > limit {
		return nil, fmt.Errorf("object of %d bytes, want at most %d", r.Size(), limit)
	}
	return io.ReadAll(r)
}

// write stores what fill writes under key, all of it or nothing. durable asks for
// it to be on the disk when write returns.
func (b *bucket) write(ctx context.Context, key string, durable bool, fill func(io.Writer) error) error {
	o, err := b.create(ctx, key, durable)
	if err != nil {
		return err
	}
	defer o.abort()
	if err := fill(o); err != nil {
		return err
	}
	return o.commit()
}

func (b *bucket) writeAll(ctx context.Context, key string, data []byte) error {
	return b.write(ctx, key, false, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
}

// size returns the object's size; adapter.ErrNotFound if there is none.
func (b *bucket) size(ctx context.Context, key string) (int64, error) {
	a, err := b.b.Attributes(ctx, key)
	if err != nil {
		return 0, notFound(err)
	}
	return a.Size, nil
}

// remove deletes one object; it is no error if there is none.
func (b *bucket) remove(ctx context.Context, key string) error {
	if err := notFound(b.b.Delete(ctx, key)); err != nil && !errors.Is(err, adapter.ErrNotFound) {
		return err
	}
	return nil
}

// removeAll deletes everything under a folder.
func (b *bucket) removeAll(ctx context.Context, folder string) error {
	if err := b.each(ctx, folder, func(o *blob.ListObject) error { return b.remove(ctx, o.Key) }); err != nil {
		return err
	}
	b.removeFolder(strings.TrimSuffix(folder, "/"))
	return nil
}

// listTries is how often a folder is listed anew because files went while it was read.
const listTries = 20

// each calls visit for every object under a folder, for some of them again if files went meanwhile: a disk's list then
// breaks off.
func (b *bucket) each(ctx context.Context, folder string, visit func(*blob.ListObject) error) error {
	objects := b.b.List(&blob.ListOptions{Prefix: folder})
	for try := 1; ; {
		o, err := objects.Next(ctx)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case try < listTries && errors.Is(notFound(err), adapter.ErrNotFound):
			try++
			objects = b.b.List(&blob.ListOptions{Prefix: folder})
			continue
		case err != nil:
			return fmt.Errorf("list %s: %w", folder, err)
		}
		if err := visit(o); err != nil {
			return err
		}
	}
}

// removeFolder removes a folder of a bucket on a disk if it is empty: otherwise somebody is writing again, or others are
// there.
func (b *bucket) removeFolder(folder string) {
	if b.root != nil {
		_ = b.root.Remove(folder)
	}
}

func (b *bucket) close() error {
	if b.root != nil {
		return errors.Join(b.b.Close(), b.root.Close())
	}
	return b.b.Close()
}

// notFound turns a driver's miss into adapter.ErrNotFound; a name below that of a file
// is one.
func notFound(err error) error {
	if errors.Is(err, os.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) || gcerrors.Code(err) == gcerrors.NotFound {
		return adapter.ErrNotFound
	}
	return err
}
