package tracing

import (
	"context"
	"errors"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/trace"

	"midgate/adapter"
)

// jobTrace is the span of one execution of a job.
type jobTrace struct {
	t    *Tracer
	span trace.Span
	name string
}

// Begin implements adapter.Tracer.
func (t *Tracer) Begin(ctx context.Context, job adapter.Job) adapter.JobTrace {
	asked := nameOf(trace.SpanContextFromContext(ctx))
	j := t.start(context.Background(), job, asked, trace.WithNewRoot())
	j.name = strings.TrimSpace(nameOf(j.span.SpanContext()) + " " + asked)
	return j
}

// Resume implements adapter.Tracer.
func (t *Tracer) Resume(_ context.Context, job adapter.Job) adapter.JobTrace {
	own, asked, _ := strings.Cut(job.Trace, " ")
	ctx := trace.ContextWithRemoteSpanContext(context.Background(), named(own))
	j := t.start(ctx, job, asked, trace.WithAttributes(attribute.Bool("midgate.resumed", true)))
	j.name = job.Trace
	return j
}

func (t *Tracer) start(ctx context.Context, job adapter.Job, asked string, more ...trace.SpanStartOption) *jobTrace {
	operation := operationOf(job.Kind)
	about := []attribute.KeyValue{
		attribute.String("gen_ai.operation.name", operation), attribute.String("gen_ai.provider.name", "midjourney"),
		attribute.String("midgate.job", job.ID), attribute.String("midgate.kind", string(job.Kind)), attribute.String("midgate.speed", string(job.Speed)),
		attribute.String("midgate.upstream", job.Upstream),
	}
	if operation == images {
		about = append(about, attribute.String("gen_ai.output.type", "image"))
	}
	model := t.model(job.Model)
	if model != "" {
		about = append(about, attribute.String("gen_ai.request.model", model))
	}
	if job.N > 1 {
		about = append(about, attribute.Int("gen_ai.request.choice.count", job.N))
	}
	if host := t.hosts[job.Upstream]; host != "" {
		about = append(about, attribute.String("server.address", host))
	}
	options := append(more, trace.WithSpanKind(trace.SpanKindClient), trace.WithAttributes(about...), links(asked))
	_, span := t.tracer.Start(ctx, strings.TrimSpace(operation+" "+model), options...)
	return &jobTrace{t: t, span: span}
}

// The operations. The conventions have none for pictures; this word is what other gateways use.
const (
	images = "image_generation"
	videos = "video_generation"
	told   = "image_description"
	prompt = "prompt_shortening"
)

func operationOf(kind adapter.JobKind) string {
	switch kind {
	case adapter.JobVideo:
		return videos
	case adapter.JobDescription:
		return told
	case adapter.JobShorten:
		return prompt
	default:
		return images
	}
}

// Meet implements adapter.Tracer.
func (t *Tracer) Meet(ctx context.Context, job adapter.Job) {
	span := trace.SpanFromContext(ctx)
	span.AddEvent("job", trace.WithAttributes(attribute.String("midgate.job", job.ID)))
	own, _, _ := strings.Cut(job.Trace, " ")
	if sc := named(own); sc.IsValid() {
		span.AddLink(trace.Link{SpanContext: sc})
	}
}

// Name implements adapter.JobTrace.
func (j *jobTrace) Name() string { return j.name }

// Context implements adapter.JobTrace.
func (j *jobTrace) Context(ctx context.Context) context.Context {
	return trace.ContextWithSpan(ctx, j.span)
}

// Meet implements adapter.JobTrace.
func (j *jobTrace) Meet(ctx context.Context) {
	if sc := trace.SpanContextFromContext(ctx); sc.IsValid() {
		j.span.AddLink(trace.Link{SpanContext: sc})
	}
}

// Part implements adapter.JobTrace.
func (j *jobTrace) Part(name string, since time.Time) func(adapter.Step, error) {
	kind := trace.SpanKindInternal
	if strings.HasPrefix(name, adapter.PartStep) {
		kind = trace.SpanKindClient
	}
	options := []trace.SpanStartOption{trace.WithSpanKind(kind)}
	if !since.IsZero() {
		options = append(options, trace.WithTimestamp(since))
	}
	_, span := j.t.tracer.Start(j.Context(context.Background()), name, options...)
	return func(st adapter.Step, err error) {
		span.SetAttributes(j.t.step(st)...)
		failed(span, err)
		span.End()
	}
}

// step is what is told of a step; of a part that is none, where it is.
func (t *Tracer) step(st adapter.Step) (about []attribute.KeyValue) {
	if st.Upstream != "" {
		about = append(about, attribute.String("midgate.upstream", st.Upstream))
	}
	if host := t.hosts[st.Upstream]; host != "" {
		about = append(about, attribute.String("server.address", host))
	}
	if st.Name == "" {
		return about
	}
	about = append(about, attribute.String("midgate.step", st.Name), attribute.Bool("midgate.paid", st.Paid()), attribute.Bool("midgate.refunded", st.Refunded),
		attribute.Int("midgate.polls", st.Polls))
	if st.Submission != nil {
		about = append(about, attribute.String("midgate.task", st.Submission.TaskID))
	}
	if st.Speed != "" {
		about = append(about, attribute.String("midgate.speed", string(st.Speed)))
	}
	return about
}

// End implements adapter.JobTrace.
func (j *jobTrace) End(job adapter.Job) {
	j.span.SetAttributes(attribute.String("midgate.status", string(job.Status)))
	if !job.Status.Ended() {
		j.span.AddEvent("interrupted")
	}
	if job.Result != nil {
		// The job's ID opens nothing without its owner's key, unlike the addresses of its pictures.
		j.span.SetAttributes(attribute.String("gen_ai.response.id", job.ID))
		if model := modelOf(job.Result.Version); model != "" {
			j.span.SetAttributes(attribute.String("gen_ai.response.model", model))
		}
		j.span.SetAttributes(attribute.Int("midgate.pictures", len(job.Result.Images)), attribute.Int("midgate.missing", job.Result.Missing))
	}
	if job.Error != nil {
		failed(j.span, job.Error)
	}
	j.span.End()
}

// modelOf is the model of a version as records write it, "8.1" or "niji 6"; empty where it is not known.
func modelOf(version string) string {
	switch number, niji := strings.CutPrefix(version, "niji "); {
	case version == "":
		return ""
	case niji:
		return "niji-" + number
	default:
		return "midjourney-v" + number
	}
}

// failed says of what kind an error is.
func failed(span trace.Span, err error) {
	if err == nil {
		return
	}
	kind := "internal"
	if e, typed := errors.AsType[*adapter.Error](err); typed && e.Kind != adapter.Internal {
		kind = string(e.Kind)
	}
	span.SetAttributes(attribute.String("error.type", kind))
	span.SetStatus(codes.Error, "")
}
