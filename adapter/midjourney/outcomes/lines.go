package outcomes

import (
	"slices"

	"midgate/adapter"
)

// Line is a line of the table, for whoever shows it to people.
type Line struct {
	Says            []string // any of these words; none: whatever is said
	Statuses, Codes []int    // any of these; none: whichever
	Err             *adapter.Error
	Blame           string // whose doing it is
}

// Lines is the table of how upstreams say no, in the order in which it is read. Each error's message is what clients are told
// before the upstream's own words.
func Lines() (lines []Line) {
	for _, s := range sayings {
		e := adapter.Errorf(s.means.kind, "%s", s.means.says)
		e.Code, e.Param = s.means.code, s.means.param
		lines = append(lines, Line{append(slices.Clone(s.titles), s.words...), s.statuses, s.codes, e, s.means.blame})
	}
	return lines
}
