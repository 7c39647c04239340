package tracing

import (
	"context"
	"slices"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/trace"
)

// unseenRoutes are not traced: the address alone is the right to what is behind it, or somebody only looks whether midgate
// is well.
var unseenRoutes = []string{"/hooks/:token", "/images/:file", "/videos/:file", "/healthz", "/readyz", "/health", "/metrics"}

// Request begins the span of a request: its method, one of the known ones, the pattern of its route, empty if it has
// none, and what its client calls its own trace. The function that it returns ends it, with the kind of the error that was
// answered, if one was.
func (t *Tracer) Request(ctx context.Context, method, route, traceparent string) (context.Context, func(status int, kind string)) {
	if slices.Contains(unseenRoutes, route) {
		return ctx, func(int, string) {}
	}
	if method == "other" {
		method = "_OTHER"
	}
	name := strings.TrimSpace(strings.Replace(method, "_OTHER", "HTTP", 1) + " " + route)
	about := []attribute.KeyValue{attribute.String("http.request.method", method)}
	if route != "" {
		about = append(about, attribute.String("http.route", route), attribute.String("url.path", route))
	}
	ctx, span := t.tracer.Start(ctx, name, trace.WithNewRoot(), trace.WithSpanKind(trace.SpanKindServer), trace.WithAttributes(about...), links(traceparent))
	return ctx, func(status int, kind string) {
		span.SetAttributes(attribute.Int("http.response.status_code", status))
		if status >= 500 {
			span.SetStatus(codes.Error, "")
		}
		if kind != "" {
			span.SetAttributes(attribute.String("error.type", kind))
		}
		span.End()
	}
}

// links are links to what is named, if anything is.
func links(names ...string) trace.SpanStartOption {
	var to []trace.Link
	for _, name := range names {
		if sc := named(name); sc.IsValid() {
			to = append(to, trace.Link{SpanContext: sc})
		}
	}
	return trace.WithLinks(to...)
}

var traceContext propagation.TraceContext

const header = "traceparent"

// named is the span that a traceparent names; none if it is no such word.
func named(traceparent string) trace.SpanContext {
	ctx := traceContext.Extract(context.Background(), propagation.MapCarrier{header: traceparent})
	return trace.SpanContextFromContext(ctx)
}

// nameOf is the other way round.
func nameOf(sc trace.SpanContext) string {
	if !sc.IsValid() {
		return ""
	}
	carrier := propagation.MapCarrier{}
	traceContext.Inject(trace.ContextWithSpanContext(context.Background(), sc), carrier)
	return carrier[header]
}
