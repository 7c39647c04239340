package proxy

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	official "github.com/openai/openai-go/v3"

	"midgate/adapter/midjourney/simulator"
)

// frame is one server-sent event as it stood on the wire.
type frame struct{ name, data string }

// frames reads a whole stream, and complains about lines that no event may have.
func frames(t *testing.T, body io.Reader) (all []frame, comments int) {
	t.Helper()
	raw, err := io.ReadAll(body)
	if err != nil {
		t.Fatal(err)
	}
	for block := range strings.SplitSeq(strings.TrimSuffix(string(raw), "\n\n"), "\n\n") {
		var f frame
		for line := range strings.SplitSeq(block, "\n") {
			field, value, _ := strings.Cut(line, ": ")
			switch field {
			case "":
				comments++
			case "event":
				f.name = value
			case "data":
				f.data = value
			default:
				t.Errorf("a line %.60q that no stream may have", line)
			}
		}
		if f.data != "" {
			all = append(all, f)
		}
	}
	return all, comments
}

func (h *house) stream(t *testing.T, path, body string) (*http.Response, []frame) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer sk-alice")
	resp, err := h.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return resp, nil
	}
	all, _ := frames(t, resp.Body)
	return resp, all
}

// size decodes an event's picture.
func size(t *testing.T, f frame) string {
	t.Helper()
	var e struct {
		B64  string `json:"b64_json"`
		Size string `json:"size"`
	}
	if err := json.Unmarshal([]byte(f.data), &e); err != nil {
		t.Fatal(err)
	}
	data, err := base64.StdEncoding.DecodeString(e.B64)
	if err != nil {
		t.Fatal(err)
	}
	img, _, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%dx%d", img.Width, img.Height); got != e.Size {
		t.Errorf("the event says %s, the picture is %s", e.Size, got)
	}
	return e.Size
}

func TestAStreamShowsPreviewsAndThenEachPicture(t *testing.T) {
	h := newHouse(t, simulator.Config{Pace: 2 * time.Second})
	tests := map[string]struct {
		body      string
		partials  int
		completed int
	}{
		"without partial images": {`{"prompt":"one","stream":true}`, 0, 1},
		"with three of them":     {`{"prompt":"two","stream":true,"partial_images":3}`, 3, 1},
		"for two pictures":       {`{"prompt":"three","stream":true,"partial_images":1,"n":2}`, 1, 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			resp, all := h.stream(t, "/v1/images/generations", test.body)
			if ct := resp.Header.Get("Content-Type"); ct != "text/event-stream; charset=utf-8" || resp.Header.Get("Midgate-Job") == "" {
				t.Errorf("headers: %q, job %q", ct, resp.Header.Get("Midgate-Job"))
			}
			partials, completed := 0, 0
			for _, f := range all {
				var e map[string]any
				if err := json.Unmarshal([]byte(f.data), &e); err != nil {
					t.Fatalf("%s: %v", f.name, err)
				}
				if _, ok := e["error"]; ok || e["type"] != f.name {
					t.Errorf("event %s says type %v, error: %v", f.name, e["type"], ok)
				}
				shape := size(t, f)
				switch f.name {
				case "image_generation.partial_image":
					if completed > 0 || e["partial_image_index"] != float64(partials) {
						t.Errorf("partial %v comes as number %d after %d completed", e["partial_image_index"], partials, completed)
					}
					partials++
				case "image_generation.completed":
					completed++
					if e["usage"] == nil || e["id"] == nil || shape != "64x64" {
						t.Errorf("completed without usage or id, or of %s: %v %v", shape, e["usage"], e["id"])
					}
				default:
					t.Errorf("an event %q", f.name)
				}
			}
			if partials > test.partials || test.partials > 0 && partials == 0 || completed != test.completed {
				t.Errorf("%d partial and %d completed pictures, want at most %d and %d", partials, completed, test.partials, test.completed)
			}
		})
	}
}

func TestWhatFailsBeforeAStreamKeepsItsStatus(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	h.sim.Fail(simulator.Fault{Route: "imagine", Kind: "banned", Times: 1})
	for name, test := range map[string]struct {
		body   string
		status int
	}{
		"too many partial images": {`{"prompt":"a","stream":true,"partial_images":4}`, 400},
		"too many pictures":       {`{"prompt":"a","stream":true,"n":5}`, 400},
		"a refused submission":    {`{"prompt":"a fox","stream":true}`, 400},
	} {
		if resp, _ := h.stream(t, "/v1/images/generations", test.body); resp.StatusCode != test.status || !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/json") {
			t.Errorf("%s: %d %s, want %d as JSON", name, resp.StatusCode, resp.Header.Get("Content-Type"), test.status)
		}
	}
}

func TestWhatFailsInAStreamIsOneErrorEvent(t *testing.T) {
	h := newHouse(t, simulator.Config{Pace: 2 * time.Second})
	_, all := h.stream(t, "/v1/images/generations", `{"prompt":"a fox sim-fail","stream":true}`)
	if len(all) != 1 || all[0].name != "error" || !strings.HasPrefix(all[0].data, `{"error":{"message":"`) {
		t.Fatalf("frames = %v, want one error with error as its first member", all)
	}
	stream := h.official().Images.GenerateStreaming(context.Background(), official.ImageGenerateParams{Prompt: "a cat sim-fail"})
	defer func() { _ = stream.Close() }()
	for stream.Next() {
		t.Errorf("an event %q of a failed job", stream.Current().Type)
	}
	if stream.Err() == nil {
		t.Error("openai-go saw no error")
	}
}

func TestAStreamedEditHasItsOwnEvents(t *testing.T) {
	h := newHouse(t, simulator.Config{Pace: 100 * time.Millisecond})
	_, _, answer := h.call(t, http.MethodPost, "/v1/images/generations", `{"prompt":"a red fox","response_format":"url"}`)
	var made struct {
		Data []struct{ ID string }
	}
	if err := json.Unmarshal(answer, &made); err != nil || len(made.Data) != 1 {
		t.Fatalf("%s: %v", answer, err)
	}
	_, all := h.stream(t, "/v1/images/edits", `{"prompt":"add snow","stream":true,"images":[{"file_id":"`+made.Data[0].ID+`"}]}`)
	if len(all) != 1 || all[0].name != "image_edit.completed" {
		t.Errorf("frames of an edit = %d, want image_edit.completed", len(all))
	}
	_, all = h.stream(t, "/v1/images/"+made.Data[0].ID+"/actions", `{"action":"zoom_out_2x","stream":true}`)
	if len(all) != 1 || all[0].name != "image_edit.completed" {
		t.Errorf("frames of a button = %d, want image_edit.completed", len(all))
	}
}
