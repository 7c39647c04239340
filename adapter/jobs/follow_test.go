package jobs_test

import (
	"testing"
	"testing/synctest"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

func TestFollowWaitsForAJobThatSomebodyElseBegan(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		g := adapter.Generation{}
		g.Prompt = "a red fox"
		began, err := s.Generate(t.Context(), s.Attempt("/v1/images/generations", "1"), g)
		if err != nil {
			t.Fatal(err)
		}
		for range 2 { // while it runs, and after
			onlooker, err := s.Follow(t.Context(), s.Me, began.Job().ID)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Await(t, onlooker, nil); len(got) != 1 {
				t.Errorf("%d pictures, want 1", len(got))
			}
		}
		if _, err := s.Follow(t.Context(), adapter.Caller{Owner: "somebody else"}, began.Job().ID); adapter.KindOf(err) != adapter.NotFound {
			t.Errorf("somebody else's Follow() = %v, want NotFound", err)
		}
		if err := s.Forget(t.Context(), s.Me, began.Job().ID); err != nil {
			t.Fatal(err)
		}
		if run, err := s.Job(t.Context(), s.Me, began.Job().ID); err != nil || !run.Deleted {
			t.Errorf("after Forget: deleted %v, %v", run.Deleted, err)
		}
	})
}
