package intent

import (
	"slices"
	"strings"
)

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
	if !ok && parted && n > 1 {
		all, ok = l.cover(r.tokens[:n])
	}
	if !ok && n <= longestAround && (parted || l.begins(rest, &l.Moving) > 0) {
		all, ok = l.around(r.tokens[:n])
	}
	if !ok || len(said(all, style)) > 0 {
		return Decision{}, false
	}
	if len(said(all, button)) == 1 && strings.HasPrefix(said(all, button)[0], "pan_") && len(said(all, number)) == 0 {
		if slices.ContainsFunc(r.close, func(l *language) bool { return l.standsOn(rest) }) {
			return Decision{}, false
		}
	}
	buttons, numbers, shapes := said(all, button), said(all, number), said(all, shape)
	if len(shapes) > 0 { // a ratio that is said of the picture is a button, too
		if len(shapes)+len(buttons)+len(numbers) > 1 || !parted || !r.subject() || !l.holds(r.tokens[:n], &l.It) {
			return Decision{}, false
		}
		buttons = []string{Reshape}
	}
	if len(buttons) > 1 || len(numbers) > 1 || len(buttons)+len(numbers) == 0 || n == 1 && len(buttons) == 1 && slices.Contains(vague, buttons[0]) {
		return Decision{}, false
	}
	after := rest
	for m := 1; m > 0; {
		m = max(l.first(after, &l.Particle), l.begins(after, &l.And))
		after = after[m:]
	}
	if d, ok := r.enlarged(l, numbers, buttons, after); ok {
		return d, true
	}
	if d, ok := r.another(l, all, rest); ok {
		return d, true
	}
	if len(after) > 0 && len(buttons) == 1 && l.moves(buttons[0], numbers, r.tokens[:n], rest) && !l.draws(r.wish(l)) {
		d, ok := r.pressed(l, buttons[0], all)
		d.Extra = strings.TrimSpace(r.Words[after[0].at:])
		return d, ok
	}
	if len(after) == 0 || len(buttons) > 0 && !parted {
		return Decision{}, false
	}
	if all, ok := l.parts(after); ok && len(said(all, number)) > 0 {
		return Decision{}, false
	}
	if _, two := r.number(l, after); two > 0 && len(numbers) > 0 && l.begins(rest, &l.Plus) > 0 { // "first and second …"
		return Decision{}, false
	}
	goesOn := wish{tokens: after, size: sizeOfAll(after)}
	if len(buttons) == 1 && (buttons[0] == Undo || buttons[0] == ShowGrid) && l.begins(rest, &l.And) == 0 && !l.strong(goesOn) && !strings.ContainsAny(rest[0].before, sentenceEnd) {
		return Decision{}, false // "go back in time"
	}
	told := strings.ContainsAny(rest[0].before, ":：") && (len(numbers) > 0 || !slices.Contains(vague, buttons[0]) || l.holds(r.tokens[:n], &l.It)) && !l.draws(r.wish(l))
	asked := len(numbers) > 0 && l.begins(after, &l.Describe) > 0
	if !told && !asked && l.begins(rest, &l.Link) == 0 && !l.strong(goesOn) && !l.weak(goesOn) && (!l.colours(after) || l.holds(after, &l.That) || l.ends(r.tokens[:n], &l.That) > 0) {
		return Decision{}, false
	}
	d := Decision{Kind: Edit}
	if asked || len(numbers) > 0 && r.asks && l.begins(after, &l.DescribeQuestion) > 0 {
		d.Kind = Describe
	}
	if len(buttons) == 1 {
		if d, ok = r.pressed(l, buttons[0], all); !ok {
			return d, false
		}
		if len(shapes) == 1 {
			d.Ratio = shapes[0]
		}
	} else if d.Index, ok = numberOf(numbers[0]); !ok {
		return d, false
	} else if d.Index == 0 {
		return r.nothingAt(0), true
	}
	if d.Button == Upscale || d.Button == UpscaleSubtle || d.Button == UpscaleCreative {
		d = Decision{Kind: Edit, Index: d.Index} // there is nothing to be enlarged before the change
	}
	if d.Kind != Describe {
		d.Extra = strings.TrimSpace(r.Words[after[0].at:])
	}
	return d, true
}

// standsOn reports whether the words behind a side say where a thing is, and go on: "pan left on a stove, lid on the right".
func (l *language) standsOn(rest []token) bool {
	at := rest[l.begins(rest, &l.Place):]
	return l.begins(at, &l.Articles) > 0 && !l.compares(at) && l.begins(at, &l.Degree) == 0 && !strings.ContainsAny(rest[0].before, sentenceEnd) && len(sentences(rest)) > 1
}

// enlarged is the upscale that a choice of a picture goes on to wish: "the second one bigger".
func (r *reading) enlarged(l *language, numbers, buttons []string, after []token) (Decision, bool) {
	for n := 1; n > 0 && len(after) > 0; {
		n = l.ends(after, &l.Courtesy)
		after = after[:len(after)-n]
	}
	if len(numbers) != 1 || len(buttons) > 0 || len(after) == 0 || l.begins(after, &l.Bigger) != len(after) {
		return Decision{}, false
	}
	n, ok := numberOf(numbers[0])
	return Decision{Kind: Press, Button: Upscale, Index: n}, ok && n > 0
}

// another is the new picture that follows the wish for another one: "something else: a lighthouse at dusk".
func (r *reading) another(l *language, all []meaning, rest []token) (Decision, bool) {
	w := wish{tokens: rest, size: sizeOfAll(rest)}
	if !slices.Equal(said(all, button), []string{Reroll}) || len(said(all, number)) > 0 || !strings.ContainsAny(rest[0].before, ":：") ||
		l.begins(rest, &l.Link) > 0 || l.strong(w) || l.weak(w) || l.colours(rest) {
		return Decision{}, false
	}
	return Decision{Kind: Draw, Extra: strings.TrimSpace(r.Words[rest[0].at:])}, true
}

// longestAround is more tokens than a button with a number in it has.
const longestAround = 20

// moves reports whether a text goes on from a video of a picture to what moves in it: "animate it, the fox runs away".
func (l *language) moves(button string, numbers []string, words, rest []token) bool {
	return (button == Animate || button == AnimateHigh) && (len(numbers) > 0 || l.holds(words, &l.It)) &&
		(strings.ContainsAny(rest[0].before, sentenceEnd) || l.begins(rest, &l.Moving) > 0)
}

// vague are the buttons whose shortest names begin pictures too: "Square with rounded corners", "video with a cat".
var vague = []string{Square, Wider, Taller, Animate, AnimateHigh, ZoomOut, ShowGrid}

// colours reports whether tokens name looks and nothing else.
func (l *language) colours(t []token) bool {
	all, ok := l.cover(t)
	return ok && len(said(all, style)) > 0 && len(said(all, button))+len(said(all, talk)) == 0 && l.begins(t, &l.That) == 0 && l.ends(t, &l.It) == 0
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
