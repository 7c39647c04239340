package chat

import (
	"encoding/json"
	"testing"

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
