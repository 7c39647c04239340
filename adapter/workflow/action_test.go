package workflow_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

// nobody is an ID that no picture has.
const nobody = "img_ABCDEFGHIJKLMNOPQRSTUVWX23"

func TestEveryActionWorksOrIsUnavailable(t *testing.T) {
	for _, dialect := range harness.Buttoned {
		for _, version := range []string{"5.2", "6", "6.1", "7", "8.1", "niji 6"} {
			t.Run(dialect+", version "+version, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := harness.New(t, harness.Dialects[dialect], nil)
					flag := " --v " + version
					if niji, ok := strings.CutPrefix(version, "niji "); ok {
						flag = " --niji " + niji
					}
					img := s.Draw(t, "a red fox --ar 3:2"+flag, 1)[0]
					mask := s.Upload(t, harness.RightHalf(t, img.Width, img.Height))
					for _, action := range adapter.Actions {
						if strings.HasPrefix(action, "animate") {
							continue // a video: tested with the videos
						}
						now, err := s.Image(t.Context(), s.Me, img.ID)
						if err != nil {
							t.Fatal(err)
						}
						act := adapter.Act{Image: img.ID, Action: action, Force: true}
						if action == adapter.ActZoomCustom {
							act.Zoom = 1.8
						}
						if action == adapter.ActVaryRegion {
							act.Mask, act.Prompt = mask, "a boat"
						}
						made, refused := s.Press(t, act)
						offered := slices.Contains(now.Offers(), action)
						switch {
						case offered && refused != nil:
							t.Errorf("%s is offered and refused: %v", action, refused)
						case !offered && (refused == nil || refused.Code != "action_unavailable"):
							t.Errorf("%s is not offered: %v, want action_unavailable", action, refused)
						case offered && len(made) != 1:
							t.Errorf("%s made %d pictures, want 1", action, len(made))
						case offered && action != adapter.ActUpscale && (made[0].Parent != img.ID || made[0].Action != action):
							t.Errorf("%s: the record says %q of %q", action, made[0].Action, made[0].Parent)
						}
					}
				})
			})
		}
	}
}

func TestAServerWithoutButtonsGoesByNumber(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{Dialect: simulator.NoviceZK}, nil)
		img := s.Draw(t, "a red fox", 4)[1]
		for _, action := range []string{adapter.ActVary, adapter.ActReroll, adapter.ActUpscale} {
			if made, refused := s.Press(t, adapter.Act{Image: img.ID, Action: action, Force: true}); refused != nil || len(made) != 1 {
				t.Errorf("%s = %v, %v, want one picture", action, made, refused)
			}
		}
		if got := s.Charged(); got != "imagine variation reroll upscale" {
			t.Errorf("jobs = %q", got)
		}
		if _, refused := s.Press(t, adapter.Act{Image: img.ID, Action: adapter.ActPanLeft}); refused == nil || refused.Code != "action_unavailable" {
			t.Errorf("pan_left = %v, want action_unavailable", refused)
		}
	})
}

func TestAWholeGridNeedsAnIndex(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		img := s.Draw(t, "a red fox", 1)[0]
		if _, refused := s.Press(t, adapter.Act{Image: img.Grid, Action: adapter.ActVary}); refused == nil || refused.Param != "index" {
			t.Errorf("vary without an index = %v, want an error about index", refused)
		}
		made, refused := s.Press(t, adapter.Act{Image: img.Grid, Action: adapter.ActVary, Index: 3})
		if refused != nil {
			t.Fatalf("vary of the third = %v", refused)
		}
		cells, err := s.Image(t.Context(), s.Me, img.Grid)
		if err != nil || made[0].Parent != cells.Cells[2] {
			t.Errorf("the parent is %q, want the third quarter %q (%v)", made[0].Parent, cells.Cells, err)
		}
	})
}

func TestAButtonIsPressedByItsCustomID(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		img := s.Draw(t, "a red fox", 1)[0]
		b, ok := adapter.FindButton(img.Buttons, adapter.ActVary, 2)
		if !ok {
			t.Fatal("the grid has no V2")
		}
		if made, refused := s.Press(t, adapter.Act{Image: img.ID, CustomID: b.CustomID}); refused != nil || len(made) != 1 {
			t.Errorf("press of %q = %v, %v", b.CustomID, made, refused)
		}
		if _, refused := s.Press(t, adapter.Act{Image: img.ID, CustomID: "MJ::JOB::made::up"}); refused == nil || refused.Param != "custom_id" {
			t.Errorf("press of an unknown button = %v, want an error about custom_id", refused)
		}
	})
}

func TestActionsThatAreRefusedCostNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		img := s.Draw(t, "a red fox", 1)[0]
		tests := map[string]struct {
			act   adapter.Act
			param string
		}{
			"no action":                 {adapter.Act{Image: img.ID}, "action"},
			"an unknown action":         {adapter.Act{Image: img.ID, Action: "explode"}, "action"},
			"an index out of range":     {adapter.Act{Image: img.ID, Action: adapter.ActVary, Index: 5}, "index"},
			"a custom zoom without one": {adapter.Act{Image: img.ID, Action: adapter.ActZoomCustom}, "zoom"},
			"a custom zoom too far":     {adapter.Act{Image: img.ID, Action: adapter.ActZoomCustom, Zoom: 3}, "zoom"},
			"a region without a mask":   {adapter.Act{Image: img.ID, Action: adapter.ActVaryRegion}, "mask"},
			"a square made square":      {adapter.Act{Image: img.ID, Action: adapter.ActMakeSquare}, "action"},
			"an unknown picture":        {adapter.Act{Image: nobody, Action: adapter.ActVary}, "id"},
		}
		for name, test := range tests {
			if _, refused := s.Press(t, test.act); refused == nil || refused.Param != test.param {
				t.Errorf("%s: %v, want an error about %s", name, refused, test.param)
			}
		}
		if got := s.Charged(); got != "imagine" {
			t.Errorf("jobs = %q, want only the imagine", got)
		}
	})
}

// Words that come with a press are used by it, also where the account runs its buttons at once.
func TestThePromptOfAPressIsUsed(t *testing.T) {
	for action, job := range map[string]string{adapter.ActVary: "variation", adapter.ActReroll: "reroll", adapter.ActVaryStrong: "upscale vary_strong", adapter.ActPanLeft: "upscale pan"} {
		t.Run(action, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := harness.New(t, simulator.Config{Dialect: simulator.TrueAI}, nil)
				img := s.Draw(t, "a red fox --v 7", 1)[0]
				if _, refused := s.Press(t, adapter.Act{Generation: harness.Generation("a blue fox"), Image: img.ID, Action: action}); refused != nil {
					t.Fatal(refused)
				}
				sent := s.Sim.Requests().Submissions
				if got := s.Charged(); got != "imagine "+job || !strings.Contains(string(sent[len(sent)-1].Body), "a blue fox") {
					t.Errorf("jobs %q, the last by %s; want %s of the words", got, sent[len(sent)-1].Body, job)
				}
			})
		})
	}
}
