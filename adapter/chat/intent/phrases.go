package intent

import (
	"regexp"
	"slices"
	"strings"
)

// class is what a phrase does in a text that is made of known phrases alone.
type class string

const (
	filler class = "filler"
	number class = "number" // which picture
	factor class = "factor" // how many times
	side   class = "side"
	button class = "button"
	shape  class = "shape"
	style  class = "style"
	talk   class = "talk"
)

// meaning is what a phrase means.
type meaning struct {
	class class
	value string
	plain bool // a figure alone, which may also say how far
}

// longestClosed is more tokens than a text of known phrases has.
const longestClosed = 40

// cover splits tokens into known phrases, the longest it can; false if a word is not known.
func (l *language) cover(tokens []token) ([]meaning, bool) {
	if len(tokens) == 0 || len(tokens) > longestClosed || slices.ContainsFunc(tokens, l.unknown) {
		return nil, false
	}
	if m, ok := l.alone[key(tokens)]; ok {
		return []meaning{m}, true
	}
	return l.parts(tokens)
}

// unknown reports whether no phrase has a token in it.
func (l *language) unknown(t token) bool {
	return !l.tokens[t.text] && !figure.MatchString(t.text) && !multiple.MatchString(t.text) && !strings.Contains(t.text, ":")
}

// parts is cover of a part of a text, where phrases that must be all of one are not known.
func (l *language) parts(tokens []token) ([]meaning, bool) {
	if len(tokens) == 0 || len(tokens) > longestClosed {
		return nil, false
	}
	score := make([]int, len(tokens)+1) // of the best way to cover the tokens from here; -1 if there is none
	step := make([]int, len(tokens))
	for i := len(tokens) - 1; i >= 0; i-- {
		score[i] = -1
		for n := min(l.longest, len(tokens)-i); n > 0; n-- {
			if _, ok := l.meaningOf(tokens[i : i+n]); ok && score[i+n] >= 0 && score[i+n]+n*n > score[i] {
				score[i], step[i] = score[i+n]+n*n, n
			}
		}
	}
	if score[0] < 0 {
		return nil, false
	}
	var all []meaning
	for i := 0; i < len(tokens); i += step[i] {
		m, _ := l.meaningOf(tokens[i : i+step[i]])
		all = append(all, m)
	}
	return all, true
}

// around covers a button that stands around the number of its picture, or around a factor: "turn the second one into a video".
func (l *language) around(tokens []token) ([]meaning, bool) {
	if len(tokens) > longestClosed || slices.ContainsFunc(tokens, l.unknown) {
		return nil, false
	}
	for i := 1; i < len(tokens)-1; i++ {
		for n := min(l.longest, len(tokens)-1-i); n > 0; n-- {
			inner, ok := l.cover(tokens[i : i+n])
			if !ok || len(said(inner, number)) > 1 || len(said(inner, number))+len(said(inner, factor)) == 0 || len(said(inner, button))+len(said(inner, talk))+len(said(inner, style)) > 0 {
				continue
			}
			outer, ok := l.cover(slices.Concat(tokens[:i], tokens[i+n:]))
			if ok && len(said(outer, button)) == 1 && (len(said(outer, number)) == 0 || len(said(inner, number)) == 0) {
				return append(outer, inner...), true
			}
		}
	}
	return nil, false
}

var (
	figure   = regexp.MustCompile(`^[0-9]+(?:\.[0-9]+)?$`)
	multiple = regexp.MustCompile(`^[0-9]+(?:\.[0-9]+)?x$`)
)

func (l *language) meaningOf(tokens []token) (meaning, bool) {
	if len(tokens) == 1 {
		switch text := tokens[0].text; {
		case figure.MatchString(text):
			return meaning{class: number, value: text, plain: true}, true
		case multiple.MatchString(text) && l.closed[text].class == "":
			return meaning{class: factor, value: strings.TrimSuffix(text, "x")}, true
		case strings.Contains(text, ":"):
			return meaning{class: shape, value: text}, true
		}
	}
	if m, ok := l.closed[key(tokens)]; ok {
		return m, ok
	}
	for _, p := range l.figured {
		if n, ok := p.whole(tokens); ok {
			return meaning{class: number, value: n}, true
		}
	}
	return meaning{}, false
}

// said are the values of a class among meanings, without repetitions.
func said(all []meaning, c class) (values []string) {
	for _, m := range all {
		if m.class == c && !slices.Contains(values, m.value) {
			values = append(values, m.value)
		}
	}
	return values
}
