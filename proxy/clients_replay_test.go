package proxy

import (
	"bytes"
	"cmp"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"strings"
	"testing"
)

// replay is a request that a client was seen to send (clients.md), header by header.
type replay struct {
	method, path string
	headers      []string // name, value, name, value …
	body         []byte
	chunked      bool // the length is unknown when the body begins
}

// answered is the answer to a replay.
type answered struct {
	status int
	header http.Header
	body   []byte
}

func (h *house) replay(t *testing.T, q replay) answered {
	t.Helper()
	var body io.Reader = bytes.NewReader(q.body)
	if q.chunked {
		body = struct{ io.Reader }{body}
	}
	r, err := http.NewRequestWithContext(t.Context(), cmp.Or(q.method, http.MethodPost), h.base+q.path, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(q.headers); i += 2 {
		r.Header.Set(q.headers[i], q.headers[i+1])
	}
	resp, err := h.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answered{resp.StatusCode, resp.Header, data}
}

// dataItem is what clients read of an element of data.
type dataItem struct {
	ID  string
	URL *string
	B64 *string `json:"b64_json"`
}

// items are the elements of data, whatever the content type says.
func (a answered) items(t *testing.T) []dataItem {
	t.Helper()
	var answer struct{ Data []dataItem }
	if err := json.Unmarshal(a.body, &answer); err != nil || a.status != http.StatusOK || len(answer.Data) == 0 {
		t.Fatalf("%d %.300s, want pictures", a.status, a.body)
	}
	return answer.Data
}

// base64Picture is a picture as clients decode it: bare base64 of a file that begins as it must.
func base64Picture(t *testing.T, b64 *string, start string) []byte {
	t.Helper()
	if b64 == nil {
		t.Fatal("no b64_json")
	}
	data, err := base64.StdEncoding.Strict().DecodeString(*b64)
	if err != nil || !strings.HasPrefix(string(data), start) {
		t.Fatalf("b64_json of %.20q…: %v, want %q", *b64, err, start)
	}
	return data
}

const (
	pngMagic  = "\x89PNG\r\n\x1a\n"
	webpMagic = "RIFF"
	jpegMagic = "\xff\xd8\xff"
)

// wirePart is a part of a multipart body as it stands on the wire.
type wirePart struct {
	head string // header lines, joined by CRLF
	body []byte
}

func wireForm(boundary string, parts ...wirePart) []byte {
	var b bytes.Buffer
	for _, p := range parts {
		b.WriteString("--" + boundary + "\r\n" + p.head + "\r\n\r\n")
		b.Write(p.body)
		b.WriteString("\r\n")
	}
	b.WriteString("--" + boundary + "--\r\n")
	return b.Bytes()
}

// turns are the requests of one chat as its client keeps them.
func turns(t *testing.T, model string, more map[string]any, messages ...map[string]any) []byte {
	t.Helper()
	body := map[string]any{"model": model, "messages": messages}
	maps.Copy(body, more)
	data, err := json.Marshal(body)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func userTurn(text string) map[string]any { return map[string]any{"role": "user", "content": text} }

// chatText is the content of a chat's answer that was not streamed.
func (a answered) chatText(t *testing.T) string {
	t.Helper()
	var answer struct {
		Choices []struct{ Message struct{ Content string } }
	}
	if err := json.Unmarshal(a.body, &answer); err != nil || a.status != http.StatusOK || len(answer.Choices) != 1 {
		t.Fatalf("%d %.300s, want an answer", a.status, a.body)
	}
	return answer.Choices[0].Message.Content
}

// streamed is what a chat client gathers from the lines of a stream that begin with data:.
func (a answered) streamed(t *testing.T) (text, thought string, done bool) {
	t.Helper()
	if a.status != http.StatusOK || !strings.HasPrefix(a.header.Get("Content-Type"), "text/event-stream") {
		t.Fatalf("%d %q, want an event stream", a.status, a.header.Get("Content-Type"))
	}
	for line := range strings.Lines(string(a.body)) {
		data, ok := strings.CutPrefix(strings.TrimSpace(line), "data:")
		if !ok {
			continue
		}
		if data = strings.TrimSpace(data); data == "[DONE]" {
			return text, thought, true
		}
		var chunk struct {
			Choices []struct {
				Delta struct {
					Content   string
					Reasoning string `json:"reasoning_content"`
				}
			}
		}
		if err := json.Unmarshal([]byte(data), &chunk); err != nil {
			t.Fatalf("a line %q: %v", line, err)
		}
		for _, c := range chunk.Choices {
			text, thought = text+c.Delta.Content, thought+c.Delta.Reasoning
		}
	}
	return text, thought, false
}
