package proxy

import (
	"encoding/json"
	"net/url"
	"testing"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

// A cursor that is nobody's, or somebody else's, is the request's mistake and says nothing of what others have.
func TestListsRefuseForeignCursors(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	status, header, body := h.call(t, "POST", "/v1/images/generations", `{"prompt":"a red fox","response_format":"url"}`)
	var drawn struct{ Data []struct{ ID string } }
	if err := json.Unmarshal(body, &drawn); err != nil || status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	for path, after := range map[string][]string{
		"/v1/images": {adapter.NewID("img_"), ">", "*", "a b", drawn.Data[0].ID},
		"/v1/jobs":   {adapter.NewID("job_"), ">", header.Get("Midgate-Job")},
		"/v1/files":  {adapter.NewID("file-"), ">", drawn.Data[0].ID},
		"/v1/videos": {">"},
	} {
		for _, cursor := range after {
			status, _, body := h.call(t, "GET", path+"?after="+url.QueryEscape(cursor), "", "Authorization", "Bearer sk-bob")
			var e errorBody
			if err := json.Unmarshal(body, &e); err != nil || status != 400 || e.Error.Param == nil || *e.Error.Param != "after" {
				t.Errorf("%s after %q = %d %s, want 400 about after", path, cursor, status, body)
			}
		}
	}
}
