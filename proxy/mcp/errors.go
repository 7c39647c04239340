package mcp

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"

	"midgate/adapter"
	"midgate/proxy/body"
)

// refusal tells a model what went wrong and what to do about it.
func (w *work) refusal(err error) *sdk.CallToolResult {
	e := body.Typed(err)
	if e.Kind != body.ClientGone { // whom nobody has answered
		w.Metrics.Refused(e.Kind)
	}
	if e.Kind == adapter.Internal {
		w.Log.ErrorContext(w.ctx, "a tool failed", "tool", w.tool.Name, "job", w.job, "error", err)
	}
	text := refusal{w, e}.advice()
	if w.job != "" && !strings.Contains(text, w.job) {
		text += " (" + w.job + ")"
	}
	return &sdk.CallToolResult{IsError: true, Content: []sdk.Content{&sdk.TextContent{Text: cut(text, 1800)}}}
}

// refusal is an error that a model is told of.
type refusal struct {
	w *work
	e *adapter.Error
}

// begun reports whether there is a job that came to this.
func (r refusal) begun() bool { return r.w.job != "" }

// paid reports whether something was paid, or may have been.
func (r refusal) paid() bool {
	return r.begun() && (r.w.failed.ID == "" || slices.ContainsFunc(r.w.failed.Steps, adapter.Step.Counts))
}

// cost is a sentence on what was paid.
func (r refusal) cost() string {
	if r.paid() {
		return "It may have been charged."
	}
	return "Nothing was paid."
}

// maker is the tool that began the job: get_job only tells what came of it. nil for another face's.
func (r refusal) maker() *tool {
	if r.begun() && r.w.tool.Name == "get_job" {
		return toolNamed(strings.TrimPrefix(r.w.failed.Route, jobRoutes))
	}
	return r.w.tool
}

// asker is what is called to try it once more.
func (r refusal) asker() string {
	if t := r.maker(); t != nil {
		return t.Name
	}
	return "a tool that draws"
}

// minutes is a time to wait, rounded up: a model knows neither the server's clock nor its zone.
func minutes(d time.Duration) string {
	if n := int(math.Ceil(d.Minutes())); n > 1 {
		return fmt.Sprintf("%d minutes", n)
	}
	return "a minute"
}

// advice is the one table of what is said of which error. Only an error's public message gets out.
func (r refusal) advice() string {
	e, says := r.e, sentence(r.inOurWords())
	if r.w.tool.Name == "cancel_job" && r.w.args != nil && !slices.Contains([]adapter.Kind{adapter.NotFound, adapter.Storage, adapter.Internal}, e.Kind) {
		return says + ` It was not cancelled. Call get_job for what comes of it.`
	}
	switch e.Kind {
	case adapter.Moderated:
		call := "call again"
		if r.w.tool.Name == "get_job" {
			call = "call " + r.asker() + " again"
		}
		return cmp.Or(says, "Midjourney refused this.") + " Rephrase it and " + call + "; the refused try may have been charged."
	case adapter.NotFound:
		return r.missing(says)
	case adapter.Invalid, adapter.TooLarge, adapter.Unsupported, adapter.Reused:
		return r.mistake(says)
	case adapter.Busy:
		if e.Code == adapter.CodeHourly {
			if e.RetryAfter <= 0 {
				return says + " Nothing was paid. It is more than an hour has: ask for less, or tell the user."
			}
			return says + " Stop and tell the user; it is free again in " + minutes(e.RetryAfter) + "."
		}
		if r.paid() {
			return r.failure(says)
		}
		if e.Patience == adapter.NoPatience {
			return says + " Nothing was paid. Stop and tell the user; do not try again now."
		}
		wait := max(20, int(math.Ceil(e.RetryAfter.Seconds())))
		if r.maker() != r.w.tool { // the job is over: to ask for it again changes nothing
			return fmt.Sprintf("%s Nothing was paid. Wait %d s, then call %s again as you did for this job.", says, wait, r.asker())
		}
		return fmt.Sprintf("%s Nothing was paid. Wait %d s, then call the same tool with the same arguments.", says, wait)
	case adapter.Forbidden:
		if e.Code == "model_not_allowed" { // the message says which are
			return r.mistake(says)
		}
		return outOfOrder(says)
	case adapter.Credit, adapter.UpstreamAuth, adapter.Unauthorized, adapter.Unavailable, adapter.Storage:
		return outOfOrder(says)
	case adapter.Failed:
		return r.failure(says)
	case adapter.Ambiguous:
		return fmt.Sprintf(`Nobody knows whether the job arrived at Midjourney. It may have been charged; it is followed. Call get_job with {"job":"%s"} in a minute; do not draw again.`, r.w.job)
	case adapter.Overdue:
		return fmt.Sprintf(`Not finished in the time that jobs are followed for. It may have been charged, and may still turn up: call get_job with {"job":"%s"} later. Ask the user before drawing again.`, r.w.job)
	case adapter.Cancelled:
		return "The job was cancelled. What was paid is not given back. Ask the user before drawing again."
	default:
		if r.begun() {
			return `midgate itself failed. The job may have been charged: call get_job without arguments to see what there is. Do not draw again before that.`
		}
		return "midgate itself failed, and nothing was paid. Tell the user to look at midgate's log."
	}
}

// failure is said of a job that failed once something of it was submitted.
func (r refusal) failure(says string) string {
	return "The job failed: " + says + " It may have been charged. Ask the user before drawing again."
}

// outOfOrder is said of what only a person can mend.
func outOfOrder(says string) string {
	return says + " Nothing more can be drawn now. Tell the user to look at midgate's server (credit, key, storage). Do not try again."
}

// mistake is said of arguments that cannot work, or that Midjourney did not take.
func (r refusal) mistake(says string) string {
	if r.e.Code == "action_unavailable" {
		return r.unavailable(says)
	}
	if r.begun() {
		return says + " " + r.cost() + " Change it before you call " + r.asker() + " again."
	}
	if r.e.Kind == adapter.Unsupported {
		return says + " Nothing was paid. It cannot be done this way here."
	}
	return says + " Call " + r.w.tool.Name + " again with it corrected. Nothing was paid."
}

// unavailable says which buttons a picture has.
func (r refusal) unavailable(says string) string {
	img, err := r.w.own(r.w.args.text("picture"))
	if err != nil {
		return says
	}
	has := append(pressable(img.Offers()), pressable(img.Likely())...)
	return "This button is not there. This picture has: " + cmp.Or(strings.Join(has, ", "), "none") + ". Use one of them, or view_picture."
}

// missing is said of what is not there, or somebody else's.
func (r refusal) missing(says string) string {
	name := func(fields ...string) string {
		for _, f := range fields {
			if text := r.w.args.text(f); text != "" {
				return " " + cut(text, 100)
			}
		}
		return ""
	}
	switch r.e.Code {
	case "image_not_found", "file_not_found":
		which := name("picture")
		if r.e.Param == "end_image" || r.e.Param == "end_picture" {
			which = name("end_picture")
		}
		return "There is no picture" + which + " for this key. list_pictures shows what there is. " + r.cost()
	case "video_not_found":
		return "There is no video" + name("video", "job") + " for this key. get_job without arguments shows the newest jobs."
	case "job_not_found":
		return "There is no job" + name("job") + " for this key. get_job without arguments shows the newest jobs."
	default:
		return says + " Call " + r.asker() + " again with it corrected. " + r.cost()
	}
}

// ourNames are the tools' names of parameters that the service calls otherwise.
var ourNames = map[string]string{
	"size": "aspect_ratio", "image": "picture", "action": "button", "input_reference": "picture", "end_image": "end_picture", "midjourney.speed": "speed",
	"midjourney.omni_reference": "omni_reference", "midjourney.style_reference": "style_references", "midjourney.reference_images": "image_prompts",
	"video_id": "video", "id": "picture",
}

// brackets are an element's number behind a parameter's name.
var brackets = regexp.MustCompile(`\[\d+\]$`)

// inOurWords is an error's message with the parameters called as the tools call them.
func (r refusal) inOurWords() string {
	e, says := r.e, r.e.Message
	if strings.Contains(says, "/v1/") { // advice for another face
		says = strings.TrimSpace(otherFace.ReplaceAllString(says, ""))
	}
	plain := brackets.ReplaceAllString(e.Param, "")
	ours, known := ourNames[plain]
	asks := cmp.Or(r.maker(), r.w.tool)
	if plain == "image" && asks.Name == "blend_pictures" {
		ours = "pictures"
	}
	if e.Code == "unknown_parameter" { // the model's own word, which it was told the right one for
		return says
	}
	if _, of := asks.schema.Properties[ours]; known && of { // else it is what the model itself wrote
		says = strings.ReplaceAll(says, "'"+plain+"'", "'"+ours+"'")
	} else {
		ours = e.Param
	}
	if _, of := asks.schema.Properties[brackets.ReplaceAllString(ours, "")]; of && !strings.Contains(says, ours) {
		says = "'" + ours + "': " + says
	}
	return says
}

// otherFace is a part of a message that names routes.
var otherFace = regexp.MustCompile(`[:;,]?[^.:;,]*/v1/[^.]*`)

// sentence ends a message as a sentence does.
func sentence(text string) string {
	text = strings.TrimSpace(text)
	if text == "" || strings.HasSuffix(text, ".") || strings.HasSuffix(text, "!") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}
