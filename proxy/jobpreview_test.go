package proxy

import (
	"bytes"
	"encoding/json"
	"image/png"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// TestAJobShowsItsPreviewWhileItRuns looks at a job until it is over, as the page does: there is a preview in between, to
// be fetched without a key, and none at the end.
func TestAJobShowsItsPreviewWhileItRuns(t *testing.T) {
	h := newHouse(t, simulator.Config{Pixels: 64, Pace: 400 * time.Millisecond})
	status, header, body := h.call(t, "POST", "/v1/images/generations", `{"prompt": "a mill"}`, "Prefer", "respond-async")
	if status != 202 {
		t.Fatalf("status = %d %s, want 202", status, body)
	}
	seen := 0
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		var job jobJSON
		_, _, body := h.call(t, "GET", header.Get("Location"), "")
		if err := json.Unmarshal(body, &job); err != nil {
			t.Fatal(err)
		}
		if job.Status == "completed" {
			if job.Preview != nil {
				t.Errorf("a finished job has the preview %q, want null", *job.Preview)
			}
			break
		}
		if job.Preview != nil && seen == 0 {
			if want := h.base + "/mj/image/" + job.ID; *job.Preview != want {
				t.Fatalf("preview = %q, want %q", *job.Preview, want)
			}
			if got, err := png.Decode(bytes.NewReader(h.download(t, *job.Preview))); err != nil || got.Bounds().Empty() {
				t.Errorf("the preview is no picture: %v", err)
			}
			seen++
		}
		<-tick.C
	}
	if seen == 0 {
		t.Error("no preview was shown, want some before the end")
	}
}
