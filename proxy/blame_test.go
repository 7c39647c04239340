package proxy

import (
	"strings"
	"testing"
)

// Refusals say where in the request the mistake is.
func TestRefusalsNameThePlace(t *testing.T) {
	tests := map[string]struct{ path, body, message, param string }{
		"JSON that ends too early": {"/v1/images/generations", `{"prompt":`, "unexpected end of JSON input, at byte 10", ""},
		"JSON with a stray sign":   {"/v1/images/generations", `{"prompt": 'x'}`, "at byte 12", ""},
		"an unknown picture":       {"/v1/images/edits", `{"prompt":"x","image":"img_ABCDEFGHIJKLMNOPQRSTUVWXYZ"}`, "There is no", "image"},
		"an unknown reference":     {"/v1/images/generations", `{"prompt":"x","midjourney":{"reference_images":["img_ABCDEFGHIJKLMNOPQRSTUVWXYZ"]}}`, "There is no", "midjourney.reference_images[0]"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := send(newServer(t, newFake()), "POST", test.path, test.body)
			if body := w.Body.String(); !strings.Contains(body, test.message) || test.param != "" && !strings.Contains(body, `"param":"`+test.param+`"`) {
				t.Errorf("%d %s, want %q about %q", w.Code, body, test.message, test.param)
			}
		})
	}
}
