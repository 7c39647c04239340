package adapter

import (
	"slices"
	"strings"
	"time"
	"unicode"
)

// Status is where a task stands.
type Status string

// The statuses in their order. An unknown or empty one is NotStarted: never terminal.
const (
	NotStarted Status = "NOT_START"
	Submitted  Status = "SUBMITTED"
	Dialog     Status = "MODAL"
	InProgress Status = "IN_PROGRESS"
	Success    Status = "SUCCESS"
	Failure    Status = "FAILURE"
	Cancelling Status = "CANCEL"
)

// Task is a job at the upstream as its last answer described it.
type Task struct {
	ID          string    `json:"id"`
	Status      Status    `json:"status"`
	Progress    int       `json:"progress,omitempty"` // 0–100, informative only: never decides completion
	State       string    `json:"state,omitempty"`    // echo of Options.State
	Prompt      string    `json:"prompt,omitempty"`
	FinalPrompt string    `json:"final_prompt,omitempty"` // what Midjourney really ran
	Description string    `json:"description,omitempty"`
	Texts       []string  `json:"texts,omitempty"`      // describe, shorten: the answers, cleaned
	ImageURL    string    `json:"image_url,omitempty"`  // preview while running, the grid or picture at Success
	ImageURLs   []string  `json:"image_urls,omitempty"` // the separate pictures, where the upstream sends them
	VideoURLs   []string  `json:"video_urls,omitempty"`
	OtherURLs   []string  `json:"other_urls,omitempty"` // where ImageURL's file may be, too
	Buttons     []Button  `json:"buttons,omitempty"`
	Failure     *Error    `json:"failure,omitempty"` // set when Status is Failure or Cancelling
	SubmittedAt time.Time `json:"submitted_at,omitzero"`
	FinishedAt  time.Time `json:"finished_at,omitzero"`
}

// Done reports whether the task will not change any more: failed, cancelled, or
// successful with something to show.
func (t Task) Done() bool {
	switch t.Status {
	case Failure, Cancelling:
		return true
	case Success:
		return t.ImageURL != "" || len(t.ImageURLs)+len(t.VideoURLs)+len(t.Texts) > 0
	default:
		return false
	}
}

// ShownURL is where the task's one picture is.
func (t Task) ShownURL() string {
	if t.ImageURL == "" && len(t.ImageURLs) > 0 {
		return t.ImageURLs[0]
	}
	return t.ImageURL
}

// Button is something that can be pressed on a finished task.
type Button struct {
	CustomID string `json:"custom_id"`
	Label    string `json:"label"`
	Emoji    string `json:"emoji"`
	Action   string `json:"action,omitempty"` // one of the Act… names; empty: reachable by custom_id only
	Index    int    `json:"index,omitempty"`  // 1–4 for ActUpscale and ActVary
}

// The actions that users name.
const (
	ActUpscale         = "upscale"
	ActVary            = "vary"
	ActReroll          = "reroll"
	ActUpscaleSubtle   = "upscale_subtle"
	ActUpscaleCreative = "upscale_creative"
	ActVarySubtle      = "vary_subtle"
	ActVaryStrong      = "vary_strong"
	ActVaryRegion      = "vary_region"
	ActZoomOut2x       = "zoom_out_2x"
	ActZoomOut15x      = "zoom_out_1_5x"
	ActZoomCustom      = "zoom_custom"
	ActPanLeft         = "pan_left"
	ActPanRight        = "pan_right"
	ActPanUp           = "pan_up"
	ActPanDown         = "pan_down"
	ActMakeSquare      = "make_square"
	ActAnimateLow      = "animate_low"
	ActAnimateHigh     = "animate_high"
)

// Actions are all names that POST /v1/images/{id}/actions takes, in the order in which they are listed.
var Actions = []string{
	ActUpscale, ActVary, ActReroll, ActUpscaleSubtle, ActUpscaleCreative, ActVarySubtle, ActVaryStrong, ActVaryRegion,
	ActZoomOut2x, ActZoomOut15x, ActZoomCustom, ActPanLeft, ActPanRight, ActPanUp, ActPanDown, ActMakeSquare,
	ActAnimateLow, ActAnimateHigh,
}

// labels are what Midjourney writes on the buttons whose names are others here, in the letters that ActionNamed leaves.
var labels = map[string]string{
	"upscale_2x": ActUpscaleSubtle, "redo_upscale_subtle": ActUpscaleSubtle, "upscale_4x": ActUpscaleCreative, "redo_upscale_creative": ActUpscaleCreative,
	"remix_subtle": ActVarySubtle, "remix_strong": ActVaryStrong, "custom_zoom": ActZoomCustom, "zoom_out": ActZoomOut2x, "re_roll": ActReroll,
	"animate_low_motion": ActAnimateLow, "animate_high_motion": ActAnimateHigh,
}

// ActionNamed is the action that a text names, as Midjourney labels its button or in any case and punctuation:
// "Vary (Strong)", "vary-strong". Empty if there is none.
func ActionNamed(text string) string {
	if len(text) > 100 {
		return ""
	}
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	name := strings.Join(words, "_")
	if slices.Contains(Actions, name) {
		return name
	}
	return labels[name]
}

// FindButton returns the button for an action; index 0 matches any.
func FindButton(buttons []Button, action string, index int) (Button, bool) {
	i := slices.IndexFunc(buttons, func(b Button) bool {
		return b.Action == action && b.CustomID != "" && (index == 0 || b.Index == 0 || b.Index == index)
	})
	if i < 0 {
		return Button{}, false
	}
	return buttons[i], true
}
