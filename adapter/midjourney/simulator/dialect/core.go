package dialect

import (
	"cmp"

	"midgate/adapter/midjourney/simulator/buttons"
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

// core is a task as an origin shows it.
func core(t Task) coreJSON {
	v, prompt, english := t.View, t.Prompt, t.Prompt
	if v.Status == "MODAL" && t.Verb == "region" {
		prompt, english = "", ""
	}
	out := coreJSON{coreFields: coreFields{
		ID: t.ID, Action: originAction(t.Kinds), Status: v.Status, Prompt: &prompt, PromptEn: &english,
		Description: &t.Description, State: text(t.State), SubmitTime: t.Submitted.UnixMilli(),
		StartTime: millis(v.Started), FinishTime: millis(v.Finished), ImageURL: text(t.ImageURL),
		Progress: percent(v.Progress), FailReason: text(v.Reason), Properties: t.properties(),
	}, Buttons: []buttons.JSON{}}
	if v.Status == "SUCCESS" {
		out.Buttons = buttons.Wire(t.Buttons)
		if answer := t.answer(); answer != "" {
			out.PromptEn = &answer
		}
	}
	return out
}

// properties are those that origins show to everybody.
func (t Task) properties() map[string]any {
	p := map[string]any{"finalPrompt": nil, "discordInstanceId": account}
	if t.Hook != "" {
		p["notifyHook"] = t.Hook
	}
	if t.View.Status == "SUCCESS" {
		p["finalPrompt"] = cmp.Or(t.answer(), t.Final)
	}
	return p
}
