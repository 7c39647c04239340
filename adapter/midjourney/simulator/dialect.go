package simulator

import (
	"cmp"
	"fmt"
	"time"

	"midgate/adapter/midjourney/simulator/buttons"
	"midgate/adapter/midjourney/simulator/course"
	"midgate/adapter/midjourney/simulator/prompts"
	"midgate/adapter/midjourney/simulator/reply"
)

// habits are what makes one dialect differ from another.
type habits struct {
	relay            bool // tasks belong to a key; unset values are "" and 0, not null
	copies           bool // what readers see is a copy, refreshed now and then
	lenient          bool // numbers pass for strings
	hooks            bool // notifyHook is honoured
	partner          bool // Config.Partner means something
	lingers          bool // MODAL stays visible for a while after the modal
	newIDs           bool // a modal answers a new id
	bansAtOnce       bool // banned words are refused at the submission
	noButtons        bool
	rerollsSingles   bool // single pictures have a reroll button
	videoNeedsPrompt bool
	mosaics          bool // Animate makes one animated WebP
	upscaleOnce      bool // the second press of a U answers with the first one's task
	auth             string
	speed            string // of submissions that name none
	lacks            map[string]bool

	pace         func(speed string) float64
	reason       func(prompts.Complaint) string
	bannedReason func(word string) string
	seen         func(s *Simulator, t *task, now time.Time) course.View
	rows         func(s *Simulator, t *task, now time.Time, base string) []any // what list shows of a task
	render       func(s *Simulator, t *task, v course.View, now time.Time, base string) any
	refuse       func(c *call, p problem, detail string) reply.Reply
	accepted     func(a acceptance) reply.Reply
	uploaded     func(links []string) reply.Reply
	existing     func(s *Simulator, c *call, t *task) reply.Reply
	checkAction  func(id, customID string) (problem, string)
	noRoute      func(c *call) reply.Reply
	noMethod     func(c *call) reply.Reply // to the wrong method on a route; nil: noRoute
	unauthorized func(given bool) reply.Reply
	unknownTask  func() reply.Reply
	seedOf       func(t *task, v course.View) reply.Reply
}

// acceptance is a submission that was taken.
type acceptance struct {
	task    *task
	ahead   int    // jobs that wait before it
	confirm bool   // a dialog waits for its text
	modal   bool   // this answers a modal
	ids     string // several ids, joined by commas
}

// id is what the answer names.
func (a acceptance) id() string { return cmp.Or(a.ids, a.task.id) }

// account is the instance id that answers carry.
const account = "1118138338562560102"

// habitsOf is the dialect of a configuration.
func habitsOf(cfg Config) habits {
	var h habits
	switch cfg.Dialect {
	case TrueAI:
		h = trueaiHabits(cfg)
	case NewAPI:
		h = newapiHabits()
	case NoviceZK:
		h = novicezkHabits()
	default:
		h = cometHabits()
	}
	if h.seen == nil {
		h.seen = func(_ *Simulator, t *task, now time.Time) course.View { return t.at(now) }
	}
	if h.rows == nil {
		h.rows = func(s *Simulator, t *task, now time.Time, base string) []any {
			return []any{s.habits.render(s, t, s.habits.seen(s, t, now), now, base)}
		}
	}
	h.lacks = lacking(h.lacks, cfg)
	h.mosaics = h.mosaics || cfg.NoVideo
	return h
}

// lacking adds what the configuration leaves out.
func lacking(have map[string]bool, cfg Config) map[string]bool {
	all := map[string]bool{}
	for name := range have {
		all[name] = true
	}
	if cfg.NoList {
		all["list"], all["list-by-ids"] = true, true
	}
	if cfg.NoEdits {
		all["edits"], all["edit"], all["retexture"] = true, true, true
	}
	if cfg.NoVideo {
		all["video"] = true
	}
	return all
}

// resultJSON is the answer to a submission.
type resultJSON struct {
	Code        int    `json:"code"`
	Description string `json:"description"`
	Result      any    `json:"result"`
	Properties  any    `json:"properties"`
}

// result is a submission's answer with HTTP 200.
func result(code int, description string, id any, properties any) reply.Reply {
	return reply.JSON(200, resultJSON{code, description, id, properties})
}

// code is the plain code of an acceptance: 1 accepted, 21 a window waits for its modal, 22 queued.
func (a acceptance) code() int {
	switch {
	case a.confirm:
		return 21
	case a.ahead > 0:
		return 22
	}
	return 1
}

// words is the description that goes with the code.
func (a acceptance) words(success string) string {
	switch a.code() {
	case 21:
		return buttons.Waiting
	case 22:
		return fmt.Sprintf("排队中，前面还有%d个任务", a.ahead)
	}
	return success
}

// details are the properties of an origin's answer.
func (a acceptance) details() map[string]any {
	p := map[string]any{"discordInstanceId": account}
	switch a.code() {
	case 21:
		p["finalPrompt"], p["remix"] = a.task.press.Prefill(a.task.final), true
	case 22:
		p["numberOfQueues"] = a.ahead
	default:
		p["discordChannelId"] = account
	}
	return p
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
