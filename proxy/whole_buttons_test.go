package proxy

import (
	"net/http"
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
