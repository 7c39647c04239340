package midjourney

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"midgate/adapter/midjourney/wire"
)

var (
	blankPattern   = regexp.MustCompile(`\n\s*\n`)
	linkPattern    = regexp.MustCompile(`\[([^\]]*)\]\(<?[^)>]*>?\)`)
	numberPatterns = []*regexp.Regexp{ // the ways to number prompts: at the beginning of lines, then anywhere
		regexp.MustCompile(`(?m)^\s*\**([1-9])\x{FE0F}?\x{20E3}\**`),
		regexp.MustCompile(`(?m)^\s*\**([1-9])(?:[.):]\**\s|[、：．）]\**)`),
		regexp.MustCompile(`(?mi)^\s*\**(?:prompt|option|提示词|描述)\s*([1-9])\s*[.):：]\**`),
		regexp.MustCompile(`([1-9])\x{FE0F}?\x{20E3}`),
		regexp.MustCompile(`(?:^|\s)([1-9])(?:[.)]\s|、)`),
	}
	singlePattern = regexp.MustCompile(`^\s*\**(?:[1-9]\x{FE0F}?\x{20E3}|[1-9][.)、．）])\**\s*`)
)

// texts splits the answer of a describe or shorten into its prompts, without numbers and without the links that Discord
// puts in. Where the prompts are numbered, only the numbers part them; else blank lines do, else lines. Some servers
// send a JSON list.
func texts(answer string) []string {
	answer = strings.TrimSpace(strings.ReplaceAll(answer, "\r\n", "\n"))
	for _, l := range [][]json.RawMessage{wire.List(json.RawMessage(answer)), wire.List(wire.Object(json.RawMessage(answer))["prompts"])} {
		if len(l) > 0 {
			return tidy(listed(l))
		}
	}
	for _, p := range numberPatterns {
		if blocks := after(answer, p); len(blocks) > 1 {
			return tidy(blocks)
		}
	}
	answer = singlePattern.ReplaceAllString(answer, "")
	if blankPattern.MatchString(answer) {
		return tidy(blankPattern.Split(answer, -1))
	}
	return tidy(strings.Split(answer, "\n"))
}

// listed are the texts of a list's elements.
func listed(l []json.RawMessage) []string {
	var out []string
	for _, e := range l {
		text := wire.Scalar(e)
		for _, name := range []string{"prompt", "text", "content"} {
			if m := wire.Object(e); text == "" && m != nil {
				text = wire.Scalar(m[name])
			}
		}
		out = append(out, singlePattern.ReplaceAllString(text, ""))
	}
	return out
}

// after is what follows each of the numbers 1, 2, 3…, which must come in this order; what else looks like a number is a
// prompt's own.
func after(answer string, number *regexp.Regexp) []string {
	var blocks []string
	n, from := 0, 0
	for _, m := range number.FindAllStringSubmatchIndex(answer, -1) {
		if answer[m[2]:m[3]] != strconv.Itoa(n+1) {
			continue
		}
		if n > 0 {
			blocks = append(blocks, answer[from:m[0]])
		}
		n, from = n+1, m[1]
	}
	if n > 0 {
		blocks = append(blocks, answer[from:])
	}
	return blocks
}

// tidy makes each text one line without links, and leaves out those that are empty.
func tidy(blocks []string) []string {
	var out []string
	for _, b := range blocks {
		if b = strings.Join(strings.Fields(linkPattern.ReplaceAllString(b, "$1")), " "); b != "" {
			out = append(out, b)
		}
	}
	return out
}
