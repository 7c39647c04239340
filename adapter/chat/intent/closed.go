package intent

import (
	"maps"
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

// spoken settles texts that are made of known phrases alone.
func (r *reading) spoken() (Decision, bool) {
	if r.sum() {
		return Decision{Kind: Talk, Topic: Elsewhere}, r.Attached == 0
	}
	for _, l := range r.tongues {
		all, ok := l.cover(r.tokens)
		if !ok {
			all, ok = l.around(r.tokens)
		}
		if m := l.alone[key(r.wish(l).tokens)]; !ok && m.class == number { // "option B please"
			all, ok = []meaning{m}, true
		}
		if ok {
			if d, ok := r.meant(l, all); ok {
				d.Language = l.Code
				if r.bare() {
					d.Language = r.language()
				}
				return d, true
			}
		}
	}
	if topics := r.mixed(); len(topics) > 0 && r.Attached == 0 {
		return talking(topics), true
	}
	return Decision{}, false
}

// longestMixed is more tokens than small talk in two languages has.
const longestMixed = 6

// mixed are what small talk in several languages is about: "perfect, danke".
func (r *reading) mixed() (topics []string) {
	if len(r.tokens) < 2 || len(r.tokens) > longestMixed {
		return nil
	}
	for rest := r.tokens; len(rest) > 0; {
		size := 0
		for n := len(rest); n > 0 && size == 0; n-- {
			for _, code := range slices.Sorted(maps.Keys(languages())) {
				if m := languages()[code].closed[key(rest[:n])]; m.class == talk {
					topics, size = append(topics, m.value), n
					break
				}
			}
		}
		if size == 0 {
			return nil
		}
		rest = rest[size:]
	}
	return topics
}

// sum reports whether a text is a sum: "2+2=".
func (r *reading) sum() bool {
	operators := false
	for i, t := range r.tokens {
		if !figure.MatchString(strings.TrimSuffix(t.text, "x")) && t.text != "x" {
			return false
		}
		operators = operators || i > 0 && strings.ContainsAny(t.before, "+*=%^")
	}
	return operators
}

// bare reports whether a text has no word that tells its language: "2", "U2".
func (r *reading) bare() bool {
	return !slices.ContainsFunc(r.tokens, func(t token) bool { return len([]rune(t.text)) > 1 && !figure.MatchString(t.text) })
}

// meant is what known phrases come to together.
func (r *reading) meant(l *language, all []meaning) (Decision, bool) {
	buttons, numbers, shapes := said(all, button), said(all, number), said(all, shape)
	topics := said(all, talk)
	if r.asks && l.asksHow(r.tokens) && !l.colours(r.wish(l).tokens) || len(buttons) > 0 && len(said(all, style)) > 0 {
		return Decision{}, false
	}
	switch {
	case len(buttons) == 1 && buttons[0] == Reroll && r.subject() && ideographic(r.tokens[0]) && l.begins(r.tokens, &l.That) > l.begins(r.tokens, &l.It): // "背景换一下"
		return Decision{Kind: Edit}, true
	case len(buttons) == 1 && strings.HasPrefix(buttons[0], "pan_") && len(said(all, side)) > 0: // "pan left and up"
		return Decision{Kind: Ask, Topic: OneThing}, true
	case len(buttons)+len(shapes) > 1 && !(len(shapes) == 1 && len(buttons) == 1 && isShape(buttons[0])) || len(numbers) > 1 && !r.zooms(all):
		return Decision{Kind: Ask, Topic: OneThing}, true
	case len(shapes) == 1 && len(said(all, style)) > 0 && r.subject():
		d := r.changed(numbers)
		d.Ratio = shapes[0]
		return d, true
	case len(shapes) == 1:
		d, ok := r.pressed(l, Reshape, all)
		d.Ratio = shapes[0]
		return d, ok && r.subject()
	case len(buttons) == 1 && buttons[0] == Extend && r.Attached == 0 && (r.Shown == Grid || r.Shown == Single): // there is no video to go on
		return Decision{Kind: Ask, Topic: Unclear}, true
	case len(buttons) == 1:
		return r.pressed(l, buttons[0], all)
	case len(said(all, factor)) > 0: // "2x" is how far, and not what
		return Decision{Kind: Ask, Topic: Unclear}, true
	case len(numbers) == 1 && r.Attached == 0:
		if d := r.changed(numbers); len(said(all, style)) > 0 && all[len(all)-1].class != talk && (d.Extra != "" || l.demands(r.wish(l))) {
			return d, true
		}
		n, ok := numberOf(numbers[0])
		if ok && n == 0 && !r.asks {
			return r.nothingAt(n), true
		}
		return Decision{Kind: Pick, Index: n}, ok && n > 0
	case len(said(all, side)) > 0:
		return Decision{Kind: Ask, Topic: Which}, r.Shown == Grid
	case len(said(all, style)) > 0:
		return r.styled(l, all, topics)
	case len(topics) > 0 && r.Attached == 0:
		return talking(topics), !l.strong(r.wish(l))
	case r.subject() && l.begins(r.wish(l).tokens, &l.That) > 0 && l.demands(r.wish(l)): // "背景を変えて"
		return Decision{}, false
	case r.Attached > 0:
		return Decision{Kind: Ask, Topic: WhatWithIt}, true
	case r.Shown == Nothing && !l.holds(r.tokens, &l.It): // a title, such as "The Second"
		return Decision{}, false
	default:
		return Decision{Kind: Ask, Topic: Unclear}, true
	}
}

// nothingAt refuses a number that no picture has.
func (r *reading) nothingAt(n int) Decision {
	if !r.subject() {
		return Decision{Kind: Ask, Topic: NoPicture}
	}
	return Decision{Kind: Refuse, Topic: NoSuchPicture, Index: n}
}

// changed is a change of the picture that a number names, in the words behind the number where they stand alone.
func (r *reading) changed(numbers []string) Decision {
	d := Decision{Kind: Edit}
	if len(numbers) == 0 {
		return d
	}
	if c, ok := r.choosing(); ok && c.Kind == Edit {
		return c
	}
	d.Index, _ = numberOf(numbers[0])
	return d
}

// styled settles a text that names a look: the picture shown last is to have it. "A golden sunset" is a picture of its own,
// and "beautiful sunset" may be either.
func (r *reading) styled(l *language, all []meaning, topics []string) (Decision, bool) {
	switch {
	case !r.subject():
		return Decision{}, false
	case r.Attached > 0:
		return Decision{Kind: Edit}, true
	case r.asksOfLook(l): // "is it red"
		return Decision{Kind: Talk, Topic: Question}, true
	case r.pointsByLook(l, all, topics):
		return Decision{Kind: Ask, Topic: Which}, true
	case l.ends(r.tokens, &l.StyleEnd) == 0 && r.newLook(l):
		return Decision{Kind: Draw}, true
	case l.begins(r.tokens, &l.Articles) > 0 && l.ends(r.tokens, &l.StyleEnd) == 0:
		return Decision{Kind: Ask, Topic: Unclear}, sizeOfAll(r.tokens) <= words(2)
	case slices.Contains(topics, string(Praise)) && l.holds(r.tokens, &l.Is):
		return talking(topics), r.Attached == 0
	case slices.Contains(topics, string(Praise)) && len(clauses(r.tokens)) == 1:
		return Decision{Kind: Ask, Topic: Unclear}, true
	default:
		return Decision{Kind: Edit}, true
	}
}

// asksOfLook reports whether a text asks how the picture looks, and wishes for nothing.
func (r *reading) asksOfLook(l *language) bool {
	w := r.wish(l)
	return l.begins(r.tokens, &l.Question) > 0 && !w.can && !w.wanted && !l.strong(w) && !l.weak(w) && l.begins(r.tokens, &l.May)+l.begins(r.tokens, &l.WhyNot)+l.begins(r.tokens, &l.Suggest) == 0
}

// newLook reports whether a picture of its own is wished for that is called as a look is: "show me a sunset".
func (r *reading) newLook(l *language) bool {
	w := r.wish(l)
	if !slices.Contains(r.close, l) || len(w.tokens) == 0 {
		return false
	}
	if l.wants(r.tokens) {
		return true
	}
	n := l.anew(w.tokens)
	if n > 0 && n < len(w.tokens) && l.begins(w.tokens[n:], &l.It) == 0 {
		return l.begins(w.tokens[n-1:], &l.Articles) > 0 || l.begins(w.tokens[n:], &l.Articles) > 0 || l.begins(w.tokens[n:], &l.Sights) > 0
	}
	if l.ends(w.tokens, &l.DrawEnd) > 0 && l.begins(w.tokens, &l.Sights) > 0 {
		return true
	}
	return (w.wanted || len(w.tokens) < len(r.tokens)) && l.begins(w.tokens, &l.Articles) > 0 && !l.compares(w.tokens)
}

// pointsByLook reports whether a look tells which of several pictures is meant: "the red one".
func (r *reading) pointsByLook(l *language, all []meaning, topics []string) bool {
	return r.Shown == Grid && len(topics) == 0 && all[0].class == filler && slices.Contains(r.close, l) &&
		l.begins(r.tokens, &l.That) > 0 && sizeOfAll(r.tokens) <= words(3) &&
		!slices.ContainsFunc(r.close, func(l *language) bool { return l.strong(r.wish(l)) || l.weak(r.wish(l)) })
}

func isShape(b string) bool { return b == Wider || b == Taller || b == Square || b == Reshape }

// talking is the line that small talk is answered with: a question before thanks, thanks before praise.
func talking(topics []string) Decision {
	for _, t := range talkOrder {
		if slices.Contains(topics, string(t)) {
			if t == Dislike || t == Unclear {
				return Decision{Kind: Ask, Topic: t}
			}
			return Decision{Kind: Talk, Topic: t}
		}
	}
	return Decision{Kind: Talk, Topic: Topic(topics[0])}
}
