package intent

import "slices"

// remarking settles what people tell beside their wishes: thanks in sentences, what they will do with a picture, and what
// others think of it. Every clause must be of that kind: what goes on with anything else is a picture.
func (r *reading) remarking() (Decision, bool) {
	if r.Attached > 0 || len(r.tokens) == 0 || sizeOfAll(r.tokens) > words(20) {
		return Decision{}, false
	}
	if slices.ContainsFunc(r.close, func(l *language) bool { return l.draws(r.wish(l)) }) {
		return Decision{}, false
	}
	for _, l := range r.close {
		topics, ok := r.remarks(l)
		if !ok || l.demands(r.wish(l)) {
			continue
		}
		if n := r.named(l); n > 0 && r.Shown == Grid && !slices.Contains(topics, string(Unclear)) {
			return Decision{Kind: Pick, Index: n, Language: l.Code}, true
		}
		d := talking(topics)
		d.Language = l.Code
		return d, true
	}
	return Decision{}, false
}

// remarks are what the clauses of a text are about, if all of them are small talk and one is a remark, or thanks.
func (r *reading) remarks(l *language) (topics []string, ok bool) {
	told, open := false, false
	for _, c := range clauses(r.tokens) {
		if topic, ok := l.remark(c, r.subject()); ok {
			topics, told = append(topics, string(topic)), true
			continue
		}
		found, ok := l.comment(c, r.subject())
		switch {
		case ok:
			topics = append(topics, found...)
		case l.thanks(c):
			topics, told = append(topics, string(Thanks)), true
		case l.tells(c), l.ends(c, &l.Vocative) == len(c):
			open = true
		default:
			return nil, false
		}
	}
	return topics, told || open && slices.Contains(topics, string(Thanks))
}

// remark is what a clause is about that no description begins or ends like.
func (l *language) remark(c []token, there bool) (Topic, bool) {
	if topic, ok := l.told(c, there); ok {
		return topic, true
	}
	return Praise, there && l.exclaims(c)
}

// told is remark of what stands in the lists. Where no picture is there, nothing but what stands for one may follow.
func (l *language) told(c []token, there bool) (Topic, bool) {
	w := wish{tokens: c, size: sizeOfAll(c)}
	if l.demands(w) || l.draws(w) || !there && l.thing(c) {
		return "", false
	}
	for _, t := range talkOrder {
		if list := l.remarks[t]; list != nil {
			if n := l.begins(c, list); n > 0 && (there && l.begins(c[n:], &l.Articles) == 0 || n == len(c) || l.onlyIt(c[n:]) || l.ends(c[:n], &l.It) > 0 && l.ends(c[:n], &l.Articles) == 0) {
				return t, true
			}
		}
		if list := l.remarkEnd[t]; list != nil && w.size <= words(10) && l.ends(c, list) > 0 {
			return t, true
		}
	}
	return Praise, l.reports(c, there)
}

// onlyIt reports whether tokens stand for the picture and say no more than how much.
func (l *language) onlyIt(t []token) bool {
	n := l.begins(t, &l.It)
	if n == 0 {
		return false
	}
	_, known := l.cover(t[n:])
	return n == len(t) || known
}

// exclaims reports whether praise of more than a word is followed by what is praised: "so cute this fox".
func (l *language) exclaims(c []token) bool {
	for n := min(len(c)-1, l.longest); n > 1; n-- {
		if all, ok := l.cover(c[:n]); ok && only(all, Praise) && all[len(all)-1].class == talk && l.begins(c[n:], &l.That) > 0 && sizeOfAll(c[n:]) <= words(3) {
			return true
		}
	}
	return false
}

// reports tells what others think of a picture: "my daughter will love it", and no more than that.
func (l *language) reports(c []token, there bool) bool {
	n := l.begins(c, &l.Others)
	if n == 0 {
		return false
	}
	rest := c[n:]
	if ideographic(c[0]) {
		return l.ends(rest, &l.OthersDo) > 0
	}
	if l.ends(rest, &l.It) > 0 && l.begins(rest, &l.It) == 0 && sizeOfAll(c) <= words(10) && l.holds(rest, &l.OthersDo) {
		return there || l.begins(rest, &l.OthersDo)+l.ends(rest, &l.It) == len(rest)
	}
	if n = l.begins(rest, &l.It); n > 0 && n < len(rest) && l.begins(rest[n:], &l.OthersDo) == len(rest)-n { // "ma fille l'adore"
		return true
	}
	if n = l.begins(rest, &l.OthersDo); n == 0 {
		return false
	}
	rest = rest[n:]
	if len(rest) == 0 {
		return there || n > 1
	}
	all, known := l.cover(rest)
	return l.onlyIt(rest) || there && known && len(said(all, talk)) > 0
}

// thanks reports whether a clause thanks somebody by name: "thanks a lot mate".
func (l *language) thanks(c []token) bool {
	n := l.ends(c, &l.Vocative)
	if n == 0 || n == len(c) {
		return false
	}
	all, ok := l.cover(c[:len(c)-n])
	return ok && only(all, Thanks)
}

// only reports whether meanings are small talk about a topic and nothing else.
func only(all []meaning, t Topic) bool {
	return slices.Equal(said(all, talk), []string{string(t)}) && !slices.ContainsFunc(all, func(m meaning) bool { return m.class != talk && m.class != filler })
}

// tells reports whether a clause beside thanks says something of who talks, or how a thing is, and wishes for nothing.
func (l *language) tells(c []token) bool {
	w := wish{tokens: c, size: sizeOfAll(c)}
	if l.strong(w) || l.weak(w) || l.draws(w) || l.begins(c, &l.Articles) > 0 || l.begins(c, &l.Wish) > 0 || l.begins(c, &l.Can) > 0 {
		return false
	}
	return l.personal(c) || (l.begins(c, &l.That) > 0 || l.begins(c, &l.It) > 0) && l.holds(c, &l.Is)
}
