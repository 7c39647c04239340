package web

import (
	"cmp"
	"math"
	"net/http"
	"strconv"
	"strings"

	"midgate/adapter"
	"midgate/proxy/body"
)

// Kinds that only HTTP knows. They share the table with adapter's.
const (
	noKey       adapter.Kind = "no_key"       // 401, no key came with the request
	NoRoute     adapter.Kind = "no_route"     // 404, nothing is served at this path
	WrongMethod adapter.Kind = "wrong_method" // 405, with Allow
	throttled   adapter.Kind = "throttled"    // 429, too many wrong keys from one address
)

// statusClientGone is what the access log shows for a client that left.
const statusClientGone = 499

// retryAdvice is the value of x-should-retry; the official SDKs obey it over the status.
type retryAdvice string

const (
	sdkDecides   retryAdvice = ""
	doRetry      retryAdvice = "true"
	doNotRetry   retryAdvice = "false"
	retryToJoin  retryAdvice = "join" // true if the repeat is known to join the job, else false
	internalText             = "Internal server error."
	safetyPhrase             = "safety system" // some clients look for it
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
	ServerError    = "server_error"
)

// rows says how each kind of error is answered. Every kind is in it.
var rows = map[adapter.Kind]row{
	adapter.Internal:     {500, ServerError, "", doNotRetry},
	adapter.Invalid:      {400, invalidRequest, "", sdkDecides},
	adapter.TooLarge:     {413, invalidRequest, "request_too_large", sdkDecides},
	adapter.Moderated:    {400, invalidRequest, "content_policy_violation", sdkDecides},
	adapter.NotFound:     {404, invalidRequest, "not_found", sdkDecides},
	adapter.Reused:       {422, invalidRequest, "idempotency_key_reused", sdkDecides},
	adapter.Busy:         {429, "requests", "rate_limit_exceeded", doRetry},
	adapter.Credit:       {402, "insufficient_quota", "insufficient_quota", doNotRetry},
	adapter.Unavailable:  {503, ServerError, "overloaded", doNotRetry},
	adapter.Storage:      {503, ServerError, "storage_unavailable", sdkDecides},
	adapter.Failed:       {502, ServerError, "upstream_error", doNotRetry},
	adapter.Ambiguous:    {502, ServerError, "upstream_ambiguous", doNotRetry},
	adapter.UpstreamAuth: {502, ServerError, "upstream_auth", doNotRetry},
	adapter.Unauthorized: {401, invalidRequest, "invalid_api_key", sdkDecides},
	adapter.Forbidden:    {403, invalidRequest, "", sdkDecides},
	adapter.Timeout:      {504, ServerError, "timeout", retryToJoin},
	adapter.Overdue:      {504, ServerError, "timeout", doNotRetry},
	adapter.Cancelled:    {400, invalidRequest, "job_cancelled", sdkDecides},
	adapter.Unsupported:  {400, invalidRequest, "unsupported", sdkDecides},

	noKey:              {401, invalidRequest, "", sdkDecides},
	NoRoute:            {404, invalidRequest, "unknown_url", sdkDecides},
	WrongMethod:        {405, invalidRequest, "method_not_supported", sdkDecides},
	body.WrongEncoding: {415, invalidRequest, "unsupported_content_encoding", sdkDecides},
	throttled:          {429, "requests", "rate_limit_exceeded", doNotRetry},
	body.ClientGone:    {statusClientGone, invalidRequest, "", sdkDecides},
}

// StatusOf is the status of a kind of error.
func StatusOf(kind adapter.Kind) int { return rows[kind].status }

// envelope is OpenAI's error body: all four keys are always there.
type envelope struct {
	Error Problem `json:"error"`
}

// Problem is an error as OpenAI's envelope has it: all four keys are always there. Azure's clients find out of an inner error
// that a filter refused the prompt, by one of two names: Azure's specification has the first, go-openai reads the second.
type Problem struct {
	Message string       `json:"message"`
	Type    string       `json:"type"`
	Param   *string      `json:"param"`
	Code    *string      `json:"code"`
	Inner   *azureReason `json:"inner_error,omitempty"`
	Older   *azureReason `json:"innererror,omitempty"`
}

// azureReason is Azure's inner error. What its filters found stays out: nobody says it here.
type azureReason struct {
	Code string `json:"code"`
}

// filtered adds the reason that Azure names for every prompt that it refuses.
func (p *Problem) filtered() {
	reason := &azureReason{"ResponsibleAIPolicyViolation"}
	p.Inner, p.Older = reason, reason
}

// ErrorContext is what the table needs to know of the request that failed.
type ErrorContext struct {
	Model string // as the client named it
	joins bool   // its repeat is recognised: it carries a retry counter or an Idempotency-Key
}

// APIError is an error as the client gets it.
type APIError struct {
	status  int
	Kind    adapter.Kind
	Problem Problem
	retry   retryAdvice
	after   int // seconds for retry-after; 0: none
}

// Explain looks an error up in the table. Only an *adapter.Error's Message gets out.
func Explain(err error, q ErrorContext) APIError {
	e := body.Typed(err)
	r, ok := rows[e.Kind]
	if !ok {
		r, e = rows[adapter.Internal], &adapter.Error{}
	}
	x := APIError{status: r.status, Kind: e.Kind, retry: r.retry}
	x.Problem = Problem{Message: e.Message, Type: r.typ, Param: OrNull(e.Param), Code: OrNull(cmp.Or(e.Code, r.code))}
	if x.retry == retryToJoin {
		x.retry = doNotRetry
		if q.joins {
			x.retry = doRetry
		}
	}
	switch e.Kind {
	case adapter.Internal:
		x.Problem.Message = internalText
	case adapter.Moderated:
		moderated(&x.Problem, q.Model, e.Code)
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
func moderated(p *Problem, model, code string) {
	if code == "" && IsGPTImage(model) {
		p.Type, p.Code = "image_generation_user_error", OrNull("moderation_blocked")
	}
	if !strings.Contains(p.Message, safetyPhrase) {
		p.Message = strings.TrimSpace(p.Message + " The request was refused by the " + safetyPhrase + ".")
	}
}

// SetHeaders writes what accompanies the error.
func (x APIError) SetHeaders(h http.Header) {
	if x.retry != sdkDecides {
		h.Set("X-Should-Retry", string(x.retry))
	}
	if x.after > 0 {
		h.Set("Retry-After", strconv.Itoa(x.after))
	}
}

// IsGPTImage reports whether a model name is of the family that always answers base64.
func IsGPTImage(model string) bool {
	return strings.HasPrefix(model, "gpt-image") || strings.HasPrefix(model, "chatgpt-image")
}

// OrNull is nil for an empty text: null in JSON.
func OrNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
