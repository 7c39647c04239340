package config

import "testing"

func TestKnownModelTellsNothingThatClientsMadeUp(t *testing.T) {
	c, err := Load(Source{Environ: append([]string{"MIDGATE_MODEL_ALIASES=Studio,a*c=niji-6,*=midjourney-v7-fast", "MIDGATE_MODELS_LISTED=flux-pro,midjourney"}, enough...)})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"":                     "",
		"midjourney":           "midjourney",
		"Midjourney-V7.0-Fast": "midjourney-v7-fast",
		"niji":                 "niji-7",
		" gpt-image-1 ":        "gpt-image-1", // OpenAI's
		"Flux-Pro":             "flux-pro",    // listed
		"studio":               "studio",      // an alias
		"abc":                  "niji-6",
		"a*c":                  "niji-6", // no name but a pattern
		"secret/niji-5":        "niji-5",
		"secret/flux-pro":      "midjourney-v7-fast",
		"my-own-deployment":    "midjourney-v7-fast",
		"midjourney-v99":       "midjourney-v7-fast",
		"\xff":                 "midjourney-v7-fast",
	} {
		if got := c.KnownModel(name); got != want {
			t.Errorf("KnownModel(%q) = %q, want %q", name, got, want)
		}
	}
	if got := (Config{}).KnownModel("of-settings-before"); got != "midjourney" {
		t.Errorf("a name that is nobody's any more is told as %q", got)
	}
}
