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

// source counts the reads of a state and can be made to do something in the middle of one.
type source struct {
	*adaptertest.State
	reads  int
	during func()
}

func (s *source) Image(ctx context.Context, id string) (adapter.Image, error) {
	s.reads++
	img, err := s.State.Image(ctx, id)
	if s.during != nil {
		s.during()
	}
	return img, err
}

// cached returns a cache whose source has one record that was read once.
func cached(t *testing.T) (*Store, *source) {
	t.Helper()
	src := &source{State: adaptertest.NewState(true)}
	s := New(src, src)
	put(t, New(src, nil), adapter.Image{ID: "img_1", Prompt: "first"})
	if got := get(t, s); got != "first" {
		t.Fatalf("Get = %q, want first", got)
	}
	return s, src
}

func put(t *testing.T, s adapter.Store, img adapter.Image) {
	t.Helper()
	img.Created = time.Unix(1000, 0)
	if err := s.Put(t.Context(), img); err != nil {
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

func TestStore_ASecondReadAsksNobody(t *testing.T) {
	s, src := cached(t)
	if got := get(t, s); got != "first" || src.reads != 1 {
		t.Errorf("Get = %q after %d reads of the source, want first after 1", got, src.reads)
	}
}

func TestStore_WhatAJobHasStoredIsNotRead(t *testing.T) {
	s, src := cached(t)
	s.Stored(false, adapter.Image{ID: "img_1", Prompt: "second"})
	if got := get(t, s); got != "second" || src.reads != 1 {
		t.Errorf("Get = %q after %d reads of the source, want second after 1", got, src.reads)
	}
}

func TestStore_AChangeByAnotherReplicaIsSeen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, src := cached(t)
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan error, 1)
		go func() { done <- s.Hear(ctx) }()
		synctest.Wait()
		put(t, New(src, src), adapter.Image{ID: "img_1", Prompt: "second"})
		synctest.Wait()
		if got := get(t, s); got != "second" {
			t.Errorf("Get = %q, want second", got)
		}
		cancel()
		<-done
	})
}

// The news of a change may come later than the answer of whoever made it.
func TestStore_ItsOwnChangeIsSeenAtOnce(t *testing.T) {
	s, _ := cached(t)
	if err := s.Update(t.Context(), "img_1", func(img *adapter.Image) { img.Prompt = "second" }); err != nil {
		t.Fatal(err)
	}
	if got := get(t, s); got != "second" {
		t.Errorf("Get = %q, want second", got)
	}
}

func TestStore_AChangeDuringAReadIsSeen(t *testing.T) {
	s, src := cached(t)
	s.drop("img_1")
	src.during = func() {
		src.during = nil
		put(t, New(src, nil), adapter.Image{ID: "img_1", Prompt: "third"})
		s.drop("img_1") // the news of it
	}
	get(t, s) // may answer either
	if got := get(t, s); got != "third" {
		t.Errorf("Get = %q, want third: what was read before the change must not be kept", got)
	}
}

func TestStore_EntriesLiveTenMinutes(t *testing.T) {
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

func TestStore_AnExpiredRecordIsNotServedFromTheCache(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := New(adaptertest.NewState(false), nil)
		put(t, s, adapter.Image{ID: "img_1", Expires: time.Now().Add(time.Minute)})
		get(t, s)
		pass(t, time.Minute)
		if _, err := s.Get(t.Context(), "img_1"); !errors.Is(err, adapter.ErrNotFound) {
			t.Errorf("Get = %v, want ErrNotFound", err)
		}
	})
}

func TestStore_MemoryOfExpiredEntriesIsFreed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := cached(t)
		pass(t, 11*time.Minute)
		put(t, s, adapter.Image{ID: "img_2"})
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
