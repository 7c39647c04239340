package midjourney

import (
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"midgate/adapter"
)

// refusal is an answer that accepted nothing, or does not tell. What it comes to is in the table of outcomes; here is
// what the table cannot say: pages, which are not the upstream's own words, and answers without telling words.
type refusal struct {
	status      int
	header      http.Header
	answer      answerJSON
	json        bool   // the body was a JSON object
	page        bool   // the body was a web page, or what stands before a server says in place of one
	challenge   bool   // it was asked to prove that it is human
	secret      string // the key in use, never to be shown
	passthrough bool   // the key is the caller's
	command     adapter.Command
}

// err is the refusal as adapter's error.
func (r refusal) err() *adapter.Error {
	o, english := r.outcome()
	return r.make(o, english)
}

// outcome is what the refusal comes to, and what it says in English where that is known.
func (r refusal) outcome() (outcome, string) {
	if o, ok := r.byPage(); ok {
		return o, ""
	}
	status := r.status
	if c := r.answer.code(); r.json && status < 300 && c >= 400 && c < 600 { // some relays repeat the status as the code
		status = c
	}
	if status >= 300 && status < 400 {
		return redirects, ""
	}
	l, _ := lookUp(answered{in: inAnswers, status: status, code: r.code(), telling: tell(r.answer.words(), words(r.command)...)})
	switch {
	case !r.json && (status < 300 || status >= 500), status == http.StatusInternalServerError && l != nil && l.means.kind == adapter.Invalid && !r.answer.openAI():
		return unclear, ""
	case l != nil:
		return r.fitting(l.means), l.english
	case status >= 500:
		return unclear, ""
	case status >= 400:
		return badRequest, ""
	case r.answer.fails():
		return refused, ""
	default:
		return unclear, ""
	}
}

// byPage judges what is no answer of the upstream's own. Behind a page with a server's error a job may have begun.
func (r refusal) byPage() (outcome, bool) {
	switch {
	case r.challenge:
		return improper, true
	case !r.page:
		return outcome{}, false
	}
	switch r.status {
	case http.StatusTooManyRequests, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge:
		return outcome{}, false
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		if _, imagines := r.command.(adapter.Imagine); !imagines {
			return notOffered, true
		}
	}
	switch {
	case r.status < 300 || r.status >= 500:
		return unclear, true
	case r.status < 400:
		return redirects, true
	default:
		return improper, true
	}
}

// code is the upstream's code; an error of OpenAI's shape has its own.
func (r refusal) code() int {
	if !r.json || r.answer.openAI() {
		return 0
	}
	return r.answer.code()
}

// fitting adapts an outcome to what was submitted: every upstream offers to draw, so that is only out of order, and one
// whose task is known went to a channel that is gone.
func (r refusal) fitting(o outcome) outcome {
	if o == notOffered && r.status != http.StatusNotFound {
		switch _, imagines := r.command.(adapter.Imagine); {
		case imagines && (r.status == http.StatusForbidden || r.status == http.StatusUnauthorized):
			return forbids
		case r.status == http.StatusServiceUnavailable && (imagines || parent(r.command) != ""):
			return noAccount
		}
	}
	if o == noAccount && r.status == http.StatusNotFound && parent(r.command) != "" {
		return parentGone
	}
	return o
}

// make joins the outcome's sentence and what the upstream says; the raw facts stay private.
func (r refusal) make(o outcome, english string) *adapter.Error {
	kind, start := o.kind, o.says
	if kind == adapter.UpstreamAuth && r.passthrough {
		kind, start = adapter.Forbidden, "The upstream does not allow this with this key"
		if r.status == http.StatusUnauthorized {
			kind, start = adapter.Unauthorized, "The upstream refuses this key"
		}
	}
	text := r.answer.text()
	if foreign(text) && english != "" {
		text = english
	}
	e := adapter.Wrap(kind, numbers{r.status, r.answer.code()}, "%s", sentence(start, plain(text, r.secret)))
	e.Code, e.Param, e.Elsewhere = o.code, o.param, o.elsewhere
	if kind == adapter.Busy {
		e.RetryAfter, e.Patience = retryAfter(r.header, o.pause), o.patience
		switch {
		case o.pause == 0:
			e.Patience = adapter.NoPatience
		case r.status == http.StatusTooManyRequests:
			e.Patience = ratePatience
		}
	}
	return e
}

// numbers is the private cause of a refusal: nothing in it can leak into a log.
type numbers struct{ status, code int }

// Error implements error.
func (n numbers) Error() string {
	return "upstream answered status " + strconv.Itoa(n.status) + ", code " + strconv.Itoa(n.code)
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

// challengePattern finds what protections against robots say: pages that a browser would have to solve, and the numbers
// of refusals that never reached the server.
var challengePattern = regexp.MustCompile(`(?i)just a moment|attention required!|challenge-platform|_cf_chl|cf-chl|captcha-delivery|error code: 10\d\d|aliyun_waf|request blocked by waf|` +
	`checking your browser|verify(?:ing)? (?:that )?you are (?:a )?human|ddos-guard|_incapsula_resource|px-captcha|` +
	`challenges\.cloudflare\.com|geo\.captcha|awswafintegration|网站防火墙|人机验证|安全验证|请求.{0,12}拦截`)

// challenged recognises an answer of something that keeps robots out.
func challenged(out reply) bool {
	for _, name := range []string{"Cf-Mitigated", "X-Amzn-Waf-Action", "X-Datadome", "X-Sucuri-Block"} {
		if out.header.Get(name) != "" {
			return true
		}
	}
	_, json := decodeAnswer(out.body)
	return !json && out.status != http.StatusTooManyRequests && challengePattern.Match(out.body[:min(len(out.body), 64<<10)])
}

// retryAfter reads the header of that name, in seconds or as a date, between 1 s and 5 min.
func retryAfter(h http.Header, otherwise time.Duration) time.Duration {
	v := strings.TrimSpace(h.Get("Retry-After"))
	if v == "" {
		return otherwise
	}
	d := otherwise
	if s, err := strconv.Atoi(v); err == nil {
		d = time.Duration(min(max(s, 0), 3600)) * time.Second
	} else if at, err := http.ParseTime(v); err == nil {
		d = time.Until(at)
	}
	return min(max(d, time.Second), 5*time.Minute)
}
