package course

import (
	"strings"
	"time"

	"midgate/adapter/midjourney/simulator/prompts"
)

// Orders are what words in a prompt tell the simulator to do with the task; the words that spoil the submission
// itself are with its faults. Children inherit their parent's prompt and with it most orders.
type Orders map[string]bool

// OrderHelp explains the words, for GET /sim/ and for the reader.
var OrderHelp = map[string]string{
	"sim-banned":     "a banned word: refused at once (code 24) or failed soon, as the dialect does",
	"sim-moderated":  "fails at 60 % because the picture is moderated",
	"sim-fail":       "fails at half time",
	"sim-fail-now":   "fails as soon as it starts",
	"sim-cancel":     "is cancelled by the upstream at half time (status CANCEL)",
	"sim-invalid":    "fails like an invalid parameter",
	"sim-credits":    "fails because the account ran out of credits",
	"sim-stuck":      "stays SUBMITTED for ever",
	"sim-slow":       "takes ten times as long",
	"sim-instant":    "is done at once",
	"sim-no-image":   "SUCCESS comes a while before imageUrl",
	"sim-no-buttons": "SUCCESS without any buttons",
	"sim-back":       "progress goes back once",
	"sim-odd":        "an unknown status in the middle",
	"sim-modal":      "the buttons of this picture open dialogs, as with remix on",
	"sim-queue-full": "refused: the queue is full",
	"sim-no-account": "refused: code 3, no usable account",
	"sim-500":        "answer 500, nothing accepted",
	"sim-html":       "answer 502 with HTML, nothing accepted",
	"sim-garbage":    "accepted, but the answer is 200 with garbage",
	"sim-no-id":      "accepted, but the answer has no task id",
	"sim-drop":       "accepted, then the connection breaks",
	"sim-refuse":     "the connection breaks before anything is accepted",
	"sim-hang":       "accepted, but the answer never comes",
	"sim-429":        "answer 429, nothing accepted",
}

// OrdersIn finds the words in a prompt.
func OrdersIn(prompt string) Orders {
	if !strings.Contains(prompt, "sim-") {
		return nil
	}
	found := Orders{}
	for word := range OrderHelp {
		if prompts.ContainsWord(prompt, word) {
			found[word] = true
		}
	}
	return found
}

// Obey applies the orders to a run that was planned without them.
func (o Orders) Obey(r *Run, pace time.Duration) {
	if o["sim-slow"] {
		r.Length *= 10
	}
	if o["sim-instant"] {
		r.Length, r.Instant = 0, true
	}
	if o["sim-no-image"] {
		r.noImage = pace / 2
	}
	r.Stuck, r.back, r.odd = o["sim-stuck"], o["sim-back"], o["sim-odd"]
}

// Ending is how the orders end a run: when, with which status and reason; 0 means it succeeds.
func (o Orders) Ending() (share float64, status string, why prompts.Complaint) {
	switch {
	case o["sim-fail-now"]:
		return .02, "FAILURE", prompts.Complaint{Title: "Internal Server Error", Text: "Something went wrong."}
	case o["sim-invalid"]:
		return .25, "FAILURE", prompts.Complaint{Title: "Invalid parameter", Text: "Unrecognized parameter(s): `--sim`"}
	case o["sim-credits"]:
		return .1, "FAILURE", prompts.Complaint{Title: "Credits exhausted", Text: "The account has no fast time left."}
	case o["sim-fail"]:
		return .5, "FAILURE", prompts.Complaint{Title: "Internal Server Error", Text: "The job failed half-way."}
	case o["sim-cancel"]:
		return .5, "CANCEL", prompts.Complaint{}
	case o["sim-moderated"]:
		return .6, "FAILURE", prompts.Complaint{Title: "Image denied", Text: "Sorry! Our AI moderators feel your prompt might be against our community standards."}
	}
	return 0, "", prompts.Complaint{}
}
