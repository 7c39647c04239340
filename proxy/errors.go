package proxy

import (
	"context"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"

	"midgate/adapter"
)

// Kinds that only HTTP knows. They share the table with adapter's.
const (
	noKey       adapter.Kind = "no_key"        // 401, no key came with the request
	noRoute     adapter.Kind = "no_route"      // 404, nothing is served at this path
	wrongMethod adapter.Kind = "wrong_method"  // 405, with Allow
	throttled   adapter.Kind = "throttled"     // 429, too many wrong keys from one address
	clientGone  adapter.Kind = "client_closed" // 499, logged only

	wrongEncoding adapter.Kind = "wrong_encoding" // 415, a body is compressed in a way that is not understood
)

// statusClientGone is what the access log shows for a client that left (openai-surface.md §9.2).
const statusClientGone = 499

// retryAdvice is the value of x-should-retry; the official SDKs obey it over the status.
type retryAdvice string

const (
	sdkDecides   retryAdvice = ""
	doRetry      retryAdvice = "true"
	doNotRetry   retryAdvice = "false"
	retryToJoin  retryAdvice = "join" // true if the repeat is known to join the run, else false
	internalText             = "Internal server error."
	safetyPhrase             = "safety system" // some clients look for it (openai-surface.md §9.1)
)

// row is one line of the table.
type row struct {
	status int
	typ    string
	code   string // when the error names none; empty is null
	retry  retryAdvice
}

const (
	invalidRequest = "invalid_request_error"
	serverError    = "server_error"
)

// rows is openai-surface.md §9.2, midgate's decisions. Every kind is in it.
var rows = map[adapter.Kind]row{
	adapter.Internal:     {500, serverError, "", doNotRetry},
	adapter.Invalid:      {400, invalidRequest, "", sdkDecides},
	adapter.TooLarge:     {413, invalidRequest, "request_too_large", sdkDecides},
	adapter.Moderated:    {400, invalidRequest, "content_policy_violation", sdkDecides},
	adapter.NotFound:     {404, invalidRequest, "not_found", sdkDecides},
	adapter.Reused:       {422, invalidRequest, "idempotency_key_reused", sdkDecides},
	adapter.Busy:         {429, "requests", "rate_limit_exceeded", doRetry},
	adapter.Credit:       {402, "insufficient_quota", "insufficient_quota", doNotRetry},
	adapter.Unavailable:  {503, serverError, "overloaded", doNotRetry},
	adapter.Storage:      {503, serverError, "storage_unavailable", sdkDecides},
	adapter.Failed:       {502, serverError, "upstream_error", doNotRetry},
	adapter.Ambiguous:    {502, serverError, "upstream_ambiguous", doNotRetry},
	adapter.UpstreamAuth: {502, serverError, "upstream_auth", doNotRetry},
	adapter.Unauthorized: {401, invalidRequest, "invalid_api_key", sdkDecides},
	adapter.Forbidden:    {403, invalidRequest, "", sdkDecides},
	adapter.Timeout:      {504, serverError, "timeout", retryToJoin},
	adapter.Overdue:      {504, serverError, "timeout", doNotRetry},
	adapter.Cancelled:    {400, invalidRequest, "job_cancelled", sdkDecides},
	adapter.Unsupported:  {400, invalidRequest, "unsupported", sdkDecides},

	noKey:         {401, invalidRequest, "", sdkDecides},
	noRoute:       {404, invalidRequest, "unknown_url", sdkDecides},
	wrongMethod:   {405, invalidRequest, "method_not_supported", sdkDecides},
	wrongEncoding: {415, invalidRequest, "unsupported_content_encoding", sdkDecides},
	throttled:     {429, "requests", "rate_limit_exceeded", doNotRetry},
	clientGone:    {statusClientGone, invalidRequest, "", sdkDecides},
}

// envelope is OpenAI's error body: all four keys are always there (openai-surface.md §9.1).
type envelope struct {
	Error problem `json:"error"`
}

type problem struct {
	Message string  `json:"message"`
	Type    string  `json:"type"`
	Param   *string `json:"param"`
	Code    *string `json:"code"`
}

// asked is what the table needs to know of the request that failed.
type asked struct {
	model string // as the client named it
	joins bool   // its repeat is recognised: it carries a retry counter or an Idempotency-Key
}

// explained is an error as the client gets it.
type explained struct {
	status  int
	kind    adapter.Kind
	problem problem
	retry   retryAdvice
	after   int // seconds for retry-after; 0: none
}

// explain looks an error up in the table. Only an *adapter.Error's Message gets out.
func explain(err error, q asked) explained {
	e := typed(err)
	r, ok := rows[e.Kind]
	if !ok {
		r, e = rows[adapter.Internal], &adapter.Error{}
	}
	x := explained{status: r.status, kind: e.Kind, retry: r.retry}
	x.problem = problem{Message: e.Message, Type: r.typ, Param: orNull(e.Param), Code: orNull(first(e.Code, r.code))}
	if x.retry == retryToJoin {
		x.retry = doNotRetry
		if q.joins {
			x.retry = doRetry
		}
	}
	switch e.Kind {
	case adapter.Internal:
		x.problem.Message = internalText
	case adapter.Moderated:
		moderated(&x.problem, q.model, e.Code)
	case adapter.Busy:
		if e.Patience == adapter.NoPatience {
			x.retry = doNotRetry
		}
		x.after = int(min(max(math.Ceil(e.RetryAfter.Seconds()), 1), 8))
	case throttled:
		x.after = int(max(math.Ceil(e.RetryAfter.Seconds()), 1))
	}
	return x
}

// moderated words a refusal as the family of the asked model does.
func moderated(p *problem, model, code string) {
	if code == "" && isGPTImage(model) {
		p.Type, p.Code = "image_generation_user_error", orNull("moderation_blocked")
	}
	if !strings.Contains(p.Message, safetyPhrase) {
		p.Message = strings.TrimSpace(p.Message + " The request was refused by the " + safetyPhrase + ".")
	}
}

// typed finds the *adapter.Error in err, or makes the one that err means.
func typed(err error) *adapter.Error {
	var e *adapter.Error
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &e):
		return e
	case errors.As(err, &tooLarge):
		return adapter.Errorf(adapter.TooLarge, "The request body is larger than the %d bytes that are allowed.", tooLarge.Limit)
	case errors.Is(err, context.Canceled):
		return &adapter.Error{Kind: clientGone, Message: "The client closed the connection."}
	default:
		return &adapter.Error{Kind: adapter.Internal, Err: err}
	}
}

// setHeaders writes what accompanies the error.
func (x explained) setHeaders(h http.Header) {
	if x.retry != sdkDecides {
		h.Set("X-Should-Retry", string(x.retry))
	}
	if x.after > 0 {
		h.Set("Retry-After", strconv.Itoa(x.after))
	}
}

// isGPTImage reports whether a model name is of the family that always answers base64.
func isGPTImage(model string) bool {
	return strings.HasPrefix(model, "gpt-image") || strings.HasPrefix(model, "chatgpt-image")
}

func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}
