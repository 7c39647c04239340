package proxy

import (
	"encoding/json"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// A video in a picture's place is refused before anything is paid for.
func TestAVideoIsNoPicture(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	film := []byte("\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2mp41")
	for path, name := range map[string]string{
		"/v1/images/edits": "image", "/v1/images/variations": "image", "/v1/images/descriptions": "image", "/v1/images/blends": "image[]", "/v1/videos": "input_reference",
	} {
		status, _, body := h.form(t, path, filmPart{name: "prompt", text: "x"}, filmPart{name: name, file: film}, filmPart{name: "image[]", file: stillOf(t, 96, 64)})
		var e errorBody
		if err := json.Unmarshal(body, &e); err != nil || status != 400 || e.Error.Code == nil || *e.Error.Code != "unsupported_file_mimetype" {
			t.Errorf("%s = %d %.200s, want 400 unsupported_file_mimetype", path, status, body)
		}
	}
	if got := h.charged(); got != "" {
		t.Errorf("jobs = %q, want none", got)
	}
}
