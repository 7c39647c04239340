package dialect

import (
	"cmp"
	"fmt"

	"midgate/adapter/midjourney/simulator/buttons"
	"midgate/adapter/midjourney/simulator/reply"
)

// Acceptance is a submission that was taken.
type Acceptance struct {
	ID      string // the task's
	IDs     string // several ids, joined by commas
	Verb    string // of the button that made the task
	Prefill string // the text its dialog is opened with
	Ahead   int    // jobs that wait before it
	Confirm bool   // a dialog waits for its text
}

// id is what the answer names.
func (a Acceptance) id() string { return cmp.Or(a.IDs, a.ID) }

// resultJSON is the answer to a submission.
type resultJSON struct {
	Code        int    `json:"code"`
	Description string `json:"description"`
	Result      any    `json:"result"`
	Properties  any    `json:"properties"`
}

// Result is a submission's answer with HTTP 200.
func Result(code int, description string, id any, properties any) reply.Reply {
	return reply.JSON(200, resultJSON{code, description, id, properties})
}

// code is the plain code of an acceptance: 1 accepted, 21 a window waits for its modal, 22 queued.
func (a Acceptance) code() int {
	switch {
	case a.Confirm:
		return 21
	case a.Ahead > 0:
		return 22
	}
	return 1
}

// words is the description that goes with the code.
func (a Acceptance) words(success string) string {
	switch a.code() {
	case 21:
		return buttons.Waiting
	case 22:
		return fmt.Sprintf("排队中，前面还有%d个任务", a.Ahead)
	}
	return success
}

// details are the properties of an origin's answer.
func (a Acceptance) details() map[string]any {
	p := map[string]any{"discordInstanceId": account}
	switch a.code() {
	case 21:
		p["finalPrompt"], p["remix"] = a.Prefill, true
	case 22:
		p["numberOfQueues"] = a.Ahead
	default:
		p["discordChannelId"] = account
	}
	return p
}
