package intent

import (
	"slices"
	"strings"
)

// unclear asks back what stays short and says too little. Asking is free.
func (r *reading) unclear() (Decision, bool) {
	if r.Attached == 0 && r.address() {
		return Decision{Kind: Ask, Topic: Unclear, Language: r.hinted()}, true
	}
	if r.Attached == 0 && r.Shown == Nothing && r.flags == "" && len(r.tokens) > 0 && r.courteous() {
		return Decision{Kind: Ask, Topic: Unclear}, true
	}
	if r.Attached > 0 || r.Shown == Nothing || len(r.tokens) == 0 {
		return Decision{}, false
	}
	size := sizeOfAll(r.tokens)
	if r.flags != "" { // who writes parameters wants it drawn
		return Decision{}, false
	}
	if !r.asks && size > words(3) && slices.ContainsFunc(r.close, func(l *language) bool { return l.thing(r.tokens) && !l.holds(r.tokens, &l.It) }) {
		return Decision{}, false
	}
	if r.asks && size <= words(4) {
		return Decision{Kind: Ask, Topic: Unclear}, true
	}
	for _, l := range r.close {
		if l.begins(r.tokens, &l.Articles) > 0 {
			return Decision{Kind: Ask, Topic: Unclear, Language: l.Code}, l.holds(r.tokens, &l.Compare) && size <= words(4)
		}
	}
	for _, l := range r.close {
		if d, ok := r.doubtful(l, size); ok {
			d.Language = l.Code
			return d, true
		}
	}
	return Decision{Kind: Ask, Topic: Unclear}, size <= words(2)
}

// courteous reports whether a text is courtesies alone: "pls".
func (r *reading) courteous() bool {
	return slices.ContainsFunc(r.close, func(l *language) bool { return len(r.wish(l).tokens) == 0 })
}

// doubtful settles what is longer than two words and yet describes no picture.
func (r *reading) doubtful(l *language, size int) (Decision, bool) {
	unclear := Decision{Kind: Ask, Topic: Unclear}
	w := r.wish(l)
	if l.draws(w) || w.wanted || l.holds(r.tokens, &l.Object) {
		return Decision{}, false
	}
	if d, ok := r.mended(l, size); ok {
		return d, true
	}
	thing := l.begins(r.tokens, &l.That) > 0 || l.begins(r.tokens, &l.It) > 0
	rest := r.tokens[l.pleasantry(r.tokens):]
	switch n := r.named(l); {
	case r.Shown == Grid && l.begins(r.tokens, &l.Pointing) > 0 && size <= words(10):
		return Decision{Kind: Ask, Topic: Which}, true
	case n > 0 && r.Shown == Grid && size <= words(6) && r.pure(l):
		return Decision{Kind: Pick, Index: n}, true
	case r.Shown == Grid && size <= words(6) && l.praised(r.tokens) > 0:
		return Decision{Kind: Pick, Index: l.praised(r.tokens)}, true
	case thing && l.holds(r.tokens, &l.Compare) && (size <= words(5) || r.asks && size <= words(8)):
		return Decision{Kind: Edit}, true
	case !ideographic(r.tokens[0]) && l.begins(r.tokens, &l.Others) > 0 && l.ends(r.tokens, &l.It) > 0 && size <= words(10) && len(clauses(r.tokens)) == 1:
		return unclear, true
	case thing && size <= words(3):
		return unclear, true
	case size <= words(8) && len(rest) < len(r.tokens) && (l.personal(rest) || l.ends(rest, &l.Vocative) == len(rest)):
		return l.afterTalk(r.tokens), true
	case len(rest) < len(r.tokens) && l.excuses(r.tokens[:len(r.tokens)-len(rest)]) && sizeOfAll(rest) <= words(7) && l.begins(rest, &l.Articles) == 0 && len(clauses(rest)) == 1:
		return l.afterTalk(r.tokens), true
	case l.personal(rest) && size <= words(6) && commas(r.tokens) == 0:
		return unclear, true
	case (l.begins(r.tokens, &l.Telling) > 0 || l.ends(r.tokens, &l.TellingEnd) > 0) && size <= words(10) && commas(r.tokens) == 0:
		return unclear, true
	case thing && l.holds(r.tokens, &l.Is) && size <= words(5):
		return unclear, true
	case l.begins(w.tokens, &l.Question) > 0 && size <= words(5) && (r.asks || commas(r.tokens) == 0):
		return unclear, true
	case l.pressing(r.tokens) && size <= words(5):
		return unclear, true
	}
	return Decision{}, false
}

// pure reports whether the number of a picture is not that of another thing: "두 번째 달", "number 2 pencil".
func (r *reading) pure(l *language) bool {
	for i := range r.tokens {
		for n := min(l.longest, len(r.tokens)-i); n > 1; n-- {
			if m, ok := l.closed[key(r.tokens[i:i+n])]; !ok || m.class != number {
				continue
			}
			rest := r.tokens[i+n:]
			if len(rest) == 0 || l.begins(rest, &l.Particle) > 0 {
				return true
			}
			if ideographic(r.tokens[i]) {
				return l.tokens[rest[0].text]
			}
			return l.goesBehind(rest)
		}
		for _, p := range l.figured {
			if n := len(p); p.match(r.tokens[i:]) > 0 {
				return len(r.tokens) == i+n || l.goesBehind(r.tokens[i+n:])
			}
		}
	}
	return true
}

// goesBehind reports whether what follows the number of a picture says more of that picture, and is not what is counted.
func (l *language) goesBehind(rest []token) bool {
	if strings.ContainsAny(rest[0].before, sentenceEnd) {
		return true
	}
	if m, known := l.closed[rest[0].text]; known {
		return m.class != style
	}
	for _, list := range []*phrases{&l.Is, &l.Should, &l.Link, &l.And, &l.With, &l.Place, &l.Personal, &l.Degree, &l.Compare, &l.Courtesy, &l.That, &l.Telling, &l.Too} {
		if l.begins(rest, list) > 0 {
			return true
		}
	}
	return false
}

// praised is which picture a text begins with that ends in praise; 0 if it is no such text.
func (l *language) praised(tokens []token) (n int) {
	for i := len(tokens) - 1; i > 0 && n == 0; i-- {
		all, ok := l.parts(tokens[:i])
		if numbers := said(all, number); ok && len(numbers) == 1 && len(said(all, button)) == 0 {
			n, _ = numberOf(numbers[0])
		}
	}
	for i := 1; i < len(tokens); i++ {
		if all, ok := l.parts(tokens[i:]); ok && slices.Contains(said(all, talk), string(Praise)) {
			return n
		}
	}
	return 0
}

// mended settles a complaint with what is to be done about it: "her hand has six fingers, fix it".
func (r *reading) mended(l *language, size int) (Decision, bool) {
	all := clauses(r.tokens)
	if len(all) < 2 || size > words(15) || l.begins(all[0], &l.That) == 0 && !l.holds(all[0], &l.Personal) && r.named(l) == 0 && !l.holds(all[0], &l.Mention) {
		return Decision{}, false
	}
	return Decision{Kind: Edit, Index: r.named(l)}, l.goesOnWishing(r.tokens)
}

// afterTalk answers what goes on after small talk without asking for anything: "thanks, that will be all".
func (l *language) afterTalk(tokens []token) Decision {
	begin := tokens[:l.pleasantry(tokens)]
	if topic, ok := l.told(begin, true); ok {
		return talking([]string{string(topic)})
	}
	all, _ := l.cover(begin)
	return talking(said(all, talk))
}

// excuses reports whether small talk tells why somebody was away: what goes on after it is the reason.
func (l *language) excuses(t []token) bool {
	topic, ok := l.told(t, true)
	return ok && topic == Ack && l.holds(t, &l.Late)
}

// personal reports whether a text speaks of who talks to whom. Where no blanks part the words, that is told from its
// beginning alone.
func (l *language) personal(tokens []token) bool {
	if ideographic(tokens[0]) {
		return l.begins(tokens, &l.Personal) > 0
	}
	return l.holds(tokens, &l.Personal)
}

// pressing reports whether a text begins with a button's name and goes on with something unknown: "go back two steps".
func (l *language) pressing(tokens []token) bool {
	for n := min(l.longest, len(tokens)); n > 0; n-- {
		if m, ok := l.closed[key(tokens[:n])]; ok {
			return m.class == button && (m.value == Undo || m.value == ShowGrid || strings.HasPrefix(m.value, "upscale") || strings.HasPrefix(m.value, "pan_"))
		}
	}
	return false
}
