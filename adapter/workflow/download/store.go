package download

import (
	"context"
	"errors"
	"slices"
	"time"

	"midgate/adapter"
)

// Store downloads files and keeps them.
type Store struct {
	Pictures adapter.Pictures
	Refused  func(name string, err error) // hears of each try that is repeated
}

// Keep stores a file under a name when it is there. After the first refusal the task is read
// again, and what it says then counts.
func (s Store) Keep(ctx context.Context, f *File, name string, limit int64) (adapter.Picture, error) {
	if kept, err := s.Pictures.Stat(ctx, name); err == nil && (kept.Moving || !f.moving) {
		return kept, nil // an earlier life of this run had it already
	}
	patience := f.Patience
	if patience == 0 {
		patience = Patience
	}
	began := time.Now()
	for wait := time.Second; ; wait = min(2*wait, 10*time.Second) {
		kept, err := s.download(ctx, f, name, limit)
		if err != nil && adapter.KindOf(err) != adapter.Storage && ctx.Err() == nil && f.renew(ctx) {
			kept, err = s.download(ctx, f, name, limit)
		}
		if err == nil {
			return kept, nil
		}
		if ctx.Err() != nil {
			return adapter.Picture{}, context.Cause(ctx)
		}
		hopeless := adapter.KindOf(err) == adapter.TooLarge || adapter.KindOf(err) != adapter.Storage && (time.Since(began)+wait > patience || errors.Is(err, adapter.ErrPrivate) && wait > 2*time.Second)
		if hopeless || !adapter.Pause(ctx, wait) {
			return adapter.Picture{}, adapter.Wrap(adapter.Failed, err, "The picture was made but could not be fetched and stored.")
		}
		s.Refused(name, err)
	}
}

// renewFor is how long it may take to read a task again.
const renewFor = 10 * time.Second

// renew reads the task again, and reports whether its file has other addresses now.
func (f *File) renew(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, renewFor)
	defer cancel()
	task, err := f.account.Upstream.Task(ctx, f.Task.ID)
	if err != nil || task.Status != adapter.Success {
		return false
	}
	before := f.Addresses()
	f.Task = task
	return !slices.Equal(before, f.Addresses())
}

// download tries one address after the other.
func (s Store) download(ctx context.Context, f *File, name string, limit int64) (adapter.Picture, error) {
	err := error(adapter.Errorf(adapter.Failed, "Midjourney finished the job without a picture."))
	for _, address := range f.Addresses() {
		var kept adapter.Picture
		if kept, err = s.downloadFrom(ctx, f, address, name, limit); err == nil || ctx.Err() != nil || adapter.KindOf(err) == adapter.Storage {
			return kept, err
		}
	}
	return adapter.Picture{}, err
}

func (s Store) downloadFrom(ctx context.Context, f *File, address, name string, limit int64) (adapter.Picture, error) {
	body, err := f.account.Upstream.Picture(ctx, address)
	if err != nil {
		return adapter.Picture{}, err
	}
	defer func() { _ = body.Close() }() // it was only read
	kept, err := s.Pictures.Save(ctx, name, body, limit)
	if err == nil && f.moving && !kept.Moving {
		_ = s.Pictures.Delete(ctx, name) // what stays is replaced by the next one
		return adapter.Picture{}, adapter.Errorf(adapter.Failed, "Midjourney finished the job without a video.")
	}
	return kept, err
}
