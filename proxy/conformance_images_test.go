package proxy

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
)

var generationCases = []conformanceCase{
	{name: "§14/01 a prompt alone makes one picture", run: func(t *testing.T, h *house) {
		a := h.ask(t, http.MethodPost, generations, `{"prompt":"a fox"}`)
		if created, ok := a.members(t)["created"].(float64); len(a.items(t)) != 1 || !ok || created != float64(int64(created)) {
			t.Errorf("%.200s, want one picture and when", a.body)
		}
	}},
	{name: "§14/02 without a prompt it is a 400 that names it", run: func(t *testing.T, h *house) {
		h.refuses(t, generations, map[string]refusal{`{}`: {400, "prompt", "missing_required_parameter"}, `{"prompt":null}`: {400, "prompt", "missing_required_parameter"}})
	}},
	{name: "§14/03 an empty, an endless and a listed prompt are 400s", run: func(t *testing.T, h *house) {
		h.refuses(t, generations, map[string]refusal{
			`{"prompt":""}`:      {400, "prompt", "empty_string"},
			`{"prompt":["fox"]}`: {400, "prompt", "invalid_type"},
			`{"prompt":"` + strings.Repeat("ä", 32001) + `"}`: {400, "prompt", "string_above_max_length"},
		})
	}},
	{name: "§14/04 null is the same as absent", run: func(t *testing.T, h *house) {
		all := `{"prompt":"a fox"`
		for _, name := range []string{"model", "n", "size", "quality", "style", "response_format", "output_format", "output_compression",
			"background", "moderation", "stream", "partial_images", "user", "input_fidelity", "midjourney"} {
			all += `,"` + name + `":null`
		}
		with, without := h.ask(t, http.MethodPost, generations, all+`}`), h.ask(t, http.MethodPost, generations, `{"prompt":"a fox"}`)
		if got, want := shapeOf(t, with), shapeOf(t, without); got != want {
			t.Errorf("with nulls %s, without %s", got, want)
		}
	}},
	{name: "§14/05 n is read as clients write it", run: countCase},
	{name: "§14/06 exactly n different pictures come back", run: func(t *testing.T, h *house) {
		for n, jobs := range map[int]int{1: 1, 4: 1, 5: 2, 10: 3} {
			t.Run(fmt.Sprint(n), func(t *testing.T) {
				before := len(h.sim.Ledger())
				distinct(t, h.draw(t, fmt.Sprintf(`{"prompt":"fox %d","n":%d}`, n, n)), n)
				if got := len(h.sim.Ledger()) - before; got != jobs {
					t.Errorf("%d jobs, want %d", got, jobs)
				}
			})
		}
	}},
	{name: "§14/07 every size becomes an aspect ratio, what is none is a 400", run: sizeCase},
	// A value of output_compression or partial_images out of range is a 400, too.
	{name: "§14/08 unknown words are ignored where they decide nothing", run: func(t *testing.T, h *house) {
		h.takes(t, `"quality":"x"`, `"style":"x"`, `"background":"x"`, `"moderation":"x"`, `"input_fidelity":"x"`)
		h.costs(t, 5)
		for _, name := range []string{"output_format", "response_format"} {
			h.ask(t, http.MethodPost, generations, `{"prompt":"a fox","`+name+`":"bmp"}`).refused(t, refusal{400, name, "invalid_value"})
		}
		h.costs(t, 5)
	}},
	{name: "§14/09 output_compression is 0 to 100", run: func(t *testing.T, h *house) {
		h.refuses(t, generations, map[string]refusal{
			`{"prompt":"a fox","output_compression":-1}`:  {400, "output_compression", "integer_below_min_value"},
			`{"prompt":"a fox","output_compression":101}`: {400, "output_compression", "integer_above_max_value"},
		})
		h.takes(t, `"output_format":"jpeg","output_compression":0`, `"output_format":"webp","output_compression":50`, `"output_format":"jpeg","output_compression":100`)
	}},
	{name: "§14/10 the model's family decides between base64 alone and both forms", run: familyCase},
	{name: "§14/11 base64 is bare, padded and alone when it was asked for", run: bareCase},
	{name: "§14/12 output_format is what comes and what is said", run: func(t *testing.T, h *house) {
		for format, magic := range map[string]string{"png": pngMagic, "jpeg": jpegMagic, "webp": webpMagic} {
			a := h.ask(t, http.MethodPost, generations, `{"prompt":"a fox","model":"gpt-image-1","output_format":"`+format+`"}`)
			base64Picture(t, a.items(t)[0].B64, magic)
			if got := a.members(t)["output_format"]; got != format {
				t.Errorf("output_format = %v, want %s", got, format)
			}
		}
	}},
	{name: "§14/13 a picture's address is open to everybody", run: addressCase},
	{name: "§14/14 fields that nobody knows are ignored", run: func(t *testing.T, h *house) {
		h.takes(t, `"seed":7`, `"steps":30`, `"foo":{"bar":[1]}`, `"guidance_scale":7.5,"negative_prompt":"cars"`)
	}},
	{name: "§14/15 an unknown model is a 404", run: func(t *testing.T, h *house) {
		h.refuses(t, generations, map[string]refusal{`{"prompt":"a fox","model":"mj-v99"}`: {404, "model", "model_not_found"}})
	}},
	{name: "§14/16 a blocked prompt is told in its family's words and not tried again", run: func(t *testing.T, h *house) {
		for model, want := range map[string][2]string{
			"gpt-image-1": {"image_generation_user_error", "moderation_blocked"}, "chatgpt-image-latest": {"image_generation_user_error", "moderation_blocked"},
			"dall-e-3": {"invalid_request_error", "content_policy_violation"}, "midjourney": {"invalid_request_error", "content_policy_violation"},
		} {
			gate := newCutter(t, h, impatience{})
			got := newSDK(t, "openai-go").do(t, gate.order("generate", map[string]any{"prompt": "a sim-banned fox", "model": model}))
			if got.Status != 400 || got.Code != want[1] || gate.seen() != 1 {
				t.Errorf("%s: %+v in %d requests, want one 400 %s", model, got, gate.seen(), want[1])
			}
			p := h.ask(t, http.MethodPost, generations, `{"prompt":"a sim-banned fox","model":"`+model+`"}`).is(t, 400).problem(t)
			if p.Type != want[0] || !strings.Contains(p.Message, "safety system") {
				t.Errorf("%s: %s %q, want %s and the safety system", model, p.Type, p.Message, want[0])
			}
		}
	}},
	{name: "§14/17 a body that is no JSON object is a 400", run: func(t *testing.T, h *house) {
		h.refuses(t, generations, map[string]refusal{`{"prompt":`: {400, "", ""}, ``: {400, "", ""}, `["a fox"]`: {400, "", ""}, `"a fox"`: {400, "", ""}, `a fox`: {400, "", ""}})
	}},
	{name: "§14/18 JSON is read whatever it calls itself, other text is a 400", run: anyTypeCase},
	{name: "§14/19 answers are JSON and each has an ID of its own", run: func(t *testing.T, h *house) {
		seen := map[string]bool{}
		for _, path := range []string{"/v1/models", "/v1/images", "/v1/nothing", "/v1/models/none"} {
			a := h.ask(t, http.MethodGet, path, "")
			seen[a.header.Get("X-Request-Id")] = true
			if got := a.header.Get("Content-Type"); !strings.HasPrefix(got, "application/json") {
				t.Errorf("%s is %q, want JSON", path, got)
			}
		}
		if len(seen) != 4 || seen[""] {
			t.Errorf("request IDs %v, want four", seen)
		}
	}},
}

// shapeOf is which members an answer and its first element have.
func shapeOf(t *testing.T, a answered) string {
	t.Helper()
	var m struct{ Data []map[string]any }
	if err := json.Unmarshal(a.is(t, 200).body, &m); err != nil || len(m.Data) == 0 {
		t.Fatalf("%.200s: %v", a.body, err)
	}
	return fmt.Sprint(len(a.members(t)), slices.Sorted(maps.Keys(a.members(t))), len(m.Data), slices.Sorted(maps.Keys(m.Data[0])))
}

func countCase(t *testing.T, h *house) {
	h.takes(t, `"n":null`, `"n":0`, `"n":""`, `"user":"n absent"`, `"n":"1"`, `"n":1.0`)
	distinct(t, h.draw(t, `{"prompt":"two","n":"2"}`), 2)
	paid := len(h.sim.Ledger())
	for n, code := range map[string]string{"11": "integer_above_max_value", "-1": "integer_below_min_value", "1.5": "invalid_type", `"two"`: "invalid_type", "[2]": "invalid_type"} {
		a := h.ask(t, http.MethodPost, generations, `{"prompt":"a fox","n":`+n+`}`)
		a.refused(t, refusal{400, "n", code})
		if m := a.problem(t).Message; strings.Contains(m, "from 0") || !strings.Contains(m, "1 to 10") {
			t.Errorf("n=%s: %q, want what is allowed: 1 to 10", n, m)
		}
	}
	h.costs(t, paid)
}

func sizeCase(t *testing.T, h *house) {
	for size, ratio := range map[string]string{
		"256x256": "1:1", "512x512": "1:1", "1024x1024": "1:1", "1536x1024": "3:2", "1024x1536": "2:3", "1792x1024": "7:4", "1024x1792": "4:7",
		"1280x720": "16:9", "720x1280": "9:16", "1024X1024": "1:1", "1024*768": "4:3", "16:9": "16:9", "auto": "", "": "",
	} {
		t.Run(size, func(t *testing.T) {
			before := len(h.sim.Ledger())
			h.draw(t, `{"prompt":"fox of `+strings.ReplaceAll(size, ":", " ")+`","size":"`+size+`"}`)
			paid := h.sim.Ledger()
			prompt := paid[len(paid)-1].Prompt
			if _, got, _ := strings.Cut(prompt, "--ar "); len(paid) != before+1 || !strings.HasPrefix(got, ratio) || (ratio == "") != (got == "") {
				t.Errorf("drawn %q, want --ar %s", prompt, ratio)
			}
		})
	}
	paid := len(h.sim.Ledger())
	for _, size := range []string{"10x10x10", "0x0", "abc"} {
		h.ask(t, http.MethodPost, generations, `{"prompt":"a fox","size":"`+size+`"}`).refused(t, refusal{400, "size", "invalid_value"})
	}
	h.costs(t, paid)
}

func familyCase(t *testing.T, h *house) {
	for model, both := range map[string]bool{"gpt-image-1": false, "gpt-image-2-2026-04-21": false, "chatgpt-image-latest": false,
		"dall-e-2": true, "dall-e-3": true, "midjourney": true, "midjourney-v7": true, "": true} {
		for _, absent := range []string{``, `,"response_format":null`, `,"response_format":""`} {
			i := h.draw(t, `{"prompt":"a fox","model":"`+model+`"`+absent+`}`)[0]
			base64Picture(t, i.B64, pngMagic)
			if (i.URL != nil) != both {
				t.Errorf("%q with %q has a URL: %v, want %v", model, absent, i.URL != nil, both)
			}
		}
	}
}

// bareCase also reads that nothing of the other form is there, be it empty.
func bareCase(t *testing.T, h *house) {
	a := h.ask(t, http.MethodPost, generations, `{"prompt":"a fox","response_format":"b64_json"}`)
	i := a.items(t)[0]
	base64Picture(t, i.B64, pngMagic) // strict: padded, standard alphabet, no line breaks
	if strings.Contains(string(a.body), `"url"`) || strings.Contains(string(a.body), "data:") || len(*i.B64)%4 != 0 {
		t.Errorf("%.120s, want bare base64 and no url", a.body)
	}
	a = h.ask(t, http.MethodPost, generations, `{"prompt":"a fox","response_format":"url"}`)
	if i := a.items(t)[0]; i.URL == nil || strings.Contains(string(a.body), `"b64_json"`) {
		t.Errorf("%.120s, want a url and no b64_json", a.body)
	}
}

func addressCase(t *testing.T, h *house) {
	for format, kind := range map[string]string{"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"} {
		url := *h.draw(t, `{"prompt":"a fox","response_format":"url","output_format":"`+format+`"}`)[0].URL
		path, ok := strings.CutPrefix(url, h.base)
		if !ok || !strings.HasSuffix(path, map[string]string{"png": ".png", "jpeg": ".jpg", "webp": ".webp"}[format]) {
			t.Errorf("url = %s, want one below %s with the bytes' extension", url, h.base)
		}
		for _, key := range []string{"", "Bearer somebody-elses"} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				a := h.ask(t, method, path, "", "Authorization", key, "Origin", "https://ui.example").is(t, 200)
				if a.header.Get("Content-Type") != kind || a.header.Get("Access-Control-Allow-Origin") != "*" || a.header.Get("Content-Length") == "" ||
					a.header.Get("Cross-Origin-Resource-Policy") != "cross-origin" || (len(a.body) == 0) != (method == http.MethodHead) {
					t.Errorf("%s as %q: %d bytes, %v", method, key, len(a.body), a.header)
				}
			}
		}
	}
}

func anyTypeCase(t *testing.T, h *house) {
	for _, kind := range []string{"application/json", "text/plain", "application/octet-stream", "application/x-www-form-urlencoded", "application/vnd.api+json; charset=utf-8", ""} {
		if got := len(h.ask(t, http.MethodPost, generations, "\n {\n\t\"prompt\": \"a fox\"\n}\n", "Content-Type", kind).items(t)); got != 1 {
			t.Errorf("as %q: %d pictures, want 1", kind, got)
		}
	}
	paid := len(h.sim.Ledger())
	form := "application/x-www-form-urlencoded"
	h.ask(t, http.MethodPost, generations, "prompt=a+fox&n=1", "Content-Type", form).refused(t, refusal{400, "", "unsupported_content_type"})
	h.ask(t, http.MethodPost, generations, "", "Content-Type", form).refused(t, refusal{400, "", ""})
	for body, kind := range map[string]string{"a fox": "text/plain", "<prompt/>": "application/xml"} {
		h.ask(t, http.MethodPost, generations, body, "Content-Type", kind).refused(t, refusal{400, "", ""})
	}
	// Broken JSON is broken JSON, also where nothing said that it is JSON: curl -d calls it a form.
	for _, kind := range []string{"", "application/json", "text/plain", form} {
		h.ask(t, http.MethodPost, generations, `{"prompt":"a fox"`, "Content-Type", kind).refused(t, refusal{400, "", ""})
	}
	h.costs(t, paid)
}
