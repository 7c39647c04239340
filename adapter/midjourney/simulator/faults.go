package simulator

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"midgate/adapter/midjourney/simulator/dialect"
	"midgate/adapter/midjourney/simulator/prompts"
	"midgate/adapter/midjourney/simulator/reply"
)

// Fault spoils requests to come. Faults are tried in the order in which they were programmed; the first that fits a
// request is used.
type Fault struct {
	// Route is a name of Counts.Routes, "submit" for every submission, or "" for everything.
	Route string `json:"route"`
	// Kind is what goes wrong:
	//   - a status between 400 and 599 such as "500": JSON of the relay kind; "301": a redirect to /login
	//   - "502-html", "504-html" and so on: an HTML page with that status; "html-200" with status 200
	//   - "garbage", "truncated", "empty": 200 whose body is no JSON, half the JSON, nothing
	//   - "no-id", "queue-full", "banned", "no-account": a submit answer without result, or with that refusal
	//   - "timeout" or "hang": no answer until the client gives up
	//   - "drop-before": the connection breaks, nothing accepted; "drop-after": accepted first
	//   - "cut": accepted, the connection breaks in the middle of the body
	//   - "short": only a part of the body, as if that were all, without a length; "short-length": with the part's length
	//   - "slow": the true answer, held for Delay
	//   - "answer": Status, Header and Body as they are
	//   - "ends": the true answer, but the job that it names fails with Body as its failReason
	Kind string `json:"kind"`
	//   - "task": the true answer, but every finished task in it has the members of Body, a JSON object, in place of its own
	// Late has "task" change a task only until so long after its end. In JSON: nanoseconds.
	Late time.Duration `json:"late"`
	// Status, Header and Body are those of "answer"; "ends" has a Body only.
	Status int               `json:"status"`
	Header map[string]string `json:"header"`
	Body   string            `json:"body"`
	// Times is how many requests are spoiled: 0 means one, below 0 all of them.
	Times int `json:"times"`
	// Accepted has the request worked on before its answer is spoiled: a job may exist that the client cannot know.
	Accepted bool `json:"accepted"`
	// For ends the fault so long after its first hit; 0 leaves it to Times. In JSON: nanoseconds.
	For   time.Duration `json:"for"`
	until time.Time
	// Match must occur in the path or the body; "" fits all.
	Match string `json:"match"`
	// Share spoils only that share of the fitting requests, 0…1; 0 means all.
	Share float64 `json:"share"`
	// Delay holds the spoilt answer. In JSON: nanoseconds.
	Delay time.Duration `json:"delay"`
	// Part is how many bytes of a body "short" and "short-length" leave, and "cut" sends before the connection breaks; below
	// 0 is all but so many, 0 half of it.
	Part int `json:"part"`
	// RetryAfter is the seconds in Retry-After, for kinds that are a status.
	RetryAfter int `json:"retry_after"`
}

// Fail programmes a fault.
func (s *Simulator) Fail(f Fault) { s.faults.add(f) }

// Heal forgets all faults that were programmed.
func (s *Simulator) Heal() { s.faults.clear() }

// faultList is the faults that were programmed and not used up.
type faultList struct {
	dice *dice

	mu     sync.Mutex
	faults []*Fault
}

func (l *faultList) add(f Fault) {
	if f.Times == 0 {
		f.Times = 1
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = append(l.faults, &f)
}

func (l *faultList) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = nil
}

// next takes the fault that spoils this call: a programmed one, or one that the prompt asks for.
func (l *faultList) next(c *call) *Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, f := range l.faults {
		if !f.fits(c) || f.Share > 0 && !l.dice.lucky(f.Share) {
			continue
		}
		if f.For > 0 && f.until.IsZero() {
			f.until = c.now.Add(f.For)
		}
		hit := *f
		if f.Times > 0 {
			if f.Times--; f.Times == 0 {
				l.faults = append(l.faults[:i:i], l.faults[i+1:]...)
			}
		}
		return &hit
	}
	return askedFault(c)
}

// askedFaults are the prompt words that spoil the submission itself; course.OrderHelp explains them.
var askedFaults = map[string]Fault{
	"sim-500":     {Kind: "500"},
	"sim-html":    {Kind: "502-html"},
	"sim-garbage": {Kind: "garbage", Accepted: true},
	"sim-no-id":   {Kind: "no-id", Accepted: true},
	"sim-drop":    {Kind: "drop-after"},
	"sim-refuse":  {Kind: "drop-before"},
	"sim-hang":    {Kind: "hang", Accepted: true},
	"sim-429":     {Kind: "429", RetryAfter: 1},
}

func askedFault(c *call) *Fault {
	if !c.submits() || !c.mentions("sim-") {
		return nil
	}
	for word, f := range askedFaults {
		if prompts.ContainsWord(string(c.body), word) {
			return &f
		}
	}
	return nil
}

func (f *Fault) fits(c *call) bool {
	if !f.until.IsZero() && c.now.After(f.until) {
		return false
	}
	if f.Match != "" && !c.mentions(f.Match) && !pathHolds(c, f.Match) {
		return false
	}
	return f.Route == "" || f.Route == c.route || f.Route == "submit" && c.submits()
}

// accepts reports whether the request is worked on first.
func (f *Fault) accepts() bool {
	switch f.Kind {
	case "drop-before":
		return false
	case "drop-after", "truncated", "cut", "short", "short-length", "no-id", "slow", "ends", "task":
		return true
	}
	return f.Accepted
}

// spoil turns the true answer, if there is one, into the fault's.
func (f *Fault) spoil(s *Simulator, out reply.Reply) reply.Reply {
	spoilt := f.answer(s, out)
	spoilt.Delay += f.Delay
	return spoilt
}

func (f *Fault) answer(s *Simulator, out reply.Reply) reply.Reply {
	switch f.Kind {
	case "timeout", "hang":
		return reply.Reply{Hang: true}
	case "drop-before", "drop-after":
		return reply.Reply{Drop: true}
	case "cut":
		out.Cut, out.Part = true, f.partOf(out.Body)
		return out
	case "short", "short-length":
		out.Body = out.Body[:f.partOf(out.Body)]
		out.File, out.Endless = false, f.Kind == "short"
		return out
	case "slow":
		return out
	case "answer":
		return reply.Reply{Status: f.Status, Header: f.Header, Body: []byte(f.Body)}
	case "task":
		out.Body = reply.Dress(out.Body, f.Body, f.changes)
		return out
	case "ends":
		s.endBadly(out, f.Body)
		return out
	case "truncated":
		out.Body = out.Body[:len(out.Body)/2]
		return out
	case "garbage":
		return reply.Reply{Status: 200, Kind: reply.TypeJSON, Body: []byte("\x00\x01%PDF-not what you wanted")}
	case "empty":
		return reply.Reply{Status: 200}
	case "no-id":
		return dialect.Result(1, "提交成功", nil, struct{}{})
	case "queue-full":
		return s.habits.Refuse(dialect.Request{Now: time.Now()}, dialect.QueueFull, "")
	case "banned":
		return dialect.RefuseOrigin(dialect.BannedPrompt, "banned")
	case "no-account":
		return dialect.RefuseOrigin(dialect.NoAccount, "")
	}
	return f.statusReply()
}

// changes reports whether a finished task is still changed.
func (f *Fault) changes(task map[string]json.RawMessage) bool {
	var finished int64
	return f.Late == 0 || json.Unmarshal(task["finishTime"], &finished) == nil && time.Since(time.UnixMilli(finished)) < f.Late
}

// endBadly has the job that an answer names fail with a reason.
func (s *Simulator) endBadly(out reply.Reply, reason string) {
	var a struct {
		Result string `json:"result"`
	}
	if json.Unmarshal(out.Body, &a) != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.register.tasks[a.Result]; t != nil && t.run != nil {
		t.run.FailAt, t.run.Status, t.run.Reason = .25, "FAILURE", reason
	}
}

// partOf is how much of a body is left.
func (f *Fault) partOf(body []byte) int {
	switch n := len(body); {
	case f.Part == 0:
		return n / 2
	case f.Part < 0:
		return max(n+f.Part, 0)
	default:
		return min(f.Part, n)
	}
}

// statusReply reads kinds such as "500", "502-html" and "html-200".
func (f *Fault) statusReply() reply.Reply {
	kind, html := cutHTML(f.Kind)
	status, err := strconv.Atoi(kind)
	if err != nil || status < 200 || status > 599 {
		status = http.StatusInternalServerError
	}
	switch {
	case html:
		return reply.Page(status, strconv.Itoa(status)+" "+http.StatusText(status))
	case status >= 300 && status < 400:
		return reply.Reply{Status: status, Location: "/login"}
	}
	out := dialect.RelayError(status, faultCode(status), "simulated_failure")
	if f.RetryAfter > 0 {
		out.Retry = strconv.Itoa(f.RetryAfter)
	}
	return out
}

func faultCode(status int) int {
	if status == http.StatusTooManyRequests {
		return 30
	}
	return 5
}

// cutHTML takes the word html off either end of a kind.
func cutHTML(kind string) (status string, html bool) {
	if rest, ok := strings.CutSuffix(kind, "-html"); ok {
		return rest, true
	}
	return strings.CutPrefix(kind, "html-")
}

func pathHolds(c *call, text string) bool { return strings.Contains(c.r.URL.Path, text) }
