package midjourney

import (
	"errors"
	"strings"
	"unicode"

	"midgate/adapter"
)

var errTaskFailed = errors.New("task ended without success")

// failure explains a failed or cancelled task; asked are the words of the request, which its reason may repeat.
func failure(status adapter.Status, reason, secret string, asked ...string) *adapter.Error {
	if a, ok := decodeAnswer([]byte(reason)); ok && a.text() != "" { // an error of a server behind, as it came
		reason = a.text()
	}
	o, english := failed, ""
	if l, _ := lookUp(answered{in: inTasks, telling: tell(reason, asked...)}); l != nil {
		o, english = l.means, l.english
	} else if status == adapter.Cancelling {
		o = cancelled
	}
	switch {
	case o.kind == adapter.Cancelled || o == timedOut && foreign(reason):
		reason = ""
	case foreign(reason) && english != "":
		reason = english
	}
	reason = plain(leadPattern.ReplaceAllString(bracketPattern.ReplaceAllString(strings.TrimSpace(reason), "$1: "), ""), secret)
	e := adapter.Wrap(o.kind, errTaskFailed, "%s", sentence(o.says, reason))
	e.Code, e.Param = o.code, o.param
	return e
}

// foreign reports whether a text is not in a European language.
func foreign(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r >= 0x2e80 && unicode.IsLetter(r) })
}
