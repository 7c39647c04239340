package proxy

import (
	"bytes"
	"image"
	"image/png"
	"math/rand/v2"
	"net/http"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// A picture under a name that nobody reads is no reason to draw without it: it costs nothing, and the right name is told.
func TestPicturesUnderStrangeNamesAreRefused(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	short := `"` + pngURL(drawnPNG(t)) + `"`
	long := `"` + pngURL(noise(t, 256)) + `"` // stored while it arrives
	if len(long) < 100<<10 {
		t.Fatalf("the long picture has %d bytes", len(long))
	}
	for name, field := range map[string]string{
		"a data URL": `"control_image":` + short, "a long one": `"control_image":` + long, "a list": `"control_images":[` + short + `]`,
		"an object": `"source":{"image_url":{"url":` + short + `}}`, "a file": `"file":` + short, "a form's name": `"image[]":` + short,
		"far down":   `"contents":[{"parts":[{"text":"like this"},{"inlineData":{"mimeType":"image/png","data":` + `"` + short[len(`"data:image/png;base64,`):] + `}}]}]`,
		"farther":    `"a":` + strings.Repeat(`{"b":[`, 12) + short + strings.Repeat(`]}`, 12),
		"upper case": `"Image":"DATA:IMAGE/PNG;base64,` + short[len(`"data:image/png;base64,`):],
	} {
		for path, rest := range map[string]string{"/v1/images/generations": ``, "/v1/images/edits": `"image":` + short + `,`, "/v1/videos": ``} {
			status, _, got := h.call(t, http.MethodPost, path, `{"prompt":"a fox",`+rest+field+`}`)
			param, _, _ := strings.Cut(field[1:], `"`)
			if status != http.StatusBadRequest || !strings.Contains(string(got), `"param":"`+param+`"`) {
				t.Errorf("%s to %s = %d %.200s, want a 400 that names %s", name, path, status, got, param)
			}
		}
	}
	if n := len(h.sim.Ledger()); n != 0 {
		t.Errorf("%d jobs, want none", n)
	}
	for _, field := range []string{`"workflow":{"seed":1,"text":"data:text/plain,x"}`, `"metadata":{"thumbnail":` + short + `}`, `"loras":["a"],"steps":20`} {
		if status, _, got := h.call(t, http.MethodPost, "/v1/images/generations", `{"prompt":"a fox",`+field+`}`); status != http.StatusOK {
			t.Errorf("%.40s = %d %.200s, want a picture", field, status, got)
		}
	}
}

// In a conversation a picture that nobody looks at is refused, too: OpenAI takes none in what a program says to the model.
func TestPicturesBesideWhatIsSaidAreRefused(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	data := `"` + pngURL(drawnPNG(t)) + `"`
	part, said := `{"type":"image_url","image_url":{"url":`+data+`}}`, `{"role":"user","content":"a red fox in the snow"}`
	for name, test := range map[string]struct{ messages, param string }{
		"a system message":              {`{"role":"system","content":[{"type":"text","text":"draw in this style"},` + part + `]},` + said, "[0]"},
		"a developer's":                 {`{"role":"developer","content":[` + part + `]},` + said, "[0]"},
		"of an earlier turn":            {`{"role":"system","content":[` + part + `]},{"role":"user","content":"hi"},{"role":"assistant","content":"Hello!"},` + said, "[0]"},
		"Gemini's parts":                {`{"role":"user","content":"a fox","parts":[{"text":"like this"},{"inlineData":{"data":` + data + `}}]}`, "[0].parts"},
		"a member far down":             {`{"role":"user","content":"a fox","extra":{"a":{"b":{"c":{"d":[{"e":` + data + `}]}}}}}`, "[0].extra"},
		"a member of a text":            {`{"role":"user","content":[{"type":"text","text":"a fox","like":{"picture":` + data + `}}]}`, "[0].content[0].like"},
		"a member of a picture":         {`{"role":"user","content":[{"type":"text","text":"a fox"},{"type":"image_url","image_url":{"url":` + data + `},"mask":"` + pngURL(noise(t, 8)) + `"}]}`, "[0].content[1].mask"},
		"what a tool said in a message": {`{"role":"user","content":[{"type":"text","text":"a fox"},{"type":"tool_result","content":[{"type":"image","source":{"data":` + data + `}}]}]}`, "[0].content[1].content"},
	} {
		for path, list := range map[string]string{"/v1/chat/completions": "messages", "/v1/responses": "input"} {
			status, _, got := h.call(t, http.MethodPost, path, `{"model":"midjourney","`+list+`":[`+test.messages+`]}`)
			if status != http.StatusBadRequest || !strings.Contains(string(got), `"param":"`+list+test.param+`"`) {
				t.Errorf("%s to %s = %d %.200s, want a 400 that names %s%s", name, path, status, got, list, test.param)
			}
		}
	}
	if n := len(h.sim.Ledger()); n != 0 {
		t.Errorf("%d jobs, want none", n)
	}
}

// noise is a picture that does not compress.
func noise(t *testing.T, edge int) []byte {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2)) // the same picture each time
	img := image.NewNRGBA(image.Rect(0, 0, edge, edge))
	for i := range img.Pix {
		img.Pix[i] = uint8(random.Uint32())
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
