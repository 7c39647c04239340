package proxy

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// Requests of programs as their code writes them: of one that is too large to install for a test, and of others what they send
// with settings that no test gives them.

// asked is one request of a program, and what it must cost.
type asked struct {
	path, body string
	paid       string // kinds of jobs
	check      func(t *testing.T, a answered)
}

// checks sends the requests one after the other.
func checks(t *testing.T, h *house, headers []string, all map[string]asked) {
	t.Helper()
	for name, q := range all {
		before := len(h.sim.Ledger())
		a := h.replay(t, replay{path: q.path, headers: append([]string{"Authorization", "Bearer sk-alice", "Content-Type", "application/json"}, headers...), body: []byte(q.body)})
		var paid []string
		for _, c := range h.sim.Ledger()[before:] {
			paid = append(paid, c.Kind)
		}
		if got := strings.Join(paid, " "); a.status != http.StatusOK || got != q.paid {
			t.Errorf("%s: %d %.300s for %q, want 200 for %q", name, a.status, a.body, got, q.paid)
			continue
		}
		q.check(t, a)
	}
}

// promptfoo has settings for the models that it knows.
func TestPromptfooDraws(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	checks(t, h, nil, map[string]asked{
		"openai:image:dall-e-3": {"/v1/images/generations", `{"model":"dall-e-3","prompt":"an owl","n":1,"size":"1792x1024","response_format":"b64_json","quality":"hd","style":"vivid"}`, "imagine", isBase64},
		"openai:image:gpt-image-1": {"/v1/images/generations", `{"model":"gpt-image-1","prompt":"a cat","n":2,"size":"1536x1024","quality":"medium","background":"opaque","output_format":"png","moderation":"low"}`,
			"imagine", func(t *testing.T, a answered) {
				t.Helper()
				if n := len(a.items(t)); n != 2 {
					t.Errorf("%d pictures, want 2", n)
				}
				isBase64(t, a)
			}},
	})
}

// n8n's node has settings for the models that it knows, and users ask in their own language what a picture shows.
func TestN8nDrawsAndAnalyses(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	checks(t, h, []string{"Accept", "application/json", "User-Agent", "n8n", "OpenAI-Organization", ""}, map[string]asked{
		"generate": {"/v1/images/generations", `{"prompt":"a red fox","model":"dall-e-3","response_format":"b64_json","quality":"hd","size":"1792x1024","style":"vivid"}`, "imagine", isBase64},
		"analyse": {"/v1/responses", `{"model":"midjourney","input":[{"role":"user","content":[{"type":"input_text","text":"Was ist auf diesem Bild zu sehen?"},` +
			`{"type":"input_image","detail":"auto","image_url":"` + pngURL(drawnPNG(t)) + `"}]}],"max_output_tokens":300}`, "describe", saysSomething},
	})
}

// elizaOS asks for a caption in its own words, where nothing else is asked.
func TestElizaCaptions(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	checks(t, h, nil, map[string]asked{
		"a caption": {"/v1/chat/completions", `{"model":"midjourney","messages":[{"role":"user","content":[{"type":"text","text":"Please analyze this image and provide a title and detailed description."},` +
			`{"type":"image_url","image_url":{"url":"` + pngURL(drawnPNG(t)) + `"}}]}]}`, "describe", noPicture},
	})
}

func isBase64(t *testing.T, a answered) {
	t.Helper()
	base64Picture(t, a.items(t)[0].B64, pngMagic)
}

func noPicture(t *testing.T, a answered) {
	t.Helper()
	if text := a.chatText(t); text == "" || pictureLink.MatchString(text) {
		t.Errorf("%q, want words only", text)
	}
}

// saysSomething is a response with a message and no picture.
func saysSomething(t *testing.T, a answered) {
	t.Helper()
	var r answerJSON
	if err := json.Unmarshal(a.body, &r); err != nil || len(r.Output) != 1 || r.Output[0].Type != "message" || r.Output[0].Content[0].Text == "" {
		t.Errorf("%.300s, want a message", a.body)
	}
}

func pngURL(data []byte) string {
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(data)
}
