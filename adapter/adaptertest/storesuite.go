package adaptertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"midgate/adapter"
)

// StoreFactory makes an empty store and returns it as two replicas see it. An engine for one
// process returns the same value twice.
type StoreFactory func(t *testing.T) (here, there adapter.Store)

// Store runs the conformance suite of adapter.Store. The factory is called once per case; the cases
// run in parallel.
func Store(t *testing.T, factory StoreFactory) {
	for name, check := range map[string]func(*testing.T, adapter.Store, adapter.Store){
		"what was put is got, to the last field":            storeKeeps,
		"a put record is replaced by the next":              storeReplaces,
		"an unknown or expired record is not found":         storeMisses,
		"changes at once are all kept":                      storeUpdates,
		"an unknown or expired record is not changed":       storeUpdatesNothing,
		"a deleted record is gone, and may be gone already": storeDeletes,
		"lists are newest first, by owner, in pages":        storeLists,
		"expired and deleted records leave the list":        storeListShrinks,
		"digests belong to their owner":                     storeDigests,
		"another replica sees everything":                   storeShares,
		"a record may be large":                             storeLarge,
		"writers at once do not disturb each other":         storeConcurrent,
		"an ended context is an error":                      storeContext,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			here, there := factory(t)
			check(t, here, there)
		})
	}
}

func storeKeeps(t *testing.T, s, _ adapter.Store) {
	want := image("owner", 1)
	ok(t, "Put", s.Put(bounded(t), want))
	got, err := s.Get(bounded(t), want.ID)
	ok(t, "Get", err)
	same(t, "Get", got, want)
	want.Buttons[0].Label = "changed by the caller"
	again, err := s.Get(bounded(t), want.ID)
	ok(t, "Get", err)
	same(t, "Get after the caller's change", again, image("owner", 1))
}

func storeReplaces(t *testing.T, s, _ adapter.Store) {
	img := image("owner", 1)
	ok(t, "Put", s.Put(bounded(t), img))
	img.Looks, img.Prompt = []byte{7}, "another"
	ok(t, "Put", s.Put(bounded(t), img))
	got, err := s.Get(bounded(t), img.ID)
	ok(t, "Get", err)
	same(t, "Get", got, img)
	list, err := s.List(bounded(t), "owner", 10, "")
	ok(t, "List", err)
	same(t, "List", list, []adapter.Image{img})
}

func storeUpdates(t *testing.T, here, there adapter.Store) {
	ok(t, "Put", here.Put(bounded(t), image("owner", 1)))
	id := image("", 1).ID
	var all sync.WaitGroup
	errs := make(chan error, 20)
	for i := range 20 {
		all.Go(func() {
			s := []adapter.Store{here, there}[i%2]
			errs <- s.Update(bounded(t), id, func(img *adapter.Image) { img.Looks = append(img.Looks, byte(i)) })
		})
	}
	all.Wait()
	for range 20 {
		ok(t, "Update", <-errs)
	}
	got, err := here.Get(bounded(t), id)
	ok(t, "Get", err)
	want := image("owner", 1)
	kept := got.Looks[len(want.Looks):]
	slices.Sort(kept)
	for i := range 20 {
		want.Looks = append(want.Looks, byte(i))
	}
	same(t, "Get after 20 changes by two replicas", got, want)
}

func storeUpdatesNothing(t *testing.T, s, _ adapter.Store) {
	old := image("owner", 1)
	old.Expires = time.Now().Add(-time.Second)
	ok(t, "Put", s.Put(bounded(t), old))
	for _, id := range []string{old.ID, image("owner", 2).ID} {
		err := s.Update(bounded(t), id, func(*adapter.Image) { t.Errorf("there is no %s to change", id) })
		if !errors.Is(err, adapter.ErrNotFound) {
			t.Errorf("Update(%s) = %v, want ErrNotFound", id, err)
		}
		if got, err := s.Get(bounded(t), id); !errors.Is(err, adapter.ErrNotFound) {
			t.Errorf("Get(%s) = %v, %v, want ErrNotFound", id, got, err)
		}
	}
}

func storeMisses(t *testing.T, s, _ adapter.Store) {
	old := image("owner", 1)
	old.Expires = time.Now().Add(-time.Second)
	ok(t, "Put", s.Put(bounded(t), old))
	for _, id := range []string{old.ID, image("owner", 2).ID} {
		if got, err := s.Get(bounded(t), id); !errors.Is(err, adapter.ErrNotFound) {
			t.Errorf("Get(%s) = %v, %v, want ErrNotFound", id, got, err)
		}
	}
}

func storeDeletes(t *testing.T, s, _ adapter.Store) {
	img := image("owner", 1)
	ok(t, "Put", s.Put(bounded(t), img))
	for range 2 {
		ok(t, "Delete", s.Delete(bounded(t), img.ID))
		if _, err := s.Get(bounded(t), img.ID); !errors.Is(err, adapter.ErrNotFound) {
			t.Errorf("Get after Delete = %v, want ErrNotFound", err)
		}
	}
	ok(t, "Put of a deleted record", s.Put(bounded(t), img))
	got, err := s.Get(bounded(t), img.ID)
	ok(t, "Get", err)
	same(t, "Get", got, img)
}

func storeLists(t *testing.T, s, _ adapter.Store) {
	for _, n := range []int{3, 1, 5, 2, 4} {
		ok(t, "Put", s.Put(bounded(t), image("owner", n)))
	}
	other := image("other", 6)
	ok(t, "Put", s.Put(bounded(t), other))
	for name, c := range map[string]struct {
		limit int
		after string
		want  []int
	}{
		"all":                {0, "", []int{5, 4, 3, 2, 1}},
		"more than there is": {9, "", []int{5, 4, 3, 2, 1}},
		"the first page":     {2, "", []int{5, 4}},
		"the second page":    {2, image("", 4).ID, []int{3, 2}},
		"after the last":     {2, image("", 1).ID, nil},
	} {
		got, err := s.List(bounded(t), "owner", c.limit, c.after)
		ok(t, name, err)
		sameImages(t, name, got, c.want)
	}
	for name, after := range map[string]string{"an unknown record": image("", 9).ID, "another owner's record": other.ID} {
		if got, err := s.List(bounded(t), "owner", 2, after); !errors.Is(err, adapter.ErrNotFound) {
			t.Errorf("List after %s = %v, %v, want ErrNotFound", name, got, err)
		}
	}
	got, err := s.List(bounded(t), "nobody", 2, "")
	ok(t, "List of nobody", err)
	sameImages(t, "nobody's", got, nil)
}

func storeListShrinks(t *testing.T, s, _ adapter.Store) {
	for n := 1; n <= 4; n++ {
		img := image("owner", n)
		if n == 2 {
			img.Expires = time.Now().Add(-time.Second)
		}
		ok(t, "Put", s.Put(bounded(t), img))
	}
	ok(t, "Delete", s.Delete(bounded(t), image("", 3).ID))
	got, err := s.List(bounded(t), "owner", 0, "")
	ok(t, "List", err)
	sameImages(t, "what is left", got, []int{4, 1})
}

func storeDigests(t *testing.T, s, _ adapter.Store) {
	sum := strings.Repeat("0f", 32)
	ok(t, "Digest", s.Digest(bounded(t), "owner", sum, "img_1"))
	ok(t, "Digest", s.Digest(bounded(t), "other", sum, "img_2"))
	for owner, want := range map[string]string{"owner": "img_1", "other": "img_2"} {
		if got, err := s.FindDigest(bounded(t), owner, sum); got != want || err != nil {
			t.Errorf("FindDigest(%s) = %q, %v, want %q", owner, got, err, want)
		}
	}
	ok(t, "Digest again", s.Digest(bounded(t), "owner", sum, "img_3"))
	if got, err := s.FindDigest(bounded(t), "owner", sum); got != "img_3" || err != nil {
		t.Errorf("FindDigest after the second Digest = %q, %v, want img_3", got, err)
	}
	if got, err := s.FindDigest(bounded(t), "nobody", sum); !errors.Is(err, adapter.ErrNotFound) {
		t.Errorf("FindDigest(nobody) = %q, %v, want ErrNotFound", got, err)
	}
}

func storeShares(t *testing.T, here, there adapter.Store) {
	ok(t, "Put", here.Put(bounded(t), image("owner", 1)))
	got, err := there.Get(bounded(t), image("", 1).ID)
	ok(t, "Get by the other replica", err)
	same(t, "Get by the other replica", got, image("owner", 1))
	seen := func(n int) bool {
		list, err := there.List(bounded(t), "owner", 0, "")
		ok(t, "List by the other replica", err)
		return len(list) == n
	}
	eventually(t, "the record in the other replica's list", func() bool { return seen(1) })
	ok(t, "Delete", here.Delete(bounded(t), image("", 1).ID))
	eventually(t, "the record out of the other replica's list", func() bool { return seen(0) })
}

func storeLarge(t *testing.T, s, _ adapter.Store) {
	img := image("owner", 1)
	img.Prompt = strings.Repeat("a lighthouse in the rain ", 60_000)
	ok(t, "Put", s.Put(bounded(t), img))
	got, err := s.Get(bounded(t), img.ID)
	ok(t, "Get", err)
	same(t, "Get", got, img)
}

func storeConcurrent(t *testing.T, here, there adapter.Store) {
	var all sync.WaitGroup
	errs := make(chan error, 40)
	for i := range 40 {
		all.Go(func() {
			s := []adapter.Store{here, there}[i%2]
			errs <- s.Put(bounded(t), image(fmt.Sprint("owner", i%4), i))
		})
	}
	all.Wait()
	for range 40 {
		ok(t, "Put", <-errs)
	}
	for i := range 40 {
		got, err := here.Get(bounded(t), image("", i).ID)
		ok(t, "Get", err)
		same(t, "Get", got, image(fmt.Sprint("owner", i%4), i))
	}
}

func storeContext(t *testing.T, s, _ adapter.Store) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Put(ended, image("owner", 1)); !errors.Is(err, context.Canceled) {
		t.Errorf("Put = %v, want context.Canceled", err)
	}
	if _, err := s.Get(ended, image("", 1).ID); !errors.Is(err, context.Canceled) {
		t.Errorf("Get = %v, want context.Canceled", err)
	}
}

func sameImages(t *testing.T, what string, got []adapter.Image, want []int) {
	t.Helper()
	var ids, wanted []string
	for _, img := range got {
		ids = append(ids, img.ID)
	}
	for _, n := range want {
		wanted = append(wanted, image("", n).ID)
	}
	same(t, what, ids, wanted)
}
