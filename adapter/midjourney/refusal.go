package midjourney

import (
	"net/http"
	"strconv"
	"time"

	"midgate/adapter"
)

// How long a refused submission should stay away, where the upstream does not say.
const (
	queuePause  = 5 * time.Second
	parentPause = 15 * time.Second // a relay's copy of the parent is this much behind (upstream-protocol.md §3.4)
)

// refusal classifies an answer that accepted nothing: the one place that knows the upstreams'
// codes, statuses and phrases (upstream-protocol.md §3, engineering.md §3.2). What could be the
// trace of a job that was created after all is Ambiguous.
type refusal struct {
	status      int
	header      http.Header
	answer      answerJSON
	json        bool   // the body was a JSON object
	secret      string // the key in use, never to be shown
	passthrough bool   // the key is the caller's
	parent      bool   // the command refers to an earlier task
}

// err is the refusal as adapter's error.
func (r refusal) err() *adapter.Error {
	switch {
	case r.status == http.StatusTooManyRequests:
		return r.busy()
	case r.status == http.StatusUnauthorized, r.status == http.StatusForbidden, r.status == http.StatusPaymentRequired:
		return r.byStatus()
	case r.json && r.answer.code() != 0 && !r.answer.openAI() && (r.status < 500 || r.clear()):
		return r.byCode()
	case r.status < 300:
		return r.ambiguous()
	default:
		return r.byStatus()
	}
}

// clear reports whether a code means the same under every HTTP status.
func (r refusal) clear() bool {
	switch r.answer.code() {
	case codeNoAccount, codeQueueFull, codeBanned, codeSaturated:
		return true
	default:
		return false
	}
}

func (r refusal) byCode() *adapter.Error {
	switch r.answer.code() {
	case codeNoAccount:
		return r.noAccount()
	case codeValidation:
		return r.validation()
	case codeRelay:
		return r.relay()
	case codeFailure:
		return r.failure()
	case codeQueueFull, codeSaturated:
		return r.busy()
	case codeBanned:
		return r.make(adapter.Moderated, "The request was rejected by the safety system")
	case codeBinding:
		return r.invalid()
	}
	switch { // some relays repeat the HTTP status as the code
	case r.answer.code() == http.StatusTooManyRequests:
		return r.busy()
	case r.status >= 300:
		return r.byStatus()
	default:
		return r.ambiguous()
	}
}

// noAccount tells code 3's two meanings apart: nobody can work now, or the parent is gone.
func (r refusal) noAccount() *adapter.Error {
	gone := containsAny(r.answer.words(), "关联任务", "任务不存在", "not found", "not exist", "expired")
	if r.status == http.StatusNotFound || r.parent && gone {
		return r.parentGone()
	}
	return r.make(adapter.Unavailable, "The upstream cannot take jobs now")
}

func (r refusal) parentGone() *adapter.Error {
	e := r.make(adapter.NotFound, "The upstream does not know the task any more")
	e.Message = "The upstream does not know the task of this picture any more."
	return e
}

// validation is code 4, which origins use for limits too and relays for whatever went wrong.
func (r refusal) validation() *adapter.Error {
	words := r.answer.words()
	switch {
	case containsAny(words, "do_request_failed", "insert_midjourney_task_failed", "response_body", "close_"):
		return r.ambiguous()
	case containsAny(words, "quota_not_enough", "insufficient", "额度", "余额"):
		return r.make(adapter.Credit, "The upstream's credit is used up")
	case containsAny(words, "task_status_not_success", "关联任务状态"):
		return r.unfinishedParent()
	case containsAny(words, "task_not_found", "task_no_found", "任务不存在"):
		return r.parentGone()
	case containsAny(words, "get_channel_info_failed", "渠道", "封锁", "禁用"):
		return r.make(adapter.Unavailable, "The upstream cannot take jobs now")
	case containsAny(words, "unknown_action", "未知的 action", "未启用", "禁止", "不支持", "not supported", "disabled"):
		return r.unsupported()
	case containsAny(words, "队列", "queue", "并发", "concurren", "上限", "限制", "次数", "limit", "too many") &&
		!containsAny(words, "length", "长度", "prompt"):
		return r.busy()
	case containsAny(words, "banned", "敏感词"):
		return r.make(adapter.Moderated, "The request was rejected by the safety system")
	default:
		return r.invalid()
	}
}

// relay is code 5: the relay could not reach the origin, or not understand it, or not read us.
func (r refusal) relay() *adapter.Error {
	words := r.answer.words()
	switch {
	case containsAny(words, "read_request_body_failed", "bind_request_body_failed"):
		return r.invalid()
	case containsAny(words, "create_request_failed", "marshal_request_body_failed"):
		return r.make(adapter.Unavailable, "The upstream could not pass the job on")
	default:
		return r.ambiguous()
	}
}

// failure is code 9: a full queue, a kind of job that the account cannot do, or a system error
// that may have left a job behind.
func (r refusal) failure() *adapter.Error {
	words := r.answer.words()
	switch {
	case containsAny(words, "队列", "queue"):
		return r.busy()
	case containsAny(words, "不支持", "not support"):
		return r.unsupported()
	default:
		return r.ambiguous()
	}
}

// byStatus classifies by the HTTP status alone, for bodies without a telling code.
func (r refusal) byStatus() *adapter.Error {
	words := r.answer.words()
	switch r.status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return r.auth()
	case http.StatusPaymentRequired:
		return r.make(adapter.Credit, "The upstream's credit is used up")
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return r.unsupported()
	case http.StatusRequestEntityTooLarge:
		return r.make(adapter.TooLarge, "The upstream does not take a request of this size")
	case http.StatusRequestTimeout:
		return r.ambiguous()
	case http.StatusServiceUnavailable:
		if r.json {
			return r.make(adapter.Unavailable, "The upstream cannot take jobs now")
		}
		return r.ambiguous()
	case http.StatusInternalServerError: // one relay answers malformed requests so
		if r.json && containsAny(words, "invalid_request") && !containsAny(words, "do_request_failed") {
			return r.invalid()
		}
		return r.ambiguous()
	}
	switch {
	case r.status >= 300 && r.status < 400:
		e := r.make(adapter.Unavailable, "The upstream redirects submissions elsewhere")
		e.Message = "The upstream redirects submissions elsewhere: its address in the settings is probably wrong."
		return e
	case r.status >= 500:
		return r.ambiguous()
	case r.json:
		return r.validation()
	default:
		return r.invalid()
	}
}

// auth tells a refused key from used up credit, which relays answer with the same statuses.
func (r refusal) auth() *adapter.Error {
	if containsAny(r.answer.words(), "quota", "额度", "余额", "balance", "credit") {
		return r.make(adapter.Credit, "The upstream's credit is used up")
	}
	switch {
	case !r.passthrough:
		return r.make(adapter.UpstreamAuth, "The upstream refuses the key that is set for it")
	case r.status == http.StatusUnauthorized:
		return r.make(adapter.Unauthorized, "The upstream refuses this key")
	default:
		return r.make(adapter.Forbidden, "The upstream does not allow this with this key")
	}
}

func (r refusal) busy() *adapter.Error {
	e := r.make(adapter.Busy, "The upstream has no free place now")
	e.RetryAfter = retryAfter(r.header, queuePause)
	return e
}

func (r refusal) unfinishedParent() *adapter.Error {
	e := r.make(adapter.Busy, "The upstream does not take follow-ups of this picture yet")
	e.RetryAfter = retryAfter(r.header, parentPause)
	return e
}

func (r refusal) invalid() *adapter.Error {
	e := r.make(adapter.Invalid, "The upstream refused the request")
	e.Code = "invalid_value"
	if containsAny(r.answer.words(), "prompt") {
		e.Param = "prompt"
	}
	return e
}

func (r refusal) unsupported() *adapter.Error {
	return r.make(adapter.Unsupported, "This upstream cannot do this")
}

func (r refusal) ambiguous() *adapter.Error {
	return r.make(adapter.Ambiguous, "The upstream's answer does not tell whether the job was started")
}

// make joins the kind's sentence and what the upstream says; the raw facts stay private.
func (r refusal) make(kind adapter.Kind, start string) *adapter.Error {
	return adapter.Wrap(kind, answered{r.status, r.answer.code()}, "%s", sentence(start, plain(r.answer.text(), r.secret)))
}

// answered is the private cause of a refusal: numbers only, so that nothing leaks into a log.
type answered struct{ status, code int }

// Error implements error.
func (a answered) Error() string {
	return "upstream answered status " + strconv.Itoa(a.status) + ", code " + strconv.Itoa(a.code)
}

// retryAfter reads the header of that name, in seconds or as a date, between 1 s and 5 min.
func retryAfter(h http.Header, otherwise time.Duration) time.Duration {
	v := h.Get("Retry-After")
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
