package intent

import "slices"

// several asks back where two of the pictures are to be changed or mixed at once: there is one change at a time.
func (r *reading) several() (Decision, bool) {
	if r.Attached > 0 || r.Shown != Grid || sizeOfAll(r.tokens) > words(20) {
		return Decision{}, false
	}
	for _, l := range r.close {
		if r.pointsTwice(l) {
			return Decision{Kind: Ask, Topic: OneThing, Language: l.Code}, true
		}
		for i := range r.tokens[:min(6, len(r.tokens))] {
			if n := r.pair(l, i); n > 0 && l.together(r.tokens[:i], r.tokens[i+n:]) {
				return Decision{Kind: Ask, Topic: OneThing, Language: l.Code}, true
			}
		}
	}
	return Decision{}, false
}

// pointsTwice reports whether two different pictures are pointed at by their figures: "the dog of picture 2 in picture 1".
func (r *reading) pointsTwice(l *language) bool {
	first := 0
	for i := range r.tokens {
		for _, p := range l.figured {
			n := p.match(r.tokens[i:])
			if n > 0 && first > 0 && n != first && n <= r.Choices {
				return true
			}
			if n > 0 && n <= r.Choices {
				first = n
			}
		}
		n, ok := numberOf(r.tokens[i].text)
		if !ok || n == 0 || n > r.Choices || !r.upon(l, r.tokens[i].text) {
			continue
		}
		if first > 0 && n != first {
			return true
		}
		first = n
	}
	return false
}

// pair is how many tokens name two different pictures from a place on: "1 and 3", "the first and the third"; 0 if they do not.
func (r *reading) pair(l *language, at int) int {
	t := r.tokens[at:]
	one, n := r.number(l, t)
	if n == 0 {
		return 0
	}
	rest := t[n:]
	plus := max(l.begins(rest, &l.Plus), l.begins(rest, &l.And))
	other, m := r.number(l, rest[plus:])
	if m == 0 || plus == 0 || one == other {
		return 0
	}
	return n + plus + m
}

// number is the picture that tokens begin with, and in how many tokens they name it.
func (r *reading) number(l *language, t []token) (n, size int) {
	for size = min(l.longest, len(t)); size > 0; size-- {
		all, ok := l.parts(t[:size])
		numbers := said(all, number)
		if !ok || len(numbers) != 1 || all[len(all)-1].class != number || slices.ContainsFunc(all, func(m meaning) bool { return m.class != number && m.class != filler }) {
			continue
		}
		n, ok := numberOf(numbers[0])
		if ok && n > 0 && n <= r.Choices {
			return n, size
		}
	}
	return 0, 0
}

// together reports whether what stands around two numbers changes or mixes those pictures.
func (l *language) together(before, after []token) bool {
	w := wish{tokens: before}
	for n := 1; n > 0 && len(w.tokens) > 0; {
		n = max(l.begins(w.tokens, &l.Courtesy), l.begins(w.tokens, &l.Can), l.begins(w.tokens, &l.Wish))
		w.tokens = w.tokens[n:]
	}
	verb := max(l.begins(w.tokens, &l.Join), l.begins(w.tokens, &l.Change), l.begins(w.tokens, &l.ChangeIt))
	if verb > 0 {
		rest, ok := l.cover(w.tokens[verb:])
		return verb == len(w.tokens) || ok && len(said(rest, filler)) > 0
	}
	_, plain := l.cover(before)
	for n := 1; n > 0 && len(after) > 0; {
		n = l.ends(after, &l.Courtesy)
		after = after[:len(after)-n]
	}
	return (len(before) == 0 || plain) && len(after) > 0 && sizeOfAll(after) <= words(5) &&
		(l.ends(after, &l.JoinEnd) > 0 || l.ends(after, &l.ChangeEnd) > 0 || l.begins(after, &l.Is) > 0)
}
