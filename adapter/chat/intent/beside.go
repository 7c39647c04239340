package intent

// beside settles questions about a picture as a thing that somebody owns, keeps and sells, and about what is no picture at
// all: days and meals.
func (r *reading) beside() (Decision, bool) {
	if r.Attached > 0 || r.Shown == Nothing || len(r.tokens) == 0 {
		return Decision{}, false
	}
	for _, l := range r.close {
		w := r.wish(l)
		if len(w.tokens) == 0 || !l.questions(r, w) || l.pictured(r.tokens) {
			continue
		}
		if w.size <= words(6) && l.day(w.tokens) {
			return Decision{Kind: Ask, Topic: Unclear, Language: l.Code}, true
		}
		marked := ideographic(w.tokens[0]) && (r.asks || l.ends(r.tokens, &l.QuestionEnd) > 0)
		if w.size <= words(12) && l.holds(r.tokens, &l.Rights) && (marked || !l.demands(w) && !l.draws(w)) {
			return Decision{Kind: Talk, Topic: Help, Language: l.Code}, true
		}
	}
	return Decision{}, false
}

// questions reports whether a text is a question, with or without its mark.
func (l *language) questions(r *reading, w wish) bool {
	return r.asks || w.wanted || l.begins(w.tokens, &l.Question) > 0 || l.begins(r.tokens, &l.Question) > 0 || l.begins(r.tokens, &l.And) > 0 ||
		l.ends(r.tokens, &l.QuestionEnd) > 0 || l.holds(r.tokens, &l.QuestionInside)
}

// day reports whether the last words of a question, or all but the last, are a day: "what about Tuesday".
func (l *language) day(t []token) bool {
	for end := len(t); end > 0 && end > len(t)-4; end-- {
		if l.ends(t[:end], &l.Days) > 0 && (end == len(t) || ideographic(t[0]) || end == len(t)-1) {
			return true
		}
	}
	return false
}
