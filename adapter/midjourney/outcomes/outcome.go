package outcomes

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"midgate/adapter"
)

// Outcome is what an answer that refuses comes to.
type Outcome struct {
	verdict
	english string // what its text says, where that is known
	refusal Refusal
}

// NotOffered reports whether the upstream does not take this kind of job at all.
func (o Outcome) NotOffered() bool { return o.verdict == notOffered }

// Cannot reports whether the upstream cannot do what was asked.
func (o Outcome) Cannot() bool { return o.verdict == cannot }

// Err is the outcome as adapter's error: its sentence and what the upstream says. The raw facts stay private.
func (o Outcome) Err() *adapter.Error {
	r, kind, start := o.refusal, o.kind, o.says
	if kind == adapter.UpstreamAuth && r.Passthrough {
		kind, start = adapter.Forbidden, "The upstream does not allow this with this key"
		if r.Status == http.StatusUnauthorized {
			kind, start = adapter.Unauthorized, "The upstream refuses this key"
		}
	}
	text := r.Answer.Text()
	if foreign(text) && o.english != "" {
		text = o.english
	}
	e := adapter.Wrap(kind, r.Answer.Cause(r.Status), "%s", sentence(start, plain(text, r.Secret, words(r.Command)...)))
	e.Code, e.Param, e.Elsewhere = o.code, o.param, o.elsewhere
	if kind == adapter.Busy {
		e.RetryAfter, e.Patience = RetryAfter(r.Header, o.pause), o.patience
		switch {
		case o.pause == 0:
			e.Patience = adapter.NoPatience
		case r.Status == http.StatusTooManyRequests:
			e.Patience = ratePatience
		}
	}
	return e
}

// RetryAfter reads the header of that name, in seconds or as a date, between 1 s and 5 min.
func RetryAfter(h http.Header, otherwise time.Duration) time.Duration {
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
