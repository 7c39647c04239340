package proxy

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/chat"
	"midgate/proxy/images"
	"midgate/proxy/responses"
	"midgate/proxy/web"
)

// watchable is a pace at which previews can be seen.
const watchable = 400 * time.Millisecond

var streamCases = []conformanceCase{
	{name: "§14/20 without partial images a stream is one completed event", sim: simulator.Config{Pace: watchable}, run: func(t *testing.T, h *house) {
		for _, partials := range []string{``, `,"partial_images":0`, `,"partial_images":null`} {
			if got := names(h.streamed(t, generations, `{"prompt":"a fox","stream":true`+partials+`}`)); got != "image_generation.completed" {
				t.Errorf("%q: %s, want completed alone", partials, got)
			}
		}
	}},
	{name: "§14/21 partial images count up from 0, then the whole one comes with usage", sim: simulator.Config{Pace: 2 * time.Second}, run: partialsCase},
	{name: "§14/22 partial_images out of range is a 400 before any event", run: func(t *testing.T, h *house) {
		h.refuses(t, generations, map[string]refusal{
			`{"prompt":"a fox","stream":true,"partial_images":4}`:  {400, "partial_images", "integer_above_max_value"},
			`{"prompt":"a fox","stream":true,"partial_images":-1}`: {400, "partial_images", "integer_below_min_value"},
		})
	}},
	// The rules themselves are the examiner's (checkStream), for this and for every other stream of the suite.
	{name: "§14/23 frames are of the one form that every parser reads", sim: simulator.Config{Pace: watchable}, run: func(t *testing.T, h *house) {
		body := `{"prompt":"a fox","stream":true,"partial_images":2}`
		all := string(h.ask(t, http.MethodPost, generations, body).is(t, 200).body)
		if strings.Count(all, "event: ") != strings.Count(all, "\ndata: ") || !strings.HasSuffix(all, "\n\n") || strings.Contains(all, "\nid:") || strings.Contains(all, "\nretry:") {
			t.Errorf("the stream is %.300s…", all)
		}
	}},
	{name: "§14/24 a slow job's stream has a comment every 10 s and few lines without data", run: slowStreamCase},
	{name: "§14/25 a failure on the way is one error frame that every library raises", sim: simulator.Config{Pace: watchable}, run: lateErrorCase},
	// contract.md §5: 2 to 4 pictures may be streamed, more is a 400.
	{name: "§14/26 two pictures are streamed after the grid's previews, five are a 400", sim: simulator.Config{Pace: 2 * time.Second}, run: func(t *testing.T, h *house) {
		h.ask(t, http.MethodPost, generations, `{"prompt":"a fox","stream":true,"n":5}`).refused(t, refusal{400, "n", "invalid_value"})
		all := h.streamed(t, generations, `{"prompt":"a fox","stream":true,"n":2,"partial_images":1}`)
		if got := names(all); got != "image_generation.partial_image image_generation.completed image_generation.completed" {
			t.Fatalf("events %s", got)
		}
		if size(t, all[1]) != "64x64" || size(t, all[2]) != "64x64" || all[1].data == all[2].data {
			t.Error("the two pictures are not two quarters")
		}
	}},
	{name: "§14/27 who leaves a stream leaves its job running", sim: simulator.Config{Pace: time.Second}, run: leavingCase},
	// The picture itself is made up: the bytes on the wire are what counts.
	{name: "§14/28 a picture of 20 MB is one event that openai-go reads", run: func(t *testing.T, _ *house) { TestAHugePictureIsOneEvent(t) }},
}

// streamed are the events of a stream that must begin.
func (h *house) streamed(t *testing.T, path, body string) []frame {
	t.Helper()
	a := h.ask(t, http.MethodPost, path, body).is(t, 200)
	if kind := a.header.Get("Content-Type"); kind != "text/event-stream; charset=utf-8" {
		t.Fatalf("%s is %q: %.200s", path, kind, a.body)
	}
	all, _ := frames(t, bytes.NewReader(a.body))
	return all
}

func names(all []frame) string {
	var list []string
	for _, f := range all {
		list = append(list, f.name)
	}
	return strings.Join(list, " ")
}

func partialsCase(t *testing.T, h *house) {
	all := h.streamed(t, generations, `{"prompt":"a fox","model":"gpt-image-1","stream":true,"partial_images":3}`)
	if len(all) < 2 || len(all) > 4 {
		t.Fatalf("%d events (%s), want one to three partial images and the whole one", len(all), names(all))
	}
	for i, f := range all {
		var e struct {
			Index *int `json:"partial_image_index"`
			Usage *images.UsageJSON
		}
		if err := json.Unmarshal([]byte(f.data), &e); err != nil {
			t.Fatal(err)
		}
		if last := i == len(all)-1; last && (f.name != "image_generation.completed" || e.Usage == nil || e.Index != nil) ||
			!last && (f.name != "image_generation.partial_image" || e.Index == nil || *e.Index != i) {
			t.Errorf("event %d is %s with index %v and usage %v", i, f.name, e.Index, e.Usage)
		}
	}
}

// slowStreamCase runs the whole house by a clock that jumps.
func slowStreamCase(t *testing.T, _ *house) {
	for name, tt := range map[string]struct{ path, body string }{
		"pictures":  {generations, `{"prompt":"a fox","stream":true}`},
		"a chat":    {chat.Route, `{"stream":true,"messages":[{"role":"user","content":"a fox"}]}`},
		"responses": {responses.Route, `{"stream":true,"input":"a fox"}`},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t, simulator.Config{Pace: 3 * time.Minute}, indoors)
				begun, w := time.Now(), &clocked{ResponseRecorder: httptest.NewRecorder(), last: time.Now()}
				h.server.ServeHTTP(w, h.request(t, tt.path, tt.body))
				h.examineRecord(t, tt.path, w.ResponseRecorder)
				if took := time.Since(begun); took < 2*time.Minute || w.longest > 15*time.Second {
					t.Errorf("%s with at most %s of silence, want minutes with at most 15 s", took, w.longest)
				}
				if most := fewData(w.Body.String()); most >= 300 {
					t.Errorf("%d lines between two with data, want less than 300", most)
				}
			})
		})
	}
}

// clocked is a recorder that knows its longest silence.
type clocked struct {
	*httptest.ResponseRecorder
	last    time.Time
	longest time.Duration
}

func (c *clocked) Write(p []byte) (int, error) {
	c.longest, c.last = max(c.longest, time.Since(c.last)), time.Now()
	return c.ResponseRecorder.Write(p)
}

func (c *clocked) WriteString(s string) (int, error) { return c.Write([]byte(s)) }

// fewData is the greatest number of lines between two that have data.
func fewData(body string) (most int) {
	empty := 0
	for line := range strings.SplitSeq(body, "\n") {
		if empty++; strings.HasPrefix(line, "data: ") {
			empty = 0
		}
		most = max(most, empty)
	}
	return most
}

func lateErrorCase(t *testing.T, h *house) {
	all := h.streamed(t, generations, `{"prompt":"a fox sim-fail","stream":true}`)
	if len(all) != 1 || all[0].name != "error" || !strings.HasPrefix(all[0].data, `{"error":{`) {
		t.Errorf("events %v, want one error whose first member is error", all)
	}
	for _, library := range []string{"openai-go", "openai 7", "Python, replayed"} {
		t.Run(library, func(t *testing.T) {
			o := order{Op: "stream", Base: h.base + "/v1", Key: "sk-alice", Body: map[string]any{"prompt": "a fox sim-fail " + library, "model": "gpt-image-1"}}
			if got := newSDK(t, library).do(t, o); got.OK || got.Message == "" {
				t.Errorf("%+v, want an error", got)
			}
		})
	}
}

// leavingCase reads the first comment, leaves, and finds the picture later. That nothing is left behind is the
// business of leaks_test.go, for the whole package.
func leavingCase(t *testing.T, h *house) {
	ctx, leave := context.WithCancel(t.Context())
	defer leave()
	r := h.request(t, generations, `{"prompt":"a fox","stream":true}`).WithContext(ctx)
	resp, err := h.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	job := resp.Header.Get("Midgate-Job")
	leave()
	if _, err := io.ReadAll(resp.Body); !errors.Is(err, context.Canceled) {
		t.Errorf("the rest of the stream: %v, want that it was left", err)
	}
	_ = resp.Body.Close()
	if j := h.ended(t, job); j.Status != "completed" {
		t.Errorf("the job is %s, want completed", j.Status)
	}
	h.costs(t, 1)
}

// ended asks for a job until it has ended.
func (h *house) ended(t *testing.T, id string) (j web.JobJSON) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		a := h.ask(t, http.MethodGet, "/v1/jobs/"+id, "").is(t, 200)
		if err := json.Unmarshal(a.body, &j); err != nil {
			t.Fatal(err)
		}
		if adapter.JobStatus(j.Status).Ended() {
			return j
		}
		<-tick.C
	}
}

// request is alice's request with a JSON body.
func (h *house) request(t *testing.T, path, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer sk-alice")
	return r
}

// indoors has a house serve without a socket: inside a bubble of testing/synctest, where time stands still while
// anything waits for one.
func indoors(c *web.Config) { c.PublicURL = indoorsURL }

const indoorsURL = "http://indoors.test"

// examineRecord holds a recorded answer against the description.
func (h *house) examineRecord(t *testing.T, path string, w *httptest.ResponseRecorder) {
	t.Helper()
	if err := describedAPI().check(http.MethodPost, path, w.Code, w.Header(), w.Body.Bytes()); err != nil {
		t.Errorf("%s = %d %.300s: %v", path, w.Code, w.Body, err)
	}
}
