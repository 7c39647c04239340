package workflow_test

import (
	"testing"
	"testing/synctest"

	"midgate/adapter"
	"midgate/adapter/adaptertest/harness"
	"midgate/adapter/midjourney/simulator"
)

// TestTheFirstUseOfARouteIsOneJob at a server that makes a job of whatever is posted to it: nothing is tried out before.
func TestTheFirstUseOfARouteIsOneJob(t *testing.T) {
	for _, dialect := range []simulator.Dialect{simulator.Comet, simulator.TrueAI, simulator.NewAPI} {
		for kind, ask := range map[string]func(t *testing.T, s *harness.Harness) (adapter.Ticket, error){
			"shorten": func(t *testing.T, s *harness.Harness) (adapter.Ticket, error) {
				return s.Shorten(t.Context(), s.Attempt("/v1/prompts/shorten", "first"), harness.Generation("a very long and winding description of a house"))
			},
			"edits": func(t *testing.T, s *harness.Harness) (adapter.Ticket, error) {
				e := adapter.Edit{Generation: harness.Generation("a boat"), Images: []adapter.Reference{*s.Upload(t, harness.Opaque(t, 96, 96))}}
				return s.Edit(t.Context(), s.Attempt("/v1/images/edits", "first"), e)
			},
			"video": func(t *testing.T, s *harness.Harness) (adapter.Ticket, error) {
				f := adapter.VideoRequest{Generation: harness.Generation("it waves"), Input: s.Upload(t, harness.Opaque(t, 96, 96))}
				return s.Film(t.Context(), s.Attempt("/v1/videos", "first"), f)
			},
		} {
			t.Run(string(dialect)+" "+kind, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := harness.New(t, simulator.Config{Dialect: dialect, TakesAnything: true, Partner: dialect == simulator.TrueAI}, nil)
					ticket, err := ask(t, s)
					if err != nil {
						t.Fatal(err)
					}
					if _, err := ticket.Wait(t.Context(), nil); err != nil {
						t.Errorf("Wait() = %v, want no error", err)
					}
					if got := s.Charged(); got != kind {
						t.Errorf("jobs = %q, want one of %s", got, kind)
					}
				})
			})
		}
	}
}

// TestARouteThatTurnsOutToBeMissing is left out from then on, and what it was for is done in another way where there is one.
func TestARouteThatTurnsOutToBeMissing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{NoVideo: true, NoEdits: true}, nil)
		posts := func(route string) (n int) {
			for _, sub := range s.Sim.Requests().Submissions {
				if sub.Route == route {
					n++
				}
			}
			return n
		}
		for _, seconds := range []int{8, 8, 4} {
			_, refused := s.MakeVideo(t, "upload", adapter.VideoRequest{Generation: harness.Generation("it waves"), Seconds: seconds, Input: s.Upload(t, harness.Opaque(t, 96, 96))})
			want := "seconds"
			if seconds == 4 {
				want = "input_reference"
			}
			if refused == nil || refused.Kind != adapter.Unsupported || refused.Param != want {
				t.Errorf("a video of %d seconds: %v, want it refused for %s", seconds, refused, want)
			}
		}
		if got := s.Charged(); got != "" {
			t.Errorf("jobs = %q, want none", got)
		}
		if n := posts("other"); n != 1 {
			t.Errorf("the missing route was posted to %d times, want once", n)
		}
	})
}
