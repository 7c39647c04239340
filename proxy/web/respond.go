package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/adapter/jsonstream"
	"midgate/proxy/body"
	"midgate/proxy/metrics"
)

// Handler serves a request or says what is wrong with it; the error is rendered in one place.
type Handler func(*gin.Context) error

// answering writes answers, and errors in one form; it counts and logs what was refused.
type answering struct {
	patience time.Duration // for each piece
	log      *slog.Logger
	metrics  *metrics.Metrics
}

// Do makes a handler gin's. An error ends the chain.
func (a *answering) Do(h Handler) gin.HandlerFunc {
	return func(c *gin.Context) {
		if err := h(c); err != nil {
			a.fail(c, err)
			c.Abort()
		}
	}
}

// fail answers with an error's envelope. If the answer has begun, nothing sensible can follow: the connection is cut.
func (a *answering) fail(c *gin.Context, err error) {
	v := RequestOf(c)
	x := v.explain(c, err)
	v.failed, v.cause = &x, cause(err)
	if x.status == statusClientGone || c.Writer.Written() {
		v.cut = true
		panic(http.ErrAbortHandler) // returning would end the answer as if it were whole
	}
	x.SetHeaders(c.Writer.Header())
	a.metrics.Refused(x.Kind)
	a.WriteJSON(c, x.status, envelope{x.Problem})
}

// explain looks an error of this request up in the table, and names the parameter as its client does. A picture that stands
// beside the words is blamed by its own name.
func (v *Request) explain(c *gin.Context, err error) APIError {
	x := Explain(OfClient(c, err), ErrorContext{Model: v.Model, joins: repeats(c.Request.Header)})
	beside := x.Problem.Code != nil && *x.Problem.Code == "unknown_upload"
	switch p := x.Problem.Param; {
	case p == nil:
	case v.called[*p] != "":
		sent, quote := v.called[*p], "'"
		if strings.Contains(*p, ".") { // no word of a sentence
			quote = ""
		}
		x.Problem.Message = strings.ReplaceAll(x.Problem.Message, quote+*p+quote, quote+sent+quote)
		x.Problem.Param = &sent
	case !beside && v.Words != "" && (*p == "prompt" || *p == "image" || strings.HasPrefix(*p, "image[")):
		x.Problem.Param = &v.Words
	}
	if x.Kind == adapter.Moderated && ofAzure(c.Request) {
		x.Problem.filtered()
	}
	return x
}

// Tell notes an error that is told in another way than fail does.
func (a *answering) Tell(c *gin.Context, x APIError, err error) {
	v := RequestOf(c)
	v.failed, v.cause = &x, cause(err)
	a.metrics.Refused(x.Kind)
}

// cause is an error's private reason, for the log. The public message is left out: it may quote the request.
func cause(err error) error {
	if e, ok := errors.AsType[*adapter.Error](err); ok {
		return e.Err
	}
	return err
}

// OfClient tells a client that left from a context that ended for another reason: only the first needs no answer.
func OfClient(c *gin.Context, err error) error {
	kind := body.Typed(err).Kind
	switch gone := c.Request.Context().Err() != nil; {
	case gone && kind == adapter.Storage && errors.Is(err, context.Canceled):
		return context.Canceled // the store is well, nobody wanted its answer any more
	case kind != adapter.Internal && kind != body.ClientGone:
		return err // also where a body that came too slowly has ended the context
	case gone:
		return context.Canceled
	default:
		return &adapter.Error{Kind: adapter.Internal, Err: err}
	}
}

// panicked turns a panic into a logged 500, or a cut connection if the answer has begun.
func (a *answering) panicked(c *gin.Context, reason any) {
	defer func() {
		_ = recover() // fail cuts an answer that has begun; observe does it after the access line
	}()
	a.logPanic(c.Request.Context(), slog.String("request_id", RequestOf(c).id), reason)
	a.fail(c, &adapter.Error{Kind: adapter.Internal, Err: errors.New("panic in a handler")})
}

// logPanic says where the panic is that was just recovered from. What it says itself may quote a request.
func (a *answering) logPanic(ctx context.Context, of slog.Attr, reason any) {
	a.log.LogAttrs(ctx, slog.LevelError, "panic", of,
		slog.String("type", fmt.Sprintf("%T", reason)), slog.String("stack", string(debug.Stack())))
}

// Guarded does work of a request in a goroutine of its own, where nobody else catches a panic: it would end the process,
// with every job that is waited for.
func (a *answering) Guarded(of slog.Attr, work func() error) (err error) {
	defer func() {
		if reason := recover(); reason != nil {
			a.logPanic(context.Background(), of, reason)
			err = &adapter.Error{Kind: adapter.Internal, Err: errors.New("panic beside a handler")}
		}
	}()
	return work()
}

// WriteJSON answers with a small document.
func (a *answering) WriteJSON(c *gin.Context, status int, doc any) {
	body, err := json.Marshal(doc)
	if err != nil {
		panic(err) // only our own structs are marshalled: a mistake in the program
	}
	a.WriteBytes(c, status, "application/json", body)
}

// WriteBytes answers with a body that is at hand.
func (a *answering) WriteBytes(c *gin.Context, status int, contentType string, body []byte) {
	h := c.Writer.Header()
	h["Content-Type"] = []string{contentType}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	stamp(c)
	a.Pace(c)
	c.Writer.WriteHeader(status)
	if c.Request.Method == http.MethodHead {
		c.Writer.WriteHeaderNow()
		return
	}
	if _, err := c.Writer.Write(body); err != nil {
		RequestOf(c).cut = true
	}
}

// stamp says how long the answer took until its header was written.
func stamp(c *gin.Context) {
	c.Writer.Header()["Openai-Processing-Ms"] = []string{strconv.FormatInt(time.Since(RequestOf(c).begun).Milliseconds(), 10)}
}

// Pace gives the client some time to take the next piece of the answer; without it a client
// that never reads would hold a finished answer for ever.
func (a *answering) Pace(c *gin.Context) {
	// A writer without deadlines (a test's recorder) answers ErrNotSupported: nothing to bound there.
	_ = http.NewResponseController(c.Writer).SetWriteDeadline(time.Now().Add(a.patience))
}

// WriteDocument answers with a document that no ticket waits for.
func (a *answering) WriteDocument(c *gin.Context, doc *jsonstream.Document) error {
	if err := primed(doc); err != nil {
		return err
	}
	c.Header("Content-Type", "application/json")
	c.Header("Content-Length", strconv.FormatInt(doc.Size(), 10))
	stamp(c)
	a.Pace(c)
	c.Writer.WriteHeader(http.StatusOK)
	if c.Request.Method == http.MethodHead {
		c.Writer.WriteHeaderNow()
		return nil
	}
	if err := doc.Stream(c.Request.Context(), c.Writer, func() { a.Pace(c) }); err != nil {
		RequestOf(c).cut, RequestOf(c).cause = true, err
		panic(http.ErrAbortHandler) // an answer that is not whole must not look whole
	}
	return nil
}
