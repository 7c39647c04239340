package proxy

import (
	"net/http"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// A button that gives one picture gives the same one again: several of it are refused, however it is asked for.
func TestOneUpscaleIsEnough(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	id := h.drawnID(t, "a red fox --v 7")
	press := "/v1/images/" + id + "/actions"
	for path, bodies := range map[string][]string{
		press: {`{"action":"upscale_creative","n":3}`, `{"action":"upscale_subtle","n":2}`, `{"action":"upscale","n":4}`},
		edits: {`{"image":"` + id + `","prompt":"upscale creative","n":3}`, `{"image":"` + id + `","prompt":"Upscale subtle please","n":2}`},
	} {
		for _, body := range bodies {
			h.ask(t, http.MethodPost, path, body).refused(t, refusal{http.StatusBadRequest, "n", "invalid_value"})
		}
	}
	h.costs(t, 1)
	h.ask(t, http.MethodPost, press, `{"action":"upscale_subtle","n":1}`).is(t, http.StatusOK)
}

// Words that are a button are never drawn as words where it cannot be pressed; a description that has such words is one.
func TestAButtonsWordsAreNotDrawn(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	id, stranger := h.drawnID(t, "a red fox"), inURL(flat(t, red))
	mask := rightHalfErased(t, 64, 64)
	bad := refusal{http.StatusBadRequest, "prompt", "invalid_value"}
	for _, body := range []string{
		`{"image":"` + id + `","mask":"` + mask + `","prompt":"zoom out 2x"}`,
		`{"images":["` + id + `","` + stranger + `"],"prompt":"Zoom out 2x!"}`,
		`{"image":"` + stranger + `","prompt":"pan left"}`,
		`{"image":"` + stranger + `","prompt":"upscale"}`,
	} {
		h.ask(t, http.MethodPost, edits, body).refused(t, bad)
	}
	asked := drawn(`[{"role":"user","content":[{"type":"input_text","text":"zoom out 2x"},{"type":"input_image","image_url":"`+stranger+`"}]}]`, `,"input_image_mask":{"image_url":"`+rightHalfErased(t, 96, 96)+`"}`, "")
	h.ask(t, http.MethodPost, "/v1/responses", asked).refused(t, refusal{http.StatusBadRequest, "input", "invalid_value"})
	h.costs(t, 1)
	h.ask(t, http.MethodPost, edits, `{"image":"`+stranger+`","prompt":"pan left to a castle"}`).is(t, http.StatusOK)
}

// What stands beside a button's words is used by its press or refused: the button is not drawn as a scene because of it.
func TestAButtonsWordsMayHaveParametersThatItsPressCanUse(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	id := h.drawnID(t, "a red fox --v 7 --s 50")
	for _, words := range []string{
		"zoom out 2x --s 60", "pan left --ar 16:9", "make it square --raw", "vary strong --no dogs", "reroll --niji 7", "upscale 1 --ar 3:2", "https://a.example/a.png reroll",
		"upscale 5", "U7", "zoom out 3 times", "zoom out 2x --c 7",
	} {
		h.ask(t, http.MethodPost, edits, `{"image":"`+id+`","prompt":"`+words+`"}`).refused(t, refusal{http.StatusBadRequest, "prompt", "invalid_value"})
	}
	h.ask(t, http.MethodPost, edits, `{"image":"`+id+`","prompt":"animate --motion high"}`).refused(t, refusal{http.StatusBadRequest, "prompt", "unsupported"})
	h.ask(t, http.MethodPost, edits, `{"image":"`+inURL(flat(t, red))+`","prompt":"zoom out 2x --fast"}`).refused(t, refusal{http.StatusBadRequest, "prompt", "invalid_value"})
	h.costs(t, 1)
	for _, words := range []string{"zoom out two times --relax --ar 1:1", "vary strong --v 7 --stylize 50", "zoom out twice"} {
		h.ask(t, http.MethodPost, edits, `{"image":"`+id+`","prompt":"`+words+`"}`).is(t, http.StatusOK)
	}
	if got := h.charged(); got != "imagine upscale zoom vary_strong zoom" {
		t.Errorf("jobs = %q, want the buttons that were said", got)
	}
	for i, job := range h.sim.Ledger() {
		if slow := job.Speed == "relax"; slow != (i == 2) {
			t.Errorf("job %d (%s) ran at %s", i, job.Kind, job.Speed)
		}
	}
}

// A button draws with its picture's version: a model of another one is refused, or reaches Midjourney with words.
func TestAButtonDoesNotChangeTheVersion(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	id := h.drawnID(t, "a red fox --v 7")
	press := "/v1/images/" + id + "/actions"
	bad := refusal{http.StatusBadRequest, "model", "invalid_value"}
	for _, model := range []string{"midjourney-v6", "niji-7", "niji-6-fast"} {
		h.ask(t, http.MethodPost, press, `{"action":"vary_strong","model":"`+model+`"}`).refused(t, bad)
		h.ask(t, http.MethodPost, press, `{"action":"upscale_subtle","prompt":"a red fox --v 7","model":"`+model+`"}`).refused(t, bad)
		h.ask(t, http.MethodPost, edits, `{"image":"`+id+`","prompt":"zoom out 2x","model":"`+model+`"}`).refused(t, bad)
		h.ask(t, http.MethodPost, variations, `{"image":"`+id+`","model":"`+model+`"}`).refused(t, bad)
	}
	h.costs(t, 1)
	for _, model := range []string{"midjourney-v7", "midjourney-v7-fast", "midjourney", "gpt-image-1"} {
		h.ask(t, http.MethodPost, press, `{"action":"vary_strong","model":"`+model+`"}`).is(t, http.StatusOK)
		h.ask(t, http.MethodPost, variations, `{"image":"`+id+`","model":"`+model+`"}`).is(t, http.StatusOK)
	}
	h.ask(t, http.MethodPost, press, `{"action":"vary_strong","prompt":"a hare","model":"niji-6"}`).is(t, http.StatusOK)
	if said := h.lastPrompt(t); !strings.Contains(said, "--niji 6") {
		t.Errorf("Midjourney ran %q, want the model's version", said)
	}
}

// A button may be called what Midjourney writes on it, at every route that names one.
func TestAButtonMayBeCalledByItsLabel(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	id := h.drawnID(t, "a red fox --v 7")
	for _, label := range []string{"Vary Strong", "Vary (Strong)"} {
		h.ask(t, http.MethodPost, "/v1/images/"+id+"/actions", `{"action":"`+label+`"}`).is(t, http.StatusOK)
	}
	if got := h.charged(); got != "imagine upscale vary_strong vary_strong" {
		t.Errorf("jobs = %q, want two variations", got)
	}
	h.ask(t, http.MethodPost, "/openai/images/generations:submit", `{"prompt":"a fox"}`).says(t, "/v1/images/generations")
}
