package workflow_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
	"midgate/adapter/midjourney/simulator"
)

// A quarter is made a picture of its own once, however many requests need that at the same time.
func TestRequestsAtOnceForOneQuarterPayItsUOnce(t *testing.T) {
	for name, test := range map[string]struct {
		act  adapter.Act
		want string
		made int
	}{
		"a button of the quarter": {adapter.Act{Action: adapter.ActZoomOut2x}, "imagine upscale zoom zoom zoom zoom", 4},
		"U itself":                {adapter.Act{Action: adapter.ActUpscale, Force: true}, "imagine upscale", 1},
		"a region":                {adapter.Act{Action: adapter.ActVaryRegion, Generation: harness.Generation("a boat")}, "imagine upscale inpaint inpaint inpaint inpaint", 4},
	} {
		for _, places := range []int{64, 1} {
			t.Run(fmt.Sprintf("%s, %d places", name, places), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := harness.New(t, simulator.Config{}, func(c *harness.Config) { c.MaxInFlight = places })
					test.act.Image = s.Draw(t, "a red fox", 4)[2].ID
					if test.act.Action == adapter.ActVaryRegion {
						test.act.Mask = s.Upload(t, harness.RightHalf(t, 64, 64))
					}
					made := s.AtOnce(t, func(i int) (adapter.Ticket, error) {
						return s.Act(t.Context(), s.Attempt("/v1/images/actions", fmt.Sprint(i)), test.act)
					})
					if got := s.Charged(); got != test.want || len(made) != test.made {
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
		s := harness.New(t, simulator.Config{}, nil)
		third, mask := s.Draw(t, "a red fox", 4)[2], s.Upload(t, harness.RightHalf(t, 64, 64))
		made := s.AtOnce(t, func(i int) (adapter.Ticket, error) {
			e := adapter.Edit{Generation: harness.Generation("a boat"), Images: []adapter.Reference{{Image: third.ID}}, Mask: mask}
			return s.Edit(t.Context(), s.Attempt("/v1/images/edits", fmt.Sprint(i)), e)
		})
		if got := s.Charged(); got != "imagine upscale inpaint inpaint inpaint inpaint" || len(made) != 4 {
			t.Errorf("%d pictures by %q, want 4 by one upscale", len(made), got)
		}
	})
}

// When U comes to nothing for the request that pressed it, the one that waited for it presses it itself.
func TestAUThatFailsForOneIsPressedByTheNext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		act := adapter.Act{Image: s.Draw(t, "a red fox", 4)[2].ID, Action: adapter.ActZoomOut2x}
		s.Sim.Fail(simulator.Fault{Route: "action", Kind: "no-account", Delay: 2 * time.Second})
		first, err := s.Act(t.Context(), s.Attempt("/v1/images/actions", "first"), act)
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Second)
		second, err := s.Act(t.Context(), s.Attempt("/v1/images/actions", "second"), act)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := first.Wait(t.Context(), nil); adapter.KindOf(err) != adapter.Unavailable {
			t.Errorf("the first = %v, want Unavailable", err)
		}
		if _, err := second.Wait(t.Context(), nil); err != nil {
			t.Errorf("the second = %v, want a picture", err)
		}
		if got := s.Charged(); got != "imagine upscale zoom" {
			t.Errorf("jobs = %q, want one upscale and one zoom", got)
		}
	})
}

// Whoever waits for another request's U can be cancelled.
func TestWaitingForAUEndsWithTheJob(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		act := adapter.Act{Image: s.Draw(t, "a red fox", 4)[2].ID, Action: adapter.ActZoomOut2x}
		first, err := s.Act(t.Context(), s.Attempt("/v1/images/actions", "first"), act)
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Second)
		second, err := s.Act(t.Context(), s.Attempt("/v1/images/actions", "second"), act)
		if err != nil {
			t.Fatal(err)
		}
		<-time.After(time.Second)
		if run, err := s.Cancel(t.Context(), s.Me, second.Job().ID); err != nil || run.Status != adapter.JobCancelled {
			t.Errorf("Cancel() = %s, %v, want cancelled", run.Status, err)
		}
		var e *adapter.Error
		if _, err := second.Wait(t.Context(), nil); !errors.As(err, &e) || e.Kind != adapter.Cancelled {
			t.Errorf("the second = %v, want Cancelled", err)
		}
		if _, err := first.Wait(t.Context(), nil); err != nil {
			t.Errorf("the first = %v, want a picture", err)
		}
		if got := s.Charged(); got != "imagine upscale zoom" {
			t.Errorf("jobs = %q, want one upscale and one zoom", got)
		}
	})
}

// Another replica has pressed U, and the news of that has not come: the state itself tells.
func TestAUThatAnotherReplicaPressedIsNotPressedAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		state := adaptertest.NewState(true)
		s.Close()
		s.Parts.State, s.Parts.Bus = state, state
		replica := func(name string) *harness.Gate {
			s.Cfg.Replica = name
			gate := harness.Wire(s.Cfg, s.Parts)
			if err := gate.Start(t.Context()); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(gate.Close)
			return gate
		}
		a, b := replica("a"), replica("b") // neither hears of changed records
		s.Gate = a
		img := s.Draw(t, "a red fox", 1)[0]
		if _, err := b.Image(t.Context(), s.Me, img.ID); err != nil {
			t.Fatal(err)
		}
		for i, gate := range []*harness.Gate{a, b} {
			s.Gate = gate
			act := adapter.Act{Image: img.ID, Action: adapter.ActUpscale, Force: true}
			act.User = strconv.Itoa(i)
			if _, err := s.Press(t, act); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(s.Sim.Ledger()); n != 2 {
			t.Errorf("%q, want an imagine and one U", s.Charged())
		}
	})
}

// unreadable is a state whose records of pictures cannot be read.
type unreadable struct {
	adapter.State
	broken bool
}

func (s *unreadable) Image(ctx context.Context, id string) (adapter.Image, error) {
	if s.broken {
		return adapter.Image{}, errors.New("the database cannot be reached")
	}
	return s.State.Image(ctx, id)
}

func TestARecordThatCannotBeReadIsToldAsThat(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		state := &unreadable{State: s.State}
		s.Parts.State = state
		s.Gate = s.Restarted(t)
		img := s.Draw(t, "a red fox", 1)[0]
		state.broken = true
		if _, err := s.Press(t, adapter.Act{Image: img.ID, Action: adapter.ActUpscale, Force: true}); err == nil || err.Kind != adapter.Storage {
			t.Errorf("the press comes to %v, want Storage", err)
		}
	})
}
