package responses

import (
	"encoding/json"
	"testing"

	"midgate/adapter"
	"midgate/adapter/jsonstream"
	"midgate/proxy/body"
)

// FuzzResponse reads anything that is JSON: what a response says again of it is JSON.
func FuzzResponse(f *testing.F) {
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
		form, err := readEcho(p, adapter.Generation{})
		if err != nil {
			return
		}
		d := &jsonstream.Document{}
		responseOf(adapter.Job{ID: "job_ABCDEFGHIJKLMNOPQRSTUVWXYZ", Status: adapter.JobQueued}, form).write(d, nil)
		if !json.Valid([]byte(d.String())) {
			t.Errorf("a response that is no JSON: %s", []byte(d.String()))
		}
		if kept, err := json.Marshal(form); err != nil || len(kept) > 48<<10 {
			t.Errorf("%d bytes are kept with the run, %v", len(kept), err)
		}
	})
}
