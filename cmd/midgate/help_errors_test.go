package main

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"midgate/adapter/midjourney/outcomes"
	"midgate/proxy/web"
)

// notSaid is what the twenty errors name that is no upstream's word: what else is seen of it.
var notSaid = []string{
	"nothing yet", "nothing: the picture has no such button", "a page", `"Just a moment…"`, "`error code: 1020`", "a broken connection", "a gateway's page",
	"Internal Server Error", // whatever a failed task says, as long as no line fits
}

// The twenty errors that matter are answered as the page says, according to the table by which upstreams are judged.
func TestHelpErrors_AgreesWithTheTable(t *testing.T) {
	rows := regexp.MustCompile("(?m)^\\| (\\d+) `([a-z_]+)`(?:, `[a-z]+`)? \\| (.*?) \\| ").FindAllStringSubmatch(root(t, "cmd/midgate/help/errors.md"), -1)
	if len(rows) != 20 {
		t.Errorf("the page has %d errors, want twenty", len(rows))
	}
	for _, row := range rows {
		for words := range strings.SplitSeq(row[3], ", ") {
			if slices.Contains(notSaid, words) {
				continue
			}
			if answers := answeredWith(words); !slices.Contains(answers, row[1]+" "+row[2]) {
				t.Errorf("%q is answered with %v, the page says %s %s", words, answers, row[1], row[2])
			}
		}
	}
}

// answeredWith is what the lines with some words come to, as a status and a code.
func answeredWith(words string) (answers []string) {
	for _, l := range outcomes.Lines() {
		if slices.ContainsFunc(l.Says, func(s string) bool { return strings.Contains(strings.ToLower(words), s) }) {
			problem := web.Explain(l.Err, web.ErrorContext{}).Problem
			answers = append(answers, strconv.Itoa(web.StatusOf(l.Err.Kind))+" "+*problem.Code)
		}
	}
	return answers
}

func TestHelpErrors_PrintsTheWholeTable(t *testing.T) {
	out, _, _ := runHere(t, nil, "help", "errors")
	for _, l := range outcomes.Lines() {
		if !strings.Contains(out, phrase(l)) {
			t.Errorf("help errors lacks %s", phrase(l))
		}
	}
}
