package outcomes

import (
	"net/http"
	"slices"
)

// answered is what is known of an answer when the table is looked up.
type answered struct {
	in           place
	status, code int
	telling
}

// lookUp is the line that fits, nil if none does.
func lookUp(a answered) *saying {
	if l := a.beginning(); l != nil {
		return l
	}
	for i := range sayings {
		l := &sayings[i]
		if l.fits(a) && (len(l.words) == 0 && len(l.titles) == 0 || l.says(a.telling)) {
			return l
		}
	}
	return nil
}

// beginning is the line with the longest words that the text begins with.
func (a answered) beginning() *saying {
	var best *saying
	longest := 0
	for i := range sayings {
		l := &sayings[i]
		for _, w := range l.words {
			if len(w) > longest && !l.weak && l.fits(a) && a.starts(w) {
				best, longest = l, len(w)
			}
		}
	}
	return best
}

// fits reports whether all but the words of a line is so.
func (l *saying) fits(a answered) bool {
	if l.in&a.in == 0 || len(l.codes) > 0 && !slices.Contains(l.codes, a.code) || len(l.statuses) > 0 && !slices.Contains(l.statuses, a.status) {
		return false
	}
	certain := a.status < 500 || l.sure || len(l.statuses) > 0 || a.status == http.StatusServiceUnavailable && len(l.words) > 0
	return certain
}

// says reports whether a text has a line's title or one of its words.
func (l *saying) says(t telling) bool {
	return slices.Contains(l.titles, t.title) && t.own(t.title) || slices.ContainsFunc(l.words, func(w string) bool { return holds(t.rest, w) })
}
