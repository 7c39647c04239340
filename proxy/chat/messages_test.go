package chat

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/sashabaranov/go-openai"

	"midgate/adapter"
	adapterchat "midgate/adapter/chat"
	"midgate/proxy/body"
)

// FuzzConversation reads anything that is JSON: whatever it is, it is read or refused, and what is read can be drawn from.
func FuzzConversation(f *testing.F) {
	for _, seed := range []string{
		`{"messages":[{"role":"user","content":"a fox"}]}`,
		`{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"image_url","image_url":"x"},{"image_url":{"url":"y"}}]}],"stop":"a","n":"2"}`,
		`{"messages":[{"role":"assistant","content":null,"images":[{"image_url":{"url":"z"}}]},{"role":"user","content":{"text":"a"}}],"response_format":{"type":"json_schema","json_schema":{"schema":{}}}}`,
		`{"messages":[{}],"tools":[{"type":"function","name":"x"},{"function":{}}],"tool_choice":{"type":"function","name":"x"},"max_tokens":1e99}`,
		`{"messages":[{"role":"user","content":"x y"}],"input":[{"role":"user","content":[{"type":"input_text","text":"a"},{"type":"input_image"}]},{"id":"ig_x"}],"tools":[7],"metadata":"x","text":{"format":{}},"temperature":"2"}`,
		`{"messages":{"a":1},"functions":[{"name":"f","parameters":{}}],"function_call":{"name":"f"},"modalities":"image"}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := body.ParseJSON(text)
		if err != nil {
			return
		}
		req, err := readMessages(p)
		if err != nil {
			if adapter.KindOf(err) != adapter.Invalid {
				t.Errorf("conversation() = %v, want an Invalid error", err)
			}
			return
		}
		turn, err := adapterchat.ReadTurn(req, adapterchat.Options{})
		if err != nil && adapter.KindOf(err) != adapter.Invalid {
			t.Errorf("ReadTurn() = %v, want an Invalid error", err)
		}
		if err == nil && turn.Way == "" {
			t.Error("a turn without a way")
		}
		if _, err := json.Marshal(req); err != nil {
			t.Errorf("the request cannot be kept: %v", err)
		}
		_ = wantsImages(p.Fields["modalities"])
		if _, _, err := readDrawing(p); err != nil && adapter.KindOf(err) != adapter.Invalid {
			t.Errorf("readDrawing() = %v, want an Invalid error", err)
		}
	})
}

// FuzzPictureInConversation puts a picture anywhere into the last message of a person: wherever it stands, the turn is about
// it, is answered for nothing, or is refused.
func FuzzPictureInConversation(f *testing.F) {
	for _, seed := range []string{
		`{"role":"user","content":"a fox"}`,
		`{"role":"user","content":[{"type":"text","text":"a fox"},{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}],"images":[]}`,
		`{"role":"user","content":[]}`,
		`{"role":"user","content":{"text":"a fox","x":{"y":[{}]}},"name":"n","metadata":{}}`,
		`{"role":"user","content":[{"type":"tool_result","content":[]},{"type":"file","file":{}},{"source":{}}],"tool_calls":[{}],"output":{}}`,
	} {
		for at := range 8 {
			f.Add(seed, uint8(at), uint8(at), "image")
		}
	}
	f.Fuzz(func(t *testing.T, text string, at, how uint8, name string) {
		var message map[string]any
		if json.Unmarshal([]byte(text), &message) != nil || !insert(message, at, how, name) {
			return
		}
		message["role"] = openai.ChatMessageRoleUser
		whole, err := json.Marshal(map[string]any{"messages": []any{message}})
		if err != nil {
			return
		}
		p, err := body.ParseJSON(string(whole))
		if err != nil {
			return
		}
		req, err := readMessages(p)
		if err != nil || OnlyInMessages(p, "messages") != nil {
			return
		}
		turn, err := adapterchat.ReadTurn(req, adapterchat.Options{})
		if err == nil && turn.Way != adapterchat.TurnReply && !slices.Contains(turn.Attached, inserted) {
			t.Errorf("%s is a %s with %q, without the picture", whole, turn.Way, turn.Attached)
		}
	})
}

const inserted = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg=="

// insert puts a picture into one of a message's objects or lists; what is its own concern, such as metadata, is passed by.
func insert(message map[string]any, at, how uint8, name string) bool {
	picture := []any{inserted, map[string]any{"url": inserted}, map[string]any{"type": "image_url", "image_url": map[string]any{"url": inserted}}, map[string]any{"source": map[string]any{"data": inserted}}}[how%4]
	var places []func()
	var walk func(v any, set func(any))
	walk = func(v any, set func(any)) {
		switch v := v.(type) {
		case map[string]any:
			places = append(places, func() { v[name] = picture })
			for _, k := range slices.Sorted(maps.Keys(v)) {
				if !slices.Contains([]string{"metadata", "text"}, k) {
					walk(v[k], func(e any) { v[k] = e })
				}
			}
		case []any:
			places = append(places, func() { set(append(v, picture)) })
			for i, e := range v {
				walk(e, func(e any) { v[i] = e })
			}
		}
	}
	walk(message, nil)
	if slices.Contains(ignored, name) {
		return false
	}
	places[int(at)%len(places)]()
	return true
}

// ignored are names of members that are no part of what is said, or whose text is a text.
var ignored = slices.Concat(partWords, []string{"role", "content", "name", "status", "tool_call_id", "call_id"})
