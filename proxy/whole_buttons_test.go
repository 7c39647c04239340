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
