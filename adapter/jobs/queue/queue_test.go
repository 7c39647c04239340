package queue

import (
	"context"
	"errors"
	"slices"
	"testing"
)

// TestWhoWatchesSeesEveryChange: places taken and requests that wait, the one that gave up included.
func TestWhoWatchesSeesEveryChange(t *testing.T) {
	var seen [][2]int
	q := New(1, nil, 5, func(_ string, jobs, waiting int) { seen = append(seen, [2]int{jobs, waiting}) })
	first, err := q.Enter("main", "alice")
	if err != nil || !first.Held() {
		t.Fatalf("Enter() = %v, held %v", err, first.Held())
	}
	second, _ := q.Enter("main", "bob")
	third := q.EnterFollowUp("main", "alice")
	gone, leave := context.WithCancelCause(t.Context())
	left := errors.New("left")
	leave(left)
	if err := second.Wait(gone); !errors.Is(err, left) {
		t.Errorf("Wait() = %v, want %v", err, left)
	}
	first.Release()
	if !third.Held() {
		t.Error("the place is nobody's")
	}
	third.Release()
	if want := [][2]int{{1, 0}, {1, 1}, {1, 2}, {1, 1}, {1, 0}, {0, 0}}; !slices.Equal(seen, want) {
		t.Errorf("it saw %v, want %v", seen, want)
	}
}

// Who waits is told how many come first, as they then come.
func TestAheadIsWhatComesFirst(t *testing.T) {
	q := New(1, nil, 9, nil)
	first, err := q.Enter("main", "alice")
	if err != nil {
		t.Fatal(err)
	}
	var waiting []*Slot
	for _, owner := range []string{"alice", "alice", "bob", "carol", "bob", "alice", "bob"} {
		waiting = append(waiting, q.EnterFollowUp("main", owner))
	}
	if n := first.Ahead(); n != 0 {
		t.Errorf("%d are before the one that has its place", n)
	}
	said := map[*Slot]int{}
	for _, sl := range waiting {
		said[sl] = sl.Ahead()
	}
	for held := first; len(waiting) > 0; {
		held.Release()
		i := slices.IndexFunc(waiting, (*Slot).Held)
		held = waiting[i]
		if came := len(said) - len(waiting); said[held] != came {
			t.Errorf("%s comes after %d others, and was told %d", held.owner, came, said[held])
		}
		waiting = slices.Delete(waiting, i, i+1)
	}
	gone := q.EnterFollowUp("main", "bob")
	gone.Release()
	if n := gone.Ahead(); n != 0 {
		t.Errorf("%d are before one that gave up", n)
	}
}
