package intent

import "slices"

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
