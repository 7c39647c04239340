package outcomes

import (
	"net/http"

	"midgate/adapter"
	"midgate/adapter/midjourney/wire"
)

// Refusal is an answer that accepted nothing, or does not tell. What it comes to is in the table of sayings; here is
// what the table cannot say: pages, which are not the upstream's own words, and answers without telling words.
type Refusal struct {
	Status      int
	Header      http.Header
	Answer      wire.Answer
	JSON        bool   // the body was a JSON object
	Page        bool   // the body was a web page, or what stands before a server says in place of one
	Challenge   bool   // it was asked to prove that it is human
	Secret      string // the key in use, never to be shown
	Passthrough bool   // the key is the caller's
	Command     adapter.Command
	FollowUp    bool // the command goes on from a task
	Away        bool // it is in the words of what stands before a server that is not there
}

// Lookup tells what a refusal comes to.
func Lookup(r Refusal) Outcome {
	v, english := r.verdict()
	return Outcome{v, english, r}
}

// NotOffered is what a refusal comes to whose route is certainly missing.
func NotOffered(r Refusal) Outcome { return Outcome{notOffered, "", r} }

// verdict is what the refusal comes to, and what it says in English where that is known.
func (r Refusal) verdict() (verdict, string) {
	if v, ok := r.byPage(); ok {
		return v, ""
	}
	status := r.Status
	if c := r.Answer.Number(); r.JSON && status < 300 && c >= 400 && c < 600 { // some relays repeat the status as the code
		status = c
	}
	if status >= 300 && status < 400 {
		return redirects, ""
	}
	l := lookUp(answered{in: inAnswers, status: status, code: r.code(), telling: tell(r.Answer.Words(), words(r.Command)...)})
	switch {
	case !r.JSON && (status < 300 || status >= 500), status == http.StatusInternalServerError && l != nil && l.means.kind == adapter.Invalid && !r.Answer.OpenAI():
		return unclear, ""
	case l != nil:
		return r.fitting(l.means), l.english
	case status >= 500:
		return unclear, ""
	case status >= 400:
		return badRequest, ""
	case r.Answer.Fails():
		return refused, ""
	default:
		return unclear, ""
	}
}

// byPage judges what is no answer of the upstream's own. Behind a page with a server's error a job may have begun.
func (r Refusal) byPage() (verdict, bool) {
	switch {
	case r.Challenge:
		return improper, true
	case !r.Page:
		return verdict{}, false
	}
	switch r.Status {
	case http.StatusTooManyRequests, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge:
		return verdict{}, false
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		if _, imagines := r.Command.(adapter.Imagine); !imagines {
			return notOffered, true
		}
	}
	switch {
	case r.Status < 300 || r.Status >= 500:
		return unclear, true
	case r.Status < 400:
		return redirects, true
	default:
		return improper, true
	}
}

// code is the upstream's code; an error of OpenAI's shape has its own.
func (r Refusal) code() int {
	if !r.JSON || r.Answer.OpenAI() {
		return 0
	}
	return r.Answer.Number()
}

// fitting adapts a verdict to what was submitted: every upstream offers to draw, so that is only out of order, and one
// whose task is known went to a channel that is gone.
func (r Refusal) fitting(v verdict) verdict {
	if _, imagines := r.Command.(adapter.Imagine); v == notOffered && (imagines || r.FollowUp) {
		switch r.Status {
		case http.StatusForbidden, http.StatusUnauthorized:
			if imagines {
				return forbids
			}
		case http.StatusServiceUnavailable:
			return noAccount
		case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
			if imagines || r.Away {
				return nowhere
			}
		}
	}
	if v == noAccount && r.Status == http.StatusNotFound && r.FollowUp {
		return parentGone
	}
	return v
}

// words are the texts of a command that an upstream may repeat.
func words(cmd adapter.Command) []string {
	switch cmd := cmd.(type) {
	case adapter.Imagine:
		return []string{cmd.Prompt}
	case adapter.Modal:
		return []string{cmd.Prompt}
	case adapter.Shorten:
		return []string{cmd.Prompt}
	case adapter.Edits:
		return []string{cmd.Prompt}
	case adapter.Video:
		return []string{cmd.Prompt}
	default:
		return nil
	}
}
