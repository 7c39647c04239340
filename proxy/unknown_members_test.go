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
	h.ask(t, http.MethodPost, generations, `{"prompt":"a fox","stylize":"lots"}`).refused(t, refusal{400, "stylize", "invalid_type"})
	h.ask(t, http.MethodPost, generations, `{"prompt":"a fox","seed":5,"midjourney":{"seed":6}}`).refused(t, refusal{400, "seed", "duplicate_parameter"})
	if paid := h.sim.Ledger(); len(paid) > 0 {
		t.Errorf("paid %v", paid)
	}
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
