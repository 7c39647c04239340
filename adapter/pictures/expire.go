package pictures

import (
	"context"
	"time"

	"gocloud.dev/blob"
)

// passing are the folders of what no record names by itself: uploads and what was prepared from them, and previews of
// jobs whose process was killed.
var passing = []string{"uploads/", "previews/"}

// renewed is how old an upload may be before sending the same bytes once more stores them anew, so that its age tells
// when it was used last.
const renewed = 24 * time.Hour

// Sweep looks every hour, until ctx ends, for uploads and previews that nobody has sent or used for so long that the
// records of that time are gone too, and removes them. needed tells of the names that records hold on to. keep is how
// long records are kept; 0 is for ever, then nothing is removed.
func (s *Store) Sweep(ctx context.Context, keep time.Duration, needed func(name string) bool) error {
	if keep <= 0 {
		<-ctx.Done()
		return context.Cause(ctx)
	}
	tick := time.NewTicker(time.Hour)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
			_ = s.expire(ctx, time.Now().Add(-keep-2*renewed), needed) // what is left is looked at again
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}

// expire removes what was stored before that time and is not needed.
func (s *Store) expire(ctx context.Context, before time.Time, needed func(name string) bool) error {
	for _, folder := range passing {
		err := s.bucket.each(ctx, folder, func(o *blob.ListObject) error {
			if !o.ModTime.Before(before) || needed(o.Key) {
				return nil
			}
			return s.Delete(ctx, o.Key)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// fresh reports whether bytes of this size are stored under a name, and recently enough.
func (s *Store) fresh(ctx context.Context, name string, size int64) bool {
	a, err := s.bucket.b.Attributes(ctx, name)
	return err == nil && a.Size == size && time.Since(a.ModTime) < renewed
}
