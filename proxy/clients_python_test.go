package proxy

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// pythonSDK replays what OpenAI's library for Python has on the wire, and how it repeats (clients.md §§3, 6,
// openai-surface.md §10): twice, with a counter, also when an answer breaks off in its body.
type pythonSDK struct{}

var _ sdk = pythonSDK{}

func (p pythonSDK) do(t *testing.T, o order) gained {
	t.Helper()
	value, err := p.call(t.Context(), o)
	if refused, ok := errors.AsType[*pythonError](err); ok {
		return refused.gained
	}
	if err != nil {
		return gained{Message: err.Error()}
	}
	data, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return gained{OK: true, Value: data}
}

func (p pythonSDK) call(ctx context.Context, o order) (any, error) {
	switch o.Op {
	case "models":
		var list struct{ Data []struct{ ID string } }
		if err := p.ask(ctx, o, "/models", &list); err != nil {
			return nil, err
		}
		var ids []string
		for _, m := range list.Data {
			ids = append(ids, m.ID)
		}
		return ids, nil
	case "generate":
		return p.pictures(ctx, o, "/images/generations")
	case "edit":
		return p.pictures(ctx, o, "/images/edits")
	case "variation":
		return p.pictures(ctx, o, "/images/variations")
	case "stream":
		return p.pictureStream(ctx, o)
	case "chat":
		var answer struct {
			Choices []struct{ Message struct{ Content string } }
		}
		if err := p.ask(ctx, o, "/chat/completions", &answer); err != nil {
			return nil, err
		}
		return answer.Choices[0].Message.Content, nil
	case "chatStream":
		return p.chatStream(ctx, o)
	case "respond":
		return p.respond(ctx, o)
	}
	return nil, fmt.Errorf("no operation %s", o.Op)
}

// respond is output_text, the texts of all messages.
func (p pythonSDK) respond(ctx context.Context, o order) (any, error) {
	var answer struct {
		Output []struct{ Content []struct{ Type, Text string } }
	}
	if err := p.ask(ctx, o, "/responses", &answer); err != nil {
		return nil, err
	}
	var text strings.Builder
	for _, item := range answer.Output {
		for _, piece := range item.Content {
			if piece.Type == "output_text" {
				text.WriteString(piece.Text)
			}
		}
	}
	return text.String(), nil
}

func (p pythonSDK) pictures(ctx context.Context, o order, path string) (any, error) {
	var answer struct {
		Data []struct {
			URL string
			B64 string `json:"b64_json"`
		}
	}
	if err := p.ask(ctx, o, path, &answer); err != nil {
		return nil, err
	}
	all := []shown{}
	for _, d := range answer.Data {
		s, err := seen(ctx, d.URL, d.B64)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	return all, nil
}

func (p pythonSDK) pictureStream(ctx context.Context, o order) (any, error) {
	type event struct {
		Type string `json:"type"`
		B64  bool   `json:"b64"`
	}
	var events []event
	err := p.stream(ctx, o, "/images/generations", func(data []byte) error {
		var e struct {
			Type string
			B64  string `json:"b64_json"`
		}
		err := json.Unmarshal(data, &e)
		events = append(events, event{e.Type, e.B64 != ""})
		return err
	})
	return events, err
}

func (p pythonSDK) chatStream(ctx context.Context, o order) (any, error) {
	var s spoken
	err := p.stream(ctx, o, "/chat/completions", func(data []byte) error {
		var chunk struct {
			Choices []struct {
				Delta struct {
					Content string
					Thought string `json:"reasoning_content"`
				}
				Finish string `json:"finish_reason"`
			}
		}
		err := json.Unmarshal(data, &chunk)
		for _, c := range chunk.Choices {
			s.Text, s.Thought, s.End = s.Text+c.Delta.Content, s.Thought+c.Delta.Thought, cmp.Or(c.Finish, s.End)
		}
		return err
	})
	return s, err
}

func (p pythonSDK) ask(ctx context.Context, o order, path string, into any) error {
	data, err := p.send(ctx, o, path)
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}

// stream hands out the data of each event until [DONE].
func (p pythonSDK) stream(ctx context.Context, o order, path string, each func(data []byte) error) error {
	o.Body = maps.Clone(o.Body)
	o.Body["stream"] = true
	all, err := p.send(ctx, o, path)
	if err != nil {
		return err
	}
	for line := range bytes.Lines(all) {
		data, ok := bytes.CutPrefix(bytes.TrimSpace(line), []byte("data: "))
		if !ok || string(data) == "[DONE]" {
			continue
		}
		if bytes.HasPrefix(data, []byte(`{"error":{`)) { // raised whatever the event's name is
			return pythonErrorOf(0, data)
		}
		if err := each(data); err != nil {
			return err
		}
	}
	return nil
}

// pythonTries is how often a call is sent at most.
const pythonTries = 3

// send repeats what the library repeats.
func (p pythonSDK) send(ctx context.Context, o order, path string) ([]byte, error) {
	contentType, body, err := p.body(o, path)
	if err != nil {
		return nil, err
	}
	for try := 0; ; try++ {
		status, header, data, err := p.try(ctx, o, path, contentType, body, try)
		if err == nil && status < 400 {
			return data, nil
		}
		again := err != nil || status == 408 || status == 409 || status == 429 || status >= 500
		if err != nil && o.Body["stream"] == true && status == http.StatusOK {
			return nil, err // the caller reads it by then
		}
		if say := header.Get("X-Should-Retry"); say != "" {
			again = say == "true"
		}
		if !again || try+1 == pythonTries {
			if err != nil {
				return nil, err
			}
			return nil, pythonErrorOf(status, data)
		}
		pause := 500 * time.Millisecond << try
		if after, err := strconv.ParseFloat(header.Get("Retry-After"), 64); err == nil && after > 0 && after <= 60 {
			pause = time.Duration(after * float64(time.Second))
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func (p pythonSDK) try(ctx context.Context, o order, path, contentType string, body []byte, try int) (status int, header http.Header, data []byte, err error) {
	method := http.MethodPost
	if body == nil {
		method = http.MethodGet
	}
	r, err := http.NewRequestWithContext(ctx, method, o.Base+path, bytes.NewReader(body))
	if err != nil {
		return 0, nil, nil, err
	}
	for _, h := range [][2]string{
		{"Accept", "application/json"}, {"Content-Type", contentType}, {"User-Agent", "OpenAI/Python 2.54.0"}, {"Authorization", "Bearer " + o.Key},
		{"X-Stainless-Lang", "python"}, {"X-Stainless-Package-Version", "2.54.0"}, {"X-Stainless-Os", "Linux"}, {"X-Stainless-Arch", "x64"},
		{"X-Stainless-Runtime", "CPython"}, {"X-Stainless-Runtime-Version", "3.12.3"}, {"X-Stainless-Async", "false"},
		{"X-Stainless-Retry-Count", strconv.Itoa(try)}, {"X-Stainless-Read-Timeout", "600"},
	} {
		r.Header.Set(h[0], h[1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil, nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err = io.ReadAll(resp.Body)
	return resp.StatusCode, resp.Header, data, err
}

// body is JSON, or a form of text parts without a type and of files that are named and typed as they are on disk.
func (p pythonSDK) body(o order, path string) (contentType string, body []byte, err error) {
	if path == "/models" {
		return "application/json", nil, nil
	}
	if o.Image == "" {
		body, err = json.Marshal(o.Body)
		return "application/json", body, err
	}
	const boundary = "1d2f0c5b7a9e4836bc10fe9d8a7b6c5d"
	var parts []wirePart
	for _, k := range slices.Sorted(maps.Keys(o.Body)) {
		parts = append(parts, wirePart{`Content-Disposition: form-data; name="` + k + `"`, fmt.Append(nil, o.Body[k])})
	}
	for _, f := range [][2]string{{"image", o.Image}, {"mask", o.Mask}} {
		if f[1] == "" {
			continue
		}
		data, err := os.ReadFile(f[1])
		if err != nil {
			return "", nil, err
		}
		kind := "image/" + strings.ReplaceAll(strings.TrimPrefix(filepath.Ext(f[1]), "."), "jpg", "jpeg")
		parts = append(parts, wirePart{`Content-Disposition: form-data; name="` + f[0] + `"; filename="` + filepath.Base(f[1]) + "\"\r\nContent-Type: " + kind, data})
	}
	return "multipart/form-data; boundary=" + boundary, wireForm(boundary, parts...), nil
}

// pythonError is an answer that the library raises as an error.
type pythonError struct{ gained gained }

func (e *pythonError) Error() string { return e.gained.Message }

func pythonErrorOf(status int, data []byte) error {
	var answer struct {
		Error struct{ Message, Code, Param string }
	}
	if err := json.Unmarshal(data, &answer); err != nil {
		return &pythonError{gained{Status: status, Message: string(data)}}
	}
	return &pythonError{gained{Status: status, Code: answer.Error.Code, Param: answer.Error.Param, Message: answer.Error.Message}}
}
