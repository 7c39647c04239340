package dialect

import (
	"time"

	"midgate/adapter/midjourney/simulator/prompts"
	"midgate/adapter/midjourney/simulator/reply"
)

// Habits are what makes one dialect differ from another.
type Habits struct {
	Relay            bool // tasks belong to a key; unset values are "" and 0, not null
	Copies           bool // what readers see is a copy, refreshed now and then
	Lenient          bool // numbers pass for strings
	Hooks            bool // notifyHook is honoured
	Partner          bool // Config.Partner means something
	Lingers          bool // MODAL stays visible for a while after the modal
	NewIDs           bool // a modal answers a new id
	BansAtOnce       bool // banned words are refused at the submission
	NoButtons        bool
	RerollsSingles   bool // single pictures have a reroll button
	VideoNeedsPrompt bool
	Mosaics          bool // Animate makes one animated WebP
	UpscaleOnce      bool // the second press of a U answers with the first one's task
	Auth             string
	Speed            string // of submissions that name none
	Lacks            map[string]bool

	Pace         func(speed string) float64
	Reason       func(prompts.Complaint) string
	BannedReason func(word string) string
	Render       func(t Task) any
	Refuse       func(c Request, p Problem, detail string) reply.Reply
	Accepted     func(a Acceptance) reply.Reply
	Uploaded     func(links []string) reply.Reply
	Existing     func(t Task) reply.Reply // a U that was made before, where UpscaleOnce
	CheckAction  func(id, customID string) (Problem, string)
	NoRoute      func(c Request) reply.Reply
	NoMethod     func(c Request) reply.Reply // to the wrong method on a route; nil: NoRoute
	Unauthorized func(given bool) reply.Reply
	UnknownTask  func() reply.Reply
	SeedOf       func(t Task) reply.Reply
}

// Event is a webhook's body: the task in the origin's form, whoever stands in front of it.
func (h Habits) Event(t Task) any {
	if h.NoButtons {
		return h.Render(t)
	}
	return core(t)
}

// Request is what answers repeat of a request.
type Request struct {
	Method string
	Path   string // as it came
	Bare   string // without the speed word
	Now    time.Time
}

// bracketed and spoken are the two ways to write a failure.
func bracketed(c prompts.Complaint) string {
	if c == (prompts.Complaint{}) {
		return ""
	}
	return "[" + c.Title + "] " + c.Text
}

func spoken(c prompts.Complaint) string {
	if c == (prompts.Complaint{}) {
		return ""
	}
	return c.Title + ", " + c.Text
}

// set is a set of route names.
func set(names ...string) map[string]bool {
	all := map[string]bool{}
	for _, name := range names {
		all[name] = true
	}
	return all
}
