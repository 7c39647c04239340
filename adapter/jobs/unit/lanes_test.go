package unit

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

// An owner's attempts take turns; another owner's do not wait for them.
func TestLanes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := NewLanes()
		leave := make([]func(), laneWidth)
		for i := range leave {
			leave[i] = must(l.Enter(t.Context(), "dora"))(t)
		}
		must(l.Enter(t.Context(), "alice"))(t)()

		left, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := l.Enter(left, "dora"); !errors.Is(err, context.Canceled) {
			t.Errorf("who leaves meanwhile gets %v", err)
		}

		entered := make(chan func())
		go func() { entered <- must(l.Enter(t.Context(), "dora"))(t) }()
		synctest.Wait()
		select {
		case <-entered:
			t.Fatal("one too many is let in")
		default:
		}
		leave[0]()
		leave[0] = <-entered

		begun := time.Now()
		if _, err := l.Enter(t.Context(), "dora"); !errors.Is(err, errCrowded) || time.Since(begun) != lanePatience {
			t.Errorf("after %s: %v, want to be told after %s that too many wait", time.Since(begun), err, lanePatience)
		}
		for _, end := range leave {
			end()
		}
		must(l.Enter(t.Context(), "dora"))(t)()
	})
}

// A state of one process has its own row.
func TestLanes_ZeroLetsEverybodyIn(t *testing.T) {
	var l Lanes
	for range 10 * laneWidth {
		must(l.Enter(t.Context(), "dora"))(t)
	}
}

func must(leave func(), err error) func(*testing.T) func() {
	return func(t *testing.T) func() {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return leave
	}
}
