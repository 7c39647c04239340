package chat

import (
	"regexp"
	"strings"
)

// wrapping is how a client wraps a person's words into a text of its own.
type wrapping struct {
	client string
	has    []string       // what a wrapped text has, all of it
	inside *regexp.Regexp // the words, where the client marks them
	cut    *regexp.Regexp // what is not theirs
}

var wrappings = []wrapping{
	{"any that marks the words", []string{"<user_query>"}, regexp.MustCompile(`(?s).*<user_query>(.*?)</user_query>`), nil},
	{"open webui: documents and web search", []string{"### Task:", "</context>", "context"}, nil, regexp.MustCompile(`(?s)### Task:.*</context>`)},
	{"open webui: documents, before 2024", []string{"<context>", "Given the context information", "Query:"}, regexp.MustCompile(`(?s).*Query:(.*)`), nil},
	{"open webui: code interpreter", []string{"<code_interpreter"}, nil, regexp.MustCompile(`(?s)(?:^|\n)#{2,4} (?:Tools Available|Code Interpreter)\b.*`)},
	{"lobechat: files and pages", []string{"<!-- SYSTEM CONTEXT (NOT PART OF USER QUERY) -->"}, nil, regexp.MustCompile(`(?s)<!-- SYSTEM CONTEXT \(NOT PART OF USER QUERY\) -->.*?(?:<!-- END SYSTEM CONTEXT -->|$)`)},
	{"cherry studio: documents and web search", []string{"## My question is:", "## Reference Materials:"}, regexp.MustCompile(`(?s)## My question is:(.*?)## Reference Materials:`), nil},
	{"genkit: structured output", []string{"conform to the following schema"}, nil, schemaText},
}

// ownWords is what a person wrote of a text that a client may have wrapped.
func ownWords(text string) string {
	for _, w := range wrappings {
		if !w.fits(text) {
			continue
		}
		if w.inside != nil {
			if m := w.inside.FindStringSubmatch(text); m != nil {
				text = m[1]
			}
			continue
		}
		text = w.cut.ReplaceAllString(text, "")
	}
	return strings.TrimSpace(text)
}

func (w wrapping) fits(text string) bool {
	for _, mark := range w.has {
		if !strings.Contains(text, mark) {
			return false
		}
	}
	return true
}
