package proxy

import (
	"bytes"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// A setting that stands beside the midjourney object is refused by the name that it was sent by, with what is allowed.
func TestRefusalsNameTheParameterThatWasSent(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for member, want := range map[string]struct{ param, code, says string }{
		`"stylize":"high"`:               {"stylize", "invalid_type", "'stylize' must be a whole number from 0 to 1000."},
		`"chaos":"auto"`:                 {"chaos", "invalid_type", "from 0 to 100."},
		`"stylize":5000`:                 {"stylize", "integer_above_max_value", "from 0 to 1000."},
		`"midjourney":{"weird":-1}`:      {"midjourney.weird", "integer_below_min_value", "from 0 to 3000."},
		`"iw":2`:                         {"iw", "invalid_value", "iw weighs nothing here"},
		`"image_weight":2`:               {"image_weight", "invalid_value", "image_weight weighs nothing here"},
		`"ow":2`:                         {"ow", "invalid_value", "ow weighs nothing here"},
		`"sref":"high"`:                  {"sref", "invalid_value", "sref must be"},
		`"aspect_ratio":"5:1","hd":true`: {"aspect_ratio", "invalid_value", "too long"},
		`"style":"raw","version":"5"`:    {"style", "invalid_value", "style belongs to"},
	} {
		for path, body := range map[string]string{
			generations: `{"prompt":"a fox",` + member + `}`, "/v1/chat/completions": `{"messages":[{"role":"user","content":"a fox"}],` + member + `}`, "/v1/responses": drawn(`"a fox"`, ","+member, ""),
		} {
			a := h.ask(t, "POST", path, body)
			a.refused(t, refusal{400, want.param, want.code})
			a.says(t, want.says)
		}
	}
	h.costs(t, 0)
}

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

// A damaged picture, and one under a name that nobody reads, is blamed by its name.
func TestRefusalsNameThePicture(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	bad, good := flat(t, red), file("image", "b.png", "image/png", flat(t, red))
	bad[bytes.Index(bad, []byte("IDAT"))+6] ^= 0xff
	h.send(t, edits, text("prompt", "a hat"), file("image", "a.png", "image/png", bad)).refused(t, refusal{400, "image", "invalid_image_file"})
	h.ask(t, "POST", edits, `{"prompt":"a hat","image":"`+inURL(bad)+`"}`).refused(t, refusal{400, "image", "invalid_image_file"})
	h.ask(t, "POST", edits, `{"prompt":"a hat","image":"`+inURL(flat(t, red))+`","mask":"`+inURL(bad)+`"}`).refused(t, refusal{400, "mask", "invalid_image_file"})
	for _, name := range []string{"image_1", "image.0", "Image", "Mask", "mask_image", "init_image", "image2", "reference-image[1]"} {
		h.send(t, edits, text("prompt", "a hat"), good, file(name, "a.png", "image/png", flat(t, red))).refused(t, refusal{400, name, "unknown_upload"})
	}
	h.send(t, edits, text("prompt", "a hat"), good, file("what I wrote about an image", "a.png", "image/png", flat(t, red))).refused(t, refusal{400, "", "unknown_upload"})
	h.costs(t, 0)
}

// A route that is written wrongly is no picture.
func TestAMisspeltRouteIsNoPicture(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for path, near := range map[string]string{
		"/v1/images/generation": "generations", "/v1/images/%67enerations": "generations", "/v1/images/edit": "edits", "/images/variation": "variations", "/v1/images/blend/actions": "blends",
	} {
		a := h.ask(t, "POST", path, `{"prompt":"a fox"}`)
		a.refused(t, refusal{404, "", "unknown_url"})
		a.says(t, "Did you mean POST /v1/images/"+near+"?")
	}
	h.ask(t, "POST", "/v1/images/img_1/actions", `{"action":"reroll"}`).refused(t, refusal{404, "", "image_not_found"})
}
