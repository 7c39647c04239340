package proxy

import (
	"bufio"
	"bytes"
	"encoding/json"
	"image"
	"image/gif"
	"io"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/web"
)

// What clients need of bodies, errors and addresses.
var clientRequestCases = []conformanceCase{
	{name: "clients/20 image, image[] and image[0] may be mixed and repeated", run: func(t *testing.T, h *house) {
		h.send(t, edits, file("image", "a", "", flat(t, red)), text("prompt", "together"), file("image[]", "b", "", flat(t, green)), file("image[0]", "c", "", flat(t, blue)),
			file("images[]", "d", "", flat(t, red)), file("image", "e", "", flat(t, blue))).items(t)
		h.arrived(t, "imagine", red, green, blue, red, blue)
	}},
	{name: "clients/21 a part's real type is found by its bytes", run: func(t *testing.T, h *house) {
		id := h.drawnID(t, "a fox")
		for _, format := range []string{"png", "jpg", "webp"} {
			data := h.ask(t, http.MethodGet, "/images/"+id+"."+format, "").is(t, 200).body
			h.send(t, "/v1/images/descriptions", file("image", "upload", "application/octet-stream", data)).is(t, 200)
		}
		h.send(t, "/v1/images/descriptions", file("image", "upload", "application/octet-stream", stillGIF(t))).is(t, 200)
	}},
	{name: "clients/22 chunked bodies are taken", face: func(c *web.Config) { c.MaxBody = 1 << 20 }, run: chunkedCase},
	{name: "clients/23 headers of parts come in any order, names in any letters", run: func(t *testing.T, h *house) {
		body := wireForm("x7", wirePart{"Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=\"prompt\"", []byte("put them together ü")},
			wirePart{"Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=\"model\"", []byte("midjourney")},
			wirePart{"Content-Type: image/png\r\nContent-Disposition: form-data; name=\"image[]\"; filename=\"fox 2 ü.png\"", flat(t, red)},
			wirePart{"content-disposition: form-data; filename=\"blob\"; name=\"image[]\"", flat(t, blue)})
		h.ask(t, http.MethodPost, edits, string(body), "Content-Type", "multipart/form-data; boundary=x7").items(t)
		h.arrived(t, "imagine", red, blue)
		if paid := h.sim.Ledger(); !strings.Contains(paid[0].Prompt, "put them together ü") {
			t.Errorf("drawn %q", paid[0].Prompt)
		}
	}},
	{name: "clients/24 a mask is honoured, or it is said why not", sim: simulator.Config{NoEdits: true, Pixels: 128}, run: func(t *testing.T, h *house) {
		a := h.send(t, edits, file("image", "a.png", "", flat(t, red)), file("mask", "m.png", "", maskPNG(t, 96, 96)), text("prompt", "a hat"))
		if p := a.is(t, 400).problem(t); p.Message == "" {
			t.Errorf("%+v, want why", p)
		}
		h.costs(t, 0)
		known := h.drawnID(t, "a fox")
		h.ask(t, http.MethodPost, edits, `{"prompt":"a hat","image":"`+known+`","mask":"`+inURL(maskPNG(t, 128, 128))+`"}`).items(t)
		h.checkMask(t, 128)
	}},
	{name: "clients/25 an edit without a picture is a 400 that names it", run: func(t *testing.T, h *house) {
		h.send(t, edits, text("prompt", "x"), text("model", "gpt-image-1"), text("size", "auto")).refused(t, refusal{400, "image", "missing_required_parameter"})
		if got := h.send(t, edits, text("prompt", "x")).problem(t).Type; got != "invalid_request_error" {
			t.Errorf("type = %s", got)
		}
		h.costs(t, 0)
	}},
	{name: "clients/26 bodies of more than 50 MB are taken, endless ones are a 413", run: hugeBodiesCase},
	{name: "clients/27 JSON is read however it is laid out and whatever it is called", run: anyTypeCase},
	{name: "clients/28 a prompt that is no text is a 400 that names it", run: func(t *testing.T, h *house) {
		h.refuses(t, generations, map[string]refusal{
			`{"prompt":{"images":[1,2],"text":"x"}}`: {400, "prompt", "invalid_type"}, `{"prompt":7}`: {400, "prompt", "invalid_type"},
			`{"prompt":"  "}`: {400, "prompt", "empty_string"}, `{"n":1}`: {400, "prompt", "missing_required_parameter"},
		})
	}},
	{name: "clients/29 unknown routes and wrong methods have the errorBody, too", run: pathsCase},
	{name: "clients/30 a status says by itself what is wrong", run: statusCase},
	{name: "clients/31 a message is one sentence without secrets", run: messagesCase},
	{name: "clients/32 addresses come from the public URL, else from what a trusted proxy says, else from the host", run: publicCase},
	{name: "clients/33 a picture's address is open to everybody", run: addressCase},
	{name: "clients/34 addresses live long and cannot be guessed", run: func(t *testing.T, h *house) {
		one, two := *h.draw(t, `{"prompt":"a fox"}`)[0].URL, *h.draw(t, `{"prompt":"a cat"}`)[0].URL
		random := regexp.MustCompile(`/images/img_[A-Z2-7]{26}\.png$`)
		if !random.MatchString(one) || !random.MatchString(two) || one == two {
			t.Errorf("addresses %s and %s, want 130 random bits in each", one, two)
		}
		if e := h.image(t, strings.TrimSuffix(one[strings.Index(one, "img_"):], ".png")).ExpiresAt; e != nil && *e < time.Now().Add(24*time.Hour).Unix() {
			t.Errorf("it expires at %d, want at least 24 h", *e)
		}
	}},
}

func stillGIF(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := gif.Encode(&b, image.NewGray(image.Rect(0, 0, 96, 96)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// hugeBodiesCase sends what is long and means nothing; nothing of it is kept.
func hugeBodiesCase(t *testing.T, h *house) {
	body, kind := writeForm(file("image", "a.png", "", flat(t, red)), text("prompt", "snow"))
	head, _, _ := strings.Cut(body, "\r\n")
	long := head + "\r\nContent-Disposition: form-data; name=\"notes\"; filename=\"n.bin\"\r\n\r\n"
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.base+edits, io.MultiReader(strings.NewReader(long), io.LimitReader(zeros{}, 55<<20), strings.NewReader("\r\n"+body)))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer sk-alice")
	r.Header.Set("Content-Type", kind)
	resp, err := h.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	answered{resp.StatusCode, resp.Header, data}.items(t)
	c := dial(t, strings.TrimPrefix(h.base, "http://"))
	if _, err := io.WriteString(c, post("", "Content-Length: 300000000")); err != nil {
		t.Fatal(err)
	}
	resp, err = http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if data, err = io.ReadAll(resp.Body); err != nil {
		t.Fatal(err)
	}
	answered{resp.StatusCode, resp.Header, data}.refused(t, refusal{413, "", "request_too_large"})
}

// zeros is an endless file.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// statusCase leaves out 403: only an upstream whose keys are passed through says so.
func statusCase(t *testing.T, h *house) {
	h.cfg.JobTimeout = 2 * time.Second // less than the pause that the 429 asks for
	h.reopen(t)
	for kind, status := range map[string]int{"402": 402, "401": 502, "403": 502, "429": 429, "no-account": 503, "banned": 400} {
		times := 1
		if kind == "429" {
			times = -1
		}
		h.sim.Fail(simulator.Fault{Route: "imagine", Kind: kind, Times: times, RetryAfter: 8, Match: "kind " + kind + " end"})
		h.ask(t, http.MethodPost, generations, `{"prompt":"a fox of kind `+kind+` end"}`).is(t, status).problem(t)
	}
	for prompt, status := range map[string]int{"sim-banned": 400, "sim-fail sim-instant": 502, "sim-stuck": 504} {
		h.ask(t, http.MethodPost, generations, `{"prompt":"a fox `+prompt+`"}`).is(t, status)
	}
	h.ask(t, http.MethodPost, generations, `{"prompt":"a fox"}`, "Authorization", "Bearer sk-nobody").is(t, 401)
	h.ask(t, http.MethodPost, generations, `{"prompt":"a fox","model":"nobodys"}`).is(t, 404)
}

// messagesCase runs by a clock that jumps: an outcome that nobody knows is looked for for a while.
func messagesCase(t *testing.T, _ *house) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, simulator.Config{}, indoors)
		for _, kind := range []string{"500", "502-html", "401", "402", "403", "no-account", "banned"} {
			h.sim.Fail(simulator.Fault{Route: "imagine", Kind: kind, Match: "kind " + kind})
			p := h.indoor(t, generations, `{"prompt":"a fox of kind `+kind+`"}`).problem(t)
			for _, secret := range []string{"upstream.test", "upstream-key", "<", "goroutine", ".go:", "\n", "sk-alice"} {
				if strings.Contains(p.Message, secret) {
					t.Errorf("%s tells %q: %s", kind, secret, p.Message)
				}
			}
			if !strings.HasSuffix(p.Message, ".") || len(p.Message) > 400 {
				t.Errorf("%s: %q, want a short sentence", kind, p.Message)
			}
		}
	})
}

func publicCase(t *testing.T, h *house) {
	url := func(h *house, headers ...string) string {
		t.Helper()
		a := h.ask(t, http.MethodPost, generations, `{"prompt":"a fox","response_format":"url"}`, headers...)
		return *a.items(t)[0].URL
	}
	forwarded := []string{"X-Forwarded-Proto", "https", "X-Forwarded-Host", "pictures.example"}
	if got := url(h, forwarded...); !strings.HasPrefix(got, h.base+"/images/") {
		t.Errorf("of nobody's proxy: %s, want the host", got)
	}
	trusting := newHouse(t, simulator.Config{}, func(c *web.Config) { c.TrustedProxies = []string{"127.0.0.0/8"} })
	if got := url(trusting, forwarded...); !strings.HasPrefix(got, "https://pictures.example/images/img_") {
		t.Errorf("behind a trusted proxy: %s", got)
	}
	public := newHouse(t, simulator.Config{}, func(c *web.Config) { c.PublicURL = "https://mid.example" })
	if got := url(public, forwarded...); !strings.HasPrefix(got, "https://mid.example/images/img_") || !strings.HasSuffix(got, ".png") {
		t.Errorf("with a public URL: %s", got)
	}
}

// What clients need of routes and headers.
var clientRouteCases = []conformanceCase{
	{name: "clients/35 routes are there with and without /v1, slashes are forgiven", run: func(t *testing.T, h *house) {
		for _, path := range []string{"/v1/models", "/models", "/models/", "//v1//models", "/v1/models/", "/models/midjourney"} {
			h.ask(t, http.MethodGet, path, "").is(t, 200)
		}
		for path, body := range map[string]string{"/chat/completions/": `{"messages":[{"role":"user","content":"ping"}]}`, "/responses": `{"input":"ping"}`, "/images/generations": `{"prompt":"x"}`} {
			h.ask(t, http.MethodPost, path, body).is(t, 200)
		}
	}},
	{name: "clients/36 a key comes as a bearer in any case or as api-key, blanks are cut", run: func(t *testing.T, h *house) {
		keysCase(t, h)
		h.ask(t, http.MethodGet, "/v1/models?api-version=2025-04-01-preview", "", "Authorization", "", "Api-Key", " sk-alice ").is(t, 200)
	}},
	{name: "clients/37 the models come from memory, without nulls", run: func(t *testing.T, h *house) {
		modelsCase(t, h)
		before := h.sim.Requests().Routes
		h.ask(t, http.MethodGet, "/v1/models", "").is(t, 200)
		if asked := h.sim.Requests().Routes; !maps.Equal(asked, before) {
			t.Errorf("the upstream was asked %v, after %v before", asked, before)
		}
	}},
	{name: "clients/38 what is listed can be chosen, aliases work unlisted", face: func(c *web.Config) { c.Models = []string{"midjourney", "niji-7"} }, run: func(t *testing.T, h *house) {
		var list struct{ Data []modelJSON }
		if err := json.Unmarshal(h.ask(t, http.MethodGet, "/v1/models", "").is(t, 200).body, &list); err != nil || len(list.Data) != 2 || list.Data[1].ID != "niji-7" {
			t.Errorf("%+v, want the two that were chosen", list.Data)
		}
		h.ask(t, http.MethodGet, "/v1/models/dall-e-3", "").is(t, 200)
		h.draw(t, `{"prompt":"a fox","model":"gpt-image-1"}`)
	}},
	{name: "clients/39 browsers may use every route, errors too", run: preflightCase},
}
