package adaptertest_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
)

func TestRecordsExpireInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := adaptertest.NewStore()
		img := adapter.Image{ID: "img_1", Owner: "o", Expires: time.Now().Add(720 * time.Hour)}
		if err := s.Put(t.Context(), img); err != nil {
			t.Fatal(err)
		}
		pass(t, 720*time.Hour)
		if _, err := s.Get(t.Context(), "img_1"); err != adapter.ErrNotFound {
			t.Errorf("Get a month later = %v, want ErrNotFound", err)
		}
	})
}

func TestClaimsLastADay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := adaptertest.NewJournal()
		create := func(id string) error {
			_, err := j.Create(t.Context(), adapter.Job{ID: id, Claim: "c"})
			return err
		}
		if err := create("job_1"); err != nil {
			t.Fatal(err)
		}
		pass(t, 24*time.Hour-time.Second)
		if err := create("job_2"); err != adapter.ErrExists {
			t.Errorf("Create within a day = %v, want ErrExists", err)
		}
		pass(t, time.Second)
		if err := create("job_3"); err != nil {
			t.Errorf("Create a day later = %v, want no error", err)
		}
	})
}

func TestWatchInABubble(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j := adaptertest.NewJournal()
		ctx, cancel := context.WithCancel(t.Context())
		var seen []string
		go func() {
			_ = j.Watch(ctx, func(r adapter.Job) { seen = append(seen, r.ID) }, func() { seen = append(seen, "caught up") })
		}()
		synctest.Wait()
		if _, err := j.Create(ctx, adapter.Job{ID: "job_1"}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if len(seen) != 2 || seen[0] != "caught up" || seen[1] != "job_1" {
			t.Errorf("seen = %q, want caught up, then job_1", seen)
		}
		cancel()
		synctest.Wait()
	})
}

// pass lets the bubble's time go by.
func pass(t *testing.T, d time.Duration) {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	<-ctx.Done()
}
