package body

import "strings"

// Quoted lists words for an answer.
func Quoted(words []string) string {
	return "'" + strings.Join(words, "', '") + "'"
}

// Excerpt keeps an answer short that repeats a path or a name.
func Excerpt(p string) string {
	if len(p) > 200 {
		return strings.ToValidUTF8(p[:200], "") + "…"
	}
	return p
}

// Shortened is at most the first most bytes of a text, without half a character at its end.
func Shortened(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "")
}
