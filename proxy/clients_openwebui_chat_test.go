package proxy

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// clients.md §5.4: an uploaded picture comes as a data URL beside the text.
func TestOpenWebUITalksAboutAnUploadedPicture(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	content := []map[string]any{{"type": "text", "text": "make the sky orange"},
		{"type": "image_url", "image_url": map[string]any{"url": "data:image/png;base64," + base64.StdEncoding.EncodeToString(drawnPNG(t))}}}
	a := h.replay(t, replay{path: "/v1/chat/completions", headers: aiohttp, body: turns(t, "midjourney", map[string]any{"stream": true, "stream_options": map[string]any{"include_usage": true}},
		map[string]any{"role": "user", "content": content})})
	if text, thought, done := a.streamed(t); !pictureLink.MatchString(text) || strings.Contains(text, "base64") || thought == "" || !done {
		t.Errorf("the chat = %q, thought %q, done %v; want a picture by its address", text, thought, done)
	}
	a.checkChunks(t)
	if got := h.charged(); got != "edits" {
		t.Errorf("the upstream was paid for %q, want edits", got)
	}
}

// clients.md §5.4: a refusal has its status and is JSON, of a streamed chat too.
func TestOpenWebUIIsToldWhyAChatWasRefused(t *testing.T) {
	h := newHouse(t, simulator.Config{Dialect: simulator.NewAPI})
	a := h.replay(t, replay{path: "/v1/chat/completions", headers: aiohttp, body: turns(t, "midjourney", map[string]any{"stream": true}, userTurn("a fox sim-banned"))})
	var e errorBody
	if err := json.Unmarshal(a.body, &e); err != nil || a.status != http.StatusBadRequest || !strings.HasPrefix(a.header.Get("Content-Type"), "application/json") || e.Error.Message == "" {
		t.Errorf("%d %q %s, want 400 and JSON", a.status, a.header.Get("Content-Type"), a.body)
	}
}

// clients.md §§5.4, 9: what Open WebUI asks for besides pictures costs nothing.
func TestOpenWebUIsOwnRequestsAreFree(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	system := func(text string) map[string]any { return map[string]any{"role": "system", "content": text} }
	for name, tt := range map[string]struct {
		messages []map[string]any
		want     string // the answer begins with it
	}{
		"after a picture that failed": {[]map[string]any{system("<context>Image generation was attempted but failed because of an error.</context>"), userTurn("a red fox")}, ""},
		"a choice of tools":           {[]map[string]any{system("Available Tools: [{\"name\":\"search\"}]\nReturn JSON."), userTurn("Query: History:\nUSER: \"\"\"a red fox\"\"\"")}, "{"},
		"an autocompletion":           {[]map[string]any{userTurn("### Task:\nYou are an autocompletion system. Continue the text in <text>.\n### Output:\n<type>General</type><text>a red</text>\n<chat_history>\n</chat_history>")}, "{"},
		"an emoji":                    {[]map[string]any{userTurn("Your task is to reflect the speaker's likely facial expression through a fitting emoji. Message: \"\"\"hello\"\"\"")}, ""},
		"a memory review":             {[]map[string]any{system("You are a private memory reviewer."), userTurn("Review the completed conversation turn: a red fox")}, "{"},
		"merged answers":              {[]map[string]any{userTurn("You have been provided with a set of responses from various models to the latest user query: \"a red fox\"\n\nResponses from models: x")}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := h.replay(t, replay{path: "/v1/chat/completions", headers: aiohttp, body: turns(t, "midjourney", map[string]any{"stream": false}, tt.messages...)})
			if text := a.chatText(t); text == "" || !strings.HasPrefix(text, tt.want) || pictureLink.MatchString(text) {
				t.Errorf("the answer is %q, want words that begin with %q", text, tt.want)
			}
		})
	}
	if got := h.charged(); got != "" {
		t.Errorf("the upstream was paid for %q, want nothing", got)
	}
}

// clients.md §5.2: uploads are JPEG and WebP too, and an address may carry an API version.
func TestOpenWebUIEditsWhateverWasUploaded(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	const boundary = "b1946ac92492d2347c6235b4d2611184"
	text := func(name, value string) wirePart {
		return wirePart{"Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=\"" + name + "\"", []byte(value)}
	}
	headers := slices.Clone(aiohttp)
	headers[3] = "multipart/form-data; boundary=" + boundary
	headers = append(headers, "X-OpenWebUI-User-Jwt", "eyJhbGciOiJIUzI1NiJ9.e30.x")
	body := wireForm(boundary, text("model", "gpt-image-1"), text("prompt", "in the rain"), text("background", "auto"),
		wirePart{"Content-Type: image/jpeg\r\nContent-Disposition: form-data; name=\"image\"; filename=\"3f6c1c1e-9b1c-4a55-8d9a-2f6f6d1f0b7e.jpg\"", halved(t, drawnPNG(t))})
	a := h.replay(t, replay{path: "/v1/images/edits?api-version=2025-04-01-preview", headers: headers, body: body})
	if _, fetched := h.webuiPicture(t, a.items(t)[0]); fetched || h.charged() != "edits" {
		t.Errorf("fetched %v, paid for %q; want base64 of one edit", fetched, h.charged())
	}
}
