package proxy

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// aiohttp are the headers of Open WebUI's server.
var aiohttp = []string{"Authorization", "Bearer sk-alice", "Content-Type", "application/json", "User-Agent", "Python/3.11 aiohttp/3.13.2", "Accept", "*/*",
	"X-OpenWebUI-User-Name", "J%C3%BCrgen", "X-OpenWebUI-User-Id", "7d1c", "X-OpenWebUI-User-Role", "admin"}

// webuiPicture is what Open WebUI makes of an item: it prefers an address, and fetches it with the image key.
func (h *house) webuiPicture(t *testing.T, i dataItem) (data []byte, fetched bool) {
	t.Helper()
	if i.URL == nil || *i.URL == "" {
		return base64Picture(t, i.B64, pngMagic), false
	}
	status, header, data := h.call(t, http.MethodGet, strings.TrimPrefix(*i.URL, h.base), "", "Authorization", "Bearer sk-alice")
	if status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "image/") {
		t.Fatalf("the fetch of %s = %d %s", *i.URL, status, header.Get("Content-Type"))
	}
	return data, true
}

func TestOpenWebUIDraws(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for name, tt := range map[string]struct {
		path, body string
		fetched    bool
	}{
		"as it is set up first":              {"", `"model":"midjourney","n":1,"size":"512x512","response_format":"b64_json"`, false},
		"without a model of its own":         {"", `"model":"dall-e-2","n":1,"size":"1024x1024","response_format":"b64_json"`, false},
		"no size, as new versions send it":   {"", `"model":"midjourney","n":1,"response_format":"b64_json"`, false},
		"no size, as old versions send it":   {"", `"model":"midjourney","n":1,"size":"","response_format":"b64_json"`, false},
		"a gpt-image name":                   {"", `"model":"gpt-image-1","n":1,"size":"auto"`, false},
		"additional parameters":              {"", `"model":"midjourney","n":2,"size":"1024x1024","response_format":"b64_json","quality":"low","style":"vivid","steps":50,"vendor":{"a":[1]}`, false},
		"an API version":                     {"?api-version=2025-04-01-preview", `"model":"midjourney","n":1,"size":"1024x1024","response_format":"b64_json"`, false},
		"addresses wanted for every model":   {"", `"model":"midjourney","n":1,"size":"1024x1024"`, true},
		"a model picked from its connection": {"", `"model":"midgate.midjourney-v7","n":1,"size":"1024x1024","response_format":"b64_json"`, false},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(h.sim.Ledger())
			for _, i := range h.replay(t, replay{path: "/v1/images/generations" + tt.path, headers: aiohttp, body: []byte(`{"prompt":"a red fox, ` + name + `",` + tt.body + `}`)}).items(t) {
				if _, fetched := h.webuiPicture(t, i); fetched != tt.fetched {
					t.Errorf("fetched by address: %v, want %v", fetched, tt.fetched)
				}
			}
			if n := len(h.sim.Ledger()) - before; n != 1 {
				t.Errorf("%d jobs, want 1", n)
			}
		})
	}
}

// clients.md §1.9: since version 0.9 the status is the only message that arrives.
func TestOpenWebUIUnderstandsStatuses(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for prompt, want := range map[string]int{"sim-banned": http.StatusBadRequest, "sim-fail": http.StatusBadGateway, "sim-no-account": http.StatusServiceUnavailable} {
		if a := h.replay(t, replay{path: "/v1/images/generations", headers: aiohttp, body: []byte(`{"model":"midjourney","prompt":"` + prompt + `","n":1,"response_format":"b64_json"}`)}); a.status != want {
			t.Errorf("%s = %d %s, want %d", prompt, a.status, a.body, want)
		}
	}
	wrong := append([]string{}, aiohttp...)
	wrong[1] = "Bearer nobody"
	if a := h.replay(t, replay{path: "/v1/images/generations", headers: wrong, body: []byte(`{"prompt":"x"}`)}); a.status != http.StatusUnauthorized {
		t.Errorf("a wrong key = %d, want 401", a.status)
	}
}

// clients.md §5.2: a text part's type stands before its name; one picture is image, several are image[].
func TestOpenWebUIEdits(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	drawn := h.replay(t, replay{path: "/v1/images/generations", headers: aiohttp, body: []byte(`{"model":"midjourney","prompt":"a red fox","n":1,"size":"512x512","response_format":"b64_json"}`)}).items(t)[0]
	known, _ := h.webuiPicture(t, drawn)
	photo := drawnPNG(t)
	for name, tt := range map[string]struct {
		pictures [][]byte
		more     map[string]string
		jobs     string
	}{
		"the picture of this chat":      {[][]byte{known}, map[string]string{"n": "1", "size": "512x512", "response_format": "b64_json"}, "edits"},
		"an uploaded photo":             {[][]byte{photo}, map[string]string{"response_format": "b64_json"}, "edits"},
		"pictures of the last messages": {[][]byte{known, photo}, map[string]string{"n": "1", "response_format": "b64_json", "background": "auto"}, "imagine"},
	} {
		t.Run(name, func(t *testing.T) {
			before := h.charged()
			const boundary = "7c0de1f2a3b4c5d6e7f8091a2b3c4d5e"
			text := func(name, value string) wirePart {
				return wirePart{"Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=\"" + name + "\"", []byte(value)}
			}
			parts := []wirePart{text("model", "midjourney"), text("prompt", "in the rain")}
			for k, v := range tt.more {
				parts = append(parts, text(k, v))
			}
			field := "image"
			if len(tt.pictures) > 1 {
				field = "image[]"
			}
			for _, p := range tt.pictures {
				parts = append(parts, wirePart{"Content-Type: image/png\r\nContent-Disposition: form-data; name=\"" + field + "\"; filename=\"3f6c1c1e-9b1c-4a55-8d9a-2f6f6d1f0b7e.png\"", p})
			}
			headers := append([]string{}, aiohttp...)
			headers[3] = "multipart/form-data; boundary=" + boundary
			a := h.replay(t, replay{path: "/v1/images/edits", headers: headers, body: wireForm(boundary, parts...)})
			if _, fetched := h.webuiPicture(t, a.items(t)[0]); fetched {
				t.Error("an address came, want base64 only")
			}
			if got := strings.TrimSpace(strings.TrimPrefix(h.charged(), before)); got != tt.jobs {
				t.Errorf("the upstream was paid for %q, want %q", got, tt.jobs)
			}
		})
	}
}

// webuiTask is a request that Open WebUI makes beside a chat.
func webuiTask(t *testing.T, instruction string) replay {
	t.Helper()
	return replay{path: "/v1/chat/completions", headers: aiohttp, body: turns(t, "midjourney", map[string]any{"stream": false},
		userTurn("### Task:\n"+instruction+"\n### Guidelines:\n- Be brief.\n### Output:\nJSON only.\n### Chat History:\n<chat_history>\nUSER: a red fox in the snow\nASSISTANT: a picture\n</chat_history>"))}
}

// fromBraces reads the JSON between the first and the last brace of an answer, as Open WebUI does.
func fromBraces(t *testing.T, text string) (o struct {
	Title     string   `json:"title"`
	Tags      []string `json:"tags"`
	FollowUps []string `json:"follow_ups"`
	Queries   []string `json:"queries"`
	Prompt    string   `json:"prompt"`
}) {
	t.Helper()
	from, to := strings.Index(text, "{"), strings.LastIndex(text, "}")
	if from < 0 || to < from {
		t.Fatalf("%q has no JSON", text)
	}
	if err := json.Unmarshal([]byte(text[from:to+1]), &o); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return o
}

// clients.md §§5.4, 9: the first message of a chat is a picture, a title at the same time, then tags and follow-ups.
func TestOpenWebUIFirstMessageIsOneJob(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	title := make(chan answered, 1)
	go func() {
		defer close(title)
		title <- h.replay(t, webuiTask(t, "Generate a concise, 3-5 word title with an emoji summarizing the chat history."))
	}()
	tools := []map[string]any{{"type": "function", "function": map[string]any{"name": "generate_image", "parameters": map[string]any{"type": "object"}}}}
	a := h.replay(t, replay{path: "/v1/chat/completions", headers: aiohttp, body: turns(t, "midjourney", map[string]any{"stream": true, "tools": tools}, userTurn("a red fox in the snow"))})
	if text, thought, done := a.streamed(t); !pictureLink.MatchString(text) || thought == "" || !done {
		t.Errorf("the chat = %q, thought %q, done %v; want a picture, progress and the end", text, thought, done)
	}
	if got := fromBraces(t, (<-title).chatText(t)).Title; !strings.Contains(strings.ToLower(got), "red fox") {
		t.Errorf("title = %q, want words of the prompt", got)
	}
	if got := fromBraces(t, h.replay(t, webuiTask(t, "Generate 1-3 broad tags categorizing the main themes of the chat history.")).chatText(t)).Tags; len(got) == 0 {
		t.Error("no tags")
	}
	if got := fromBraces(t, h.replay(t, webuiTask(t, "Suggest 3-5 relevant follow-up questions or prompts that the user might naturally ask next.")).chatText(t)).FollowUps; got == nil {
		t.Error("follow-ups are null, want a list")
	}
	if got := h.charged(); got != "imagine" {
		t.Errorf("the upstream was paid for %q, want one imagine", got)
	}
	if got := fromBraces(t, h.replay(t, webuiTask(t, "Analyze the chat history to determine the necessity of generating search queries.")).chatText(t)).Queries; got == nil {
		t.Error("queries are null, want a list")
	}
	picture := h.replay(t, webuiTask(t, "Generate a detailed prompt for an image generation task based on the given language and context.")).chatText(t)
	if got := fromBraces(t, picture[strings.LastIndex(picture, "{"):]).Prompt; got != "a red fox in the snow" {
		t.Errorf("image prompt = %q, want the user's words", got)
	}
	own := turns(t, "midjourney", map[string]any{"stream": true}, map[string]any{"role": "system", "content": "<context>The requested image has been created and displayed to the user</context>"}, userTurn("a red fox in the snow"))
	if text, _, _ := h.replay(t, replay{path: "/v1/chat/completions", headers: aiohttp, body: own}).streamed(t); text == "" || pictureLink.MatchString(text) {
		t.Errorf("after its own picture: %q, want a sentence", text)
	}
	if n := len(h.sim.Ledger()); n != 1 {
		t.Errorf("%d jobs, want 1", n)
	}
}

// clients.md §5.5: a user's own connection is asked from the page.
func TestOpenWebUIAsksFromTheBrowser(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for _, path := range []string{"/v1/models", "/v1/chat/completions"} {
		a := h.replay(t, replay{method: http.MethodOptions, path: path, headers: []string{"Origin", "https://chat.example", "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "authorization,content-type"}})
		if a.status != http.StatusNoContent || a.header.Get("Access-Control-Allow-Origin") == "" || !strings.Contains(a.header.Get("Access-Control-Allow-Headers"), "authorization") {
			t.Errorf("preflight of %s = %d %v", path, a.status, a.header)
		}
	}
	a := h.replay(t, replay{method: http.MethodGet, path: "/v1/models", headers: []string{"Origin", "https://chat.example", "Authorization", "Bearer nobody", "Content-Type", "application/json"}})
	if a.status != http.StatusUnauthorized || a.header.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("a refusal = %d %v, want 401 that the page may read", a.status, a.header)
	}
	a = h.replay(t, replay{method: http.MethodGet, path: "/v1/models", headers: []string{"Authorization", "Bearer sk-alice"}})
	if len(a.items(t)) == 0 || strings.Contains(string(a.body), "null") {
		t.Errorf("models = %s, want names and no null", a.body)
	}
}
