package workflow_test

import (
	"strings"
	"testing"
	"testing/synctest"

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

func TestVersionEightHasNoUpscaler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{}, nil)
		img := s.Draw(t, "a red fox --v 8.1", 1)[0]
		_, refused := s.Press(t, adapter.Act{Generation: harness.Generation(""), Image: img.ID, Action: adapter.ActUpscaleSubtle})
		if refused == nil || refused.Code != "action_unavailable" || !strings.Contains(refused.Message, "midjourney.hd") {
			t.Errorf("press = %v, want a word about midjourney.hd", refused)
		}
		if got := s.Charged(); got != "imagine" {
			t.Errorf("jobs = %q, want only the picture's own", got)
		}
	})
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
