package proxy

import (
	"bytes"
	"encoding/json"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/web"
)

// TestAJobShowsItsPreviewWhileItRuns looks at a job until it is over, as the page does: there is a preview in between, to
// be fetched without a key, and none at the end. While it looks no time passes.
func TestAJobShowsItsPreviewWhileItRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, simulator.Config{Pixels: 64, Pace: 20 * time.Second}, indoors)
		get := func(path, key string) *httptest.ResponseRecorder {
			r := httptest.NewRequest(http.MethodGet, strings.TrimPrefix(path, h.base), nil)
			r.Header.Set("Authorization", key)
			w := httptest.NewRecorder()
			h.server.ServeHTTP(w, r)
			return w
		}
		a := h.indoor(t, generations, `{"prompt": "a mill"}`, "Prefer", "respond-async")
		if a.status != 202 {
			t.Fatalf("status = %d %s, want 202", a.status, a.body)
		}
		for seen := 0; ; {
			<-time.After(time.Second) // of the bubble
			synctest.Wait()
			var job web.JobJSON
			if err := json.Unmarshal(get(a.header.Get("Location"), "Bearer sk-alice").Body.Bytes(), &job); err != nil {
				t.Fatal(err)
			}
			switch {
			case job.Status == "completed":
				if job.Preview != nil || seen == 0 {
					t.Errorf("a finished job has the preview %v after %d, want null after some", job.Preview, seen)
				}
				return
			case job.Preview == nil:
				continue
			}
			if want := h.base + "/mj/image/" + job.ID; *job.Preview != want {
				t.Fatalf("preview = %q, want %q", *job.Preview, want)
			}
			if got, err := png.Decode(bytes.NewReader(get(*job.Preview, "").Body.Bytes())); err != nil || got.Bounds().Empty() {
				t.Errorf("the preview is no picture: %v", err)
			}
			seen++
		}
	})
}
