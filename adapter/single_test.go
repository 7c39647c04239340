package adapter_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

// atOnce sends four requests about one quarter and returns the IDs of their pictures.
func (s *studio) atOnce(t *testing.T, ask func(i int) (*adapter.Ticket, error)) map[string]bool {
	t.Helper()
	made := map[string]bool{}
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range 4 {
		all.Go(func() {
			ticket, err := ask(i)
			if err != nil {
				t.Errorf("request %d: %v", i, err)
				return
			}
			result, err := ticket.Wait(t.Context(), nil)
			if err != nil || len(result.Images) != 1 {
				t.Errorf("request %d: %+v, %v; want one picture", i, result, err)
				return
			}
			ticket.Answered()
			mu.Lock()
			defer mu.Unlock()
			made[result.Images[0]] = true
		})
	}
	all.Wait()
	return made
}

// A quarter is made a picture of its own once, however many requests need that at the same time.
func TestRequestsAtOnceForOneQuarterPayItsUOnce(t *testing.T) {
	for name, test := range map[string]struct {
		act  adapter.Act
		want string
		made int
	}{
		"a button of the quarter": {adapter.Act{Action: adapter.ActZoomOut2x}, "imagine upscale zoom zoom zoom zoom", 4},
		"U itself":                {adapter.Act{Action: adapter.ActUpscale}, "imagine upscale", 1},
		"a region":                {adapter.Act{Action: adapter.ActVaryRegion, Generation: generation("a boat")}, "imagine upscale inpaint inpaint inpaint inpaint", 4},
	} {
		for _, places := range []int{64, 1} {
			t.Run(fmt.Sprintf("%s, %d places", name, places), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := newStudio(t, simulator.Config{}, func(c *adapter.Config) { c.MaxInFlight = places })
					test.act.Image = s.draw(t, "a red fox", 4)[2].ID
					if test.act.Action == adapter.ActVaryRegion {
						test.act.Mask = s.upload(t, rightHalf(t, 64, 64))
					}
					made := s.atOnce(t, func(i int) (*adapter.Ticket, error) {
						return s.Act(t.Context(), s.attempt("/v1/images/actions", fmt.Sprint(i)), test.act)
					})
					if got := s.charged(); got != test.want || len(made) != test.made {
						t.Errorf("%d pictures by %q, want %d by %q", len(made), got, test.made, test.want)
					}
				})
			})
		}
	}
}

// Edits of one picture that are sent at the same time share its U, too.
func TestEditsAtOncePayOneU(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, simulator.Config{}, nil)
		third, mask := s.draw(t, "a red fox", 4)[2], s.upload(t, rightHalf(t, 64, 64))
		made := s.atOnce(t, func(i int) (*adapter.Ticket, error) {
			e := adapter.Edit{Generation: generation("a boat"), Images: []adapter.Reference{{Image: third.ID}}, Mask: mask}
			return s.Edit(t.Context(), s.attempt("/v1/images/edits", fmt.Sprint(i)), e)
		})
		if got := s.charged(); got != "imagine upscale inpaint inpaint inpaint inpaint" || len(made) != 4 {
			t.Errorf("%d pictures by %q, want 4 by one upscale", len(made), got)
		}
	})
}

// When U comes to nothing for the request that pressed it, the one that waited for it presses it itself.
func TestAUThatFailsForOneIsPressedByTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, simulator.Config{}, nil)
		act := adapter.Act{Image: s.draw(t, "a red fox", 4)[2].ID, Action: adapter.ActZoomOut2x}
		s.sim.Fail(simulator.Fault{Route: "action", Kind: "no-account", Delay: 2 * time.Second})
		first, err := s.Act(t.Context(), s.attempt("/v1/images/actions", "first"), act)
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Second)
		second, err := s.Act(t.Context(), s.attempt("/v1/images/actions", "second"), act)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := first.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Unavailable {
			t.Errorf("the first = %v, want Unavailable", err)
		}
		if _, err := second.Wait(t.Context(), nil); err != nil {
			t.Errorf("the second = %v, want a picture", err)
		}
		if got := s.charged(); got != "imagine upscale zoom" {
			t.Errorf("jobs = %q, want one upscale and one zoom", got)
		}
	})
}

// Whoever waits for another request's U can be cancelled.
func TestWaitingForAUEndsWithTheJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStudio(t, simulator.Config{}, nil)
		act := adapter.Act{Image: s.draw(t, "a red fox", 4)[2].ID, Action: adapter.ActZoomOut2x}
		first, err := s.Act(t.Context(), s.attempt("/v1/images/actions", "first"), act)
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Second)
		second, err := s.Act(t.Context(), s.attempt("/v1/images/actions", "second"), act)
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Second)
		if run, err := s.Cancel(t.Context(), s.me, second.Job); err != nil || run.Status != adapter.RunCancelled {
			t.Errorf("Cancel() = %s, %v, want cancelled", run.Status, err)
		}
		var e *adapter.Error
		if _, err := second.Wait(t.Context(), nil); !errors.As(err, &e) || e.Kind != adapter.Cancelled {
			t.Errorf("the second = %v, want Cancelled", err)
		}
		if _, err := first.Wait(t.Context(), nil); err != nil {
			t.Errorf("the first = %v, want a picture", err)
		}
		if got := s.charged(); got != "imagine upscale zoom" {
			t.Errorf("jobs = %q, want one upscale and one zoom", got)
		}
	})
}
