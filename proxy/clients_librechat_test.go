package proxy

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// libreNode are the headers of LibreChat's image tools, which use the official Node SDK.
var libreNode = []string{"Authorization", "Bearer sk-alice", "Content-Type", "application/json", "Accept", "application/json",
	"User-Agent", "OpenAI/JS 5.8.2", "X-Stainless-Retry-Count", "0", "X-Stainless-Lang", "js", "X-Stainless-Package-Version", "5.8.2"}

// clients.md §4.1: the tool reads data[0].url, downloads it without a key and names the file after the path.
func TestLibreChatDrawsWithItsDALLETool(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	azure := []string{"api-key", "sk-alice", "Authorization", "Bearer sk-alice", "Content-Type", "application/json"}
	for name, tt := range map[string]struct {
		path, size, quality, style string
		headers                    []string
	}{
		"wide and vivid":                {"/v1/images/generations", "1792x1024", "hd", "vivid", libreNode},
		"tall and natural":              {"/v1/images/generations", "1024x1792", "standard", "natural", libreNode},
		"a base URL without /v1":        {"/images/generations", "1024x1024", "hd", "natural", libreNode},
		"the settings for Azure":        {"/v1/images/generations?api-version=2024-02-01", "1024x1024", "standard", "vivid", azure},
		"a base URL that ends in slash": {"/v1//images/generations", "1024x1024", "standard", "natural", libreNode},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(h.sim.Ledger())
			picture := h.replay(t, replay{path: tt.path, headers: tt.headers, body: []byte(`{"model":"dall-e-3","quality":"` + tt.quality + `","style":"` + tt.style +
				`","size":"` + tt.size + `","prompt":"a red fox ` + name + ` --stylize 50","n":1}`)}).items(t)[0]
			if picture.URL == nil || !strings.HasSuffix(*picture.URL, ".png") {
				t.Fatalf("data[0].url = %v, want an address that ends as its bytes", picture.URL)
			}
			status, header, data := h.call(t, http.MethodGet, strings.TrimPrefix(*picture.URL, h.base), "", "Authorization", "")
			if status != http.StatusOK || header.Get("Content-Type") != "image/png" || !strings.HasPrefix(string(data), pngMagic) {
				t.Errorf("the download = %d %s", status, header.Get("Content-Type"))
			}
			if n := len(h.sim.Ledger()) - before; n != 1 {
				t.Errorf("%d jobs, want 1", n)
			}
		})
	}
}

// clients.md §4.1: the language model is told "<status> <error.message>".
func TestLibreChatTellsWhyAPictureFailed(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	a := h.replay(t, replay{path: "/v1/images/generations", headers: libreNode, body: []byte(`{"model":"dall-e-3","quality":"hd","style":"vivid","size":"1024x1024","prompt":"sim-banned","n":1}`)})
	var e errorBody
	if err := json.Unmarshal(a.body, &e); err != nil || a.status != http.StatusBadRequest || !strings.HasSuffix(e.Error.Message, ".") {
		t.Errorf("%d %s, want 400 and a sentence", a.status, a.body)
	}
}

// clients.md §4.2: the toolkit reads data[0].b64_json, under whichever model name the site has set.
func TestLibreChatDrawsWithItsImageToolkit(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for name, tt := range map[string]struct{ body, start string }{
		"its default model":     {`"model":"gpt-image-1","n":1,"background":"auto","output_format":"png","quality":"high","size":"1536x1024"`, pngMagic},
		"the newest model":      {`"model":"gpt-image-2.5-flare","n":1,"background":"opaque","output_format":"png","quality":"xhigh","size":"auto","moderation":"low"`, pngMagic},
		"Midjourney by name":    {`"model":"midjourney","n":1,"background":"transparent","output_format":"png","quality":"max","size":"1024x1536"`, pngMagic},
		"a site that uses WebP": {`"model":"gpt-image-1","n":1,"background":"auto","output_format":"webp","output_compression":90,"quality":"auto","size":"auto"`, webpMagic},
		"a site that uses JPEG": {`"model":"midjourney-v7","n":1,"background":"auto","output_format":"jpeg","output_compression":80,"quality":"low","size":"1024x1024"`, jpegMagic},
	} {
		t.Run(name, func(t *testing.T) {
			items := h.replay(t, replay{path: "/v1/images/generations", headers: libreNode, body: []byte(`{"prompt":"a red fox, ` + name + `",` + tt.body + `}`)}).items(t)
			if len(items) != 1 {
				t.Errorf("%d pictures, want 1", len(items))
			}
			base64Picture(t, items[0].B64, tt.start)
		})
	}
}

// libreEdit is a body of the edit tool: text first, every picture as image[], names in raw UTF-8.
func libreEdit(model string, pictures ...[]byte) (contentType string, body []byte) {
	const boundary = "--------------------------4a19c53f0b1de27768a90113"
	parts := []wirePart{
		{`Content-Disposition: form-data; name="model"`, []byte(model)},
		{`Content-Disposition: form-data; name="prompt"`, []byte("make it blue")},
		{`Content-Disposition: form-data; name="quality"`, []byte("auto")},
		{`Content-Disposition: form-data; name="size"`, []byte("auto")},
	}
	names := []string{"fox.png", "fox 2 ü.png", "fox (3).png"}
	for i, p := range pictures {
		parts = append(parts, wirePart{"Content-Disposition: form-data; name=\"image[]\"; filename=\"" + names[i] + "\"\r\nContent-Type: image/png", p})
	}
	return "multipart/form-data; boundary=" + boundary, wireForm(boundary, parts...)
}

func TestLibreChatEditsWithItsImageToolkit(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	photo := drawnPNG(t)
	drawn := h.replay(t, replay{path: "/v1/images/generations", headers: libreNode, body: []byte(`{"model":"gpt-image-1","prompt":"a red fox","n":1}`)}).items(t)[0]
	known := base64Picture(t, drawn.B64, pngMagic)
	for _, tt := range []struct {
		name     string
		model    string
		pictures [][]byte
		chunked  bool
		jobs     string
	}{
		{"a picture of this chat", "gpt-image-1", [][]byte{known}, false, "edits"},
		{"the same from S3, in chunks", "gpt-image-1", [][]byte{known}, true, "edits"},
		{"a photo, Midjourney by name", "midjourney", [][]byte{photo}, true, "edits"},
		{"two pictures as image prompts", "midjourney", [][]byte{known, photo}, true, "imagine"},
		{"three pictures, a model of tomorrow", "gpt-image-2.5-flare", [][]byte{photo, known, photo}, false, "imagine"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			before := h.charged()
			contentType, body := libreEdit(tt.model, tt.pictures...)
			a := h.replay(t, replay{path: "/v1/images/edits", chunked: tt.chunked, body: body,
				headers: []string{"Authorization", "Bearer sk-alice", "Content-Type", contentType, "User-Agent", "axios/1.12.2", "Accept", "application/json, text/plain, */*"}})
			base64Picture(t, a.items(t)[0].B64, pngMagic)
			if got := strings.TrimSpace(strings.TrimPrefix(h.charged(), before)); got != tt.jobs {
				t.Errorf("the upstream was paid for %q, want %q", got, tt.jobs)
			}
		})
	}
	t.Run("pictures that LibreChat did not find", func(t *testing.T) {
		contentType, body := libreEdit("gpt-image-1")
		a := h.replay(t, replay{path: "/v1/images/edits", body: body, headers: []string{"Authorization", "Bearer sk-alice", "Content-Type", contentType}})
		var e errorBody
		if err := json.Unmarshal(a.body, &e); err != nil || a.status != http.StatusBadRequest || e.Error.Param == nil || *e.Error.Param != "image" {
			t.Errorf("%d %s, want 400 about image", a.status, a.body)
		}
	})
}

// libreTitles are the three ways in which LibreChat asks for a title, and what it reads of the answer.
var libreTitles = map[string]struct {
	headers []string
	body    map[string]any
	title   func(t *testing.T, a answered) string
}{
	"completion": {nil, map[string]any{"messages": []map[string]any{userTurn("Provide a concise, 5-word-or-less title for the conversation, using title case.\n\nConversation:\nUser: a red fox --ar 16:9")}},
		func(t *testing.T, a answered) string { return a.chatText(t) }},
	"structured": {[]string{"X-Stainless-Helper-Method", "chat.completions.parse"}, map[string]any{
		"messages":        []map[string]any{userTurn("Analyze this conversation and provide:\n1. The detected language\n2. A title\n\nUser: a red fox --ar 16:9")},
		"response_format": map[string]any{"type": "json_schema", "json_schema": map[string]any{"name": "extract", "strict": true, "schema": titleSchema}},
	}, func(t *testing.T, a answered) string { return titleOf(t, a.chatText(t)) }},
	"functions": {nil, map[string]any{
		"messages":    []map[string]any{userTurn("Analyze this conversation and provide:\n1. The detected language\n2. A title\n\nUser: a red fox --ar 16:9")},
		"tools":       []map[string]any{{"type": "function", "function": map[string]any{"name": "extract", "parameters": titleSchema}}},
		"tool_choice": map[string]any{"type": "function", "function": map[string]any{"name": "extract"}},
	}, func(t *testing.T, a answered) string {
		var answer struct {
			Choices []struct {
				Message struct {
					Calls []struct {
						Function struct{ Name, Arguments string }
					} `json:"tool_calls"`
				}
			}
		}
		if err := json.Unmarshal(a.body, &answer); err != nil || len(answer.Choices) != 1 || len(answer.Choices[0].Message.Calls) != 1 || answer.Choices[0].Message.Calls[0].Function.Name != "extract" {
			t.Fatalf("%s, want a call of the forced tool", a.body)
		}
		return titleOf(t, answer.Choices[0].Message.Calls[0].Function.Arguments)
	}},
}

var titleSchema = map[string]any{"type": "object", "required": []string{"language", "title"}, "additionalProperties": false,
	"properties": map[string]any{"language": map[string]any{"type": "string"}, "title": map[string]any{"type": "string"}}}

// titleOf reads an object that must have all required keys.
func titleOf(t *testing.T, text string) string {
	t.Helper()
	var o struct{ Language, Title *string }
	if err := json.Unmarshal([]byte(text), &o); err != nil || o.Language == nil || o.Title == nil {
		t.Fatalf("%q, want an object with language and title", text)
	}
	return *o.Title
}

// clients.md §§4.5, 9: a conversation is the picture and a title, which LibreChat wants at the same time.
func TestLibreChatConversationIsOneJob(t *testing.T) {
	chat := []string{"Authorization", "Bearer sk-alice", "Content-Type", "application/json", "User-Agent", "langchainjs-openai/1.0.0 ((node/v20; linux; x64))", "X-Stainless-Retry-Count", "0"}
	for name, tt := range libreTitles {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, simulator.Config{})
			title := make(chan answered, 1)
			body, err := json.Marshal(tt.body)
			if err != nil {
				t.Fatal(err)
			}
			go func() {
				defer close(title)
				title <- h.replay(t, replay{path: "/v1/chat/completions", headers: append(slices.Clip(chat), tt.headers...), body: []byte(`{"model":"midjourney",` + string(body[1:]))})
			}()
			a := h.replay(t, replay{path: "/v1/chat/completions", headers: chat,
				body: turns(t, "midjourney", map[string]any{"stream": true, "stream_options": map[string]any{"include_usage": true}}, userTurn("a red fox --ar 16:9"))})
			if text, thought, done := a.streamed(t); !pictureLink.MatchString(text) || thought == "" || !done {
				t.Errorf("the chat = %q, thought %q, done %v; want a picture, progress and the end", text, thought, done)
			}
			if got := tt.title(t, <-title); !strings.Contains(strings.ToLower(got), "red fox") || strings.Contains(got, "--ar") {
				t.Errorf("title = %q, want words of the prompt", got)
			}
			if got := h.charged(); got != "imagine" {
				t.Errorf("the upstream was paid for %q, want one imagine", got)
			}
		})
	}
}

// clients.md §4.6.
func TestLibreChatListsModels(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	a := h.replay(t, replay{method: http.MethodGet, path: "/v1/models?user=65f0c0ffee", headers: []string{"Authorization", "Bearer sk-alice"}})
	for _, m := range a.items(t) {
		if m.ID == "" {
			t.Errorf("a model without id in %s", a.body)
		}
	}
}
