package proxy

import (
	"encoding/base64"
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// libreChat are the headers of LibreChat's chat endpoints.
var libreChat = []string{"Authorization", "Bearer sk-alice", "Content-Type", "application/json",
	"User-Agent", "langchainjs-openai/1.0.0 ((node/v20; linux; x64))", "X-Stainless-Retry-Count", "0"}

// Whatever users and agents add, the last turn is drawn, and the stream is what LibreChat reads.
func TestLibreChatTalksWithEverythingItMaySend(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	picture := "data:image/png;base64," + base64.StdEncoding.EncodeToString(drawnPNG(t))
	usage := map[string]any{"include_usage": true}
	for name, tt := range map[string]struct {
		path     string
		more     map[string]any
		messages []map[string]any
		jobs     string
	}{
		"settings of the user": {"/v1/chat/completions", map[string]any{"temperature": 0.7, "top_p": 1, "max_tokens": 4096, "presence_penalty": 0, "frequency_penalty": 0, "stop": []string{"x"}, "user": "65f0"},
			[]map[string]any{userTurn("a red fox --ar 16:9")}, "imagine"},
		"a system message and an agent's tools": {"/v1/chat/completions", map[string]any{"parallel_tool_calls": true,
			"tools": []map[string]any{{"type": "function", "function": map[string]any{"name": "web_search", "description": "searches", "parameters": map[string]any{"type": "object"}}}}},
			[]map[string]any{{"role": "system", "content": "Today is Monday. Be nice."}, userTurn("a blue owl")}, "imagine"},
		"earlier turns": {"/v1/chat/completions", nil,
			[]map[string]any{userTurn("hello"), {"role": "assistant", "content": "Hello! What shall I draw?"}, userTurn("a green frog")}, "imagine"},
		"an attachment": {"/v1/chat/completions", nil, []map[string]any{{"role": "user", "content": []map[string]any{
			{"type": "text", "text": "make it blue"}, {"type": "image_url", "image_url": map[string]any{"url": picture, "detail": "auto"}}}}}, "edits"},
		"a base URL without /v1": {"/chat/completions", nil, []map[string]any{userTurn("a grey cat")}, "imagine"},
	} {
		t.Run(name, func(t *testing.T) {
			before := h.charged()
			more := map[string]any{"stream": true, "stream_options": usage}
			maps.Copy(more, tt.more)
			a := h.replay(t, replay{path: tt.path, headers: libreChat, body: turns(t, "midjourney", more, tt.messages...)})
			if text, _, done := a.streamed(t); !pictureLink.MatchString(text) || !done {
				t.Errorf("the chat = %q, done %v; want a picture and the end", text, done)
			}
			a.checkChunks(t)
			if got := strings.TrimSpace(strings.TrimPrefix(h.charged(), before)); got != tt.jobs {
				t.Errorf("the upstream was paid for %q, want %q", got, tt.jobs)
			}
		})
	}
}

// checkChunks holds a stream to what chat clients rely on: the role first, one end, then the usage that was asked for.
func (a answered) checkChunks(t *testing.T) {
	t.Helper()
	var ends []string
	n, used := 0, false
	for line := range strings.Lines(string(a.body)) {
		data, ok := strings.CutPrefix(strings.TrimSpace(line), "data: ")
		if !ok || data == "[DONE]" {
			continue
		}
		var chunk struct {
			Choices []struct {
				Delta  struct{ Role string }
				Finish *string `json:"finish_reason"`
			}
			Usage *struct {
				Total int `json:"total_tokens"`
			}
		}
		if err := json.Unmarshal([]byte(data), &chunk); err != nil {
			t.Fatalf("a chunk %q: %v", data, err)
		}
		if n++; n == 1 && (len(chunk.Choices) != 1 || chunk.Choices[0].Delta.Role != "assistant") {
			t.Errorf("the first chunk is %s, want the role", data)
		}
		for _, c := range chunk.Choices {
			if c.Finish != nil {
				ends = append(ends, *c.Finish)
			}
		}
		if chunk.Usage != nil {
			used = len(chunk.Choices) == 0 && chunk.Usage.Total > 0
		}
	}
	if len(ends) != 1 || ends[0] != "stop" || !used {
		t.Errorf("ends %q, usage at the end: %v; want one stop, and usage", ends, used)
	}
}

// Newer versions send moderation, other sizes and n above 1; the settings for Azure send api-key and an api-version.
func TestLibreChatsNewerToolkit(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	azure := []string{"api-key", "sk-alice", "Content-Type", "application/json"}
	items := h.replay(t, replay{path: "/v1/images/generations?api-version=2025-04-01-preview", headers: azure,
		body: []byte(`{"model":"gpt-image-1","prompt":"a red fox","n":3,"background":"auto","output_format":"png","quality":"high","size":"2048x1024","moderation":"low"}`)}).items(t)
	if len(items) != 3 || h.charged() != "imagine" {
		t.Fatalf("%d pictures for %q, want 3 for one imagine", len(items), h.charged())
	}
	contentType, body := wireBody(t, map[string]string{"model": "gpt-image-1", "prompt": "make it blue", "n": "2", "quality": "auto", "size": "auto",
		"background": "opaque", "output_format": "webp", "output_compression": "90", "moderation": "low"}, base64Picture(t, items[1].B64, pngMagic))
	for path, headers := range map[string][]string{
		"/images/edits": {"Authorization", "Bearer sk-alice", "Content-Type", contentType},
		"/v1/images/edits?api-version=2025-04-01":      {"api-key", "sk-alice", "Content-Type", contentType},
		"/v1/images/edits/?api-version=2025-04-01&x=1": {"API-Key", "sk-alice", "Content-Type", contentType},
	} {
		edited := h.replay(t, replay{path: path, headers: headers, body: body, chunked: true}).items(t)
		if len(edited) != 2 {
			t.Errorf("%s: %d pictures, want 2", path, len(edited))
		}
		base64Picture(t, edited[0].B64, webpMagic)
	}
	if a := h.replay(t, replay{method: http.MethodGet, path: "/models", headers: []string{"Authorization", "Bearer sk-alice"}}); len(a.items(t)) == 0 {
		t.Error("no models without /v1")
	}
}

// wireBody is a form of text parts and one picture as image[].
func wireBody(t *testing.T, texts map[string]string, picture []byte) (contentType string, body []byte) {
	t.Helper()
	const boundary = "--------------------------90a1b2c3d4e5f60718293a4b"
	var parts []wirePart
	for k, v := range texts {
		parts = append(parts, wirePart{`Content-Disposition: form-data; name="` + k + `"`, []byte(v)})
	}
	parts = append(parts, wirePart{"Content-Disposition: form-data; name=\"image[]\"; filename=\"fox\"\r\nContent-Type: image/png", picture})
	return "multipart/form-data; boundary=" + boundary, wireForm(boundary, parts...)
}
