package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
)

// The table of errors as a client sees it.
func TestExplainFollowsTheErrorTable(t *testing.T) {
	for name, tt := range map[string]struct {
		err    error
		model  string
		joins  bool
		status int
		typ    string
		code   string
		retry  string
		after  int
	}{
		"a bad parameter keeps its code":              {err: adapter.BadParam("n", "invalid_type", "x"), status: 400, typ: "invalid_request_error", code: "invalid_type"},
		"a bad body has no code":                      {err: adapter.Errorf(adapter.Invalid, "x"), status: 400, typ: "invalid_request_error"},
		"too large":                                   {err: adapter.Errorf(adapter.TooLarge, "x"), status: 413, typ: "invalid_request_error", code: "request_too_large"},
		"a body over the limit":                       {err: fmt.Errorf("read: %w", &http.MaxBytesError{Limit: 7}), status: 413, typ: "invalid_request_error", code: "request_too_large"},
		"moderated under an old name":                 {err: adapter.Errorf(adapter.Moderated, "x"), model: "dall-e-3", status: 400, typ: "invalid_request_error", code: "content_policy_violation"},
		"moderated under our name":                    {err: adapter.Errorf(adapter.Moderated, "x"), model: "midjourney", status: 400, typ: "invalid_request_error", code: "content_policy_violation"},
		"moderated under a new name":                  {err: adapter.Errorf(adapter.Moderated, "x"), model: "gpt-image-1", status: 400, typ: "image_generation_user_error", code: "moderation_blocked"},
		"moderated under ChatGPT's name":              {err: adapter.Errorf(adapter.Moderated, "x"), model: "chatgpt-image-latest", status: 400, typ: "image_generation_user_error", code: "moderation_blocked"},
		"unknown picture":                             {err: &adapter.Error{Kind: adapter.NotFound, Code: "image_not_found", Message: "x"}, status: 404, typ: "invalid_request_error", code: "image_not_found"},
		"a key reused":                                {err: adapter.Errorf(adapter.Reused, "x"), status: 422, typ: "invalid_request_error", code: "idempotency_key_reused"},
		"busy":                                        {err: &adapter.Error{Kind: adapter.Busy, Message: "x", RetryAfter: 2500 * time.Millisecond}, status: 429, typ: "requests", code: "rate_limit_exceeded", retry: "true", after: 3},
		"busy for long waits as long as SDKs obey":    {err: &adapter.Error{Kind: adapter.Busy, Message: "x", RetryAfter: time.Minute}, status: 429, typ: "requests", code: "rate_limit_exceeded", retry: "true", after: 8},
		"busy without a time":                         {err: adapter.Errorf(adapter.Busy, "x"), status: 429, typ: "requests", code: "rate_limit_exceeded", retry: "true", after: 1},
		"credit used up":                              {err: adapter.Errorf(adapter.Credit, "x"), status: 402, typ: "insufficient_quota", code: "insufficient_quota", retry: "false"},
		"no account":                                  {err: adapter.Errorf(adapter.Unavailable, "x"), status: 503, typ: "server_error", code: "overloaded", retry: "false"},
		"storage":                                     {err: adapter.Errorf(adapter.Storage, "x"), status: 503, typ: "server_error", code: "storage_unavailable"},
		"a job that failed":                           {err: adapter.Errorf(adapter.Failed, "x"), status: 502, typ: "server_error", code: "upstream_error", retry: "false"},
		"an unknown outcome":                          {err: adapter.Errorf(adapter.Ambiguous, "x"), status: 502, typ: "server_error", code: "upstream_ambiguous", retry: "false"},
		"our own key refused":                         {err: adapter.Errorf(adapter.UpstreamAuth, "x"), status: 502, typ: "server_error", code: "upstream_auth", retry: "false"},
		"the client's key refused by the upstream":    {err: adapter.Errorf(adapter.Unauthorized, "x"), status: 401, typ: "invalid_request_error", code: "invalid_api_key"},
		"forbidden by the upstream":                   {err: adapter.Errorf(adapter.Forbidden, "x"), status: 403, typ: "invalid_request_error"},
		"still running, the repeat is recognised":     {err: adapter.Errorf(adapter.Timeout, "x"), joins: true, status: 504, typ: "server_error", code: "timeout", retry: "true"},
		"over before it was done":                     {err: adapter.Errorf(adapter.Overdue, "x"), joins: true, status: 504, typ: "server_error", code: "timeout", retry: "false"},
		"still running, the repeat is not recognised": {err: adapter.Errorf(adapter.Timeout, "x"), status: 504, typ: "server_error", code: "timeout", retry: "false"},
		"cancelled":                                   {err: adapter.Errorf(adapter.Cancelled, "x"), status: 400, typ: "invalid_request_error", code: "job_cancelled"},
		"unsupported":                                 {err: adapter.Errorf(adapter.Unsupported, "x"), status: 400, typ: "invalid_request_error", code: "unsupported"},
		"no key":                                      {err: adapter.Errorf(noKey, "x"), status: 401, typ: "invalid_request_error"},
		"unknown URL":                                 {err: adapter.Errorf(NoRoute, "x"), status: 404, typ: "invalid_request_error", code: "unknown_url"},
		"wrong method":                                {err: adapter.Errorf(WrongMethod, "x"), status: 405, typ: "invalid_request_error", code: "method_not_supported"},
		"too many guesses":                            {err: &adapter.Error{Kind: throttled, Message: "x", RetryAfter: 3 * time.Second}, status: 429, typ: "requests", code: "rate_limit_exceeded", retry: "false", after: 3},
		"the client left":                             {err: context.Canceled, status: 499, typ: "invalid_request_error"},
		"internal":                                    {err: &adapter.Error{Message: "secret", Err: errors.New("secret")}, status: 500, typ: "server_error", retry: "false"},
		"an error of no kind":                         {err: errors.New("secret"), status: 500, typ: "server_error", retry: "false"},
		"a kind that the table lacks":                 {err: adapter.Errorf("novel", "secret"), status: 500, typ: "server_error", retry: "false"},
	} {
		t.Run(name, func(t *testing.T) {
			x := Explain(tt.err, ErrorContext{Model: tt.model, joins: tt.joins})
			got := fmt.Sprintf("%d %s %s %s %d", x.status, x.Problem.Type, orEmpty(x.Problem.Code), x.retry, x.after)
			want := fmt.Sprintf("%d %s %s %s %d", tt.status, tt.typ, tt.code, tt.retry, tt.after)
			if got != want {
				t.Errorf("explain(%v) = %s, want %s", tt.err, got, want)
			}
			if strings.Contains(x.Problem.Message, "secret") {
				t.Errorf("explain(%v) tells %q", tt.err, x.Problem.Message)
			}
		})
	}
}

func orEmpty(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// Every kind that adapter declares has its row: read from its source, so that a new kind cannot be forgotten.
func TestEveryKindHasARow(t *testing.T) {
	source, err := os.ReadFile(filepath.Join("..", "..", "adapter", "errors.go"))
	if err != nil {
		t.Fatal(err)
	}
	kinds := regexp.MustCompile(`(?m)^\s+\w+\s+Kind = "(\w*)"`).FindAllStringSubmatch(string(source), -1)
	if len(kinds) < 18 {
		t.Fatalf("found %d kinds in adapter/errors.go, want at least 18", len(kinds))
	}
	for _, k := range kinds {
		if _, ok := rows[adapter.Kind(k[1])]; !ok {
			t.Errorf("rows[%q] is missing", k[1])
		}
	}
}

func TestModeratedAnswersNameTheSafetySystem(t *testing.T) {
	for _, message := range []string{"The prompt was refused.", "Blocked by our safety system."} {
		x := Explain(adapter.Errorf(adapter.Moderated, "%s", message), ErrorContext{})
		if n := strings.Count(x.Problem.Message, "safety system"); n != 1 {
			t.Errorf("explain(%q) = %q, want the words \"safety system\" once", message, x.Problem.Message)
		}
	}
}

func TestEnvelopeHasAllFourKeys(t *testing.T) {
	x := Explain(adapter.Errorf(adapter.Invalid, "Bad."), ErrorContext{})
	got, err := json.Marshal(envelope{x.Problem})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"error":{"message":"Bad.","type":"invalid_request_error","param":null,"code":null}}`
	if string(got) != want {
		t.Errorf("envelope = %s, want %s", got, want)
	}
}

// TestALeaverIsNoFailureOfTheStore looks at how a request ends whose client left while its answer was read from the store.
func TestALeaverIsNoFailureOfTheStore(t *testing.T) {
	stored := adapter.Wrap(adapter.Storage, context.Canceled, "x")
	for name, tt := range map[string]struct {
		gone bool
		want int
	}{
		"the client left":  {true, statusClientGone},
		"the client waits": {false, 503},
	} {
		t.Run(name, func(t *testing.T) {
			ctx, leave := context.WithCancel(t.Context())
			defer leave()
			if tt.gone {
				leave()
			}
			c := &gin.Context{Request: httptest.NewRequestWithContext(ctx, "GET", "/v1/images", nil)}
			if got := Explain(OfClient(c, stored), ErrorContext{}).status; got != tt.want {
				t.Errorf("status = %d, want %d", got, tt.want)
			}
		})
	}
}
