package mcp

import (
	"errors"
	"strings"
	"testing"
	"time"

	"midgate/adapter"
)

// Every kind of error says what happened and what to do; nothing private gets out.
func TestAdvice_SaysWhatToDo(t *testing.T) {
	const job = "job_AAAAAAAAAAAAAAAAAAAAAAAAAA"
	secret := errors.New("dial tcp 10.0.0.1: secret")
	for name, test := range map[string]struct {
		e    *adapter.Error
		job  string
		want string // how it ends
	}{
		"a mistake":             {adapter.BadParam("size", "invalid_value", "'size' must be like this."), "", "'aspect_ratio' must be like this. Call draw again with it corrected. Nothing was paid."},
		"one of many":           {adapter.BadParam("midjourney.style_reference[1]", "invalid_value", "Not a picture"), "", "'style_references': Not a picture. Call draw again with it corrected. Nothing was paid."},
		"a mistake found later": {adapter.BadParam("prompt", "invalid_value", "Unrecognized parameter."), job, "It may have been charged. Change it before you call draw again."},
		"moderation":            {adapter.Errorf(adapter.Moderated, "Banned prompt: x"), job, "Banned prompt: x. Rephrase it and call again; the refused try may have been charged."},
		"too large":             {adapter.Errorf(adapter.TooLarge, "Too many bytes."), "", "Too many bytes. Call draw again with it corrected. Nothing was paid."},
		"not possible":          {adapter.Errorf(adapter.Unsupported, "This upstream cannot."), "", "Nothing was paid. It cannot be done this way here."},
		"another face's advice": {adapter.Errorf(adapter.Unsupported, "This would be a video, which an image route cannot answer: use POST /v1/videos, or the action animate_low of the picture."), "", "This would be a video, which an image route cannot answer. Nothing was paid. It cannot be done this way here."},
		"a full queue":          {adapter.Errorf(adapter.Busy, "The queue is full."), "", "The queue is full. Nothing was paid. Wait 20 s, then call the same tool with the same arguments."},
		"a longer one":          {&adapter.Error{Kind: adapter.Busy, Message: "Full.", RetryAfter: 29500 * time.Millisecond}, "", "Wait 30 s, then call the same tool with the same arguments."},
		"today's limit":         {&adapter.Error{Kind: adapter.Busy, Message: "The daily limit is reached.", Patience: adapter.NoPatience}, "", "Stop and tell the user; do not try again now."},
		"no credit":             {adapter.Errorf(adapter.Credit, "The credit is used up."), job, "Nothing more can be drawn now. Tell the user to look at midgate's server (credit, key, storage). Do not try again."},
		"a refused key":         {adapter.Wrap(adapter.UpstreamAuth, secret, "The upstream refuses midgate's key."), "", "Do not try again."},
		"a full disk":           {adapter.Wrap(adapter.Storage, secret, "It cannot be recorded."), "", "Do not try again."},
		"a failed job":          {adapter.Errorf(adapter.Failed, "Internal error"), job, "The job failed: Internal error. It may have been charged. Ask the user before drawing again."},
		"nobody knows":          {adapter.Wrap(adapter.Ambiguous, secret, "The upstream did not answer."), job, `It may have been charged; it is followed. Call get_job with {"job":"` + job + `"} in a minute; do not draw again.`},
		"too late":              {adapter.Errorf(adapter.Overdue, "x"), job, "Ask the user before drawing again."},
		"cancelled":             {adapter.Errorf(adapter.Cancelled, "x"), job, "What was paid is not given back. Ask the user before drawing again."},
		"our own fault":         {adapter.Wrap(adapter.Internal, secret, ""), "", "midgate itself failed, and nothing was paid. Tell the user to look at midgate's log."},
		"our own fault, later":  {adapter.Wrap(adapter.Internal, secret, ""), job, "call get_job without arguments to see what there is. Do not draw again before that."},
		"no such file":          {&adapter.Error{Kind: adapter.NotFound, Code: "file_not_found", Message: "x"}, "", "list_pictures shows what there is. Nothing was paid."},
		"no such model":         {&adapter.Error{Kind: adapter.NotFound, Code: "model_not_found", Message: "The model 'x' does not exist."}, "", "The model 'x' does not exist. Call draw again with it corrected. Nothing was paid."},
	} {
		w := &work{call: &call{}, tool: toolNamed("draw"), args: arguments{}, job: test.job}
		got := refusal{w, test.e}.advice()
		if !strings.HasSuffix(got, test.want) {
			t.Errorf("%s: %q, want it to end with %q", name, got, test.want)
		}
		if strings.Contains(got, "secret") || strings.Contains(got, "/v1/") {
			t.Errorf("%s: %q tells too much", name, got)
		}
	}
}
