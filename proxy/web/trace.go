package web

import (
	"context"

	"github.com/gin-gonic/gin"

	"midgate/proxy/metrics"
)

// Tracer follows requests through time. It is safe for concurrent use and never waits.
type Tracer interface {
	// Request begins to follow one: its method, one of the known ones or "other", the pattern of its route, empty if it has
	// none, and what its client calls its own trace, if it says so. The context that it returns is the request's; end tells
	// how it was answered, with the kind of the error if there was one.
	Request(ctx context.Context, method, route, traceparent string) (_ context.Context, end func(status int, kind string))
}

// trace begins to follow a request.
func (s *Server) trace(c *gin.Context, v *Request) {
	if s.Config.Tracer == nil {
		return
	}
	var ctx context.Context
	ctx, v.traced = s.Config.Tracer.Request(c.Request.Context(), metrics.KnownMethod(c.Request.Method), c.FullPath(), c.GetHeader("Traceparent"))
	c.Request = c.Request.WithContext(ctx)
}

// endTrace says how the request was answered.
func (v *Request) endTrace(status int) {
	if v.traced == nil {
		return
	}
	kind := ""
	if v.failed != nil {
		kind = metrics.KindLabel(v.failed.Kind)
	}
	v.traced(status, kind)
}
