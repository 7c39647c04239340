// Package tracing shows requests and jobs as OpenTelemetry's spans: where time goes, and between which step of a job and
// which request the way leads.
//
// A request's span begins a trace of its own; a client's traceparent is only linked, since anybody can send one. A job
// outlives its request, so it has another trace, linked to those of all requests that wait for it. What is resumed, after
// a restart too, is a new span in the job's trace.
//
// No span has a prompt, a key, whose a job is, an address of a picture or of a client, or what an error says in words: of
// paths the routes' patterns are shown, of upstreams the hosts, of errors the kinds.
package tracing
