package workflow_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
	"midgate/adapter/prompt"
)

func TestTurboBelongsToOlderVersions(t *testing.T) {
	tests := map[string]struct {
		prompt, model, own string
		standard           adapter.Speed
		want               adapter.Speed
		param              string // of the refusal
	}{
		"seven has it":                       {prompt: "a fox --turbo --v 7", want: adapter.Turbo},
		"the prompt asks for it on 8.1":      {prompt: "a fox --turbo --v 8.1", param: "prompt"},
		"the object asks for it on 8.2":      {prompt: "a fox --v 8.2", own: "turbo", param: "midjourney.speed"},
		"the model's name asks for it":       {prompt: "a fox", model: "midjourney-v8.1-turbo", param: "model"},
		"it is only the default":             {prompt: "a fox", model: "midjourney-v8.1", standard: adapter.Turbo, want: adapter.Fast},
		"nobody knows the version":           {prompt: "a fox --turbo", want: adapter.Turbo},
		"niji has it":                        {prompt: "a fox --turbo --niji 7", want: adapter.Turbo},
		"fast on 8.1":                        {prompt: "a fox --fast --v 8.1", want: adapter.Fast},
		"the prompt's speed is the one sent": {prompt: "a fox --relax --v 8.1", own: "turbo", want: adapter.Relax},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			g := harness.Generation(test.prompt)
			g.Midjourney.Speed = test.own
			model, err := prompt.ParseModel(test.model, nil)
			if err != nil {
				t.Fatal(err)
			}
			d, err := prompt.Compose(g, model, prompt.Options{DefaultSpeed: test.standard})
			if test.param != "" {
				if got := harness.Refusal(t, err); got.Param != test.param || !strings.Contains(got.Message, "no turbo") {
					t.Errorf("Draw() = %v, want a refusal of %s", got, test.param)
				}
				return
			}
			if err != nil || d.Speed != test.want {
				t.Errorf("Draw() = %q, %v, want %q", d.Speed, err, test.want)
			}
		})
	}
}

// TestWhatASingleShowsDecides: a version does not tell which buttons there are, and a U that was paid for nothing is told.
func TestWhatASingleShowsDecides(t *testing.T) {
	for _, action := range []string{adapter.ActUpscaleSubtle, adapter.ActZoomOut2x, adapter.ActPanLeft} {
		for _, shown := range []bool{true, false} {
			t.Run(fmt.Sprint(action, " shown ", shown), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := harness.New(t, simulator.Config{}, nil)
					prompt, want := "a red fox --v 8.2", "imagine upscale"
					if shown {
						prompt, want = "a red fox --v 7", "imagine upscale "+map[string]string{adapter.ActUpscaleSubtle: "upscale_hd", adapter.ActZoomOut2x: "zoom", adapter.ActPanLeft: "pan"}[action]
					}
					img := s.Draw(t, prompt, 1)[0]
					if slices.Contains(img.Offers(), action) || !slices.Contains(img.Likely(), action) {
						t.Errorf("before its single is made, %s is certain %v and likely %v; want it likely", action, img.Offers(), img.Likely())
					}
					_, refused := s.Press(t, adapter.Act{Generation: harness.Generation(""), Image: img.ID, Action: action})
					if shown != (refused == nil) || refused != nil && (refused.Code != "action_unavailable" || !strings.Contains(refused.Message, "One job was paid")) {
						t.Errorf("press = %v, want it done %v, or what was paid", refused, shown)
					}
					now, err := s.Image(t.Context(), s.Me, img.ID)
					if err != nil || len(now.Likely()) != 0 || slices.Contains(now.Offers(), action) != shown {
						t.Errorf("then certain are %v and likely %v, %v; want %s certain %v", now.Offers(), now.Likely(), err, action, shown)
					}
					if got := s.Charged(); got != want {
						t.Errorf("jobs = %q, want %q", got, want)
					}
				})
			})
		}
	}
}

// TestAQuarterIsCutWhereUOnlySeparates, unless the press is wanted.
func TestAQuarterIsCutWhereUOnlySeparates(t *testing.T) {
	tests := map[string]struct {
		prompt string
		force  bool
		grid   string
		want   string
	}{
		"version 7":           {"a fox --v 7", false, "", "imagine"},
		"version 8.2":         {"a fox --v 8.2", false, "", "imagine"},
		"niji 6":              {"a fox --niji 6", false, "", "imagine"},
		"the default version": {"a fox", false, "", "imagine"},
		"a press is wanted":   {"a fox --v 7", true, "", "imagine upscale"},
		"version 4 enlarges":  {"a fox --v 4", false, "", "imagine upscale"},
		"singles are wanted":  {"a fox --v 7", false, adapter.GridUpscale, "imagine upscale"},
	}
	for name, test := range tests {
		for _, whole := range []bool{true, false} {
			t.Run(fmt.Sprint(name, " of a whole grid ", whole), func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := harness.New(t, simulator.Config{}, nil)
					img := s.Draw(t, test.prompt, 2)[1]
					act := adapter.Act{Generation: harness.Generation(""), Image: img.ID, Action: adapter.ActUpscale, Force: test.force}
					act.Midjourney.Grid = test.grid
					if whole {
						act.Image, act.Index = img.Grid, 2
					}
					made, refused := s.Press(t, act)
					if refused != nil || len(made) != 1 || made[0].ID != img.ID {
						t.Errorf("press = %+v, %v; want the quarter", made, refused)
					}
					if got := s.Charged(); got != test.want {
						t.Errorf("jobs = %q, want %q", got, test.want)
					}
				})
			})
		}
	}
}

// TestButtonsThatComeLateCanBePressed: an upstream shows them a while after the picture.
func TestButtonsThatComeLateCanBePressed(t *testing.T) {
	for _, late := range []string{`null`, `[]`, `""`} {
		for action, jobs := range map[string]string{adapter.ActVary: "variation", adapter.ActReroll: "reroll", adapter.ActVaryStrong: "upscale vary_strong",
			adapter.ActZoomOut2x: "upscale zoom", adapter.ActUpscaleSubtle: "upscale upscale_hd"} {
			t.Run(late+" before "+action, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					s := harness.New(t, simulator.Config{Dialect: simulator.TrueAI}, nil)
					for _, route := range []string{"fetch", "list"} {
						s.Sim.Fail(simulator.Fault{Route: route, Kind: "task", Body: `{"buttons":` + late + `}`, Late: 4 * time.Second, Times: -1})
					}
					img := s.Draw(t, "a red fox --v 7", 1)[0]
					if len(img.Buttons) != 0 {
						t.Fatalf("the picture has %d buttons, want none yet", len(img.Buttons))
					}
					if _, refused := s.Press(t, adapter.Act{Generation: harness.Generation(""), Image: img.ID, Action: action}); refused != nil {
						t.Errorf("press = %v, want it done", refused)
					}
					if got := s.Charged(); got != "imagine "+jobs || s.Sim.Requests().Routes["change"] != 0 {
						t.Errorf("jobs = %q and %d changes, want %q and none", got, s.Sim.Requests().Routes["change"], "imagine "+jobs)
					}
					if grid, err := s.Image(t.Context(), s.Me, img.Grid); err != nil || len(grid.Buttons) == 0 {
						t.Errorf("the grid has %d buttons, %v; want those that came", len(grid.Buttons), err)
					}
				})
			})
		}
	}
}

// TestVariationsAndEditsWaitForLateButtons, too: nothing is pressed by its number where there are buttons.
func TestVariationsAndEditsWaitForLateButtons(t *testing.T) {
	for name, test := range map[string]struct {
		ask  func(t *testing.T, s *harness.Harness, id string) (adapter.Ticket, error)
		want string
	}{
		"variations": {func(t *testing.T, s *harness.Harness, id string) (adapter.Ticket, error) {
			return s.Vary(t.Context(), s.Attempt("/v1/images/variations", "late"), adapter.Edit{Images: []adapter.Reference{{Image: id}}})
		}, "imagine variation"},
		"a region": {func(t *testing.T, s *harness.Harness, id string) (adapter.Ticket, error) {
			e := adapter.Edit{Generation: harness.Generation("a boat"), Images: []adapter.Reference{{Image: id}}, Mask: s.Upload(t, harness.RightHalf(t, 64, 64))}
			return s.Edit(t.Context(), s.Attempt("/v1/images/edits", "late"), e)
		}, "imagine upscale inpaint"},
		"a video": {func(t *testing.T, s *harness.Harness, id string) (adapter.Ticket, error) {
			return s.Act(t.Context(), s.Attempt("/v1/images/actions", "late"), adapter.Act{Image: id, Action: adapter.ActAnimateLow})
		}, "imagine upscale video"},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := harness.New(t, simulator.Config{Dialect: simulator.TrueAI, NoVideo: true}, nil)
				for _, route := range []string{"fetch", "list"} {
					s.Sim.Fail(simulator.Fault{Route: route, Kind: "task", Body: `{"buttons":null}`, Late: 4 * time.Second, Times: -1})
				}
				ticket, err := test.ask(t, s, s.Draw(t, "a red fox --v 7", 1)[0].ID)
				if err == nil {
					_, err = ticket.Wait(t.Context(), nil)
				}
				if got := s.Charged(); err != nil || got != test.want || s.Sim.Requests().Routes["change"] != 0 {
					t.Errorf("%v with jobs %q, want %q by buttons", err, got, test.want)
				}
			})
		})
	}
}

// TestARecordGetsTheButtonsThatComeLate without a press: clients offer what it tells.
func TestARecordGetsTheButtonsThatComeLate(t *testing.T) {
	for _, late := range []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second} {
		synctest.Test(t, func(t *testing.T) {
			s := harness.New(t, simulator.Config{Dialect: simulator.TrueAI}, nil)
			for _, route := range []string{"fetch", "list"} {
				s.Sim.Fail(simulator.Fault{Route: route, Kind: "task", Body: `{"buttons":null}`, Late: late, Times: -1})
			}
			for _, img := range s.Draw(t, "a red fox --v 7", 4) {
				if !img.Bare() {
					t.Errorf("the picture has %d buttons, want none yet", len(img.Buttons))
				}
			}
			<-time.After(15 * time.Second)
			images, err := s.Images(t.Context(), s.Me, adapter.ImageQuery{Limit: 10})
			if err != nil || len(images) != 5 {
				t.Fatalf("Images() = %d, %v; want four and their grid", len(images), err)
			}
			for _, img := range images {
				if !slices.Contains(img.Offers(), adapter.ActReroll) || img.Bare() || !slices.Contains(img.Likely(), adapter.ActZoomOut2x) {
					t.Errorf("%v after it, a picture offers %v, likely %v; want what its buttons say", late, img.Offers(), img.Likely())
				}
			}
		})
	}
}

// TestASingleWithoutButtonsIsReadAgain before its next press, however long ago it was made.
func TestASingleWithoutButtonsIsReadAgain(t *testing.T) {
	for _, action := range []string{adapter.ActZoomOut2x, adapter.ActVarySubtle, adapter.ActPanLeft} {
		synctest.Test(t, func(t *testing.T) {
			s := harness.New(t, simulator.Config{Dialect: simulator.TrueAI}, nil)
			img := s.Draw(t, "a red fox --v 7", 1)[0]
			for _, route := range []string{"fetch", "list"} {
				s.Sim.Fail(simulator.Fault{Route: route, Kind: "task", Body: `{"buttons":null}`, For: 10 * time.Second, Times: -1})
			}
			if _, refused := s.Press(t, adapter.Act{Image: img.ID, Action: adapter.ActUpscale, Force: true}); refused != nil {
				t.Fatal(refused)
			}
			<-time.After(time.Hour)
			now, err := s.Image(t.Context(), s.Me, img.ID)
			if err != nil || now.Single == nil || len(now.Single.Buttons) != 0 || !slices.Contains(now.Likely(), action) {
				t.Errorf("the record has %+v and likely %v, %v; want a single without buttons", now.Single, now.Likely(), err)
			}
			if _, refused := s.Press(t, adapter.Act{Generation: harness.Generation(""), Image: img.ID, Action: action}); refused != nil {
				t.Errorf("%s = %v, want it done", action, refused)
			}
			if now, err = s.Image(t.Context(), s.Me, img.ID); err != nil || !slices.Contains(now.Offers(), action) || len(now.Likely()) != 0 {
				t.Errorf("then the record offers %v, likely %v, %v; want %s for certain", now.Offers(), now.Likely(), err, action)
			}
		})
	}
}

// A seed is asked for when somebody wants it; where the upstream does not tell it, that is all that happens.
func TestTheSeedOfAPicture(t *testing.T) {
	for name, sim := range map[string]simulator.Config{"an origin": {Dialect: simulator.TrueAI}, "a relay": {Dialect: simulator.NewAPI}, "CometAPI": {}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := harness.New(t, sim, nil)
				img := s.Draw(t, "a red fox", 1)[0]
				seed, err := s.Seed(t.Context(), s.Me, img.ID)
				if sim.Dialect == simulator.NewAPI { // it loses the way to the origin's answer
					if got := harness.Refusal(t, err); got.Kind != adapter.Failed {
						t.Errorf("Seed() = %v, want %q", got, adapter.Failed)
					}
				} else if err != nil || strings.Trim(seed, "0123456789") != "" || seed == "" {
					t.Errorf("Seed() = %q, %v, want digits", seed, err)
				}
				if _, err := s.Seed(t.Context(), adapter.Caller{Owner: "another"}, img.ID); harness.Refusal(t, err).Kind != adapter.NotFound {
					t.Errorf("another owner's question = %v, want %q", err, adapter.NotFound)
				}
			})
		})
	}
}
