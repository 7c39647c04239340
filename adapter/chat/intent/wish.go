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
		if m := l.begins(w.tokens, &l.Can); m > n {
			n, w.can = m, true
		}
		if m := l.begins(w.tokens, &l.Wish); m > n {
			n, w.wanted = m, true
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

// pleasantry is how many tokens of small talk begin a text that then goes on: "Great! …", "Thanks, now …".
func (l *language) pleasantry(tokens []token) int {
	for n := min(len(tokens)-1, 10); n > 0; n-- {
		next := tokens[n]
		if !strings.ContainsAny(next.before, sentenceEnd) && l.begins(tokens[n:], &l.And) == 0 {
			continue
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

// strong reports whether a wish asks for a change of what is there, in words that ask for nothing else. Such a wish may
// be long.
func (l *language) strong(w wish) bool {
	return l.demands(w) || l.begins(w.tokens, &l.Articles) == 0 && l.holds(w.tokens, &l.Mention) && w.size <= words(20) && commas(w.tokens) < 3
}

// demands is strong without regard to whether the picture is spoken of.
func (l *language) demands(w wish) bool {
	t := w.tokens
	for n := 1; n > 0; {
		n = l.begins(t, &l.And)
		t = t[n:]
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
	if n := l.begins(t, &l.Draw); n > 0 && l.begins(t[n:], &l.It) > 0 && w.size <= words(10) {
		return true
	}
	if w.wanted && (l.begins(t, &l.It) > 0 || l.begins(t, &l.That) > 0 && w.size <= words(6) || l.compares(t)) {
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
	case l.holds(t, &l.Too) && !l.praises(t) && (w.size <= words(5) || (l.begins(t, &l.That) > 0 || l.begins(t, &l.It) > 0) && w.size <= words(8)):
		return true
	case l.begins(t, &l.It) > 0 && l.ends(t, &l.DrawEnd) > 0:
		return true
	case l.holds(t, &l.Should) && (w.size <= words(5) || (l.begins(t, &l.That) > 0 || l.begins(t, &l.It) > 0) && w.size <= words(10)):
		return true
	}
	return false
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
	case commas(t) > 2 || l.attributes(t):
		return false
	case l.ends(t, &l.WithEnd) > 0 && !indefinite && w.size <= words(4):
		return true
	case l.begins(t, &l.With) > 0 && w.size <= words(12) && commas(t) < 2 && !l.mainClause(t) && (l.begins(t, &l.Compare) == 0 || w.size <= words(6)):
		return true
	case l.begins(t, &l.Place) > 0 && w.size <= words(6) && commas(t) == 0:
		return true
	case l.compares(t) && (w.size <= words(4) || w.size <= words(8) && l.goesOn(t)):
		return true
	case l.begins(t, &l.Brief) > 0 && w.size <= words(5) && !l.drawsObject(t):
		return true
	case w.can && l.holds(t, &l.That) && l.begins(t, &l.Draw) == 0 && w.size <= words(12):
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

// choosing settles a choice or a button whose words go on: "V2 but with snow", "the second one, darker".
func (r *reading) choosing() (Decision, bool) {
	if r.Shown == Nothing || sizeOfAll(r.tokens) > words(20) {
		return Decision{}, false
	}
	for _, l := range r.close {
		if l.first(r.tokens, &l.Names) > 0 {
			continue
		}
		// The likeliest place where the choice ends: a sign, a word such as "but", any.
		for _, ends := range []func(int) bool{
			func(n int) bool { return strings.ContainsAny(r.tokens[n].before, sentenceEnd) },
			func(n int) bool { return l.begins(r.tokens[n:], &l.Link) > 0 },
			nil,
		} {
			for n := len(r.tokens) - 1; n > 0; n-- {
				if ends != nil && !ends(n) {
					continue
				}
				if d, ok := r.chosen(l, n, ends != nil); ok {
					d.Language = l.Code
					return d, true
				}
			}
		}
	}
	return Decision{}, false
}

// chosen reads the first n tokens as a choice and the others as what is wished of it. What is parted from the words before
// may go on from a button, too.
func (r *reading) chosen(l *language, n int, parted bool) (Decision, bool) {
	rest := r.tokens[n:]
	all, ok := l.parts(r.tokens[:n])
	if !ok || len(said(all, shape))+len(said(all, style)) > 0 {
		return Decision{}, false
	}
	buttons, numbers := said(all, button), said(all, number)
	if len(buttons) > 1 || len(numbers) > 1 || len(buttons)+len(numbers) == 0 || n == 1 && len(buttons) == 1 && slices.Contains(vague, buttons[0]) {
		return Decision{}, false
	}
	after := rest
	for m := 1; m > 0; {
		m = max(l.first(after, &l.Particle), l.begins(after, &l.And))
		after = after[m:]
	}
	if len(after) == 0 || len(buttons) > 0 && !parted {
		return Decision{}, false
	}
	if all, ok := l.parts(after); ok && len(said(all, number)) > 0 {
		return Decision{}, false
	}
	goesOn := wish{tokens: after, size: sizeOfAll(after)}
	told := strings.ContainsAny(rest[0].before, ":：") && (len(numbers) > 0 || !slices.Contains(vague, buttons[0]) || l.holds(r.tokens[:n], &l.It)) && !l.draws(r.wish(l))
	asked := len(numbers) > 0 && l.begins(after, &l.Describe) > 0
	if !told && !asked && l.begins(rest, &l.Link) == 0 && !l.strong(goesOn) && !l.weak(goesOn) && !l.colours(after) {
		return Decision{}, false
	}
	d := Decision{Kind: Edit}
	if asked || len(numbers) > 0 && r.asks && l.begins(after, &l.DescribeQuestion) > 0 {
		d.Kind = Describe
	}
	if len(buttons) == 1 {
		if d, ok = pressed(buttons[0], numbers); !ok {
			return d, false
		}
	} else if d.Index, ok = numberOf(numbers[0]); !ok || d.Index == 0 {
		return d, false
	}
	if d.Button == Upscale || d.Button == UpscaleSubtle || d.Button == UpscaleCreative {
		d = Decision{Kind: Edit, Index: d.Index} // there is nothing to be enlarged before the change
	}
	if d.Kind != Describe {
		d.Extra = strings.TrimSpace(r.Words[after[0].at:])
	}
	return d, true
}

// vague are the buttons whose shortest names begin pictures too: "Square with rounded corners", "video with a cat".
var vague = []string{Square, Wider, Taller, Animate, AnimateHigh, ZoomOut, ShowGrid}

// colours reports whether tokens name looks and nothing else.
func (l *language) colours(t []token) bool {
	all, ok := l.cover(t)
	return ok && len(said(all, style)) > 0 && len(said(all, button)) == 0
}

// changing settles wishes that change the picture shown last, and tells a wish for a new one from them.
func (r *reading) changing() (Decision, bool) {
	for _, l := range r.close {
		w := r.wish(l)
		if len(w.tokens) == 0 {
			continue
		}
		d := Decision{Kind: Edit, Language: l.Code, Index: r.named(l)}
		switch {
		case r.subject() && l.strong(w):
			return d, true
		case l.draws(w):
			return Decision{Kind: Draw, Language: l.Code}, r.Attached == 0
		case r.subject() && l.weak(w):
			return d, true
		case !r.subject() && w.size <= words(10) && l.speaksOfIt(w):
			return d, true
		}
	}
	return Decision{}, false
}

// draws reports whether a wish asks for a new picture in so many words.
func (l *language) draws(w wish) bool {
	if n := l.begins(w.tokens, &l.Draw); n > 0 && len(w.tokens) > n {
		return l.begins(w.tokens[n:], &l.It) == 0 || w.size > words(10)
	}
	return l.ends(w.tokens, &l.DrawEnd) > 0 && len(w.tokens) > l.ends(w.tokens, &l.DrawEnd)
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

// named is which picture a longer wish names: "make the second one darker"; 0 if it names none.
func (r *reading) named(l *language) int {
	for i := range r.tokens {
		if l.first(r.tokens[i:], &l.Names) > 0 {
			continue
		}
		for n := min(l.longest, len(r.tokens)-i); n > 1; n-- {
			if m, ok := l.closed[key(r.tokens[i:i+n])]; ok && m.class == number {
				n, _ := numberOf(m.value)
				return n
			}
		}
		for _, p := range l.figured {
			if n := p.match(r.tokens[i:]); n > 0 {
				return n
			}
		}
	}
	return 0
}
