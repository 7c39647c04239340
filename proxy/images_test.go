package proxy

import (
	"strconv"
	"strings"
	"testing"

	"midgate/adapter"
)

func TestGenerationAnswers(t *testing.T) {
	for name, tt := range map[string]struct{ file, body string }{
		"both forms where the model says nothing":        {"generation_both", `{"prompt":"a fox","n":2}`},
		"base64 only for the family that never has URLs": {"generation_gpt_image", `{"prompt":"a fox","model":"gpt-image-1","quality":"high","output_format":"webp"}`},
		"a URL if it is asked for":                       {"generation_url", `{"prompt":"a fox","response_format":"url","output_format":"jpeg"}`},
		"base64 if it is asked for":                      {"generation_b64", `{"prompt":"a fox","response_format":"b64_json"}`},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			w := send(newServer(t, f), "POST", "/v1/images/generations", tt.body)
			if w.Code != 200 {
				t.Fatalf("status = %d, want 200: %s", w.Code, w.Body)
			}
			golden(t, tt.file, w.Body.Bytes())
			if got := w.Header().Get("Midgate-Job"); got != testJob {
				t.Errorf("Midgate-Job = %q, want %q", got, testJob)
			}
			if got, want := w.Header().Get("Content-Length"), len(w.Body.Bytes()); got != strconv.Itoa(want) {
				t.Errorf("Content-Length = %s, want %d", got, want)
			}
			if f.answered != 1 || f.abandoned != 0 {
				t.Errorf("answered %d, abandoned %d, want 1 and 0", f.answered, f.abandoned)
			}
		})
	}
}

func TestGenerationPassesOnWhatWasAsked(t *testing.T) {
	f := newFake()
	body := `{"prompt":"a fox","model":"midjourney-v7","n":"2","size":"1536X1024","quality":"hd","style":"natural","stream":"False",
		"output_format":"jpg","output_compression":0,"user":"u","seed":-1,"negative_prompt":"text","unknown":{"a":[1]},
		"midjourney":{"stylize":"250","raw":"true","version":7,"no":["cars","people"],"image_weight":1.5,"reference_images":["` + testImage + `"]}}`
	f.add(testImage, tiny)
	w := send(newServer(t, f), "POST", "/v1/images/generations", body, "Idempotency-Key", "k1", "X-Stainless-Retry-Count", "2")
	if w.Code != 200 {
		t.Fatalf("status = %d: %s", w.Code, w.Body)
	}
	g, a := f.drawn[0], f.attempts[0]
	if g.Prompt != "a fox" || g.Model != "midjourney-v7" || g.N != 2 || g.Size != "1536x1024" || g.Quality != "hd" || g.Style != "natural" || g.User != "u" {
		t.Errorf("Generate got %+v", g.ImageRequest)
	}
	if g.Output != (adapter.Output{URL: true, Base64: true, Format: adapter.JPEG, Compression: 1}) {
		t.Errorf("Output = %+v", g.Output)
	}
	m := g.Midjourney
	if *m.Stylize != 250 || !m.Raw || m.Version != "7" || m.No != "cars, people, text" || *m.ImageWeight != 1.5 || m.Seed != nil {
		t.Errorf("Midjourney = %+v", m)
	}
	if len(g.References) != 1 || g.References[0].Image != testImage {
		t.Errorf("References = %+v", g.References)
	}
	if a.Caller.Name != "alice" || a.IdempotencyKey != "k1" || a.Retry != 2 || a.Route != "/v1/images/generations" || len(a.Body) != 64 || a.Stream || a.Async {
		t.Errorf("Attempt = %+v", a)
	}
}

func TestBadGenerationsAreRefusedByName(t *testing.T) {
	for name, tt := range map[string]struct{ body, param, code string }{
		"no prompt":                      {`{}`, "prompt", "missing_required_parameter"},
		"a null prompt":                  {`{"prompt":null}`, "prompt", "missing_required_parameter"},
		"an empty prompt":                {`{"prompt":" "}`, "prompt", "empty_string"},
		"a prompt that is a list":        {`{"prompt":["a"]}`, "prompt", "invalid_type"},
		"a prompt that is an object":     {`{"prompt":{"text":"a"}}`, "prompt", "invalid_type"},
		"a prompt that is too long":      {`{"prompt":"` + strings.Repeat("ä", 32001) + `"}`, "prompt", "string_above_max_length"},
		"n above ten":                    {`{"prompt":"a","n":11}`, "n", "integer_above_max_value"},
		"n below none":                   {`{"prompt":"a","n":-1}`, "n", "integer_below_min_value"},
		"half a picture":                 {`{"prompt":"a","n":1.5}`, "n", "invalid_type"},
		"n in words":                     {`{"prompt":"a","n":"two"}`, "n", "invalid_type"},
		"n as a list":                    {`{"prompt":"a","n":[1]}`, "n", "invalid_type"},
		"n as true":                      {`{"prompt":"a","n":true}`, "n", "invalid_type"},
		"a size of three sides":          {`{"prompt":"a","size":"10x10x10"}`, "size", "invalid_value"},
		"a size of nothing":              {`{"prompt":"a","size":"0x0"}`, "size", "invalid_value"},
		"a size in words":                {`{"prompt":"a","size":"abc"}`, "size", "invalid_value"},
		"an unknown output_format":       {`{"prompt":"a","output_format":"gif"}`, "output_format", "invalid_value"},
		"an unknown response_format":     {`{"prompt":"a","response_format":"file"}`, "response_format", "invalid_value"},
		"compression above all":          {`{"prompt":"a","output_compression":101}`, "output_compression", "integer_above_max_value"},
		"compression below none":         {`{"prompt":"a","output_compression":-1}`, "output_compression", "integer_below_min_value"},
		"too many partial images":        {`{"prompt":"a","partial_images":4}`, "partial_images", "integer_above_max_value"},
		"a stream of five":               {`{"prompt":"a","n":5,"stream":true}`, "n", "invalid_value"},
		"a stream that is neither":       {`{"prompt":"a","stream":"maybe"}`, "stream", "invalid_type"},
		"a midjourney that is no object": {`{"prompt":"a","midjourney":[1]}`, "midjourney", "invalid_type"},
		"a stylize in words":             {`{"prompt":"a","midjourney":{"stylize":"lots"}}`, "midjourney.stylize", "invalid_type"},
		"an unknown grid":                {`{"prompt":"a","midjourney":{"grid":"half"}}`, "midjourney.grid", "invalid_value"},
		"a reference that is nothing":    {`{"prompt":"a","midjourney":{"reference_images":["nothing"]}}`, "midjourney.reference_images[0]", "invalid_value"},
		"no body":                        {``, "", ""},
		"a body that is not JSON":        {`a fox`, "", ""},
		"a body that is a form's":        {`prompt=a`, "", "unsupported_content_type"},
		"a body that ends early":         {`{"prompt":"a"`, "", ""},
		"a body that is a list":          {`[{"prompt":"a"}]`, "", ""},
		"a body that is a thousand deep": {strings.Repeat(`{"a":`, 1000) + `1` + strings.Repeat(`}`, 1000), "", "too_many_values"},
		"a body of very many values":     {`{"prompt":"a","x":[1` + strings.Repeat(`,1`, 100_000) + `]}`, "", "too_many_values"},
		"a form of very many values":     {`{"prompt":"a","midjourney":"[1` + strings.Repeat(`,1`, 100_000) + `]"}`, "midjourney", "invalid_type"},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			w := send(newServer(t, f), "POST", "/v1/images/generations", tt.body)
			_, typ, param, code := problemOf(t, w)
			if w.Code != 400 || typ != "invalid_request_error" || param != tt.param || code != tt.code {
				t.Errorf("%d %s param %q code %q, want 400 with param %q code %q: %s", w.Code, typ, param, code, tt.param, tt.code, w.Body)
			}
			if len(f.attempts) != 0 {
				t.Errorf("%d requests reached the core, want none", len(f.attempts))
			}
		})
	}
}

func TestTolerantGenerations(t *testing.T) {
	for name, body := range map[string]string{
		"n null":                               `{"prompt":"a","n":null}`,
		"n zero":                               `{"prompt":"a","n":0}`,
		"n empty":                              `{"prompt":"a","n":""}`,
		"n as text":                            `{"prompt":"a","n":"1"}`,
		"n as a decimal":                       `{"prompt":"a","n":1.0}`,
		"everything null":                      `{"prompt":"a","model":null,"n":null,"size":null,"quality":null,"style":null,"response_format":null,"output_format":null,"output_compression":null,"background":null,"moderation":null,"stream":null,"partial_images":null,"user":null,"midjourney":null}`,
		"everything empty":                     `{"prompt":"a","model":"","size":"","quality":"","style":"","response_format":"","output_format":"","output_compression":"","stream":""}`,
		"unknown words where words may be":     `{"prompt":"a","quality":"xhigh","style":"cubist","background":"striped","moderation":"none","input_fidelity":3}`,
		"chat's response_format":               `{"prompt":"a","response_format":{"type":"json_object"}}`,
		"a size with a star":                   `{"prompt":"a","size":"1024*1024"}`,
		"a ratio as size":                      `{"prompt":"a","size":"16:9"}`,
		"size auto":                            `{"prompt":"a","size":"auto"}`,
		"image fields without a picture":       `{"prompt":"a","image":null,"images":[],"image_url":""}`,
		"a seed that makes no sense":           `{"prompt":"a","seed":"random"}`,
		"midjourney encoded twice":             `{"prompt":"a","midjourney":"{\"chaos\":5}"}`,
		"partial_images without a stream":      `{"prompt":"a","partial_images":2}`,
		"pretty JSON behind a byte order mark": "\ufeff{\n  \"prompt\": \"a\"\n}\n",
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake()
			if w := send(newServer(t, f), "POST", "/v1/images/generations", body, "Content-Type", "text/plain"); w.Code != 200 {
				t.Fatalf("status = %d, want 200: %s", w.Code, w.Body)
			}
			if f.drawn[0].N != 1 {
				t.Errorf("N = %d, want 1", f.drawn[0].N)
			}
		})
	}
}

// What other image APIs call a negative prompt is Midjourney's --no, however long it is, and in a list.
func TestANegativePromptIsNotDropped(t *testing.T) {
	long := strings.Repeat("blurry hands, ", 40) + "text"
	for sent, want := range map[string]string{`"` + long + `"`: long, `["hands","text"]`: "hands, text", `" hands "`: "hands", `7`: "7", `null`: ""} {
		f := newFake()
		if w := send(newServer(t, f), "POST", "/v1/images/generations", `{"prompt":"a fox","negative_prompt":`+sent+`}`); w.Code != 200 || f.drawn[0].Midjourney.No != want {
			t.Errorf("%.40s: %d, no = %.60q, want %.60q", sent, w.Code, f.drawn[0].Midjourney.No, want)
		}
	}
}
