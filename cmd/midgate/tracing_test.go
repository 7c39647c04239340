package main

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	spans "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"midgate/adapter/adaptertest"
	"midgate/adapter/midjourney/simulator"
	"midgate/config"
	"midgate/proxy/web"
)

// receiver is a collector of spans that keeps every byte it is sent.
type receiver struct {
	mu   sync.Mutex
	raw  bytes.Buffer
	all  []*spans.Span
	http *httptest.Server
}

func newReceiver(t *testing.T) *receiver {
	r := &receiver{}
	r.http = httptest.NewServer(r)
	t.Cleanup(r.http.Close)
	return r
}

// ServeHTTP implements http.Handler.
func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	var sent collector.ExportTraceServiceRequest
	if err != nil || req.URL.Path != "/v1/traces" || proto.Unmarshal(body, &sent) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.raw.Write(body)
	for name, values := range req.Header {
		fmt.Fprintf(&r.raw, "\n%s: %s", name, values)
	}
	for _, resource := range sent.ResourceSpans {
		for _, scope := range resource.ScopeSpans {
			r.all = append(r.all, scope.Spans...)
		}
	}
}

// find returns the spans that fit.
func (r *receiver) find(fits func(*spans.Span) bool) (found []*spans.Span) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, s := range r.all {
		if fits(s) {
			found = append(found, s)
		}
	}
	return found
}

// attr is an attribute of a span as text.
func attr(s *spans.Span, name string) string {
	for _, kv := range s.Attributes {
		if kv.Key == name {
			if kv.Value.GetStringValue() != "" {
				return kv.Value.GetStringValue()
			}
			return strings.TrimPrefix(strings.TrimPrefix(kv.Value.String(), "bool_value:"), "int_value:")
		}
	}
	return ""
}

// of are the spans of one job's executions, and parts those beneath one.
func (r *receiver) of(job string) []*spans.Span {
	return r.find(func(s *spans.Span) bool { return attr(s, "midgate.job") == job })
}

func (r *receiver) parts(of *spans.Span) (names []string) {
	for _, s := range r.find(func(s *spans.Span) bool {
		return bytes.Equal(s.ParentSpanId, of.SpanId) && bytes.Equal(s.TraceId, of.TraceId) && attr(s, "midgate.job") == ""
	}) {
		names = append(names, s.Name)
	}
	return names
}

// linked are the spans that a span links to.
func (r *receiver) linked(from *spans.Span) []*spans.Span {
	return r.find(func(s *spans.Span) bool {
		return slices.ContainsFunc(from.Links, func(l *spans.Span_Link) bool {
			return bytes.Equal(l.SpanId, s.SpanId) && bytes.Equal(l.TraceId, s.TraceId)
		})
	})
}

// environ tells a midgate to send its spans here, at once.
func (r *receiver) environ(more ...string) []string {
	return append([]string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + r.http.URL, "OTEL_BSP_SCHEDULE_DELAY=50"}, more...)
}

// TestTracing_ShowsWhereTimeGoesAndNothingElse does everything that a gate can be asked for, with and without success,
// and reads all that left it for the receiver.
func TestTracing_ShowsWhereTimeGoesAndNothingElse(t *testing.T) {
	t.Parallel()
	r, address := newReceiver(t), adaptertest.Address()
	const canary = "zanzibar"
	b := newBed(t, simulator.Config{Dialect: simulator.TrueAI, Auth: "bearer", Pace: 300 * time.Millisecond}, r.environ("MIDGATE_LISTEN="+address,
		"MIDGATE_WEBHOOK_URL=http://"+address, "MIDGATE_UPSTREAM_PREFIXES=relax=,fast=,turbo=", "MIDGATE_MODEL_ALIASES=studio=niji-6,*=midjourney", "MIDGATE_SECRET=a-secret-of-thirty-two-bytes-and-more")...)
	d := b.generation(canary+" at dusk --v 7", 2).must(t, 0)
	if len(d.Data) != 2 {
		t.FailNow()
	}
	known, other := d.Data[0].ID, d.Data[1].ID
	ask(t, d.Data[0].URL, "", "")
	type asked struct{ job, name, route, failure, version string }
	jobs := map[string]asked{}
	versions := map[string]string{"a generation": "midjourney-v7", "a made-up vendor": "niji-6", "a version in the prompt": "midjourney-v6.1", "a button": "midjourney-v7"}
	for name, c := range map[string]struct {
		path, body, model, failure string
		parts                      []string
	}{
		"a generation":             {"/v1/images/generations", `{"prompt": "a zanzibar fox", "model": "midjourney-v7-fast"}`, "image_generation midjourney-v7-fast", "", nil},
		"a streamed generation":    {"/v1/images/generations", `{"prompt": "a zanzibar hen", "stream": true, "model": "midjourney"}`, "image_generation midjourney", "", nil},
		"one that fails":           {"/v1/images/generations", `{"prompt": "a zanzibar fox sim-fail", "model": "midjourney"}`, "image_generation midjourney", "failed", nil},
		"one that is refused":      {"/v1/images/generations", `{"prompt": "a zanzibar fox sim-no-account", "model": "midjourney"}`, "image_generation midjourney", "unavailable", nil},
		"an edit":                  {"/v1/images/edits", `{"prompt": "a zanzibar boat", "model": "midjourney", "images": [{"file_id": "` + known + `"}], "mask": {"image_url": "` + hole(t) + `"}}`, "image_generation midjourney", "", nil},
		"a button":                 {"/v1/images/" + known + "/actions", `{"action": "vary_strong", "prompt": "a zanzibar hat"}`, "", "", nil},
		"a description":            {"/v1/images/descriptions", `{"image": "` + other + `"}`, "", "", nil},
		"a chat":                   {"/v1/chat/completions", `{"model": "midjourney", "messages": [{"role": "user", "content": "a zanzibar mill"}]}`, "image_generation midjourney", "", nil},
		"a response":               {"/v1/responses", `{"model": "midjourney", "input": "a zanzibar tower", "tools": [{"type": "image_generation"}]}`, "", "", nil},
		"a video":                  {"/v1/videos", `{"prompt": "zanzibar moves", "model": "sora-2", "input_reference": {"file_id": "` + known + `"}}`, "video_generation midjourney", "", nil},
		"one of OpenAI's models":   {"/v1/images/generations", `{"prompt": "a zanzibar fig", "model": "DALL-E-3"}`, "image_generation dall-e-3", "", nil},
		"an alias of the settings": {"/v1/images/generations", `{"prompt": "a zanzibar oak", "model": "studio"}`, "image_generation studio", "", nil},
		"a version in the prompt":  {"/v1/images/generations", `{"prompt": "a zanzibar fir --v 6.1", "model": "midjourney-v7"}`, "image_generation midjourney-v7", "", nil},
		"a made-up model":          {"/v1/images/generations", `{"prompt": "a zanzibar ash", "model": "zanzibar-9"}`, "image_generation midjourney", "", nil},
		"a made-up vendor":         {"/v1/images/generations", `{"prompt": "a zanzibar elm", "model": "zanzibar/niji-6-fast"}`, "image_generation niji-6-fast", "", nil},
		"a made-up deployment":     {"/openai/deployments/zanzibar-two/images/generations?api-version=2025-04-01-preview", `{"prompt": "a zanzibar yew"}`, "image_generation midjourney", "", nil},
		"a made-up model in chat":  {"/v1/chat/completions", `{"model": "zanzibar-4o", "messages": [{"role": "user", "content": "a zanzibar inn"}]}`, "image_generation midjourney", "", nil},
		"the upstream's own route": {"/mj/submit/imagine", `{"prompt": "a zanzibar sea", "state": "zanzibar"}`, "", "", nil},
	} {
		a, err := sent{url: b.url, path: c.path, key: "alices-key", body: c.body, header: []string{"Traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "Tracestate", "zanzibar=1"}}.try(t, 0)
		id := a.header.Get("Midgate-Job")
		if err != nil || id == "" {
			t.Errorf("%s: %d, %v, names no job: %s", name, a.status, err, a.body)
			continue
		}
		jobs[name] = asked{id, c.model, regexp.MustCompile(`/openai/deployments/[^/]+(/[^?]+).*`).ReplaceAllString(regexp.MustCompile(`img_\w+`).ReplaceAllString(c.path, ":id"), "/v1$1"), c.failure, versions[name]}
	}
	agent := newDesk(t, []string{"MIDGATE_KEY=alices-key"}, "--url", b.url)
	jobs["an agent"] = asked{agent.call("draw", map[string]any{"prompt": "a zanzibar temple"}).Job.ID, "", "/mcp", "", ""}
	for path, body := range map[string]string{
		"/v1/images/generations": `{"prompt": "zanzibar", "size": "zanzibar"}`, "/v1/zanzibar": `{}`, "/hooks/zanzibar": `{}`, "/images/img_zanzibar.png": "", "/v1/images/zanzibar": "", "/v1/files/zanzibar": "",
		"/v1/models/zanzibar": "", "/v1/models?zanzibar=1": "", "/mj/task/zanzibar/fetch": "", "/v1/jobs/zanzibar": "",
	} {
		ask(t, b.url+path, "alices-key", body)
	}
	ask(t, b.url+"/v1/models", "zanzibar-key", "")
	eventually(t, "all jobs have ended", func() bool {
		return !slices.ContainsFunc(b.jobs(), func(j jobJSON) bool { return j.Status == "queued" || j.Status == "in_progress" })
	})

	for name, want := range jobs {
		var job *spans.Span
		eventually(t, name+" has a trace", func() bool {
			all := r.of(want.job)
			if len(all) == 1 {
				job = all[0]
			}
			return job != nil && len(r.linked(job)) > 0
		})
		route := strings.Replace(want.route, "/mj/submit/imagine", "/mj/*path", 1)
		request := r.linked(job)[0]
		if request.Name != "POST "+route || attr(request, "url.path") != route || len(request.ParentSpanId) != 0 || len(job.ParentSpanId) != 0 ||
			bytes.Equal(request.TraceId, job.TraceId) || !slices.Contains(r.linked(request), job) {
			t.Errorf("%s: its request is %v, its job %v", name, request, job)
		}
		if want.name != "" && job.Name != want.name || attr(job, "gen_ai.provider.name") != "midjourney" || attr(job, "error.type") != want.failure {
			t.Errorf("%s: the job's span = %v", name, job)
		}
		if id := attr(job, "gen_ai.response.id"); id != "" != (want.failure == "") || id != "" && id != want.job {
			t.Errorf("%s: the response of job %s is called %q", name, want.job, id)
		}
		if model := attr(job, "gen_ai.response.model"); want.version != "" && model != want.version {
			t.Errorf("%s: what answered is %q, want %q", name, model, want.version)
		}
		parts := r.parts(job)
		steps := slices.ContainsFunc(parts, func(p string) bool { return strings.HasPrefix(p, "step ") })
		if !steps || !slices.Contains(parts, "queue") || name != "a description" && want.failure == "" && !slices.Contains(parts, "pictures") {
			t.Errorf("%s consists of %q", name, parts)
		}
		id := hex.EncodeToString(request.TraceId)
		b.gate.until(b.gate.err, `"trace_id":"`+id)
	}
	for _, failed := range []string{"one that fails", "one that is refused"} {
		id := hex.EncodeToString(r.of(jobs[failed].job)[0].TraceId)
		if line := b.gate.until(b.gate.err, `"trace_id":"`+id); !strings.Contains(line, jobs[failed].job) {
			t.Errorf("%s: the line of its trace is %s", failed, line)
		}
	}
	if paid := r.find(func(s *spans.Span) bool {
		return s.Name == "step imagine" && attr(s, "midgate.paid") == "true" && attr(s, "midgate.task") != "" && attr(s, "midgate.polls") != ""
	}); len(paid) < 5 {
		t.Errorf("%d steps tell what was paid", len(paid))
	}
	if status := b.gate.stop(); status != 0 {
		t.Errorf("it stops with %d", status)
	}

	r.mu.Lock()
	defer r.mu.Unlock()
	secrets := []string{canary, "alices-key", "upstream-key", "a-secret-of", "/hooks/", "hm=", "/cdn/", "img_", "mg_", "file_", "X-Amz", "client.address", "user_agent",
		web.OwnerOf("alice"), "alice", "0af7651916cd43dd8448eb211c80319c"}
	for _, s := range b.sim.Requests().Submissions {
		if m := regexp.MustCompile(`"notifyHook":"[^"]+/([^"/]+)"`).FindSubmatch(s.Body); m != nil {
			secrets = append(secrets, string(m[1]))
		}
	}
	if len(secrets) < 20 {
		t.Errorf("no webhook was given to the upstream: %d secrets", len(secrets))
	}
	for _, secret := range secrets {
		if i := bytes.Index(r.raw.Bytes(), []byte(secret)); i >= 0 {
			t.Errorf("%q left for the receiver: %q", secret, r.raw.Bytes()[max(0, i-80):min(r.raw.Len(), i+80)])
		}
	}
	if r.raw.Len() < 10_000 {
		t.Errorf("only %d bytes were received", r.raw.Len())
	}
}

// TestTracing_GoesOnAfterARestart: the process was killed, and what the next one does of the job is in the job's trace.
func TestTracing_GoesOnAfterARestart(t *testing.T) {
	t.Parallel()
	r := newReceiver(t)
	b := newBed(t, simulator.Config{Pace: 4 * time.Second}, r.environ("OTEL_SERVICE_NAME=pictures")...)
	a, err := b.generation("a ship", 1, "Prefer", "respond-async").try(t, 0)
	id := a.header.Get("Midgate-Job")
	if err != nil || a.status != http.StatusAccepted {
		t.Fatalf("%d %s, %v", a.status, a.body, err)
	}
	var request *spans.Span
	eventually(t, "the request's span has come", func() bool {
		found := r.find(func(s *spans.Span) bool { return s.Name == "POST /v1/images/generations" })
		if len(found) == 1 {
			request = found[0]
		}
		return request != nil
	})
	eventually(t, "the job is at the upstream", func() bool { return len(b.sim.Ledger()) == 1 && b.jobs()[0].Status == "in_progress" })
	b.kill()
	b.serve()
	b.settle(1)
	var resumed *spans.Span
	eventually(t, "the resumed part has come", func() bool {
		if found := r.of(id); len(found) > 0 {
			resumed = found[0]
		}
		return resumed != nil
	})
	if len(request.Links) != 1 || !bytes.Equal(request.Links[0].TraceId, resumed.TraceId) || !bytes.Equal(request.Links[0].SpanId, resumed.ParentSpanId) {
		t.Errorf("the resumed part %v is not in the trace that its request links to: %v", resumed, request.Links)
	}
	if attr(resumed, "midgate.resumed") != "true" || !slices.Contains(r.linked(resumed), request) {
		t.Errorf("the resumed part = %v", resumed)
	}
	if parts := r.parts(resumed); !slices.Contains(parts, "step imagine") || !slices.Contains(parts, "pictures") {
		t.Errorf("the resumed part consists of %q", parts)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !bytes.Contains(r.raw.Bytes(), []byte("pictures")) || bytes.Contains(r.raw.Bytes(), []byte("a ship")) {
		t.Error("the service has another name, or the prompt was sent")
	}
}

// TestTracing_OfNobodyWhoListensHarmsNothing: one line a minute, and the same answers.
func TestTracing_OfNobodyWhoListensHarmsNothing(t *testing.T) {
	t.Parallel()
	b := newBed(t, simulator.Config{Pace: 200 * time.Millisecond}, "OTEL_EXPORTER_OTLP_ENDPOINT=http://"+adaptertest.Address(), "OTEL_BSP_SCHEDULE_DELAY=10", "OTEL_BSP_EXPORT_TIMEOUT=100")
	for i := range 4 {
		b.generation(fmt.Sprint("a fox ", i), 1).must(t, 0)
	}
	b.gate.until(b.gate.err, "traces could not be sent")
	began := time.Now()
	if status := b.gate.stop(); status != 0 || time.Since(began) > patience/4 {
		t.Errorf("it stops with %d after %s", status, time.Since(began))
	}
	if n := strings.Count(b.gate.err.String(), "traces could not be sent"); n != 1 {
		t.Errorf("%d lines say that nobody listens", n)
	}
}

// TestTracing_IsNothingUnlessItIsAskedFor: no goroutine, no provider, nothing on the way of a request.
func TestTracing_IsNothingUnlessItIsAskedFor(t *testing.T) {
	goroutines := func() bool {
		all := make([]byte, 8<<20)
		return bytes.Contains(all[:runtime.Stack(all, true)], []byte("go.opentelemetry.io/otel/sdk/trace"))
	}
	r := newReceiver(t)
	for _, v := range r.environ() { // what its library reads
		name, value, _ := strings.Cut(v, "=")
		t.Setenv(name, value)
	}
	for name, environ := range map[string][]string{"not": nil, "switched off": r.environ("OTEL_SDK_DISABLED=true"), "by another way": r.environ("OTEL_TRACES_EXPORTER=zipkin")} {
		var set *config.Config
		url := here(t, func(cfg *config.Config) { set = cfg }, environ...)
		ask(t, url+"/v1/images/generations", "", `{"prompt": "a mill", "response_format": "url"}`)
		if goroutines() || set.Proxy.Tracer != nil {
			t.Errorf("traced %s, and something runs", name)
		}
	}
	if len(r.find(func(*spans.Span) bool { return true })) > 0 {
		t.Error("spans came")
	}
	cfg, err := config.Load(config.Source{Environ: append(r.environ(), "MIDGATE_UPSTREAM_URL=http://127.0.0.1:1", "MIDGATE_AUTH=none", "MIDGATE_LISTEN=127.0.0.1:0", "MIDGATE_DATA_DIR="+t.TempDir())})
	if err != nil {
		t.Fatal(err)
	}
	g, err := open(context.WithoutCancel(t.Context()), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if !goroutines() {
		t.Error("nothing runs although it is asked for: this test sees nothing")
	}
	g.close()
	eventually(t, "nothing of it runs any more", func() bool { return !goroutines() })
}
