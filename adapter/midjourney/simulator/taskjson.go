package simulator

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"

	"midgate/adapter/midjourney/simulator/buttons"
	"midgate/adapter/midjourney/simulator/course"
)

// coreFields is the task that every origin shows; unset values are null.
type coreFields struct {
	ID          string         `json:"id"`
	Action      string         `json:"action"`
	Status      string         `json:"status"`
	Prompt      *string        `json:"prompt"`
	PromptEn    *string        `json:"promptEn"`
	Description *string        `json:"description"`
	State       *string        `json:"state"`
	SubmitTime  int64          `json:"submitTime"`
	StartTime   *int64         `json:"startTime"`
	FinishTime  *int64         `json:"finishTime"`
	ImageURL    *string        `json:"imageUrl"`
	Progress    string         `json:"progress"`
	FailReason  *string        `json:"failReason"`
	Properties  map[string]any `json:"properties"`
}

// coreJSON adds the buttons that all origins but the first have.
type coreJSON struct {
	coreFields
	Buttons []buttons.JSON `json:"buttons"`
}

// core is a task as an origin shows it. s.mu is held.
func (s *Simulator) core(t *task, v course.View, _ time.Time, base string) coreJSON {
	prompt, english := t.prompt, t.prompt
	if v.Status == "MODAL" && t.press.Verb == "region" {
		prompt, english = "", ""
	}
	out := coreJSON{coreFields: coreFields{
		ID: t.id, Action: t.originAction(), Status: v.Status, Prompt: &prompt, PromptEn: &english,
		Description: &t.description, State: text(t.state), SubmitTime: t.submitted.UnixMilli(),
		StartTime: millis(v.Started), FinishTime: millis(v.Finished), ImageURL: text(s.pictureURL(t, v, base)),
		Progress: percent(v.Progress), FailReason: text(v.Reason), Properties: s.properties(t, v),
	}, Buttons: []buttons.JSON{}}
	if v.Status == "SUCCESS" {
		out.Buttons = buttons.Wire(s.buttonsOf(t))
		if answer := t.answer(); answer != "" {
			out.PromptEn = &answer
		}
	}
	return out
}

// properties are those that origins show to everybody.
func (s *Simulator) properties(t *task, v course.View) map[string]any {
	p := map[string]any{"finalPrompt": nil, "discordInstanceId": account}
	if t.hook != "" {
		p["notifyHook"] = t.hook
	}
	if v.Status == "SUCCESS" {
		p["finalPrompt"] = cmp.Or(t.answer(), t.final)
	}
	return p
}

// answer is the text that describe and shorten found: blocks between blank lines, each numbered by a keycap digit.
func (t *task) answer() string {
	if t.kind != "describe" && t.kind != "shorten" {
		return ""
	}
	var blocks []string
	for i, query := range t.queries {
		blocks = append(blocks, buttons.Keycap(i+1)+" "+query)
	}
	return strings.Join(blocks, "\n\n")
}

// relayTaskJSON is the task of NQ and COMET: unset values are "" and 0.
type relayTaskJSON struct {
	ID          string         `json:"id"`
	Action      string         `json:"action"`
	CustomID    string         `json:"customId"`
	BotType     string         `json:"botType"`
	Prompt      string         `json:"prompt"`
	PromptEn    string         `json:"promptEn"`
	Description string         `json:"description"`
	State       string         `json:"state"`
	SubmitTime  int64          `json:"submitTime"`
	StartTime   int64          `json:"startTime"`
	FinishTime  int64          `json:"finishTime"`
	ImageURL    string         `json:"imageUrl"`
	VideoURL    string         `json:"videoUrl"`
	VideoURLs   []linkJSON     `json:"videoUrls"`
	Status      string         `json:"status"`
	Progress    string         `json:"progress"`
	FailReason  string         `json:"failReason"`
	Buttons     []buttons.JSON `json:"buttons"`
	MaskBase64  string         `json:"maskBase64"`
	Properties  *finalJSON     `json:"properties"`
}

type finalJSON struct {
	FinalPrompt   string `json:"finalPrompt"`
	FinalZhPrompt string `json:"finalZhPrompt"`
}

func renderRelay(s *Simulator, t *task, v course.View, now time.Time, base string) any {
	return s.relayTask(t, v, now, base)
}

// relayTask is a task as a relay shows it. s.mu is held.
func (s *Simulator) relayTask(t *task, v course.View, now time.Time, base string) relayTaskJSON {
	out := relayTaskJSON{
		ID: t.id, Action: t.relayAction(), Prompt: t.prompt, Description: s.habits.submitted(),
		SubmitTime: t.submitted.UnixMilli(), Status: v.Status, Progress: percent(v.Progress),
	}
	if v.Fresh || v.Status == "NOT_START" {
		if !v.Fresh {
			out.Buttons = []buttons.JSON{}
		}
		return out
	}
	out.Description, out.State, out.PromptEn, out.FailReason = t.description, t.state, t.prompt, v.Reason
	out.StartTime, out.FinishTime = unset(v.Started), unset(v.Finished)
	out.ImageURL = s.relayURL(t, v, now, base)
	out.Buttons = []buttons.JSON{}
	switch v.Status {
	case "FAILURE":
		out.Progress, out.Buttons, out.ImageURL = "100%", nil, ""
	case "SUCCESS":
		out.Buttons = buttons.Wire(s.buttonsOf(t))
		out.Properties = &finalJSON{FinalPrompt: cmp.Or(t.answer(), t.final)}
		s.relayText(t, &out)
		if len(t.clipStart) > 0 && v.Image && !t.mosaic {
			out.VideoURLs = clipLinks(t, base, false)
			out.VideoURL = out.VideoURLs[0].URL
		}
	}
	return out
}

// relayText puts a describe's answer where the relay has it: stale copies only keep promptEn.
func (s *Simulator) relayText(t *task, out *relayTaskJSON) {
	answer := t.answer()
	if answer == "" {
		return
	}
	out.PromptEn = answer
	if s.habits.copies {
		out.Prompt, out.Properties = "", nil
	}
}

// submitted is a relay's description of a row that was never refreshed: the submit's own words.
func (h habits) submitted() string {
	if h.copies {
		return "提交成功"
	}
	return "Submission successful"
}

// originAction and relayAction name a job as the task shows it.
func (t *task) originAction() string {
	if t.kind == "reroll" && t.parent != nil {
		if t.parent.kind == "upscale" || t.parent.kind == "upscale_hd" {
			return "IMAGINE"
		}
		return t.parent.originAction()
	}
	return actionNames[t.kind][0]
}

func (t *task) relayAction() string {
	if t.press.Verb == "custom-zoom" {
		return "CUSTOM_ZOOM"
	}
	return actionNames[t.kind][1]
}

// actionNames are the names of a kind at origins and at relays.
var actionNames = map[string][2]string{
	"imagine": {"IMAGINE", "IMAGINE"}, "reroll": {"IMAGINE", "REROLL"}, "upscale": {"UPSCALE", "UPSCALE"},
	"upscale_hd": {"UPSCALE_HD", "UPSCALE"}, "variation": {"VARIATION", "VARIATION"},
	"vary_subtle": {"VARIATION", "LOW_VARIATION"}, "vary_strong": {"VARIATION", "HIGH_VARIATION"},
	"inpaint": {"VARIATION", "INPAINT"}, "zoom": {"ZOOM", "ZOOM"}, "square": {"ZOOM", "ZOOM"}, "pan": {"PAN", "PAN"},
	"blend": {"BLEND", "BLEND"}, "describe": {"DESCRIBE", "DESCRIBE"}, "shorten": {"SHORTEN", "SHORTEN"},
	"edits": {"EDIT", "EDITS"}, "retexture": {"RETEXTURE", "EDITS"}, "video": {"VIDEO", "VIDEO"},
	"extend": {"VIDEO", "VIDEO"}, "clip": {"UPSCALE", "UPSCALE"},
}

func (t *task) bot() string {
	if t.model.Niji {
		return "NIJI_JOURNEY"
	}
	return "MID_JOURNEY"
}

func mode(speed string) string { return strings.ToUpper(speed) }

func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func millis(at time.Time) *int64 {
	if at.IsZero() {
		return nil
	}
	ms := at.UnixMilli()
	return &ms
}

func unset(at time.Time) int64 {
	if at.IsZero() {
		return 0
	}
	return at.UnixMilli()
}

func percent(n int) string {
	if n < 0 {
		return ""
	}
	return strconv.Itoa(n) + "%"
}

func seedText(t *task) string { return strconv.FormatUint(uint64(t.seed), 10) }

func clipLinks(t *task, base string, thumbnails bool) []linkJSON {
	var links []linkJSON
	for i := range t.clipStart {
		l := linkJSON{URL: fmt.Sprintf("%s/cdn/video/%s/0_%d.mp4", base, t.job, i)}
		if thumbnails {
			l.Thumbnail = fmt.Sprintf("%s/cdn/%s/0_%d_640_N.webp", base, t.job, i)
		}
		links = append(links, l)
	}
	return links
}
