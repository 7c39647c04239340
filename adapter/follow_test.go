package adapter_test

import (
	"testing"
	"testing/synctest"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

func TestFollowWaitsForAJobThatSomebodyElseBegan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, simulator.Config{}, nil)
		g := adapter.Generation{}
		g.Prompt = "a red fox"
		began, err := s.Generate(t.Context(), s.attempt("/v1/images/generations", "1"), g)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // while it runs, and after
			onlooker, err := s.Follow(t.Context(), s.me, began.Job)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.await(t, onlooker, nil); len(got) != 1 {
				t.Errorf("%d pictures, want 1", len(got))
			}
		}
		if _, err := s.Follow(t.Context(), adapter.Caller{Owner: "somebody else"}, began.Job); adapter.KindOf(err) != adapter.NotFound {
			t.Errorf("somebody else's Follow() = %v, want NotFound", err)
		}
		if err := s.Forget(t.Context(), s.me, began.Job); err != nil {
			t.Fatal(err)
		}
		if run, err := s.Job(t.Context(), s.me, began.Job); err != nil || !run.Deleted {
			t.Errorf("after Forget: deleted %v, %v", run.Deleted, err)
		}
	})
}
