package web

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/proxy/metrics"
)

// Request is what the access line tells about one request, and whose it is. Handlers fill it in on the way.
type Request struct {
	id     string // x-request-id
	begun  time.Time
	Caller adapter.Caller
	Model  string // as the client named it
	Job    string
	Words  string            // the parameter that holds words and pictures at this route; empty: 'prompt' and 'image' do
	called map[string]string // body.Body's
	ticket adapter.Ticket    // the job's, for what a handler that dies leaves behind
	failed *APIError         // the error that was answered
	cause  error             // its private reason
	cut    bool              // the answer was broken off on purpose, or could not be written
	traced func(status int, kind string)
}

const visitKey = "visit"

// Follow notes whose answer the request waits for.
func (v *Request) Follow(t adapter.Ticket) {
	v.Job, v.ticket = t.Job().ID, t
}

// RequestOf returns the facts of the request that c serves.
func RequestOf(c *gin.Context) *Request {
	return c.MustGet(visitKey).(*Request)
}

// Observe names the request, counts it, and writes its one access line when it is over.
// It also stands for whatever a handler fails to do: an answer after a panic.
func (s *Server) Observe(c *gin.Context) {
	v := &Request{id: requestID(), begun: time.Now()}
	c.Set(visitKey, v)
	c.Header("X-Request-Id", v.id)
	s.Metrics.Arrive()
	s.trace(c, v)
	var sent *arriving
	if c.Request.Body != nil && c.Request.Body != http.NoBody {
		sent = &arriving{ReadCloser: c.Request.Body}
		c.Request.Body = sent
	}
	defer func() {
		reason := recover()
		abort := aborts(reason)
		if reason != nil && !abort {
			if v.ticket != nil {
				v.ticket.Abandoned() // before the client hears of it: its repeat may come at once, and joins
			}
			s.panicked(c, reason)
		}
		s.account(c, v)
		if abort || reason != nil && v.cut {
			reset(c)
			panic(http.ErrAbortHandler)
		}
		if v.failed != nil {
			readOn(s.Config.MaxBody, c, sent)
		}
	}()
	c.Next()
}

// aborts reports whether a panic is the one that cuts a connection on purpose.
func aborts(reason any) bool {
	err, ok := reason.(error)
	return ok && errors.Is(err, http.ErrAbortHandler)
}

// account counts the request and writes its access line. The route's pattern stands for the path, which may hold ids; where
// there is none the log, and only the log, shows what may be shown of the path.
func (s *Server) account(c *gin.Context, v *Request) {
	took := time.Since(v.begun)
	route, path := c.FullPath(), ""
	if route == "" {
		route, path = "unmatched", shownPath(askedPath(c.Request), s.gate.isKey)
	}
	status := c.Writer.Status()
	if v.failed != nil && v.failed.status == statusClientGone {
		status = statusClientGone
	}
	s.Metrics.Leave(route, c.Request.Method, status, took)
	defer v.endTrace(status)
	level := slog.LevelInfo
	switch {
	case status >= 500 && status != statusClientGone:
		level = slog.LevelError
	case status < 400 && slices.Contains(watched, route):
		level = slog.LevelDebug
	}
	if !s.Log.Enabled(c.Request.Context(), level) {
		return
	}
	s.Log.LogAttrs(c.Request.Context(), level, "request", v.attrs(c, route, path, status, took)...)
}

// watched are the routes that are asked every few seconds by whoever looks whether midgate is well.
var watched = []string{"/healthz", "/readyz", "/health", "/metrics"}

func (v *Request) attrs(c *gin.Context, route, path string, status int, took time.Duration) []slog.Attr {
	attrs := make([]slog.Attr, 0, 15)
	attrs = append(attrs,
		slog.String("request_id", v.id),
		slog.String("method", metrics.KnownMethod(c.Request.Method)),
		slog.String("route", route),
		slog.Int("status", status),
		slog.Duration("duration", took),
		slog.Int("bytes", max(c.Writer.Size(), 0)),
		slog.String("remote", c.ClientIP()),
	)
	if path != "" {
		attrs = append(attrs, slog.String("path", path))
	}
	if v.Caller.Name != "" {
		attrs = append(attrs, slog.String("key", v.Caller.Name))
	}
	if v.Job != "" {
		attrs = append(attrs, slog.String("job", v.Job))
	}
	if v.cut {
		attrs = append(attrs, slog.Bool("cut", true))
	}
	if v.failed != nil {
		attrs = append(attrs, slog.String("kind", string(v.failed.Kind)))
		if v.failed.Problem.Param != nil {
			attrs = append(attrs, slog.String("param", *v.failed.Problem.Param))
		}
	}
	if v.cause != nil && status >= 500 {
		attrs = append(attrs, slog.String("error", v.cause.Error()))
	}
	return attrs
}

// requestID makes the name of one request: req_ and 32 hex digits.
func requestID() string {
	var raw [16]byte
	_, _ = rand.Read(raw[:]) // it never fails since Go 1.24
	return "req_" + hex.EncodeToString(raw[:])
}
