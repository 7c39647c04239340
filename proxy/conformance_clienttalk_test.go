package proxy

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/chat"
	"midgate/proxy/videos"
)

// What clients need of conversations, other routes and the documentation.
var clientTalkCases = []conformanceCase{
	{name: "clients/40 a chat's answer is a whole object with pictures in Markdown", run: func(t *testing.T, h *house) {
		a := h.chat(t, userTurn("a red fox"), nil)
		if text := a.chatText(t); !strings.Contains(text, "]("+h.base+"/images/img_") || !strings.Contains(text, ".png)") {
			t.Errorf("%q, want pictures by their addresses", text)
		}
		for _, key := range []string{`"id":"chatcmpl-`, `"object":"chat.completion"`, `"model":"midjourney"`, `"refusal":null`, `"logprobs":null`, `"finish_reason":"stop"`, `"usage":{"prompt_tokens":`} {
			if !strings.Contains(string(a.body), key) {
				t.Errorf("%s is not in %s", key, a.body)
			}
		}
	}},
	{name: "clients/41 a chat's stream begins with the role and ends with stop and [DONE]", sim: simulator.Config{Pace: watchable}, run: chatOrderCase},
	{name: "clients/42 progress is told as thoughts and never as content", sim: simulator.Config{Pace: watchable}, run: func(t *testing.T, h *house) {
		text, thought, done := h.chat(t, userTurn("a red fox"), map[string]any{"stream": true}).streamed(t)
		if !done || !strings.Contains(thought, "%") || strings.Contains(text, "%") || strings.Contains(text, "█") || !strings.Contains(text, "![") {
			t.Errorf("content %q, thoughts %q, done %v", text, thought, done)
		}
	}},
	{name: "clients/43 a chat's error is JSON before the first chunk and a frame after it", sim: simulator.Config{Pace: watchable}, run: func(t *testing.T, h *house) {
		h.sim.Fail(simulator.Fault{Route: "imagine", Kind: "banned"})
		h.chat(t, userTurn("a red fox"), map[string]any{"stream": true}).refused(t, refusal{400, "", "content_policy_violation"})
		h.ask(t, http.MethodPost, chat.Route, `{"stream":true,"model":"midjourney","messages":[]}`).refused(t, refusal{400, "messages", "empty_array"})
		chatErrorCase(t, newHouse(t, simulator.Config{Pace: watchable}))
	}},
	{name: "clients/44 the last message is the prompt, pictures before it are what it is about", run: lastTurnCase},
	{name: "clients/45 content is a text or parts, pictures come as data or by address", run: contentCase},
	{name: "clients/46 addresses of others are not fetched from inside, nor without end", run: func(t *testing.T, h *house) {
		privateCase(t, h)
		endless := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(pngMagic))
			_, _ = io.Copy(w, zeros{}) // until the client has enough
		}))
		t.Cleanup(endless.Close)
		h.face.FetchAllow, h.face.FetchLimit = []string{"127.0.0.1"}, 1<<20
		h.reopen(t)
		p := h.ask(t, http.MethodPost, edits, `{"prompt":"x","image":"`+endless.URL+`"}`).problem(t)
		if orNone(p.Param) != "image" {
			t.Errorf("%+v, want the parameter's name", p)
		}
		h.costs(t, 0)
	}},
	{name: "clients/47 numbers are whole, lengths are told, answers have IDs", run: func(t *testing.T, h *house) {
		for request, body := range map[string]string{"POST " + generations: `{"prompt":"a fox"}`, "GET /v1/models": "", "GET /v1/images": "", "POST " + chat.Route: `{"messages":[` + aFox + `]}`, "GET /v1/nothing": ""} {
			method, path, _ := strings.Cut(request, " ")
			a := h.ask(t, method, path, body)
			if a.header.Get("Content-Length") != strconv.Itoa(len(a.body)) || !strings.HasPrefix(a.header.Get("X-Request-Id"), "req_") || strings.Contains(string(a.body), "NaN") {
				t.Errorf("%s: %v for %d bytes", request, a.header, len(a.body))
			}
			if method == http.MethodPost {
				if n, ok := a.members(t)["created"].(float64); !ok || n != float64(int64(n)) || time.Since(time.Unix(int64(n), 0)).Abs() > time.Hour {
					t.Errorf("%s: created %v", request, n)
				}
			}
		}
	}},
	{name: "clients/48 stream: true streams pictures, partial_images alone does not", sim: simulator.Config{Pace: watchable}, run: func(t *testing.T, h *house) {
		h.draw(t, `{"prompt":"a fox","partial_images":2}`)
		h.draw(t, `{"prompt":"a fox","stream":"false"}`)
		if got := names(h.streamed(t, generations, `{"prompt":"a fox","stream":true}`)); got != "image_generation.completed" {
			t.Errorf("events %s", got)
		}
	}},
	{name: "clients/49 variations are made, or refused with a reason", run: func(t *testing.T, h *house) {
		h.send(t, variations, file("image", "a.png", "", flat(t, red)), text("n", "1"), text("size", "1024x1024")).items(t)
		h.ask(t, http.MethodPost, variations, `{"image":"`+h.drawnID(t, "a fox")+`"}`).items(t)
		h.send(t, variations, file("image", "a.png", "", []byte("no picture"))).refused(t, refusal{400, "image", "unsupported_file_mimetype"})
	}},
	{name: "clients/50 videos are made, polled, fetched by ranges, listed and deleted", run: videosCase},
	// Clients would put up with a 404 that gives a hint; midgate has the route.
	{name: "clients/51 /v1/responses answers", run: func(t *testing.T, h *house) {
		status, a, raw := h.respond(t, `{"model":"midjourney","input":[{"role":"user","content":[{"type":"input_text","text":"a red fox"}]}]}`)
		if status != 200 || len(a.Output) == 0 || a.Output[0].Type != "image_generation_call" || a.Output[0].Result == "" {
			t.Errorf("%d %.300s", status, raw)
		}
	}},
	{name: "clients/52 Expect and kept connections work, streams are not compressed", sim: simulator.Config{Pace: watchable}, run: transportCase},
	{name: "clients/53 headers that name a user are not logged", run: quietLogCase},
	{name: "clients/54 connection testers get a small JSON", run: func(t *testing.T, h *house) {
		for _, path := range []string{"/", "/health", "/v1", "/v1/"} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				a := h.ask(t, method, path, "", "Authorization", "").is(t, 200)
				if a.header.Get("Content-Type") != "application/json" || method == http.MethodGet && a.members(t)["status"] != "ok" {
					t.Errorf("%s %s: %v %s", method, path, a.header, a.body)
				}
			}
		}
	}},
	{name: "clients/55 the documentation has settings that can be pasted", run: documentationCase},
}

func lastTurnCase(t *testing.T, h *house) {
	body := `{"model":"midjourney","tools":[{"type":"function","function":{"name":"get_time"}}],"messages":[{"role":"system","content":"You are a pirate."},` +
		`{"role":"user","content":"a green parrot"},{"role":"assistant","content":"no picture yet"},{"role":"user","content":"a red fox"}]}`
	h.ask(t, http.MethodPost, chat.Route, body).chatText(t)
	if p := h.sim.Ledger()[0].Prompt; !strings.HasPrefix(p, "a red fox") || strings.Contains(p, "pirate") || strings.Contains(p, "parrot") {
		t.Errorf("drawn %q, want the last message alone", p)
	}
	talk := &parley{h: h}
	fox := shownIn(t, talk.say(t, "a red fox in the snow"))
	changed := shownIn(t, talk.say(t, "make it blue"))
	if parent := h.image(t, changed).Parent; parent == nil {
		t.Errorf("%s was made of nothing, want of %s", changed, fox)
	}
}

func contentCase(t *testing.T, h *house) {
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "image/png")
		_, _ = w.Write(flat(t, blue))
	}))
	t.Cleanup(host.Close)
	h.face.FetchAllow = []string{"127.0.0.1"}
	h.reopen(t)
	h.chat(t, map[string]any{"role": "user", "content": []any{map[string]any{"type": "text", "text": "a red fox"}}}, nil).chatText(t)
	picture := func(url any) map[string]any { return map[string]any{"type": "image_url", "image_url": url} }
	parts := []any{map[string]any{"type": "text", "text": "put these together in a forest"}, picture(map[string]any{"url": inURL(flat(t, red)), "detail": "auto"}), picture(host.URL + "/a.png")}
	h.chat(t, map[string]any{"role": "user", "content": parts}, nil).chatText(t)
	h.arrived(t, "imagine", red, blue)
	h.costs(t, 2)
}

func videosCase(t *testing.T, h *house) {
	a := h.ask(t, http.MethodPost, "/v1/videos", `{"model":"sora-2","prompt":"a fox walks","seconds":"4"}`).is(t, 200)
	v := videoIn(t, a.status, a.body)
	if !strings.Contains(string(a.body), `"error":null`) || v.Model != "sora-2" {
		t.Errorf("video = %s", a.body)
	}
	h.finished(t, v.ID)
	content := h.ask(t, http.MethodGet, "/v1/videos/"+v.ID+"/content", "", "Range", "bytes=4-7").is(t, 206)
	if string(content.body) != "ftyp" || content.header.Get("Content-Type") != "video/mp4" {
		t.Errorf("a range is %q of %s", content.body, content.header.Get("Content-Type"))
	}
	status, _, body := h.form(t, "/v1/videos", filmPart{name: "prompt", text: "it waves"}, filmPart{name: "input_reference", file: flat(t, red)})
	h.finished(t, videoIn(t, status, body).ID)
	var list struct{ Data []videos.VideoJSON }
	if err := json.Unmarshal(h.ask(t, http.MethodGet, "/v1/videos", "").is(t, 200).body, &list); err != nil || len(list.Data) != 2 {
		t.Errorf("%d videos listed, want 2", len(list.Data))
	}
	h.ask(t, http.MethodDelete, "/v1/videos/"+v.ID, "").is(t, 200)
	h.ask(t, http.MethodGet, "/v1/videos/"+v.ID, "").is(t, 404)
}

// transportCase sends two requests on one connection, the first of which asks whether its body is welcome.
func transportCase(t *testing.T, h *house) {
	c := dial(t, strings.TrimPrefix(h.base, "http://"))
	wire := bufio.NewReader(c)
	body := `{"prompt":"a fox","response_format":"url"}`
	for i, expect := range []string{"Expect: 100-continue", "X-Nothing: 1"} {
		head := post("", "Content-Length: "+strconv.Itoa(len(body)), expect)
		if _, err := io.WriteString(c, head); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			if resp, err := http.ReadResponse(wire, nil); err != nil || resp.StatusCode != http.StatusContinue {
				t.Fatalf("before the body: %v, %v, want 100", resp, err)
			}
		}
		if _, err := io.WriteString(c, body); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(wire, nil)
		if err != nil || resp.StatusCode != http.StatusOK || resp.Close {
			t.Fatalf("answer %d: %+v, %v", i, resp, err)
		}
		if _, err := io.Copy(io.Discard, resp.Body); err != nil {
			t.Fatal(err)
		}
	}
	a := h.ask(t, http.MethodPost, generations, `{"prompt":"a fox","stream":true}`, "Accept-Encoding", "gzip, deflate").is(t, 200)
	if a.header.Get("Content-Encoding") != "" {
		t.Errorf("a stream is sent as %s", a.header.Get("Content-Encoding"))
	}
	if a = h.ask(t, http.MethodGet, "/v1/models", "", "Accept-Encoding", "gzip"); a.header.Get("Content-Encoding") == "gzip" {
		if _, err := gzip.NewReader(bytes.NewReader(a.body)); err != nil {
			t.Error(err)
		}
	}
}

func quietLogCase(t *testing.T, h *house) {
	var log lockedBuffer
	h.parts.Log = slog.New(slog.NewJSONHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	h.reopen(t)
	named := []string{"X-OpenWebUI-User-Name", "Ada%20L", "X-OpenWebUI-User-Email", "ada@example.org", "X-OpenWebUI-User-Id", "user-4711", "X-Title", "Private App", "HTTP-Referer", "https://private.example"}
	h.ask(t, http.MethodPost, generations, `{"prompt":"a secret fox","user":"ada@example.org"}`, named...).items(t)
	h.ask(t, http.MethodPost, generations, `{"prompt":"a secret fox sim-fail","user":"ada@example.org"}`, named...).is(t, 502)
	text := log.String()
	for _, secret := range []string{"Ada", "ada@example.org", "user-4711", "Private App", "private.example", "secret fox", "sk-alice"} {
		if strings.Contains(text, secret) {
			t.Errorf("the log has %q: %s", secret, text)
		}
	}
	if !strings.Contains(text, `"msg":"request"`) { // the second's may still be to come
		t.Errorf("the log is %s, want a line for each request", text)
	}
}

// lockedBuffer is a log that several goroutines write.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

func documentationCase(t *testing.T, _ *house) {
	var pages string
	for _, name := range []string{"README.md", "cmd/midgate/help/connecting.md", "cmd/midgate/help/operations.md"} {
		page, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		pages += string(page)
	}
	for what, words := range map[string][]string{
		"LibreChat's environment":  {"IMAGE_GEN_OAI_BASEURL=", "IMAGE_GEN_OAI_MODEL=", "DALLE_REVERSE_PROXY="},
		"LibreChat's yaml":         {"endpoints:", "baseURL: http"},
		"Open WebUI's environment": {"IMAGES_OPENAI_API_BASE_URL=", "IMAGES_EDIT_OPENAI_API_BASE_URL=", "OPENAI_API_BASE_URL="},
		"both SDKs":                {"from openai import OpenAI", "new OpenAI({"},
		"other libraries":          {"createOpenAI", "ChatOpenAI", "n8n"},
		"reverse proxies":          {"client_max_body_size", "Caddy", "Traefik", "Cloudflare"},
	} {
		for _, w := range words {
			if !strings.Contains(pages, w) {
				t.Errorf("%s: %q is neither in the README nor in its topics", what, w)
			}
		}
	}
}
