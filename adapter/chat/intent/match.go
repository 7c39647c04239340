package intent

import "strconv"

// pointer is a phrase with a digit's place in it: "picture #".
type pointer []string

// match is the number that stands in the phrase's place at the beginning of tokens; 0 if they begin otherwise.
func (p pointer) match(tokens []token) (n int) {
	if len(p) < 2 || len(tokens) < len(p) {
		return 0
	}
	for i, want := range p {
		switch {
		case want == "#":
			n, _ = numberOf(tokens[i].text)
		case want != tokens[i].text:
			return 0
		}
	}
	return n
}

// whole is the number that stands in the phrase's place in tokens that are nothing else: "the 12th", "picture 0".
func (p pointer) whole(tokens []token) (value string, ok bool) {
	if len(p) < 2 || len(tokens) != len(p) {
		return "", false
	}
	for i, want := range p {
		if want == "#" {
			_, ok = numberOf(tokens[i].text)
			value = tokens[i].text
		} else if want != tokens[i].text {
			return "", false
		}
	}
	return value, ok
}

// begins is how many tokens the longest phrase of a list has that the tokens begin with; 0 if there is none.
func (l *language) begins(tokens []token, list *phrases) int {
	n := l.first(tokens, list)
	if n > 0 && l.first(tokens, &l.Names) > n {
		return 0
	}
	return n
}

func (l *language) first(tokens []token, list *phrases) int {
	s := l.lists[list]
	for n := min(s.longest, len(tokens)); n > 0; n-- {
		if s.keys[key(tokens[:n])] {
			return n
		}
	}
	return 0
}

// ends is the same at the end.
func (l *language) ends(tokens []token, list *phrases) int {
	s := l.lists[list]
	for n := min(s.longest, len(tokens)); n > 0; n-- {
		if s.keys[key(tokens[len(tokens)-n:])] {
			return n
		}
	}
	return 0
}

// holds reports whether a phrase of a list stands anywhere in the tokens.
func (l *language) holds(tokens []token, list *phrases) bool {
	for i := range tokens {
		if l.begins(tokens[i:], list) > 0 {
			return true
		}
	}
	return false
}

func numberOf(text string) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && len(text) < 5
}
