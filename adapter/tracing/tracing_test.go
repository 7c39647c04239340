package tracing

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"midgate/adapter"
)

// recorded is a tracer whose spans can be read when they have ended.
func recorded(t *testing.T, options ...sdk.TracerProviderOption) (*Tracer, func(name string) tracetest.SpanStub) {
	t.Helper()
	memory := tracetest.NewInMemoryExporter()
	tr := newTracer(Config{Hosts: map[string]string{"main": "relay.example"}, Model: func(named string) string { return strings.TrimPrefix(named, "their-") }}, append(options, sdk.WithSyncer(memory))...)
	t.Cleanup(tr.Close)
	return tr, func(name string) tracetest.SpanStub {
		t.Helper()
		all := memory.GetSpans()
		i := slices.IndexFunc(all, func(s tracetest.SpanStub) bool { return s.Name == name })
		if i < 0 {
			t.Fatalf("there is no span %q", name)
		}
		return all[i]
	}
}

// words are a span's attributes.
func words(s tracetest.SpanStub) map[string]string {
	all := map[string]string{}
	for _, kv := range s.Attributes {
		all[string(kv.Key)] = kv.Value.String()
	}
	return all
}

func contains(t *testing.T, s tracetest.SpanStub, want map[string]string) {
	t.Helper()
	got := words(s)
	for name, v := range want {
		if got[name] != v {
			t.Errorf("%s: %s = %q, want %q", s.Name, name, got[name], v)
		}
	}
}

func linked(s tracetest.SpanStub, to trace.SpanContext) bool {
	return slices.ContainsFunc(s.Links, func(l sdk.Link) bool {
		return l.SpanContext.SpanID() == to.SpanID() && l.SpanContext.TraceID() == to.TraceID()
	})
}

const theirs = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

func TestRequest_IsATraceOfItsOwn(t *testing.T) {
	tr, span := recorded(t)
	ctx, end := tr.Request(t.Context(), "POST", "/v1/images/:id/actions", theirs)
	end(502, "failed")
	got := span("POST /v1/images/:id/actions")
	contains(t, got, map[string]string{"http.route": "/v1/images/:id/actions", "url.path": "/v1/images/:id/actions", "http.request.method": "POST",
		"http.response.status_code": "502", "error.type": "failed"})
	if got.Parent.IsValid() || got.SpanContext.TraceID() == named(theirs).TraceID() || !linked(got, named(theirs)) || got.Status.Code != codes.Error {
		t.Errorf("the client's trace is its parent, or no link: %+v", got)
	}
	if trace.SpanContextFromContext(ctx).SpanID() != got.SpanContext.SpanID() {
		t.Error("the request's context is another span's")
	}
	_, end = tr.Request(t.Context(), "other", "", "nonsense")
	end(404, "")
	if got := span("HTTP"); len(got.Links) != 0 || got.Status.Code == codes.Error || words(got)["http.request.method"] != "_OTHER" {
		t.Errorf("a request of no route = %+v", got)
	}
	for _, route := range []string{"/hooks/:token", "/images/:file", "/videos/:file", "/healthz", "/metrics"} {
		ctx, end := tr.Request(t.Context(), "GET", route, theirs)
		if end(200, ""); trace.SpanFromContext(ctx).IsRecording() || trace.SpanContextFromContext(ctx).IsValid() {
			t.Errorf("%s is traced", route)
		}
	}
}

// TestRequest_IsSampledByOurOwnRule: whoever sends a traceparent that says so does not turn tracing on.
func TestRequest_IsSampledByOurOwnRule(t *testing.T) {
	tr, _ := recorded(t, sdk.WithSampler(sdk.ParentBased(sdk.NeverSample())))
	ctx, _ := tr.Request(t.Context(), "POST", "/v1/images/generations", theirs)
	if trace.SpanContextFromContext(ctx).IsSampled() {
		t.Error("a client decides what is sampled")
	}
	j := tr.Begin(ctx, adapter.Job{ID: "job_1"})
	if tr.Resume(t.Context(), adapter.Job{ID: "job_1", Trace: j.Name()}); !strings.HasSuffix(strings.Fields(j.Name())[0], "-00") {
		t.Errorf("the trace that is kept is %q, want one that is not sampled", j.Name())
	}
}

func TestJob_IsATraceThatKnowsItsRequests(t *testing.T) {
	tr, span := recorded(t)
	first, endFirst := tr.Request(t.Context(), "POST", "/first", "")
	second, endSecond := tr.Request(t.Context(), "POST", "/second", "")
	job := adapter.Job{ID: "job_1", Kind: adapter.JobGeneration, Model: "midjourney-v7-fast", N: 2, Speed: adapter.Fast, Upstream: "main",
		Prompt: "a secret fox", Owner: "digest", Caller: "alice", Seed: "seed", Route: "/v1/images/generations"}
	j := tr.Begin(first, job)
	job.Trace = j.Name()
	tr.Meet(first, job)
	j.Meet(second)
	tr.Meet(second, job)
	j.Part(adapter.PartQueue, time.Now().Add(-time.Minute))(adapter.Step{Upstream: "main"}, nil)
	price := adapter.Dollar
	j.Part("step imagine", time.Time{})(adapter.Step{Name: "imagine", Upstream: "main", State: "mg_state", Speed: adapter.Fast, Polls: 7, Price: &price, Refunded: true,
		Submission: &adapter.Submission{TaskID: "17", Prompt: "a secret fox"}}, adapter.Errorf(adapter.Failed, "A secret reason."))
	job.Status, job.Error = adapter.JobFailed, adapter.Errorf(adapter.Failed, "A secret reason.")
	j.End(job)
	endFirst(200, "")
	endSecond(200, "")

	root, one, two := span("image_generation midjourney-v7-fast"), span("POST /first"), span("POST /second")
	contains(t, root, map[string]string{"gen_ai.operation.name": "image_generation", "gen_ai.provider.name": "midjourney", "gen_ai.request.model": "midjourney-v7-fast",
		"gen_ai.request.choice.count": "2", "server.address": "relay.example", "midgate.job": "job_1", "midgate.kind": "generation", "midgate.status": "failed", "error.type": "failed"})
	if root.Parent.IsValid() || root.SpanContext.TraceID() == one.SpanContext.TraceID() || root.Status.Code != codes.Error {
		t.Errorf("the job's span = %+v", root)
	}
	for _, request := range []tracetest.SpanStub{one, two} {
		if !linked(root, request.SpanContext) || !linked(request, root.SpanContext) {
			t.Errorf("the job and %s do not know each other", request.Name)
		}
		if len(request.Events) != 1 || request.Events[0].Name != "job" || request.Events[0].Attributes[0] != attribute.String("midgate.job", "job_1") {
			t.Errorf("%s does not name the job: %+v", request.Name, request.Events)
		}
	}
	queue, step := span("queue"), span("step imagine")
	if queue.Parent.SpanID() != root.SpanContext.SpanID() || queue.EndTime.Sub(queue.StartTime) < time.Minute {
		t.Errorf("the wait = %+v", queue)
	}
	contains(t, step, map[string]string{"midgate.step": "imagine", "midgate.task": "17", "midgate.paid": "true", "midgate.refunded": "true", "midgate.polls": "7", "error.type": "failed"})
	for _, s := range []tracetest.SpanStub{root, one, two, queue, step} {
		for name, v := range words(s) {
			if strings.Contains(v, "secret") || strings.Contains(v, "digest") || strings.Contains(v, "seed") || strings.Contains(v, "mg_") || strings.HasPrefix(name, "gen_ai.usage") {
				t.Errorf("%s has %s = %q", s.Name, name, v)
			}
		}
		if s.Status.Description != "" {
			t.Errorf("%s tells in words what went wrong", s.Name)
		}
	}
}

// TestJob_TellsWhatAnswered: the version is the one that drew, whatever was asked for.
func TestJob_TellsWhatAnswered(t *testing.T) {
	for version, want := range map[string]string{"": "", "8.1": "midjourney-v8.1", "niji 6": "niji-6"} {
		tr, span := recorded(t)
		job := adapter.Job{ID: "job_1", Kind: adapter.JobGeneration, Model: "midjourney"}
		j := tr.Begin(t.Context(), job)
		job.Status, job.Result = adapter.JobCompleted, &adapter.Result{Images: []string{"img_secret"}, Version: version}
		j.End(job)
		contains(t, span("image_generation midjourney"), map[string]string{"gen_ai.response.id": "job_1", "gen_ai.response.model": want, "gen_ai.request.model": "midjourney"})
	}
}

// TestJob_IsResumedInItsTrace, with the request that another process served.
func TestJob_IsResumedInItsTrace(t *testing.T) {
	tr, span := recorded(t)
	ctx, end := tr.Request(t.Context(), "POST", "/first", "")
	lost := tr.Begin(ctx, adapter.Job{ID: "job_1"})
	end(200, "")
	next := tr.Resume(t.Context(), adapter.Job{ID: "job_1", Kind: adapter.JobVideo, Model: "their-niji-7", Trace: lost.Name()})
	next.Part(adapter.PartPictures, time.Time{})(adapter.Step{}, errors.New("disk"))
	next.End(adapter.Job{Status: adapter.JobInProgress})
	got := span("video_generation niji-7")
	first := named(strings.Fields(lost.Name())[0])
	if got.SpanContext.TraceID() != first.TraceID() || got.Parent.SpanID() != first.SpanID() || !linked(got, span("POST /first").SpanContext) {
		t.Errorf("the resumed part = %+v, want it in trace %s", got, first.TraceID())
	}
	contains(t, got, map[string]string{"midgate.resumed": "true", "midgate.status": "in_progress", "gen_ai.request.model": "niji-7"})
	if len(got.Events) != 1 || got.Events[0].Name != "interrupted" || span("pictures").Parent.SpanID() != got.SpanContext.SpanID() {
		t.Errorf("the resumed part has %+v", got.Events)
	}
	contains(t, span("pictures"), map[string]string{"error.type": "internal"})
	for _, odd := range []string{"", " ", "x y", theirs + " x"} { // kept by nobody who traces, or damaged
		tr.Resume(t.Context(), adapter.Job{Trace: odd}).End(adapter.Job{Status: adapter.JobCompleted})
	}
}

func TestLog_NamesTheTraceOfALine(t *testing.T) {
	tr, span := recorded(t)
	var out bytes.Buffer
	log := slog.New(Log(slog.NewJSONHandler(&out, nil))).With("a", 1)
	ctx, end := tr.Request(t.Context(), "GET", "/x", "")
	log.InfoContext(ctx, "one")
	log.Info("two")
	end(200, "")
	one, two, _ := strings.Cut(out.String(), "\n")
	sc := span("GET /x").SpanContext
	if !strings.Contains(one, `"trace_id":"`+sc.TraceID().String()+`","span_id":"`+sc.SpanID().String()+`"`) || !strings.Contains(one, `"a":1`) || strings.Contains(two, "trace_id") {
		t.Errorf("the log is\n%s", out.String())
	}
}

func TestComplaints_AreOneAMinute(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		c := &complaints{log: slog.New(slog.NewTextHandler(&out, nil))}
		for range 601 {
			c.Handle(context.DeadlineExceeded)
			<-time.After(time.Second)
		}
		if n := strings.Count(out.String(), "traces could not be sent"); n != 11 || !strings.Contains(out.String(), "unsaid=59") {
			t.Errorf("ten minutes have %d lines:\n%s", n, out.String())
		}
	})
}
