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
	return l.compound(all[0]) && (l.holds(last, &l.Medium) || l.colours(last))
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
