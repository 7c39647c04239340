package main

import (
	"cmp"
	"fmt"
	"strings"

	"midgate/adapter/midjourney/outcomes"
	"midgate/proxy/web"
)

// sayings is the table by which upstreams' refusals are judged: what clients are told, and the words that lead to it.
func sayings() string {
	var b strings.Builder
	b.WriteString("\n## Everything that upstreams are known to say\n\nThe first line that fits counts.\n")
	for _, l := range outcomes.Lines() {
		problem := web.Explain(l.Err, web.ErrorContext{}).Problem
		fmt.Fprintf(&b, "\n%d `%s`%s: %s (%s)\n    %s\n", web.StatusOf(l.Err.Kind), *problem.Code, ofParam(l.Err.Param), l.Err.Message, l.Blame, phrase(l))
	}
	return b.String()
}

func ofParam(param string) string {
	if param == "" {
		return ""
	}
	return " about `" + param + "`"
}

// phrase is how an upstream says a line of the table.
func phrase(l outcomes.Line) string {
	text := cmp.Or(strings.Join(l.Says, ", "), "anything else")
	if len(l.Statuses) > 0 {
		text += fmt.Sprintf("; status %s", numbers(l.Statuses))
	}
	if len(l.Codes) > 0 {
		text += fmt.Sprintf("; code %s", numbers(l.Codes))
	}
	return text
}

func numbers(list []int) string {
	return strings.Trim(strings.ReplaceAll(fmt.Sprint(list), " ", ", "), "[]")
}
