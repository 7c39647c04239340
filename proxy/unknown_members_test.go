package proxy

import (
	"net/http"
	"regexp"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// Nobody means to be ignored in the midjourney object: what means nothing there costs nothing, and the nearest name is told.
func TestMidjourney_RefusesMembersThatMeanNothing(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for body, want := range map[string]string{
		`{"prompt":"a fox","midjourney":{"stylise":100}}`:                                       "stylize",
		`{"prompt":"a fox","midjourney":{"sped":"fast"}}`:                                       "speed",
		`{"prompt":"a fox","midjourney":{"Chaos":5}}`:                                           "chaos",
		`{"prompt":"a fox","midjourney":{"aspect_ratio":"3:2"}}`:                                "did you mean the parameter 'size'",
		`{"prompt":"a fox","midjourney":{"ar":"3:2"}}`:                                          "did you mean the parameter 'size'",
		`{"prompt":"a fox","midjourney":{"s":250}}`:                                             "did you mean 'stylize'",
		`{"prompt":"a fox","midjourney":{"mode":"fast"}}`:                                       "did you mean 'speed'",
		`{"prompt":"a fox","midjourney":{"style":"raw"}}`:                                       "did you mean 'raw'",
		`{"prompt":"a fox","midjourney":{"styleReference":"https://a.example/a.png","seed":1}}`: "style_reference",
		`{"prompt":"a fox","midjourney":"{\"stilize\":100}"}`:                                   "stylize",
	} {
		status, _, got := h.call(t, http.MethodPost, "/v1/images/generations", body)
		if status != http.StatusBadRequest || !strings.Contains(string(got), want) || !strings.Contains(string(got), `"param":"midjourney.`+firstMember.FindStringSubmatch(body)[1]+`"`) {
			t.Errorf("%s = %d %s, want a 400 that names %s", body, status, got, want)
		}
	}
	h.ask(t, http.MethodPost, generations, `{"prompt":"a fox","chaos":5,"midjourney":{"chaos":6}}`).refused(t, refusal{400, "chaos", "duplicate_parameter"})
	for member, param := range map[string]string{
		`"tile":true,"midjourney":{"tile":false}`: "tile", `"raw":"false","midjourney":{"raw":true}`: "raw", `"style":"raw","midjourney":{"raw":false}`: "style",
		`"style":"raw","raw":false`: "style", `"personalize":true,"midjourney":{"personalize":false}`: "personalize",
	} {
		h.ask(t, http.MethodPost, generations, `{"prompt":"a fox",`+member+`}`).refused(t, refusal{400, param, "duplicate_parameter"})
	}
	h.ask(t, http.MethodPost, generations, `{"prompt":"a fox","stylize":"lots"}`).refused(t, refusal{400, "stylize", "invalid_type"})
	h.ask(t, http.MethodPost, generations, `{"prompt":"a fox","seed":5,"midjourney":{"seed":6}}`).refused(t, refusal{400, "seed", "duplicate_parameter"})
	if paid := h.sim.Ledger(); len(paid) > 0 {
		t.Errorf("paid %v", paid)
	}
}

// A name that other APIs have as well is Midjourney's where its value is one of a kind that Midjourney has.
func TestAVersionBesideTheObjectIsReadOrRefused(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for value, code := range map[string]string{`"99"`: "invalid_value", `99`: "invalid_value", `["7"]`: "invalid_type", `"niji 6"`: "invalid_value", `"v9"`: "invalid_value", `"7.5"`: "invalid_value", `["fast"],"speed":["fast"]`: "invalid_type"} {
		member, param := `"version":`+value, "version"
		if strings.Contains(value, "speed") {
			param = "speed"
		}
		h.ask(t, http.MethodPost, generations, `{"prompt":"a fox",`+member+`}`).refused(t, refusal{400, param, code})
	}
	h.costs(t, 0)
	for _, value := range []string{`"2024-01"`, `"v1"`, `1`, `"1.0.0"`, `2024`, `{"id":7}`, `"latest","speed":1.0`, `"5c7d5dc6dd8bf75c","speed":"standard"`} {
		h.ask(t, http.MethodPost, generations, `{"prompt":"a fox","version":`+value+`}`).is(t, http.StatusOK)
		if said := h.lastPrompt(t); said != "a fox" {
			t.Errorf("version %s: %q", value, said)
		}
	}
}

// What is read is refused where it has a type that cannot be read, whatever it is called.
func TestUnreadableSettingsAreRefused(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for member, param := range map[string]string{
		`"negative_prompt":{"text":"dogs"}`: "negative_prompt", `"negative_prompt":[["dogs"]]`: "negative_prompt", `"parameters":{"negativePrompt":{"a":1}}`: "parameters.negativePrompt",
		`"style":["raw","vivid"]`: "style", `"quality":{"level":"high"}`: "quality", `"input_fidelity":[["high"]]`: "input_fidelity",
		`"seed":1.5`: "seed", `"seed":true`: "seed", `"seed":"seven"`: "seed", `"seed":[7]`: "seed", `"parameters":{"seed":"seven"}`: "parameters.seed",
	} {
		want := refusal{400, param, "invalid_type"}
		h.ask(t, http.MethodPost, generations, `{"prompt":"a fox",`+member+`}`).refused(t, want)
		h.ask(t, http.MethodPost, "/v1/chat/completions", `{"messages":[{"role":"user","content":"a fox"}],`+member+`}`).refused(t, want)
	}
	h.costs(t, 0)
}

// firstMember is the first member of the midjourney object in a body.
var firstMember = regexp.MustCompile(`"midjourney":"?\{\\?"(\w+)`)

// What an SDK's extra_body puts beside the midjourney object counts as its members do, on every route and in forms.
func TestMidjourney_SettingsMayStandBesideTheObject(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	members := `"stylize":500,"chaos":"50","weird":7,"tile":true,"draft":false,"sref":"12345","negativePrompt":"people","style":"raw","midjourney":{"stylize":500}`
	flags := []string{"--s 500", "--c 50", "--weird 7", "--tile", "--sref 12345", "--no people", "--raw"}
	drawn := func(want ...string) {
		t.Helper()
		said := h.lastPrompt(t)
		for _, flag := range want {
			if !strings.Contains(said, flag) {
				t.Errorf("%q, want %s in it", said, flag)
			}
		}
	}
	h.ask(t, http.MethodPost, generations, `{"prompt":"a fox","model":"midjourney-v7",`+members+`}`).is(t, http.StatusOK)
	drawn(flags...)
	h.ask(t, http.MethodPost, "/v1/chat/completions", `{"messages":[{"role":"user","content":"a fox"}],"model":"midjourney-v7",`+members+`}`).is(t, http.StatusOK)
	drawn(flags...)
	h.send(t, generations, text("prompt", "a fox"), text("stylize", "4"), text("midjourney.chaos", "7"), text("midjourney.raw", "true")).is(t, http.StatusOK)
	drawn("--s 4", "--c 7", "--raw")
	h.send(t, edits, text("prompt", "a fox"), file("image", "a.png", "image/png", flat(t, red)), text("stylize", "4")).is(t, http.StatusOK)
	drawn("--s 4")
	h.send(t, generations, text("prompt", "a fox"), text("stylize", "4"), text("midjourney[stylize]", "5")).refused(t, refusal{400, "stylize", "duplicate_parameter"})
}
