package proxy

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"image"
	"io"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	official "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
	gpt "github.com/sashabaranov/go-openai"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
	"midgate/adapter/adaptertest/harness"
	"midgate/adapter/midjourney"
	"midgate/adapter/midjourney/poll"
	"midgate/adapter/midjourney/simulator"
	"midgate/adapter/pictures"
	"midgate/proxy/images"
	"midgate/proxy/metrics"
	"midgate/proxy/web"
)

// house is the whole program without its commands: HTTP in front, the real service and client behind, the simulated
// upstream at the end; state and pictures in memory.
type house struct {
	sim     *simulator.Simulator
	base    string
	client  *http.Client // of all requests that the tests send themselves
	server  *Server
	service *harness.Gate
	cfg     harness.Config
	parts   harness.Parts
	face    web.Config
	metrics *metrics.Metrics
	amid    mischief
}

// mischief is what stands in a house between its parts. Nil is nothing.
type mischief struct {
	upstream func(http.RoundTripper) http.RoundTripper // between the client and the upstream
	core     func(Core) Core                           // between the routes and the service
	observe  midjourney.Observer
}

func newHouse(t testing.TB, sim simulator.Config, change ...func(*web.Config)) *house {
	t.Helper()
	return newHouseAmid(t, sim, mischief{}, change...)
}

func newHouseAmid(t testing.TB, sim simulator.Config, amid mischief, change ...func(*web.Config)) *house {
	t.Helper()
	if amid.upstream == nil {
		amid.upstream = func(rt http.RoundTripper) http.RoundTripper { return rt }
	}
	if amid.core == nil {
		amid.core = func(c Core) Core { return c }
	}
	sim.Pixels, sim.Pace = cmp.Or(sim.Pixels, 64), max(sim.Pace, time.Millisecond)
	sim.Refresh = cmp.Or(sim.Refresh, 5*time.Millisecond)
	h := &house{sim: simulator.New(sim), amid: amid}
	poll := poll.Default()
	step := max(sim.Pace/50, 10*time.Millisecond) // what takes long need not be asked for all the time
	poll.Tick, poll.First, poll.SingleTick, poll.Longest, poll.Backoff = step, step, 2*step, 10*step, 10*step
	upstream := midjourney.UpstreamConfig{Name: "main", URL: "http://upstream.test", Key: "upstream-key"}
	if sim.Dialect == simulator.TrueAI {
		upstream.Auth = midjourney.AuthRaw
	}
	fleet, err := midjourney.New(midjourney.Config{Poll: poll, Upstreams: []midjourney.UpstreamConfig{upstream},
		HTTP: amid.upstream(h.sim.Transport()), Downloads: h.sim.Transport(), Observe: amid.observe})
	if err != nil {
		t.Fatal(err)
	}
	files, err := pictures.New(context.Background(), pictures.Config{URL: "mem://", TempDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	h.metrics = metrics.New()
	h.cfg = harness.Config{
		Jobs: harness.Jobs{
			JobTimeout: time.Minute, JobDeadline: time.Hour,
			MaxInFlight: 64, MaxQueue: 64, Secret: make([]byte, 32), ShareWindow: time.Second,
		},
		Workflow: harness.Workflow{
			DefaultSpeed: adapter.Fast, SpeedLimit: adapter.Turbo, Grid: adapter.GridSplit,
			Aliases: map[string]string{"dall-e-*": "midjourney", "gpt-image-*": "midjourney", "chatgpt-image-*": "midjourney", "sora-*": "midjourney"},
		},
	}
	h.parts = harness.Parts{Accounts: fleet, State: adaptertest.NewState(false), Pictures: files, Retoucher: files, Observer: h.metrics.Observer(), Log: slog.New(slog.DiscardHandler)}
	h.face = web.Config{Auth: web.AuthKeys, Keys: []web.Key{{Name: "alice", Secret: "sk-alice"}, {Name: "bob", Secret: "sk-bob"}}, Origins: []string{"*"}}
	for _, c := range change {
		c(&h.face)
	}
	h.client = examined(t, h.face.PublicURL)
	h.open(t)
	t.Cleanup(func() {
		h.service.Close()
		fleet.Close()
		h.sim.Close()
		if err := files.Close(); err != nil {
			t.Error(err)
		}
	})
	return h
}

// coreOf makes a gate what the routes speak to.
func coreOf(g *harness.Gate) Core {
	return Core{Draw: g.Service, Edit: g.Service, Chat: g.Service, Keep: g.Library, Files: g.Library, Films: g.Service, Natives: g.API, Jobs: g, Followers: g, Spending: g.Spending(), Agents: g, Ready: g}
}

// open starts the service and listens at a new address.
func (h *house) open(t testing.TB) {
	t.Helper()
	var s *Server
	h.parts.Notify = func(ctx context.Context, task adapter.NativeTask) error { return s.Notify(ctx, task) } // from Start on
	h.service = harness.Wire(h.cfg, h.parts)
	s, err := New(h.face, h.amid.core(coreOf(h.service)), h.metrics, h.parts.Log)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.service.Start(context.Background()); err != nil {
		t.Fatal(err)
	}
	h.server = s
	if h.base = h.face.PublicURL; h.base != indoorsURL {
		h.base = "http://" + listen(t, s)
	}
}

// reopen is the next process over the records and pictures of this one.
func (h *house) reopen(t testing.TB) {
	t.Helper()
	h.service.Close()
	h.open(t)
}

// call sends JSON and reads JSON.
func (h *house) call(t testing.TB, method, path, body string, headers ...string) (status int, header http.Header, answer []byte) {
	t.Helper()
	r, err := http.NewRequest(method, h.base+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer sk-alice")
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := h.client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err = io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, resp.Header, answer
}

func (h *house) official() *official.Client {
	c := official.NewClient(option.WithBaseURL(h.base+"/v1/"), option.WithAPIKey("sk-alice"), option.WithHTTPClient(h.client))
	return &c
}

func (h *house) gpt() *gpt.Client {
	cfg := gpt.DefaultConfig("sk-alice")
	cfg.BaseURL, cfg.HTTPClient = h.base+"/v1", h.client
	return gpt.NewClientWithConfig(cfg)
}

// pixels decodes a picture and returns something that differs between pictures.
func pixels(t *testing.T, data []byte) string {
	t.Helper()
	img, format, err := image.Decode(bytes.NewReader(data))
	if err != nil || format != "png" || img.Bounds().Dx() != 64 {
		t.Fatalf("a picture of %d bytes: %s %v, %v; want a PNG 64 wide", len(data), format, img, err)
	}
	var b strings.Builder
	for _, at := range [][2]int{{3, 3}, {20, 40}, {50, 20}, {60, 60}, {31, 33}} {
		r, g, bl, _ := img.At(at[0], at[1]).RGBA()
		b.WriteString(strings.Join([]string{hexOf(int(r)), hexOf(int(g)), hexOf(int(bl))}, ","))
	}
	return b.String()
}

func TestOfficialSDKDrawsFourPicturesFromOneJob(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	resp, err := h.official().Images.Generate(t.Context(), official.ImageGenerateParams{Prompt: "a red fox", Model: "gpt-image-1", N: official.Int(4)})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, d := range resp.Data {
		data, err := base64.StdEncoding.DecodeString(d.B64JSON)
		if err != nil || d.URL != "" {
			t.Fatalf("b64_json: %v, url %q; want base64 only", err, d.URL)
		}
		seen[pixels(t, data)] = true
	}
	if len(seen) != 4 || len(h.sim.Ledger()) != 1 {
		t.Errorf("%d different pictures from %d jobs, want 4 from 1", len(seen), len(h.sim.Ledger()))
	}
}

func TestGoOpenAIFetchesAPictureByItsURL(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	resp, err := h.gpt().CreateImage(t.Context(), gpt.ImageRequest{Prompt: "a red fox", Model: "dall-e-3", ResponseFormat: "url"})
	if err != nil {
		t.Fatal(err)
	}
	url := resp.Data[0].URL
	if !strings.HasPrefix(url, h.base+"/images/img_") || !strings.HasSuffix(url, ".png") || resp.Data[0].B64JSON != "" {
		t.Fatalf("data = %+v, want a URL under %s", resp.Data[0], h.base)
	}
	status, header, data := h.call(t, "GET", strings.TrimPrefix(url, h.base), "", "Authorization", "Bearer somebody-else")
	if status != 200 || header.Get("Content-Type") != "image/png" || header.Get("Content-Length") == "" {
		t.Errorf("%d %v", status, header)
	}
	pixels(t, data)
}

func TestErrorsReachTheOfficialSDK(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for name, tt := range map[string]struct {
		prompt, model string
		status        int
		code          string
		jobs          int
	}{
		"a banned prompt":             {"a fox sim-banned", "gpt-image-1", 400, "moderation_blocked", 1},
		"a job that fails half-way":   {"a fox sim-fail", "midjourney", 502, "upstream_error", 1},
		"a model that is nobody's":    {"a fox", "mj-v99", 404, "model_not_found", 0},
		"a parameter that is refused": {"a fox --ar 0:1", "midjourney", 400, "invalid_value", 0},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(h.sim.Ledger())
			_, err := h.official().Images.Generate(t.Context(), official.ImageGenerateParams{Prompt: tt.prompt, Model: tt.model})
			var e *official.Error
			if !errors.As(err, &e) || e.StatusCode != tt.status || e.Code != tt.code {
				t.Errorf("err = %v, want %d %s", err, tt.status, tt.code)
			}
			if jobs := len(h.sim.Ledger()) - before; jobs != tt.jobs {
				t.Errorf("%d jobs, want %d", jobs, tt.jobs)
			}
		})
	}
}

// One picture's life: drawn, looked up, a button pressed, edited with a mask, and its jobs listed.
func TestAPictureStaysAlive(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	var drawn struct{ Data []images.ElementJSON }
	status, header, body := h.call(t, "POST", "/v1/images/generations", `{"prompt":"a red fox","response_format":"url"}`)
	if err := json.Unmarshal(body, &drawn); err != nil || status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	id := drawn.Data[0].ID
	status, _, body = h.call(t, "GET", "/v1/images/"+id, "")
	var record images.RecordJSON
	if err := json.Unmarshal(body, &record); err != nil || status != 200 || record.Prompt != "a red fox" || len(record.Actions) == 0 {
		t.Fatalf("record = %d %s", status, body)
	}
	if status, _, _ := h.call(t, "GET", "/v1/images/"+id, "", "Authorization", "Bearer sk-bob"); status != 404 {
		t.Errorf("another owner's look at it = %d, want 404", status)
	}
	status, _, body = h.call(t, "POST", "/v1/images/"+id+"/actions", `{"action":"zoom_out_2x","n":1,"response_format":"url"}`)
	if status != 200 {
		t.Fatalf("zoom out = %d %s", status, body)
	}
	status, _, body = h.call(t, "POST", "/v1/images/edits", `{"prompt":"a blue fox","images":[{"file_id":"`+id+`"}],"response_format":"url"}`)
	if status != 200 {
		t.Fatalf("edit = %d %s", status, body)
	}
	status, _, body = h.call(t, "GET", "/v1/jobs/"+header.Get("Midgate-Job"), "")
	var j web.JobJSON
	if err := json.Unmarshal(body, &j); err != nil || status != 200 || j.Status != "completed" || j.JobsPaid != 1 || !bytes.Contains(body, []byte(id)) {
		t.Errorf("job = %d %s", status, body)
	}
	status, _, body = h.call(t, "GET", "/v1/images?limit=100", "")
	var list web.ListJSON
	if err := json.Unmarshal(body, &list); err != nil || status != 200 || len(list.Data) < 5 {
		t.Errorf("list = %d %s", status, body)
	}
}

func TestUploadsDescribeAndBlend(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	status, _, body := h.call(t, "POST", "/v1/images/generations", `{"prompt":"a red fox","response_format":"b64_json","n":2}`)
	if status != 200 {
		t.Fatalf("%d %s", status, body)
	}
	var drawn struct {
		Data []struct {
			B64 string `json:"b64_json"`
		}
	}
	if err := json.Unmarshal(body, &drawn); err != nil {
		t.Fatal(err)
	}
	one, two := "data:image/png;base64,"+drawn.Data[0].B64, "data:image/png;base64,"+drawn.Data[1].B64
	for path, want := range map[string]struct {
		body string
		n    int
	}{
		"/v1/images/descriptions": {`{"image":"` + one + `"}`, 4},
		"/v1/images/blends":       {`{"images":["` + one + `","` + two + `"],"response_format":"url"}`, 1},
		"/v1/images/variations":   {`{"image":"` + one + `","n":2,"response_format":"url"}`, 2},
		"/v1/prompts/shorten":     {`{"prompt":"a very very red fox"}`, 1},
	} {
		status, _, body := h.call(t, "POST", path, want.body)
		var answer struct{ Data []json.RawMessage }
		if err := json.Unmarshal(body, &answer); err != nil || status != 200 || len(answer.Data) < want.n {
			t.Errorf("%s = %d %s, want %d elements", path, status, body, want.n)
		}
	}
}
