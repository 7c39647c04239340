package intent

import (
	"slices"
	"strings"
)

// strong reports whether a wish asks for a change of what is there, in words that ask for nothing else. Such a wish may
// be long.
func (l *language) strong(w wish) bool {
	return l.demands(w) || !l.leaves(w.tokens) && l.begins(w.tokens, &l.Articles) == 0 && l.begins(w.tokens, &l.Question) == 0 && !l.titled(w.tokens) && l.holds(w.tokens, &l.Mention) && (l.holds(w.tokens, &l.Is) || l.holds(w.tokens, &l.Should) || !l.pictured(w.tokens)) && w.size <= words(20) && commas(w.tokens) < 3
}

// demands is strong without regard to whether the picture is spoken of.
func (l *language) demands(w wish) bool {
	t := w.tokens
	if l.titled(t) || l.says(t) || l.shownOn(t) || l.leaves(t) {
		return false
	}
	for n := 1; n > 0; {
		n = l.begins(t, &l.And)
		t = t[n:]
	}
	if l.asksShortly(t, w.size) {
		return true
	}
	if n := l.begins(t, &l.Change); n > 0 && len(t) > n && !l.drawsObject(t[n:]) {
		return true
	}
	if n := l.begins(t, &l.ChangeIt); n > 0 {
		rest := t[n:]
		if l.begins(rest, &l.It) > 0 && l.begins(rest, &l.Object) == 0 {
			return true
		}
		if (l.begins(rest, &l.That) > 0 || l.compares(rest)) && !l.drawsObject(rest) {
			return true
		}
	}
	if n := l.begins(t, &l.Draw); n > 0 && l.begins(t[n:], &l.It) > 0 && w.size <= words(10) && !l.opens(t[n:]) {
		return true
	}
	if w.wanted && l.begins(t, &l.Object) == 0 && (l.begins(t, &l.It) > 0 && !l.namesThing(t) || l.begins(t, &l.That) > 0 && w.size <= words(6) && !l.pictured(t) || l.compares(t)) {
		return true
	}
	indefinite := l.begins(t, &l.Articles) > 0
	switch {
	case l.holds(t, &l.Inside) && (w.size <= words(8) || !indefinite && w.size <= words(12)), l.holds(t, &l.Versus) && w.size <= words(5):
		return true
	case indefinite || l.begins(t, &l.Draw) > 0:
		return false
	case l.ends(t, &l.ChangeEnd) > 0 && w.size <= words(25) && !l.drawsObject(t):
		return true
	case l.holds(t, &l.Too) && !l.praises(t) && !l.exclaims(t) && (w.size <= words(5) || (l.begins(t, &l.That) > 0 || l.begins(t, &l.It) > 0) && w.size <= words(8)):
		return true
	case l.begins(t, &l.It) > 0 && l.ends(t, &l.DrawEnd) > 0:
		return true
	case l.holds(t, &l.Should) && (w.size <= words(5) || (l.begins(t, &l.That) > 0 || l.begins(t, &l.It) > 0) && w.size <= words(10)):
		return true
	}
	return false
}

// leaves reports whether tokens tell why somebody goes or was away, "I have to go", or say what one thinks: "could be better".
func (l *language) leaves(t []token) bool {
	if l.closed[key(t)].class == talk {
		return true
	}
	for _, topic := range []Topic{Farewell, Ack} {
		if list := l.remarks[topic]; list != nil && l.begins(t, list) > 0 {
			return true
		}
	}
	return false
}

// asksShortly reports whether a short wish asks for a change in words that begin long descriptions, too.
func (l *language) asksShortly(t []token, size int) bool {
	if n := l.begins(t, &l.Mend); n > 0 && size <= words(8) && commas(t) == 0 {
		rest := t[n:]
		return (l.begins(rest, &l.That) > 0 || l.begins(rest, &l.It) > 0 || l.compares(rest)) && !l.drawsObject(rest)
	}
	if n := l.begins(t, &l.Same); n > 0 && size <= words(12) && commas(t) < 2 {
		return l.begins(t[n:], &l.Link) > 0
	}
	n := l.begins(t, &l.May)
	compared, become := l.holds(t[n:], &l.Compare), l.holds(t[n:], &l.Become)
	return n > 0 && size <= words(10) && (l.begins(t[n:], &l.That) > 0 && (compared || become) || compared && become)
}

// praises reports whether tokens are small talk and nothing else: "too beautiful".
func (l *language) praises(t []token) bool {
	all, ok := l.cover(t)
	return ok && slices.Contains(said(all, talk), string(Praise))
}

// drawsObject reports whether what a verb is followed by is something that is drawn anew: "an image of", "me a poster".
func (l *language) drawsObject(rest []token) bool {
	for i := range rest[:min(4, len(rest))] {
		if l.begins(rest[i:], &l.Object) > 0 {
			return true
		}
	}
	return false
}

// goesOn reports whether what a wish compares is followed by no thing, but by more of what is wished: "darker, with rain".
func (l *language) goesOn(t []token) bool {
	for n := 1; n > 0; {
		n = l.begins(t, &l.Degree)
		t = t[n:]
	}
	t = t[l.begins(t, &l.Compare):]
	return len(t) == 0 || l.begins(t, &l.Link) > 0 || strings.ContainsAny(t[0].before, sentenceEnd)
}

// compares reports whether a wish begins with a comparison: "a bit darker".
func (l *language) compares(t []token) bool {
	for n := 1; n > 0; {
		n = l.begins(t, &l.Degree)
		t = t[n:]
	}
	return l.begins(t, &l.Compare) > 0
}

// weak reports whether a short wish is no picture of its own: it begins as only a change does. Long ones are pictures.
func (l *language) weak(w wish) bool {
	t := w.tokens
	indefinite := l.begins(t, &l.Articles) > 0
	switch {
	case commas(t) > 2 || l.attributes(t) || l.titled(t):
		return false
	case l.becomes(t):
		return true
	case l.ends(t, &l.WithEnd) > 0 && !indefinite && w.size <= words(4):
		return true
	case l.begins(t, &l.With) > 0 && w.size <= words(12) && commas(t) < 2 && !l.mainClause(t) && (l.begins(t, &l.Compare) == 0 || w.size <= words(6)):
		return true
	case l.begins(t, &l.Place) > 0 && w.size <= words(6) && commas(t) == 0:
		return true
	case l.compares(t) && !l.credits(t) && (w.size <= words(4) || w.size <= words(8) && l.goesOn(t)):
		return true
	case l.begins(t, &l.Brief) > 0 && w.size <= words(5) && !l.drawsObject(t):
		return true
	case w.can && l.holds(t, &l.That) && l.begins(t, &l.Sense) == 0 && commas(t) == 0 && l.begins(t, &l.Draw) == 0 && w.size <= words(12):
		return true
	case l.begins(t, &l.Too) > 0 && w.size <= words(5):
		return true
	case indefinite:
		return false
	case l.holds(t, &l.Compare) && w.size <= words(3):
		return true
	case l.ends(t, &l.StyleEnd) > 0 && w.size <= words(3):
		return true
	}
	return false
}

// becomes reports whether a text is a part of the picture and how that is to be, and no more: "sky red", "hair longer".
func (l *language) becomes(t []token) bool {
	n := l.begins(t, &l.Features)
	if n == 0 || n == len(t) || commas(t) > 0 || sizeOfAll(t) > words(4) {
		return false
	}
	rest := t[n:]
	if m := l.begins(rest, &l.Particle); m < len(rest) {
		rest = rest[m:]
	}
	if l.begins(rest, &l.States) == len(rest) {
		return true
	}
	if l.compares(rest) {
		for m := 1; m > 0; {
			m = l.begins(rest, &l.Degree)
			rest = rest[m:]
		}
		n := l.begins(rest, &l.Compare)
		return n == len(rest) || len(rest) == n+1 && l.begins(rest[n:], &l.States) == 1
	}
	return false
}

// attributes reports whether a text goes on after a word that makes what stands before it a property.
func (l *language) attributes(t []token) bool {
	return len(t) > 0 && l.holds(t[:len(t)-1], &l.Attribute)
}

// mainClause reports whether more than a few words follow a comma that do not go on from what stands before it: "Without
// gravity, cups float through a kitchen" is a picture of its own.
func (l *language) mainClause(t []token) bool {
	all := clauses(t)
	if len(all) < 2 {
		return false
	}
	next := slices.Concat(all[1:]...)
	return sizeOfAll(next) > words(3) && l.begins(next, &l.And) == 0 && l.begins(next, &l.With) == 0
}

// changing settles wishes that change the picture shown last, and tells a wish for a new one from them.
func (r *reading) changing() (Decision, bool) {
	for _, l := range r.close {
		w := r.wish(l)
		if len(w.tokens) == 0 {
			continue
		}
		d := Decision{Kind: Edit, Language: l.Code, Index: r.named(l), Ratio: l.aside(w.tokens)}
		switch {
		case r.Attached == 0 && l.says(w.tokens):
			return Decision{Kind: Draw, Language: l.Code}, true
		case r.subject() && (l.strong(w) || l.butWants(r.tokens)):
			return d, true
		case l.draws(w):
			return Decision{Kind: Draw, Language: l.Code}, r.Attached == 0
		case r.subject() && l.weak(w):
			return d, true
		case !r.subject() && w.size <= words(10) && l.speaksOfIt(w) && !l.pictured(r.tokens) && l.first(w.tokens, &l.Sayings) < len(w.tokens):
			return d, true
		}
	}
	return Decision{}, false
}

// aside is the ratio that the end of a wish names beside what else is to change: "add a hat, 16:9".
func (l *language) aside(t []token) string {
	for i := range t {
		if i == 0 || !strings.ContainsAny(t[i].before, sentenceEnd) && l.begins(t[i:], &l.And) == 0 {
			continue
		}
		if all, ok := l.parts(t[i:]); ok && len(said(all, shape)) == 1 && !slices.ContainsFunc(all, func(m meaning) bool { return m.class != shape && m.class != filler }) {
			return said(all, shape)[0]
		}
	}
	return ""
}

// draws reports whether a wish asks for a new picture in so many words.
func (l *language) draws(w wish) bool {
	if n := l.anew(w.tokens); n > 0 && len(w.tokens) > n {
		return l.begins(w.tokens[n:], &l.It) == 0 || w.size > words(10) || l.opens(w.tokens[n:])
	}
	return l.ends(w.tokens, &l.DrawEnd) > 0 && len(w.tokens) > l.ends(w.tokens, &l.DrawEnd)
}

// namesThing reports whether a word such as "this" belongs to a noun, and a scene follows: "this dance, couple in a ballroom".
func (l *language) namesThing(t []token) bool {
	n := l.begins(t, &l.It)
	if n == len(t) || l.begins(t, &l.That) != n || strings.ContainsAny(t[n].before, sentenceEnd) || !l.pictured(t) {
		return false
	}
	rest := t[n:]
	return !l.compares(rest) && l.begins(rest, &l.With) == 0 && l.begins(rest, &l.Place) == 0 && l.unknown(rest[0])
}

// butWants reports whether what others think goes on to what they wish: "my wife likes it but wants a red hat".
func (l *language) butWants(t []token) bool {
	n := l.begins(t, &l.Others)
	m := l.begins(t[n:], &l.OthersDo)
	if n == 0 || m == 0 || ideographic(t[0]) || sizeOfAll(t) > words(15) {
		return false
	}
	rest := t[n+m:]
	it := l.begins(rest, &l.It)
	return it > 0 && it < len(rest) && l.begins(rest[it:], &l.Link) > 0 && l.begins(rest[it:], &l.With) > 0
}

// says reports whether a saying goes on to a scene: "make it rain, rapper throwing banknotes".
func (l *language) says(t []token) bool {
	n := l.first(t, &l.Sayings)
	if n == 0 || n == len(t) {
		return false
	}
	rest := t[n:]
	if !strings.ContainsAny(rest[0].before, sentenceEnd) {
		return len(sentences(rest)) > 1 && l.begins(rest, &l.Link) == 0 || l.thing(t)
	}
	w := wish{tokens: rest, size: sizeOfAll(rest)}
	_, known := l.cover(rest)
	return !known && !l.strong(w) && !l.weak(w)
}

// opens reports whether a colon follows what stands for the picture: "imagine this: a city on stilts".
func (l *language) opens(t []token) bool {
	n := l.begins(t, &l.It)
	return n > 0 && n < len(t) && strings.ContainsAny(t[n].before, ":：")
}

// speaksOfIt reports whether a wish is about a picture that should be there.
func (l *language) speaksOfIt(w wish) bool {
	t := w.tokens
	for _, list := range []*phrases{&l.Change, &l.ChangeIt} {
		if n := l.begins(t, list); n > 0 && (l.begins(t[n:], &l.It) > 0 || l.compares(t[n:]) || list == &l.Change && l.begins(t[n:], &l.That) > 0) {
			return true
		}
	}
	return l.ends(t, &l.ChangeEnd) > 0 && (l.begins(t, &l.It) > 0 || l.compares(t))
}
