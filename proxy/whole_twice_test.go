package proxy

import (
	"net/http"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// A name that is sent twice with different values can only be obeyed once: it is refused in JSON as in forms.
func TestANameIsSentOnce(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	h.refuses(t, generations, map[string]refusal{
		`{"prompt":"a fox","prompt":"a hare"}`:                                                    {400, "prompt", "duplicate_parameter"},
		`{"prompt":"a fox","midjourney":{"chaos":5},"midjourney":{"chaos":6}}`:                    {400, "midjourney", "duplicate_parameter"},
		`{"prompt":"a fox","midjourney":{"chaos":5,"ch\u0061os":6}}`:                              {400, "midjourney.chaos", "duplicate_parameter"},
		`{"prompt":"a fox","midjourney":"{\"chaos\":5,\"chaos\":6}"}`:                             {400, "midjourney.chaos", "duplicate_parameter"},
		`{"prompt":"a fox","size":"1024x1024","extra_body":{"size":"1536x1024"}}`:                 {400, "size", "duplicate_parameter"},
		`{"prompt":"a fox","extra_body":{"aspect_ratio":"broad"}}`:                                {400, "aspect_ratio", "invalid_value"},
		`{"prompt":"a fox","extra_body":{"init_image":"https://upload.example.org/Example.jpg"}}`: {400, "init_image", "unknown_upload"},
	})
	h.ask(t, http.MethodPost, generations, `{"prompt":"a fox","prompt":"a fox","n":1,"n":1,"extra_body":{"aspect_ratio":"3:2","midjourney":{"chaos":5}}}`).is(t, http.StatusOK)
	if said := h.lastPrompt(t); !strings.Contains(said, "--ar 3:2") || !strings.Contains(said, "--c 5") {
		t.Errorf("Midjourney ran %q, want what extra_body holds", said)
	}
}
