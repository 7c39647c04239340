package proxy

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// A picture that a user saved as a JPEG of half the size is edited on Midjourney's own original: its quarter is
// singled out once, and repainted where the mask says.
func TestClientsEditWhatTheyShrank(t *testing.T) {
	const edge = 256
	for name, tt := range map[string]struct {
		library string
		dialect simulator.Dialect
		restart bool
	}{
		"openai-go, comet":                   {"openai-go", simulator.Comet, false},
		"openai-go, trueai":                  {"openai-go", simulator.TrueAI, false},
		"openai-go, newapi, after a restart": {"openai-go", simulator.NewAPI, true},
		"go-openai, comet, after a restart":  {"go-openai", simulator.Comet, true},
		"openai 7, trueai, after a restart":  {"openai 7", simulator.TrueAI, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, simulator.Config{Dialect: tt.dialect, Pixels: edge})
			d := desk{h: h, sdk: newSDK(t, tt.library), name: "x"}
			drawn := d.do(t, "generate", map[string]any{"prompt": "a red fox in the snow", "model": "midjourney", "n": 4}).pictures(t, 4)
			small := saved(t, "third.jpg", halved(t, h.download(t, *drawn[2].URL)))
			if tt.restart {
				h.reopen(t)
			}
			mask := saved(t, "mask.png", maskPNG(t, edge/2, edge/2))
			d.do(t, "edit", map[string]any{"prompt": "a hot air balloon"}, small, mask).pictures(t, 1)
			if got := h.charged(); got != "imagine upscale inpaint" {
				t.Fatalf("the upstream was paid for %q, want imagine upscale inpaint", got)
			}
			if pressed := h.pressed(); !strings.Contains(pressed[0], "upsample::3") || !strings.Contains(pressed[1], "Inpaint") {
				t.Errorf("pressed %q, want the third quarter's U and Vary (Region)", pressed)
			}
			h.checkMask(t, edge)
			if tt.restart {
				h.reopen(t)
			}
			d.do(t, "edit", map[string]any{"prompt": "a kite"}, small, mask).pictures(t, 1)
			if got := h.charged(); got != "imagine upscale inpaint inpaint" || h.sim.Requests().Routes["modal"] != 2 {
				t.Errorf("after a second edit the upstream was paid for %q by %d dialogs, want no second upscale", got, h.sim.Requests().Routes["modal"])
			}
		})
	}
}

// charged are the kinds of paid jobs in order.
func (h *house) charged() string {
	var kinds []string
	for _, c := range h.sim.Ledger() {
		kinds = append(kinds, c.Kind)
	}
	return strings.Join(kinds, " ")
}

// pressed are the buttons that were pressed, as the bodies of the submissions.
func (h *house) pressed() (bodies []string) {
	for _, s := range h.sim.Requests().Submissions {
		if s.Route == "action" {
			bodies = append(bodies, string(s.Body))
		}
	}
	return bodies
}

// checkMask looks at the mask that the upstream got last: of the picture's size, white where the right half is repainted.
func (h *house) checkMask(t *testing.T, edge int) {
	t.Helper()
	tasks := h.sim.Tasks()
	mask, err := png.Decode(bytes.NewReader(h.sim.Mask(tasks[len(tasks)-1].ID)))
	if err != nil {
		t.Fatalf("the mask that was sent: %v", err)
	}
	if b := mask.Bounds(); b.Dx() != edge || b.Dy() != edge {
		t.Errorf("the mask has %v, want the picture's %d pixels", b, edge)
	}
	for x, want := range map[int]uint8{4: 0, edge/2 - 8: 0, edge/2 + 8: 255, edge - 4: 255} {
		if got := color.GrayModel.Convert(mask.At(x, edge/3)).(color.Gray).Y; got != want {
			t.Errorf("the mask at %d is %d, want %d", x, got, want)
		}
	}
}

// download reads a picture by its address, wherever the service listens by now.
func (h *house) download(t *testing.T, address string) []byte {
	t.Helper()
	u, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	status, _, data := h.call(t, http.MethodGet, u.Path, "")
	if status != http.StatusOK {
		t.Fatalf("GET %s = %d", u.Path, status)
	}
	return data
}

// halved is the picture as a JPEG of half the width and height.
func halved(t *testing.T, data []byte) []byte {
	t.Helper()
	src, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	b := src.Bounds()
	dst := image.NewRGBA(image.Rect(0, 0, b.Dx()/2, b.Dy()/2))
	for x := range b.Dx() / 2 {
		for y := range b.Dy() / 2 {
			var sum [3]uint32
			for i := range 4 {
				r, g, bl, _ := src.At(b.Min.X+2*x+i%2, b.Min.Y+2*y+i/2).RGBA()
				sum[0], sum[1], sum[2] = sum[0]+r>>8, sum[1]+g>>8, sum[2]+bl>>8
			}
			dst.Set(x, y, color.RGBA{uint8(sum[0] / 4), uint8(sum[1] / 4), uint8(sum[2] / 4), 255})
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, dst, &jpeg.Options{Quality: 85}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
