package midjourney

import (
	"regexp"
	"strings"
)

var (
	linePattern   = regexp.MustCompile(`\r?\n`)
	numberPattern = regexp.MustCompile(`^\s*(?:[1-9]\x{FE0F}?\x{20E3}|[1-9][.)、])\s*`)
	linkPattern   = regexp.MustCompile(`\[([^\]]*)\]\(<?[^)>]*>?\)`)
)

// texts splits the answer of a describe or shorten into its prompts: one a line, without numbers
// and without the links that Discord puts in (upstream-protocol.md §4.6).
func texts(answer string) []string {
	var out []string
	for _, line := range linePattern.Split(answer, -1) {
		line = numberPattern.ReplaceAllString(line, "")
		line = strings.TrimSpace(linkPattern.ReplaceAllString(line, "$1"))
		if line != "" {
			out = append(out, line)
		}
	}
	return out
}
