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
