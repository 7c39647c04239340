package proxy

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/images"
	"midgate/proxy/native"
)

// reached is what a request over HTTP came to: the answer's status, and what the refusal is called.
type reached struct {
	status int
	code   string // of OpenAI's error; empty for an answer
	body   []byte
}

func (h *house) reach(t *testing.T, method, path, body string, header ...string) reached {
	t.Helper()
	status, _, raw := h.call(t, method, path, body, header...)
	var e struct{ Error struct{ Code string } }
	_ = json.Unmarshal(raw, &e) // an answer has no error
	return reached{status, e.Error.Code, raw}
}

// fox draws a picture that operations go on from.
func (h *house) fox(t *testing.T) string {
	t.Helper()
	r := h.reach(t, "POST", "/v1/images/generations", `{"prompt":"a red fox","response_format":"url"}`)
	var drawn struct{ Data []struct{ ID string } }
	if err := json.Unmarshal(r.body, &drawn); err != nil || len(drawn.Data) != 1 {
		t.Fatalf("the fox = %d %s", r.status, r.body)
	}
	return drawn.Data[0].ID
}

// stillURL is a picture that nobody drew here.
func stillURL(t *testing.T, w, h int) string {
	t.Helper()
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(stillOf(t, w, h))
}

// operationHTTP is one row of upstream-protocol.md §1.1 as a client of midgate asks for it.
type operationHTTP struct {
	do   func(t *testing.T, h *house) reached
	paid string // the kinds of jobs that it costs, in order
	// The origins' accounts on Discord cannot do it, their partner accounts can.
	partner bool
	// What a dialect does in its own way: other jobs, or "-" and the refusal's code after the jobs that had to come first.
	but map[simulator.Dialect]string
}

func act(action, more string) func(*testing.T, *house) reached {
	return func(t *testing.T, h *house) reached {
		return h.reach(t, "POST", "/v1/images/"+h.fox(t)+"/actions", `{"action":"`+action+`","response_format":"url"`+more+`}`)
	}
}

func posted(path, format string, sizes ...int) func(*testing.T, *house) reached {
	return func(t *testing.T, h *house) reached {
		var args []any
		for _, size := range sizes {
			args = append(args, stillURL(t, size, 64))
		}
		return h.reach(t, "POST", path, fmt.Sprintf(format, args...))
	}
}

// filmed starts a video and waits for its end.
func filmed(path, format string, sizes ...int) func(*testing.T, *house) reached {
	return func(t *testing.T, h *house) reached {
		r := posted(path, format, sizes...)(t, h)
		if r.status != http.StatusOK {
			return r
		}
		v := h.finished(t, videoIn(t, r.status, r.body).ID)
		if v.Status != "completed" {
			t.Errorf("the video = %+v", v)
		}
		return r
	}
}

func animated(t *testing.T, h *house) reached {
	r := act("animate_low", "")(t, h)
	if r.status == http.StatusOK {
		h.finished(t, videoIn(t, r.status, r.body).ID)
	}
	return r
}

// inNative does something as a native client with a task that it made.
func inNative(do func(t *testing.T, m mj, grid native.TaskJSON) (int, []byte)) func(*testing.T, *house) reached {
	return func(t *testing.T, h *house) reached {
		m := mj{h, t, "sk-alice"}
		status, body := do(t, m, m.fetch(m.submit("/mj/submit/imagine", `{"prompt":"a red fox"}`)))
		return reached{status: status, body: body}
	}
}

const zk = simulator.NoviceZK

var rows1_1 = map[string]operationHTTP{
	"imagine":                  {do: func(t *testing.T, h *house) reached { h.fox(t); return reached{status: 200} }, paid: "imagine"},
	"action: U":                {do: act("upscale", `,"force":true`), paid: "imagine upscale"},
	"action: V":                {do: act("vary", ""), paid: "imagine variation"},
	"action: reroll":           {do: act("reroll", ""), paid: "imagine reroll"},
	"action: zoom":             {do: act("zoom_out_2x", ""), paid: "imagine upscale zoom", but: map[simulator.Dialect]string{zk: "imagine - action_unavailable"}},
	"action: pan":              {do: act("pan_left", ""), paid: "imagine upscale pan", but: map[simulator.Dialect]string{zk: "imagine - action_unavailable"}},
	"action: animate":          {do: animated, paid: "imagine video", but: map[simulator.Dialect]string{zk: "imagine - action_unavailable"}},
	"modal: custom zoom":       {do: act("zoom_custom", `,"zoom":1.8`), paid: "imagine upscale zoom", but: map[simulator.Dialect]string{zk: "imagine - action_unavailable"}},
	"modal: Vary (Region)":     {do: regionEdit, paid: "imagine upscale inpaint", but: map[simulator.Dialect]string{zk: "imagine - action_unavailable"}},
	"blend":                    {do: posted("/v1/images/blends", `{"images":[{"image_url":%q},{"image_url":%q}]}`, 96, 112), paid: "blend"},
	"describe":                 {do: posted("/v1/images/descriptions", `{"image":{"image_url":%q}}`, 96), paid: "describe"},
	"shorten":                  {do: posted("/v1/prompts/shorten", `{"prompt":"a very very red fox"}`), paid: "shorten", but: map[simulator.Dialect]string{zk: "- unsupported"}},
	"edits":                    {do: posted("/v1/images/edits", `{"prompt":"a moon","images":[{"image_url":%q}]}`, 96), paid: "edits", partner: true, but: map[simulator.Dialect]string{zk: "imagine"}},
	"edits on Discord":         {do: posted("/v1/images/edits", `{"prompt":"a moon","images":[{"image_url":%q}]}`, 96), paid: "edits", but: map[simulator.Dialect]string{zk: "imagine", simulator.TrueAI: "imagine"}},
	"edits with a mask":        {do: maskedEdit, paid: "edits", partner: true, but: map[simulator.Dialect]string{zk: "- unsupported"}},
	"video of an upload":       {do: filmed("/v1/videos", `{"prompt":"it waves","input_reference":{"image_url":%q}}`, 96), paid: "video", but: map[simulator.Dialect]string{zk: "- unsupported"}},
	"video of words, extended": {do: filmed("/v1/videos", `{"prompt":"a fox walks","seconds":"8"}`), paid: "imagine video extend", but: map[simulator.Dialect]string{zk: "- unsupported"}},
	"image-seed": {do: func(t *testing.T, h *house) reached {
		r := h.reach(t, "GET", "/v1/images/"+h.fox(t)+"?include=seed", "")
		var record images.RecordJSON
		if err := json.Unmarshal(r.body, &record); err != nil || record.ID == "" {
			t.Errorf("the record = %d %s", r.status, r.body)
		}
		if r.status == 200 && record.Seed == "" {
			r.code = "no seed"
		}
		return r
	}, paid: "imagine", but: map[simulator.Dialect]string{zk: "imagine - no seed", simulator.NewAPI: "imagine - no seed"}},
	"fetch and list-by-condition": {do: inNative(func(t *testing.T, m mj, grid native.TaskJSON) (int, []byte) {
		status, body := m.send("POST", "/mj/task/list-by-condition", `{"ids":["`+grid.ID+`"]}`)
		if !strings.Contains(string(body), `"id":"`+grid.ID+`"`) {
			t.Errorf("the list = %s", body)
		}
		return status, body
	}), paid: "imagine"},
	"the image": {do: inNative(func(t *testing.T, m mj, grid native.TaskJSON) (int, []byte) {
		status, header, body := m.call(t, "GET", strings.TrimPrefix(grid.ImageURL, m.base), "")
		if header.Get("Content-Type") != "image/png" {
			t.Errorf("the image is %q", header.Get("Content-Type"))
		}
		return status, body
	}), paid: "imagine"},
	"native: change": {do: inNative(func(t *testing.T, m mj, grid native.TaskJSON) (int, []byte) {
		status, body := m.send("POST", "/mj/submit/change", `{"taskId":"`+grid.ID+`","action":"UPSCALE","index":2}`)
		return status, body
	}), paid: "imagine upscale", but: map[simulator.Dialect]string{simulator.TrueAI: "imagine -"}},
}

// regionEdit masks half of a picture that was drawn here.
func regionEdit(t *testing.T, h *house) reached {
	fox := h.fox(t)
	return h.reach(t, "POST", "/v1/images/edits", `{"prompt":"a hat","images":[{"file_id":"`+fox+`"}],"mask":{"image_url":"`+maskURL(t)+`"},"response_format":"url"}`)
}

// maskedEdit masks half of a picture from elsewhere.
func maskedEdit(t *testing.T, h *house) reached {
	return h.reach(t, "POST", "/v1/images/edits", `{"prompt":"a hat","images":[{"image_url":"`+stillURL(t, 64, 64)+`"}],"mask":{"image_url":"`+maskURL(t)+`"},"response_format":"url"}`)
}

func maskURL(t *testing.T) string {
	t.Helper()
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(maskPNG(t, 64, 64))
}

// Each row of upstream-protocol.md §1.1 that the quick start has, and shorten and image-seed, through midgate's HTTP in
// every dialect; what a dialect has not is refused by name, before it costs anything.
func TestEveryOperationOverHTTPInEveryDialect(t *testing.T) {
	for _, dialect := range simulator.Dialects() {
		for name, op := range rows1_1 {
			t.Run(string(dialect)+"/"+name, func(t *testing.T) {
				t.Parallel()
				h := newHouse(t, simulator.Config{Dialect: dialect, Partner: op.partner})
				want, refused := op.paid, ""
				if but, ok := op.but[dialect]; ok {
					want, refused, _ = strings.Cut(but, "-")
				}
				r := op.do(t, h)
				h.service.Close() // no job goes on behind the answer
				var paid []string
				for _, c := range h.sim.Ledger() {
					paid = append(paid, c.Kind)
				}
				if got := strings.Join(paid, " "); got != strings.TrimSpace(want) {
					t.Errorf("paid %q, want %q", got, want)
				}
				ok := r.status == http.StatusOK && r.code == ""
				if _, lacks := op.but[dialect]; ok == (lacks && strings.Contains(op.but[dialect], "-")) || r.code != strings.TrimSpace(refused) {
					t.Errorf("%s = %d %q %.300s, want refused: %q", name, r.status, r.code, r.body, refused)
				}
			})
		}
	}
}
