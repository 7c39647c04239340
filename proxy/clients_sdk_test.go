package proxy

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"midgate/proxy/images"
)

// desk is one client in front of one house.
type desk struct {
	h      *house
	client client
	sdk    sdk
	name   string // words for prompts that no other client's request has
}

func (d desk) do(t *testing.T, op string, body map[string]any, files ...string) gained {
	t.Helper()
	o := order{Op: op, Base: d.h.base + "/v1", Key: "sk-alice", Body: body}
	for i, f := range files {
		*[]*string{&o.Image, &o.Mask}[i] = f
	}
	return d.sdk.do(t, o)
}

// operation is a column of the table.
type operation struct {
	name       string
	everywhere bool // done in every dialect, not only in the first
	run        func(t *testing.T, d desk)
}

var operations = []operation{
	{"models", false, func(t *testing.T, d desk) {
		var ids []string
		if o := d.do(t, "models", nil); json.Unmarshal(o.Value, &ids) != nil || !slices.Contains(ids, "midjourney") {
			t.Errorf("models = %+v, want midjourney among them", o)
		}
	}},
	{"generate", true, func(t *testing.T, d desk) {
		p := d.do(t, "generate", map[string]any{"prompt": "a red fox " + d.name, "model": "midjourney", "response_format": "url"}).pictures(t, 1)[0]
		if d.client.ownForm {
			return
		}
		if p.B64 || p.URL == nil || !strings.HasSuffix(*p.URL, ".png") {
			t.Errorf("the picture came as %+v, want an address only", p)
		}
	}},
	{"generate, n=4", true, func(t *testing.T, d desk) {
		for _, p := range d.do(t, "generate", map[string]any{"prompt": "a blue owl " + d.name, "model": "gpt-image-1", "n": 4, "size": "1536x1024"}).pictures(t, 4) {
			if !d.client.ownForm && (p.URL != nil || !p.B64) {
				t.Errorf("the picture came as %+v, want base64 only", p)
			}
		}
	}},
	{"edit with mask", true, func(t *testing.T, d desk) {
		picture, mask := quarter(t, d.h)
		d.do(t, "edit", map[string]any{"prompt": "a hat " + d.name}, picture, mask).pictures(t, 1)
	}},
	{"edit", false, func(t *testing.T, d desk) {
		d.do(t, "edit", map[string]any{"prompt": "a scarf " + d.name}, unknownPicture(t)).pictures(t, 1)
	}},
	{"variation", false, func(t *testing.T, d desk) {
		d.do(t, "variation", map[string]any{"n": 2}, unknownPicture(t)).pictures(t, 2)
	}},
	{"stream", false, func(t *testing.T, d desk) {
		var events []struct {
			Type string
			B64  bool
		}
		o := d.do(t, "stream", map[string]any{"prompt": "a grey cat " + d.name, "model": "gpt-image-1", "partial_images": 2})
		if err := json.Unmarshal(o.Value, &events); err != nil || len(events) == 0 {
			t.Fatalf("stream = %+v, want events", o)
		}
		if last := events[len(events)-1]; !strings.HasSuffix(last.Type, "completed") || !last.B64 {
			t.Errorf("the last event is %+v, want the whole picture", last)
		}
	}},
	{"chat", false, func(t *testing.T, d desk) {
		var text string
		o := d.do(t, "chat", talk("a green frog "+d.name))
		if json.Unmarshal(o.Value, &text) != nil || !strings.Contains(text, "](http://") {
			t.Errorf("chat = %+v, want a picture in Markdown", o)
		}
	}},
	{"chat, streamed", false, func(t *testing.T, d desk) {
		var s spoken
		o := d.do(t, "chatStream", talk("a brown bear "+d.name))
		if json.Unmarshal(o.Value, &s) != nil || !strings.Contains(s.Text, "](http://") || s.End != "stop" || (s.Thought == "") != d.client.noThoughts {
			t.Errorf("streamed chat = %+v, want a picture, progress as thoughts and stop", o)
		}
	}},
	{"responses", false, func(t *testing.T, d desk) {
		var text string
		o := d.do(t, "respond", map[string]any{"model": "midjourney", "input": "a white hare " + d.name})
		if json.Unmarshal(o.Value, &text) != nil || !strings.Contains(text, "](http://") {
			t.Errorf("responses = %+v, want a picture in Markdown", o)
		}
	}},
	{"conversation", false, converse},
	{"question about a picture", false, func(t *testing.T, d desk) {
		picture := "data:image/png;base64," + base64.StdEncoding.EncodeToString(drawnPNG(t))
		o := d.do(t, "chat", map[string]any{"model": "midjourney", "messages": []map[string]any{{"role": "user", "content": []map[string]any{
			{"type": "text", "text": "What is in this picture?"}, {"type": "image_url", "image_url": map[string]any{"url": picture}},
		}}}})
		var text string
		if json.Unmarshal(o.Value, &text) != nil || text == "" || pictureLink.MatchString(text) || d.h.lastPaid() != "describe" {
			t.Errorf("the answer is %+v and %s was paid last, want words from describe", o, d.h.lastPaid())
		}
	}},
	{"background prompt", false, func(t *testing.T, d desk) {
		var text string
		o := d.do(t, "chat", talk("### Task:\nGenerate a concise, 3-5 word title\n### Chat History:\nUSER: a red fox "+d.name))
		if json.Unmarshal(o.Value, &text) != nil || !strings.Contains(text, "title") {
			t.Errorf("the title is %+v, want one", o)
		}
	}},
	{"refusals", false, func(t *testing.T, d desk) {
		for _, want := range []struct {
			body   map[string]any
			status int
			code   string
			param  string
		}{
			{map[string]any{"prompt": "x", "model": "mj-v99"}, 404, "model_not_found", "model"},
			{map[string]any{"prompt": "x", "n": 11}, 400, "integer_above_max_value", "n"},
			{map[string]any{"prompt": "x", "size": "0x0"}, 400, "invalid_value", "size"},
		} {
			if want.param == "n" && (d.client.splits || d.client.counts) {
				continue
			}
			if o := d.do(t, "generate", want.body); o.Status != d.client.told(want.status) || o.Code != want.code || o.Param != want.param || o.Message == "" {
				t.Errorf("generate(%v) = %+v, want %d %s %s", want.body, o, want.status, want.code, want.param)
			}
		}
	}},
	{"banned prompt", true, func(t *testing.T, d desk) {
		o := d.do(t, "generate", map[string]any{"prompt": "sim-banned " + d.name, "model": "gpt-image-1"})
		if o.Status != d.client.told(400) || o.Code != "moderation_blocked" {
			t.Errorf("generate = %+v, want 400 moderation_blocked", o)
		}
	}},
}

// lastPaid is the kind of the job that was charged last.
func (h *house) lastPaid() string {
	ledger := h.sim.Ledger()
	return ledger[len(ledger)-1].Kind
}

func talk(text string) map[string]any {
	return map[string]any{"model": "midjourney", "messages": []map[string]any{{"role": "user", "content": text}}}
}

// unknownPicture is a file of a picture that was drawn elsewhere.
func unknownPicture(t *testing.T) string {
	t.Helper()
	return saved(t, "in.png", drawnPNG(t))
}

// quarter is the newest picture that was cut from a grid, and a mask that repaints its right half, as files.
func quarter(t *testing.T, h *house) (picture, mask string) {
	t.Helper()
	_, _, body := h.call(t, http.MethodGet, "/v1/images", "")
	var list struct{ Data []images.RecordJSON }
	if err := json.Unmarshal(body, &list); err != nil {
		t.Fatalf("the pictures = %s", body)
	}
	for _, r := range list.Data {
		if r.Grid != nil {
			status, _, data := h.call(t, http.MethodGet, "/images/"+r.ID+".png", "")
			if status != http.StatusOK {
				t.Fatalf("bytes of %s = %d", r.ID, status)
			}
			return saved(t, "known.png", data), saved(t, "mask.png", maskPNG(t, r.Width, r.Height))
		}
	}
	t.Fatal("there is no picture yet")
	return "", ""
}

// maskPNG is a mask that repaints the right half.
func maskPNG(t *testing.T, width, height int) []byte {
	t.Helper()
	mask := image.NewNRGBA(image.Rect(0, 0, width, height))
	for x := range width / 2 {
		for y := range height {
			mask.Set(x, y, color.NRGBA{0, 0, 0, 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, mask); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func saved(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
