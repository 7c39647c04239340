package intent

import (
	"maps"
	"slices"
	"strings"
)

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
