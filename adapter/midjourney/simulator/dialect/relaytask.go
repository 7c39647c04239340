package dialect

import (
	"cmp"

	"midgate/adapter/midjourney/simulator/buttons"
)

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

// renderRelay shows a task as a relay does, one that copies the origin's or one that asks it each time.
func renderRelay(copies bool) func(Task) any {
	return func(t Task) any { return relayTask(t, copies) }
}

// SecondRow is the row that a copying relay adds once a modal was accepted.
func SecondRow(t Task) any {
	out := relayTask(t, true)
	out.Action = "MODAL"
	return out
}

// relayTask is a task as a relay shows it.
func relayTask(t Task, copies bool) relayTaskJSON {
	v := t.View
	out := relayTaskJSON{
		ID: t.ID, Action: t.relayAction(), Prompt: t.Prompt, Description: submitted(copies),
		SubmitTime: t.Submitted.UnixMilli(), Status: v.Status, Progress: percent(v.Progress),
	}
	if v.Fresh || v.Status == "NOT_START" {
		if !v.Fresh {
			out.Buttons = []buttons.JSON{}
		}
		return out
	}
	out.Description, out.State, out.PromptEn, out.FailReason = t.Description, t.State, t.Prompt, v.Reason
	out.StartTime, out.FinishTime = unset(v.Started), unset(v.Finished)
	out.ImageURL = t.RelayURL
	out.Buttons = []buttons.JSON{}
	switch v.Status {
	case "FAILURE":
		out.Progress, out.Buttons, out.ImageURL = "100%", nil, ""
	case "SUCCESS":
		out.Buttons = buttons.Wire(t.Buttons)
		out.Properties = &finalJSON{FinalPrompt: cmp.Or(t.answer(), t.Final)}
		out.answered(t, copies)
		if t.Clips > 0 && v.Image && !t.Mosaic {
			out.VideoURLs = t.clipLinks(false)
			out.VideoURL = out.VideoURLs[0].URL
		}
	}
	return out
}

// answered puts a describe's answer where the relay has it: stale copies only keep promptEn.
func (j *relayTaskJSON) answered(t Task, copies bool) {
	answer := t.answer()
	if answer == "" {
		return
	}
	j.PromptEn = answer
	if copies {
		j.Prompt, j.Properties = "", nil
	}
}

// submitted is a relay's description of a row that was never refreshed: the submit's own words.
func submitted(copies bool) string {
	if copies {
		return "提交成功"
	}
	return "Submission successful"
}

func (t Task) relayAction() string {
	if t.Verb == "custom-zoom" {
		return "CUSTOM_ZOOM"
	}
	return actionNames[t.Kinds[0]][1]
}
