package memstore

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
)

// source counts the reads of a store and can be made to do something in the middle of one.
type source struct {
	*adaptertest.MemoryStore
	reads  int
	during func()
}

func (s *source) Get(ctx context.Context, id string) (adapter.Image, error) {
	s.reads++
	img, err := s.MemoryStore.Get(ctx, id)
	if s.during != nil {
		s.during()
	}
	return img, err
}

func TestStore(t *testing.T) {
	adaptertest.Store(t, func(*testing.T) (adapter.Store, adapter.Store) {
		engine := adaptertest.NewStore()
		return New(engine), New(engine)
	})
}

// cached returns a cache whose source has one record that was read once.
func cached(t *testing.T) (*Store, *source) {
	t.Helper()
	src := &source{MemoryStore: adaptertest.NewStore()}
	s := New(src)
	put(t, src, "first")
	if got := get(t, s); got != "first" {
		t.Fatalf("Get = %q, want first", got)
	}
	return s, src
}

func put(t *testing.T, s adapter.Store, prompt string) {
	t.Helper()
	if err := s.Put(t.Context(), adapter.Image{ID: "img_1", Prompt: prompt}); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, s adapter.Store) string {
	t.Helper()
	img, err := s.Get(t.Context(), "img_1")
	if err != nil {
		t.Fatal(err)
	}
	return img.Prompt
}

func TestASecondReadAsksNobody(t *testing.T) {
	s, src := cached(t)
	if got := get(t, s); got != "first" || src.reads != 1 {
		t.Errorf("Get = %q after %d reads of the source, want first after 1", got, src.reads)
	}
}

func TestAChangeByAnotherReplicaIsSeen(t *testing.T) {
	s, src := cached(t)
	put(t, src, "second")
	if got := get(t, s); got != "second" {
		t.Errorf("Get = %q, want second", got)
	}
}

// The news of a change may come later than the answer of whoever made it.
func TestItsOwnChangeIsSeenAtOnce(t *testing.T) {
	src := adaptertest.NewStore()
	s := New(silent{src})
	put(t, s, "first")
	get(t, s)
	if err := s.Update(t.Context(), "img_1", func(img *adapter.Image) { img.Prompt = "second" }); err != nil {
		t.Fatal(err)
	}
	if got := get(t, s); got != "second" {
		t.Errorf("Get = %q, want second", got)
	}
}

// silent is a store that tells nobody of its changes.
type silent struct{ adapter.Store }

func (silent) OnChange(func(id string)) {}

func TestAChangeDuringAReadIsSeen(t *testing.T) {
	s, src := cached(t)
	put(t, src, "second")
	src.during = func() {
		src.during = nil
		put(t, src, "third")
	}
	get(t, s) // may answer either
	if got := get(t, s); got != "third" {
		t.Errorf("Get = %q, want third: what was read before the change must not be kept", got)
	}
}

func TestEntriesLiveTenMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, src := cached(t)
		pass(t, 10*time.Minute-time.Second)
		if get(t, s); src.reads != 1 {
			t.Errorf("%d reads of the source just before ten minutes, want 1", src.reads)
		}
		pass(t, 2*time.Second)
		if get(t, s); src.reads != 2 {
			t.Errorf("%d reads of the source after ten minutes, want 2", src.reads)
		}
	})
}

func TestAnExpiredRecordIsNotServedFromTheCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(adaptertest.NewStore())
		if err := s.Put(t.Context(), adapter.Image{ID: "img_1", Expires: time.Now().Add(time.Minute)}); err != nil {
			t.Fatal(err)
		}
		get(t, s)
		pass(t, time.Minute)
		if _, err := s.Get(t.Context(), "img_1"); !errors.Is(err, adapter.ErrNotFound) {
			t.Errorf("Get = %v, want ErrNotFound", err)
		}
	})
}

func TestMemoryOfExpiredEntriesIsFreed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, src := cached(t)
		pass(t, 11*time.Minute)
		if err := src.Put(t.Context(), adapter.Image{ID: "img_2"}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Get(t.Context(), "img_2"); err != nil {
			t.Fatal(err)
		}
		if n := s.records.ItemCount(); n != 1 {
			t.Errorf("%d entries in memory, want only the fresh one", n)
		}
	})
}

// pass lets the bubble's time go by.
func pass(t *testing.T, d time.Duration) {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	defer cancel()
	<-ctx.Done()
}
