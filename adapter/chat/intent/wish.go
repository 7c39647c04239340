package intent

import (
	"slices"
	"strings"
)

// words returns how much so many English words say.
func words(n int) int { return 10 * n }

// wish is a text without the courtesies around it.
type wish struct {
	tokens []token
	can    bool // it was asked for: "can you"
	wanted bool // it was wished for: "I want"
	size   int
}

// sentenceEnd are the signs after which a new sentence may begin.
const sentenceEnd = ".,;:!?…。，、；：！？\n-–—)）"

// wish takes the courtesies off a text: "Thanks! Could you please …".
func (r *reading) wish(l *language) wish {
	w := wish{tokens: r.tokens}
	for len(w.tokens) > 0 {
		n := l.pleasantry(w.tokens)
		if n == 0 {
			n = l.begins(w.tokens, &l.Courtesy)
		}
		can, wanted := l.begins(w.tokens, &l.Can), l.begins(w.tokens, &l.Wish)
		if l.anew(w.tokens) > max(n, can, wanted) {
			break
		}
		switch {
		case wanted > max(n, can):
			n, w.wanted = wanted, true
		case can > n:
			n, w.can = can, true
		}
		if n == 0 {
			break
		}
		w.tokens = w.tokens[n:]
	}
	for n := 1; n > 0 && len(w.tokens) > 0; {
		n = l.ends(w.tokens, &l.Courtesy)
		w.tokens = w.tokens[:len(w.tokens)-n]
	}
	w.size = sizeOfAll(w.tokens)
	return w
}

// anew is how many tokens ask for a new picture at the beginning of a text; 0 if they go on with how one is to be changed:
// "I want a bit more contrast".
func (l *language) anew(t []token) int {
	n := l.begins(t, &l.Draw)
	if n > 1 && (l.compares(t[n-1:]) || l.compares(t[n:])) {
		return 0
	}
	return n
}

// pleasantry is how many tokens of small talk begin a text that then goes on: "Great! …", "Thanks, now …".
func (l *language) pleasantry(tokens []token) int {
	for n := min(len(tokens)-1, 16); n > 0; n-- {
		next := tokens[n]
		ended := next.before != "-" && strings.ContainsAny(next.before, sentenceEnd)
		if !ended && l.begins(tokens[n:], &l.And) == 0 {
			continue
		}
		if topic, ok := l.told(tokens[:n], true); ok && ended && polite(string(topic)) {
			return n
		}
		if all, ok := l.cover(tokens[:n]); ok && slices.ContainsFunc(said(all, talk), polite) && len(said(all, button))+len(said(all, number))+len(said(all, style)) == 0 {
			return n
		}
	}
	return 0
}

// polite reports whether small talk about a topic may stand before a wish.
func polite(topic string) bool { return !slices.Contains([]Topic{Unclear, Help}, Topic(topic)) }

// commas counts the commas between tokens.
func commas(tokens []token) (n int) {
	for _, t := range tokens[min(1, len(tokens)):] {
		if strings.ContainsAny(t.before, ",，、;；") {
			n++
		}
	}
	return n
}
