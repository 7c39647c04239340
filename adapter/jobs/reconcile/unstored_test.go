package reconcile_test

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

// What is paid is fetched once the upstream's pictures can be reached again: whoever was told of a failure gets it with
// the repeat of the request, and nothing is paid again.
func TestPicturesThatCouldNotBeFetchedAreFetchedLater(t *testing.T) {
	type asking func(ctx context.Context, s *harness.Harness, a adapter.Attempt, img adapter.Image) (adapter.Ticket, error)
	draw := func(ctx context.Context, s *harness.Harness, a adapter.Attempt, _ adapter.Image) (adapter.Ticket, error) {
		return s.Generate(ctx, a, harness.Generation("a red boat"))
	}
	tests := map[string]struct {
		ask     asking
		restart bool
		jobs    string
	}{
		"a grid":                      {ask: draw, jobs: "imagine imagine"},
		"a grid, by the next process": {ask: draw, restart: true, jobs: "imagine imagine"},
		"a single picture": {jobs: "imagine upscale upscale_hd", ask: func(ctx context.Context, s *harness.Harness, a adapter.Attempt, img adapter.Image) (adapter.Ticket, error) {
			return s.Act(ctx, a, adapter.Act{Image: img.ID, Action: adapter.ActUpscaleSubtle})
		}},
		"a video": {jobs: "imagine video", ask: func(ctx context.Context, s *harness.Harness, a adapter.Attempt, img adapter.Image) (adapter.Ticket, error) {
			return s.Film(ctx, a, adapter.VideoRequest{Generation: harness.Generation("it waves"), Input: &adapter.Reference{Image: img.ID}})
		}},
		"a native task": {jobs: "imagine imagine", ask: func(ctx context.Context, s *harness.Harness, a adapter.Attempt, _ adapter.Image) (adapter.Ticket, error) {
			return s.Native(ctx, a, adapter.NativeRequest{Route: "imagine", Body: []byte(`{"prompt":"a red boat"}`)})
		}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := harness.New(t, simulator.Config{}, nil)
				img := s.Draw(t, "a red fox --v 7", 1)[0]
				s.Unreachable(25)
				a := s.Attempt("/v1/images/generations", "later")
				ticket, err := test.ask(t.Context(), s, a, img)
				if err != nil {
					t.Fatal(err)
				}
				if _, err := ticket.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Failed {
					t.Fatalf("Wait() = %v, want Failed", err)
				}
				ticket.Answered()
				synctest.Wait()
				if test.restart {
					s.Gate = s.Restarted(t)
				}
				<-time.After(30 * time.Minute)
				a.Retry = 1
				again, err := test.ask(t.Context(), s, a, img)
				if err != nil || again.Job().ID != ticket.Job().ID {
					t.Fatalf("the repeat = %v, %v, want the same job", again, err)
				}
				result, err := again.Wait(t.Context(), nil)
				if err != nil || len(result.Images)+len(result.Videos) == 0 {
					t.Errorf("Wait() = %+v, %v; want what was paid", result, err)
				}
				if got := s.Charged(); got != test.jobs {
					t.Errorf("jobs = %q, want %q", got, test.jobs)
				}
			})
		})
	}
}

// A picture that is gone for good is not asked for without end.
func TestPicturesThatAreGoneAreGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		s.Unreachable(-1)
		ticket, err := s.Generate(t.Context(), s.Attempt("/v1/images/generations", "gone"), harness.Generation("a red fox"))
		if err != nil {
			t.Fatal(err)
		}
		_, _ = ticket.Wait(t.Context(), nil)
		<-time.After(2 * time.Hour)
		before := s.Sim.Requests().Routes["image"]
		<-time.After(2 * time.Hour)
		if asked := s.Sim.Requests().Routes["image"] - before; asked != 0 {
			t.Errorf("%d downloads after two hours, want none", asked)
		}
		if run, err := s.Job(t.Context(), s.Me, ticket.Job().ID); err != nil || run.Status != adapter.JobFailed {
			t.Errorf("Job() = %s, %v; want failed", run.Status, err)
		}
	})
}
