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
