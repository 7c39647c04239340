package adapter_test

import (
	"testing"
	"testing/synctest"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

// TestTheFirstUseOfARouteIsOneJob at a server that makes a job of whatever is posted to it: nothing is tried out before.
func TestTheFirstUseOfARouteIsOneJob(t *testing.T) {
	for _, dialect := range []simulator.Dialect{simulator.Comet, simulator.TrueAI, simulator.NewAPI} {
		for kind, ask := range map[string]func(t *testing.T, s *studio) (*adapter.Ticket, error){
			"shorten": func(t *testing.T, s *studio) (*adapter.Ticket, error) {
				return s.Shorten(t.Context(), s.attempt("/v1/prompts/shorten", "first"), generation("a very long and winding description of a house"))
			},
			"edits": func(t *testing.T, s *studio) (*adapter.Ticket, error) {
				e := adapter.Edit{Generation: generation("a boat"), Images: []adapter.Reference{*s.upload(t, rightHalfFilled(t, 96, 96))}}
				return s.Edit(t.Context(), s.attempt("/v1/images/edits", "first"), e)
			},
			"video": func(t *testing.T, s *studio) (*adapter.Ticket, error) {
				f := adapter.Film{Generation: generation("it waves"), Input: s.upload(t, rightHalfFilled(t, 96, 96))}
				return s.Film(t.Context(), s.attempt("/v1/videos", "first"), f)
			},
		} {
			t.Run(string(dialect)+" "+kind, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := newStudio(t, simulator.Config{Dialect: dialect, TakesAnything: true, Partner: dialect == simulator.TrueAI}, nil)
					ticket, err := ask(t, s)
					if err != nil {
						t.Fatal(err)
					}
					if _, err := ticket.Wait(t.Context(), nil); err != nil {
						t.Errorf("Wait() = %v, want no error", err)
					}
					if got := s.charged(); got != kind {
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
		s := newStudio(t, simulator.Config{NoVideo: true, NoEdits: true}, nil)
		posts := func(route string) (n int) {
			for _, sub := range s.sim.Requests().Submissions {
				if sub.Route == route {
					n++
				}
			}
			return n
		}
		for _, seconds := range []int{8, 8, 4} {
			_, refused := s.film(t, "upload", adapter.Film{Generation: generation("it waves"), Seconds: seconds, Input: s.upload(t, rightHalfFilled(t, 96, 96))})
			want := "seconds"
			if seconds == 4 {
				want = "input_reference"
			}
			if refused == nil || refused.Kind != adapter.Unsupported || refused.Param != want {
				t.Errorf("a video of %d seconds: %v, want it refused for %s", seconds, refused, want)
			}
		}
		if got := s.charged(); got != "" {
			t.Errorf("jobs = %q, want none", got)
		}
		if n := posts("other"); n != 1 {
			t.Errorf("the missing route was posted to %d times, want once", n)
		}
	})
}
