package intent

import (
	"slices"
	"strings"
)

// made reports whether what follows the last comma is how a picture is made: "solve et coagula, engraving".
func (l *language) made(t []token) bool {
	all := clauses(t)
	if len(all) < 2 {
		return false
	}
	last := all[len(all)-1]
	return strings.ContainsAny(last[0].before, ",，、") && (l.holds(last, &l.Medium) || l.holds(last, &l.Thing))
}

// titled reports whether a text is the design of a thing and how it is made, whatever it begins with: "Add to cart button,
// flat design".
func (l *language) titled(t []token) bool {
	all := clauses(t)
	if len(all) < 2 {
		return false
	}
	last := all[len(all)-1]
	return l.compound(all[0]) && (l.holds(last, &l.Medium) || l.colours(last) || l.begins(t, &l.Change) == 0 && l.begins(t, &l.ChangeIt) == 0 && l.scene(last))
}

// compound reports whether a thing that is designed is named behind another word than an article: "your shoes sign".
func (l *language) compound(t []token) bool {
	for i := 1; i < len(t); i++ {
		if l.begins(t[i:], &l.Thing) > 0 && l.ends(t[:i], &l.Articles) == 0 && l.ends(t[:i], &l.That) == 0 {
			return true
		}
	}
	return false
}

// credits reports whether the last clause of a text is a name: "bigger splash, David Hockney".
func (l *language) credits(t []token) bool {
	all := clauses(t)
	if len(all) < 2 {
		return false
	}
	last := all[len(all)-1]
	return len(last) > 1 && !slices.ContainsFunc(last, func(t token) bool { return !t.great || l.words[t.text] })
}

// pictured reports whether a text is the name of a thing with a picture on it, or goes on to a scene, whatever it begins
// with: "explain like I'm five poster", "I'm bored, teenager on a sofa".
func (l *language) pictured(t []token) bool {
	if l.thing(t) {
		return true
	}
	all := sentences(t)
	return slices.ContainsFunc(all[min(1, len(all)):], l.scene)
}

// shownOn reports whether what begins as a change ends, behind a comma, with another thing that shows it: "extend your hand,
// children's book cover".
func (l *language) shownOn(t []token) bool {
	all := sentences(t)
	if len(all) < 2 {
		return false
	}
	last := all[len(all)-1]
	n := l.ends(last, &l.Thing)
	if n == 0 || n == len(last) || l.holds(all[0], &l.Thing) || l.holds(all[0], &l.Medium) {
		return false
	}
	for _, list := range []*phrases{&l.Change, &l.ChangeIt, &l.Draw} {
		if m := l.begins(t, list); m > 0 && (l.begins(t[m:], &l.It) > 0 || l.ends(t[:m], &l.It) > 0) {
			return false
		}
	}
	_, known := l.cover(last[:len(last)-n])
	return !known && l.begins(last, &l.Articles) == 0 && l.scene(last)
}

// thing reports whether a text is a thing's name and ends with what the thing is: "how to tie a tie infographic".
func (l *language) thing(t []token) bool {
	n := l.ends(t, &l.Thing)
	if n == 0 || n == len(t) {
		return false
	}
	before := t[:len(t)-n]
	if n := l.ends(before, &l.Articles); n > 0 && l.alone[key(before[len(before)-n:])].class != number {
		return false
	}
	for _, list := range []*phrases{&l.That, &l.With, &l.Link, &l.Can, &l.Wish, &l.Draw, &l.Change, &l.ChangeIt, &l.Place, &l.It} {
		if l.ends(before, list) > 0 {
			return false
		}
	}
	return true
}

// scene reports whether a clause is a noun and what goes with it: it speaks of nobody who talks, and wishes for nothing.
func (l *language) scene(c []token) bool {
	w := wish{tokens: c, size: sizeOfAll(c)}
	if l.ends(c, &l.Thing) > 0 || l.ends(c, &l.Medium) > 0 {
		return !l.strong(w) && l.begins(c, &l.It) == 0 && !l.personal(c)
	}
	if _, ok := l.cover(c); ok || w.size < words(2) || l.personal(c) || l.strong(w) || l.weak(w) || l.compares(c) || figure.MatchString(c[0].text) {
		return false
	}
	if _, ok := l.told(c, true); ok {
		return false
	}
	for _, list := range []*phrases{&l.It, &l.That, &l.Can, &l.Wish, &l.And, &l.Link, &l.With, &l.Place, &l.Question, &l.Change, &l.ChangeIt, &l.Elsewhere, &l.Telling, &l.Others, &l.Degree, &l.ThanksFor, &l.Pointing, &l.Task, &l.Brief} {
		if l.begins(c, list) > 0 {
			return false
		}
	}
	for _, list := range l.asked {
		if l.begins(c, list) > 0 {
			return false
		}
	}
	return !l.answers(c)
}

// answers reports whether a clause begins with small talk or a button.
func (l *language) answers(c []token) bool {
	for n := min(l.longest, len(c)); n > 0; n-- {
		if m, ok := l.closed[key(c[:n])]; ok {
			return m.class == talk || m.class == button
		}
	}
	return false
}

// sentences splits tokens at signs that no word has in it.
func sentences(tokens []token) (all [][]token) {
	from := 0
	for i := 1; i <= len(tokens); i++ {
		if i == len(tokens) || strings.ContainsAny(tokens[i].before, ".,;:!?…。，、；：！？\n–—") {
			all = append(all, tokens[from:i])
			from = i
		}
	}
	return all
}
