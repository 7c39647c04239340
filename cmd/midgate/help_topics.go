package main

import (
	"embed"
	"regexp"
	"strings"
)

// pages are the topics of `midgate help`, in Markdown, so that the README can lead to them too.
//
//go:embed help/*.md
var pages embed.FS

// topic is one of them.
type topic struct {
	name, page, about string        // page is its file's name without .md
	more              func() string // what the page has not, made of the tables that the program goes by
}

// topics in the order in which help shows them.
var topics = []topic{
	{"api", "api", "drawing, changing, chat, streams, videos, files: ready to paste", nil},
	{"clients", "connecting", "how each chat program and library is connected", nil},
	{"agents", "agents", "tools over the Model Context Protocol, and who uses them how", nil},
	{"money", "money", "what is paid when, and which key may spend what", nil},
	{"errors", "errors", "what went wrong, and what to do", sayings},
	{"settings", "settings", "all of them: environment variables (MIDGATE_…) or keys of a YAML file", nil},
	{"operations", "operations", "relays, state, backups, replicas, reverse proxies, metrics", nil},
	{"code", "code", "what is where in midgate's own code", nil},
}

// text is what help prints.
func (t topic) text() string {
	raw, err := pages.ReadFile("help/" + t.page + ".md")
	if err != nil {
		return err.Error() + "\n" // a test reads every page
	}
	text := plain(string(raw))
	if t.more != nil {
		text += t.more()
	}
	return text
}

var link = regexp.MustCompile(`\[([^\]]+)\]\([^)]+\)`)

// plain is a page for a terminal: without pictures, links as their text, a table's rows as paragraphs. Code stays as it is.
func plain(page string) string {
	var b strings.Builder
	code, head, blank := false, true, false
	for line := range strings.Lines(page) {
		row := strings.HasPrefix(line, "|") && !code
		again := blank // where a picture stood, one of the blank lines around it goes too
		blank = line == "\n"
		switch {
		case blank && again && !code:
		case strings.HasPrefix(line, "```"):
			code = !code
			b.WriteString(line)
		case code:
			b.WriteString(line)
		case strings.HasPrefix(line, "!["):
			blank = again
		case row && (head || strings.HasPrefix(line, "|-")):
		case row:
			b.WriteString(paragraph(link.ReplaceAllString(line, "$1")))
		default:
			b.WriteString(strings.ReplaceAll(link.ReplaceAllString(line, "$1"), "**", ""))
		}
		head = !row // the row after this line is the first of its table
	}
	return b.String()
}

// paragraph is a table's row with each cell after the first on a line of its own.
func paragraph(row string) string {
	cells := strings.Split(strings.Trim(strings.TrimSpace(row), "|"), " | ")
	for i, c := range cells {
		cells[i] = strings.TrimSpace(c)
	}
	return strings.Join(cells, "\n    ") + "\n"
}
