package pictures

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"

	"gocloud.dev/blob"
)

// object is a write under way. Nothing is to be seen of it until commit, and nothing
// ever after abort.
type object struct {
	w      *blob.Writer
	cancel context.CancelFunc
	bucket *bucket
	key    string
	file   *os.File // the temporary file of a durable write on a disk
	done   bool
}

func (b *bucket) create(ctx context.Context, key string, durable bool) (*object, error) {
	ctx, cancel := context.WithCancel(ctx)
	o := &object{cancel: cancel, bucket: b, key: key}
	// The type is fixed so that the driver does not hold back the first bytes to sniff them.
	opts := &blob.WriterOptions{ContentType: "application/octet-stream"}
	if durable && b.root != nil {
		opts.BeforeWrite = func(as func(any) bool) error {
			if !as(&o.file) {
				return errors.New("the bucket driver does not show its file")
			}
			return nil
		}
	}
	w, err := b.b.NewWriter(ctx, key, opts)
	if err != nil {
		cancel()
		return nil, fmt.Errorf("create object: %w", err)
	}
	o.w = w
	return o, nil
}

func (o *object) Write(b []byte) (int, error) { return o.w.Write(b) }

// commit makes the object visible: data first, then its name, then the directories.
func (o *object) commit() error {
	if o.file != nil {
		if err := o.file.Sync(); err != nil {
			return fmt.Errorf("sync object: %w", err)
		}
	}
	o.done = true
	err := o.w.Close()
	o.cancel()
	if err != nil {
		return fmt.Errorf("write object: %w", err)
	}
	if o.file == nil {
		return nil
	}
	return o.bucket.syncDirs(path.Dir(o.key))
}

// abort gives the write up unless it was committed. The driver takes a cancelled
// context as the sign not to keep what it has.
func (o *object) abort() {
	if o.done {
		return
	}
	o.done = true
	o.cancel()
	_ = o.w.Close() // reports the cancellation
}

// syncDirs makes the entries of a directory and of those above it, up to the
// bucket's, durable: any of them may be new. Those that did not change cost nothing.
func (b *bucket) syncDirs(dir string) error {
	for {
		d, err := b.root.Open(dir)
		if err != nil {
			return err
		}
		if err := errors.Join(d.Sync(), d.Close()); err != nil {
			return fmt.Errorf("sync directory: %w", err)
		}
		if dir == "." {
			return nil
		}
		dir = path.Dir(dir)
	}
}
