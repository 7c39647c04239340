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
		"more than an hour has": {&adapter.Error{Kind: adapter.Busy, Code: adapter.CodeHourly, Message: "This needs 6: the limit is 3."}, "", "Nothing was paid. It is more than an hour has: ask for less, or tell the user."},
		"a model for others":    {&adapter.Error{Kind: adapter.Forbidden, Code: "model_not_allowed", Param: "model", Message: "The key a may not use this model. It may use niji."}, "", "It may use niji. Call draw again with it corrected. Nothing was paid."},
		"a forbidden key":       {adapter.Errorf(adapter.Forbidden, "The upstream does not allow this with this key."), "", "Do not try again."},
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

// What is said of a job that came to nothing is true of what it cost, and names the tool that would begin another one:
// get_job only tells of it.
func TestAdvice_OnAJobThatCameToNothing(t *testing.T) {
	const id = "job_AAAAAAAAAAAAAAAAAAAAAAAAAA"
	refused := adapter.Step{Refusal: adapter.Errorf(adapter.Busy, "Full.")}
	paid := adapter.Step{Submission: &adapter.Submission{TaskID: "1"}}
	for name, test := range map[string]struct {
		tool, route string
		e           *adapter.Error
		steps       []adapter.Step
		want        string
	}{
		"busy to the end":                {"draw", "/mcp/draw", adapter.Errorf(adapter.Busy, "Full."), []adapter.Step{refused}, "Full. Nothing was paid. Wait 20 s, then call the same tool with the same arguments."},
		"busy to the end, asked for":     {"get_job", "/mcp/draw", adapter.Errorf(adapter.Busy, "Full."), []adapter.Step{refused}, "Full. Nothing was paid. Wait 20 s, then call draw again as you did for this job."},
		"busy to the end, of a program":  {"get_job", "/v1/images/generations", adapter.Errorf(adapter.Busy, "Full."), nil, "Nothing was paid. Wait 20 s, then call a tool that draws again as you did for this job."},
		"busy at the second step":        {"edit_picture", "/mcp/edit_picture", adapter.Errorf(adapter.Busy, "Full."), []adapter.Step{paid, refused}, "The job failed: Full. It may have been charged. Ask the user before drawing again."},
		"nobody knows of the first step": {"edit_picture", "/mcp/edit_picture", adapter.Errorf(adapter.Busy, "Full."), []adapter.Step{{}}, "The job failed: Full. It may have been charged. Ask the user before drawing again."},
		"a mistake, unpaid":              {"draw", "/mcp/draw", adapter.BadParam("prompt", "invalid_value", "Unrecognized parameter."), []adapter.Step{refused}, "Nothing was paid. Change it before you call draw again."},
		"a mistake, asked for":           {"get_job", "/mcp/edit_picture", adapter.BadParam("image", "invalid_value", "'image' is no picture."), []adapter.Step{paid}, "'picture' is no picture. It may have been charged. Change it before you call edit_picture again."},
		"moderated, asked for":           {"get_job", "/mcp/draw", adapter.Errorf(adapter.Moderated, "Banned prompt: x"), []adapter.Step{refused}, "Rephrase it and call draw again; the refused try may have been charged."},
		"a picture that went, paid":      {"edit_picture", "/mcp/edit_picture", &adapter.Error{Kind: adapter.NotFound, Code: "image_not_found"}, []adapter.Step{paid}, "list_pictures shows what there is. It may have been charged."},
	} {
		w := &work{call: &call{}, tool: toolNamed(test.tool), args: arguments{}, job: id, failed: adapter.Job{ID: id, Route: test.route, Steps: test.steps}}
		if got := (refusal{w, test.e}).advice(); !strings.HasSuffix(got, test.want) {
			t.Errorf("%s: %q, want it to end with %q", name, got, test.want)
		}
	}
}

// A job that cannot be cancelled has not failed, and was paid.
func TestAdvice_OnAJobThatCannotBeCancelled(t *testing.T) {
	for _, e := range []*adapter.Error{
		{Kind: adapter.Unsupported, Message: "This upstream cannot cancel jobs."}, adapter.Errorf(adapter.Failed, "The upstream did not cancel the job."),
		adapter.Errorf(adapter.Unavailable, "The upstream does not answer."),
	} {
		w := &work{call: &call{}, tool: toolNamed("cancel_job"), args: arguments{"job": "job_AAAAAAAAAAAAAAAAAAAAAAAAAA"}}
		if got, want := (refusal{w, e}).advice(), e.Message+" It was not cancelled. Call get_job for what comes of it."; got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
