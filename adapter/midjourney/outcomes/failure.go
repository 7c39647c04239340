package outcomes

import (
	"errors"
	"strings"
	"unicode"

	"midgate/adapter"
	"midgate/adapter/midjourney/wire"
)

var errTaskFailed = errors.New("task ended without success")

// Failure explains a failed or cancelled task; asked are the words of the request, which its reason may repeat.
func Failure(status adapter.Status, reason, secret string, asked ...string) *adapter.Error {
	reason = strings.TrimSpace(tagPattern.ReplaceAllString(wire.Inner(reason), " ")) // an error of a server behind, as it came
	v, english := failed, ""
	if l := lookUp(answered{in: inTasks, telling: tell(reason, asked...)}); l != nil {
		v, english = l.means, l.english
	} else if status == adapter.Cancelling {
		v = cancelled
	}
	switch {
	case v.kind == adapter.Cancelled || v == timedOut && foreign(reason):
		reason = ""
	case foreign(reason) && english != "":
		reason = english
	}
	reason = crustPattern.ReplaceAllString(bracketPattern.ReplaceAllString(crustPattern.ReplaceAllString(reason, ""), "$1: "), "")
	reason = plain(strings.ReplaceAll(reason, "**", ""), secret, asked...)
	e := adapter.Wrap(v.kind, errTaskFailed, "%s", sentence(v.says, reason))
	e.Code, e.Param = v.code, v.param
	return e
}

// foreign reports whether a text is not in a European language.
func foreign(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r >= 0x2e80 && unicode.IsLetter(r) })
}
