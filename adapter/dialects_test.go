package adapter_test

import (
	"context"
	"fmt"
	"testing"
	"testing/synctest"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

// Every operation that the upstreams' quick start names, in every dialect that has it (upstream-protocol.md §1.1).
func TestEveryOperationInEveryDialect(t *testing.T) {
	type operation struct {
		do    func(t *testing.T, s *studio) error
		lacks []simulator.Dialect
	}
	ended := func(t *testing.T, ticket *adapter.Ticket, err error) error {
		t.Helper()
		if err == nil {
			_, err = ticket.Wait(t.Context(), nil)
		}
		return err
	}
	act := func(action string) func(*testing.T, *studio) error {
		return func(t *testing.T, s *studio) error {
			img := s.draw(t, "a red fox", 1)[0]
			ticket, err := s.Act(t.Context(), s.attempt("/v1/images/actions", action), adapter.Act{Generation: generation(""), Image: img.ID, Action: action})
			return ended(t, ticket, err)
		}
	}
	pictures := func(n int, start func(*studio) func(adapter.Attempt, adapter.Edit) (*adapter.Ticket, error)) func(*testing.T, *studio) error {
		return func(t *testing.T, s *studio) error {
			e := adapter.Edit{Generation: generation("a moon")}
			for i := range n {
				e.Images = append(e.Images, *s.upload(t, rightHalfFilled(t, 96+16*i, 96)))
			}
			ticket, err := start(s)(s.attempt("/v1/images", fmt.Sprint(n)), e)
			return ended(t, ticket, err)
		}
	}
	film := func(t *testing.T, s *studio) error {
		ticket, err := s.Film(t.Context(), s.attempt("/v1/videos", "film"), adapter.Film{Generation: generation("it waves"), Input: s.upload(t, rightHalfFilled(t, 96, 96))})
		return ended(t, ticket, err)
	}
	n := []simulator.Dialect{simulator.NoviceZK}
	operations := map[string]operation{
		"imagine":  {do: func(t *testing.T, s *studio) error { s.draw(t, "a red fox", 1); return nil }},
		"upscale":  {do: act(adapter.ActUpscale)},
		"vary":     {do: act(adapter.ActVary)},
		"reroll":   {do: act(adapter.ActReroll)},
		"a button": {do: act(adapter.ActZoomOut2x), lacks: n},
		"video":    {do: film, lacks: n},
		"blend": {do: pictures(2, func(s *studio) func(adapter.Attempt, adapter.Edit) (*adapter.Ticket, error) {
			return func(a adapter.Attempt, e adapter.Edit) (*adapter.Ticket, error) {
				return s.Blend(context.Background(), a, e)
			}
		})},
		"describe": {do: pictures(1, func(s *studio) func(adapter.Attempt, adapter.Edit) (*adapter.Ticket, error) {
			return func(a adapter.Attempt, e adapter.Edit) (*adapter.Ticket, error) {
				return s.Describe(context.Background(), a, e)
			}
		})},
		"edits": {do: pictures(1, func(s *studio) func(adapter.Attempt, adapter.Edit) (*adapter.Ticket, error) {
			return func(a adapter.Attempt, e adapter.Edit) (*adapter.Ticket, error) {
				return s.Edit(context.Background(), a, e)
			}
		})},
		"a dialog": {lacks: n, do: func(t *testing.T, s *studio) error {
			img := s.draw(t, "a red fox", 1)[0]
			ticket, err := s.Act(t.Context(), s.attempt("/v1/images/actions", "zoom"), adapter.Act{Generation: generation("a red fox"), Image: img.ID, Action: adapter.ActZoomCustom, Zoom: 1.8})
			return ended(t, ticket, err)
		}},
		"shorten": {lacks: n, do: func(t *testing.T, s *studio) error {
			ticket, err := s.Shorten(t.Context(), s.attempt("/v1/prompts/shorten", "x"), generation("a very very red fox"))
			return ended(t, ticket, err)
		}},
		"the native API": {do: func(t *testing.T, s *studio) error {
			ticket, err := s.Native(t.Context(), s.attempt("/mj/submit/imagine", "x"), adapter.NativeJob{Route: "imagine", Body: []byte(`{"prompt":"a red fox"}`)})
			return ended(t, ticket, err)
		}},
	}
	for _, dialect := range []simulator.Dialect{simulator.Comet, simulator.NewAPI, simulator.TrueAI, simulator.NoviceZK} {
		for name, op := range operations {
			t.Run(fmt.Sprint(dialect, "/", name), func(t *testing.T) {
				t.Parallel()
				synctest.Test(t, func(t *testing.T) {
					s := newStudio(t, simulator.Config{Dialect: dialect}, nil)
					err := op.do(t, s)
					lacks := false
					for _, d := range op.lacks {
						lacks = lacks || d == dialect
					}
					if (err != nil) != lacks {
						t.Errorf("%s in %v = %v, want refused: %v", name, dialect, err, lacks)
					}
				})
			})
		}
	}
}
