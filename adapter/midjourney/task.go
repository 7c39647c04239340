package midjourney

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/buttons"
	"midgate/adapter/midjourney/outcomes"
	"midgate/adapter/midjourney/poll"
	"midgate/adapter/midjourney/wire"
)

// taskJSON is a task as the upstreams describe it. Lists and objects
// stay raw until they are needed: a task that still runs is read many times.
type taskJSON struct {
	ID          wire.Text       `json:"id"`
	Action      wire.Text       `json:"action"`
	Status      wire.Text       `json:"status"`
	Progress    wire.Number     `json:"progress"`
	State       wire.Text       `json:"state"`
	Prompt      wire.Text       `json:"prompt"`
	PromptEn    wire.Text       `json:"promptEn"`
	Description wire.Text       `json:"description"`
	FailReason  json.RawMessage `json:"failReason"`
	ImageURL    json.RawMessage `json:"imageUrl"`
	ImageURLs   json.RawMessage `json:"imageUrls"`
	URL         wire.Text       `json:"url"`
	ProxyURL    wire.Text       `json:"proxyUrl"`
	BaseURL     wire.Text       `json:"baseImageUrl"`
	VideoURL    wire.Text       `json:"videoUrl"`
	VideoURLs   json.RawMessage `json:"videoUrls"`
	Buttons     json.RawMessage `json:"buttons"`
	Properties  json.RawMessage `json:"properties"`
	SubmitTime  wire.Number     `json:"submitTime"`
	StartTime   wire.Number     `json:"startTime"`
	FinishTime  wire.Number     `json:"finishTime"`
}

// errNoTask is an answer that names no task: null, {}, or something else that is valid JSON.
var errNoTask = errors.New("answer names no task")

// decodeTask reads one task; errNoTask if there is none in it. secret never appears in messages.
func decodeTask(raw []byte, secret string) (poll.Row, error) {
	var t taskJSON
	if err := json.Unmarshal(raw, &t); err != nil {
		if _, odd := errors.AsType[*json.UnmarshalTypeError](err); odd {
			return poll.Row{}, errNoTask
		}
		return poll.Row{}, err
	}
	if t.ID == "" {
		return poll.Row{}, errNoTask
	}
	return t.row(secret), nil
}

// decodeTasks reads a list; elements that are no tasks are left out. Servers that wrap it in an
// object name it data or result. Of several tasks with one id the most advanced one counts: a
// relay of the new-api family has two rows for a task whose modal was sent, one of them stale.
func decodeTasks(raw []byte, secret string) (map[string]poll.Row, error) {
	var elements []json.RawMessage
	if err := json.Unmarshal(raw, &elements); err != nil {
		m := wire.Object(raw)
		for _, name := range []string{"data", "result"} {
			if elements = wire.List(m[name]); elements != nil {
				break
			}
		}
		if elements == nil {
			return nil, err
		}
	}
	rows := make(map[string]poll.Row, len(elements))
	for _, e := range elements {
		r, err := decodeTask(e, secret)
		if err != nil {
			continue
		}
		if old, ok := rows[r.ID]; !ok || rank(r.Task) > rank(old.Task) {
			rows[r.ID] = r
		}
	}
	return rows, nil
}

// rank orders the rows of one task by how far they are.
func rank(t adapter.Task) int {
	switch t.Status {
	case adapter.Success:
		if !t.Done() {
			return 700
		}
		return 800
	case adapter.Failure:
		return 600
	case adapter.Cancelling:
		return 500
	case adapter.InProgress:
		return 300 + t.Progress
	case adapter.Submitted:
		return 200
	case adapter.Dialog:
		return 100
	default:
		return 0
	}
}

func (t taskJSON) row(secret string) poll.Row {
	p := wire.Object(t.Properties)
	r := poll.Row{Blank: t.Status == "", Queued: queueTime(t)}
	r.Task = adapter.Task{
		ID: string(t.ID), Status: status(string(t.Status)), Progress: int(min(max(t.Progress, 0), 100)),
		State: string(t.State), Prompt: string(t.Prompt), FinalPrompt: wire.Scalar(p["finalPrompt"]), Description: string(t.Description),
		SubmittedAt: millis(t.SubmitTime), FinishedAt: millis(t.FinishTime),
	}
	t.media(&r.Task)
	switch r.Status {
	case adapter.Success:
		r.Buttons = buttons.Decode(t.Buttons)
		t.words(&r, p)
	case adapter.Failure, adapter.Cancelling:
		r.Failure = outcomes.Failure(r.Status, wire.Said(t.FailReason), secret, r.Prompt, string(t.PromptEn), r.FinalPrompt)
	}
	return r
}

// status reads a status, also in the words of wrappers. What is
// unknown is never terminal.
func status(s string) adapter.Status {
	switch s := adapter.Status(strings.ToUpper(strings.TrimSpace(s))); s {
	case adapter.NotStarted, adapter.Submitted, adapter.Dialog, adapter.InProgress, adapter.Success, adapter.Failure, adapter.Cancelling:
		return s
	case "FAILED", "ERROR":
		return adapter.Failure
	case "CANCELLED", "CANCELED":
		return adapter.Cancelling
	case "COMPLETED", "SUCCEEDED":
		return adapter.Success
	case "RUNNING", "PROCESSING":
		return adapter.InProgress
	default:
		return adapter.NotStarted
	}
}

// words finds the text that describe and shorten answer. What kind of
// task it is, a relay hides from everybody but the one who submitted it: the poller knows.
func (t taskJSON) words(r *poll.Row, p map[string]json.RawMessage) {
	answer := ""
	for _, s := range []string{listText(p["finalPrompt"]), listText(p["prompts"]), r.FinalPrompt, wire.Scalar(p["finalZhPrompt"]), string(t.PromptEn), string(t.Prompt), string(t.Description)} {
		if strings.TrimSpace(s) != "" {
			answer = s
			break
		}
	}
	r.Words = func() []string { return texts(answer) }
	action := strings.ToUpper(string(t.Action))
	if action == "DESCRIBE" || action == "SHORTEN" || bytes.Contains(t.Buttons, []byte("PicReader")) {
		r.Texts = r.Words()
	}
}

// listText is a JSON list as it is written; anything else is "".
func listText(raw json.RawMessage) string {
	if len(wire.List(raw)) == 0 {
		return ""
	}
	return string(raw)
}

// millis reads a time in milliseconds; 0, null and nonsense are the zero time.
func millis(n wire.Number) time.Time {
	if n <= 0 || n > 1e14 {
		return time.Time{}
	}
	return time.UnixMilli(int64(n)).UTC()
}

func queueTime(t taskJSON) time.Duration {
	if t.SubmitTime <= 0 || t.StartTime <= t.SubmitTime {
		return 0
	}
	return min(time.Duration(t.StartTime-t.SubmitTime)*time.Millisecond, 24*time.Hour)
}
