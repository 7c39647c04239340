package intent

import (
	"slices"
	"strings"
)

// going settles thanks that go on: "thanks for the help".
func (r *reading) going() (Decision, bool) {
	for _, l := range r.close {
		if r.Attached == 0 && l.begins(r.tokens, &l.ThanksFor) > 0 && sizeOfAll(r.tokens) <= words(10) && commas(r.tokens) < 2 && !l.holds(r.tokens, &l.Object) && !l.made(r.tokens) && !l.goesOnWishing(r.tokens) && !l.pictured(r.tokens) {
			return Decision{Kind: Talk, Topic: Thanks, Language: l.Code}, true
		}
	}
	return Decision{}, false
}

// goesOnWishing reports whether a later clause asks for a change: "Thanks for that, now make it blue".
func (l *language) goesOnWishing(tokens []token) bool {
	all := clauses(tokens)
	return len(all) > 1 && slices.ContainsFunc(all[1:], func(c []token) bool { return l.strong(wish{tokens: c, size: sizeOfAll(c)}) })
}

// elsewhere settles questions to the assistant, and wishes that no picture answers.
func (r *reading) elsewhere() (Decision, bool) {
	if r.Attached > 0 {
		return Decision{}, false
	}
	for _, l := range r.close {
		if topic, ok := r.asked(l); ok {
			d := talking([]string{string(topic)})
			d.Language = l.Code
			return d, true
		}
	}
	return Decision{}, false
}

// asksHow reports whether a question is about how a thing is done here or what it costs, and no wish for it.
func (l *language) asksHow(tokens []token) bool {
	if l.begins(tokens, &l.Wish) > 0 {
		return false
	}
	for _, t := range []Topic{Help, Cost} {
		if list := l.asked[t]; list != nil && l.begins(tokens, list) > 0 {
			return true
		}
	}
	return false
}

func (r *reading) asked(l *language) (Topic, bool) {
	w := r.wish(l)
	size := sizeOfAll(r.tokens)
	if !r.asks && l.pictured(r.tokens) {
		return "", false
	}
	question := r.asks || l.ends(r.tokens, &l.QuestionEnd) > 0
	for _, t := range talkOrder {
		if r.subject() && (t == Dislike && l.goesOnWishing(r.tokens) || t == Help && (w.can || w.wanted) && l.demands(w)) {
			continue
		}
		if t == Help && l.wants(r.tokens) || (t == Help || t == Question) && w.can && l.newThing(w.tokens) {
			continue
		}
		if list := l.asked[t]; list != nil && size <= words(25) && (l.begins(r.tokens, list) > 0 || l.begins(w.tokens, list) > 0) {
			return t, true
		}
		if list := l.askedInside[t]; list != nil && size <= words(12) && l.holds(r.tokens, list) {
			return t, true
		}
	}
	switch {
	case (l.begins(w.tokens, &l.Elsewhere) > 0 || l.ends(w.tokens, &l.ElsewhereEnd) > 0) && !l.made(w.tokens):
		return Elsewhere, true
	case len(w.tokens) == 0:
		return Help, w.can
	case l.draws(w) || r.subject() && (l.strong(w) || l.weak(w)):
		return "", false
	case r.asks && size <= words(25) && (w.can || l.begins(w.tokens, &l.Question) > 0 || l.holds(w.tokens, &l.QuestionInside)):
		return Question, true
	case r.subject() && !r.asks && size <= words(12) && l.begins(w.tokens, &l.Question) > 0 && l.holds(w.tokens, &l.Mention):
		return Question, true
	case !r.asks && (r.Shown == Nothing || size > words(5)) && size <= words(8) && commas(r.tokens) == 0 && !w.can && !w.wanted && r.unmarked(l):
		return Question, true
	case question && !r.asks && size <= words(15):
		return Question, true
	}
	return "", false
}

// unmarked reports whether a text without a question mark is a question: "do you love me", "what is the meaning of life".
// A title begins so, too, where no picture was shown and nobody is spoken to.
func (r *reading) unmarked(l *language) bool {
	n := l.begins(r.tokens, &l.Question)
	if n == 0 || n == len(r.tokens) || l.begins(r.tokens, &l.May)+l.begins(r.tokens, &l.Having)+l.begins(r.tokens, &l.WhyNot)+l.begins(r.tokens, &l.Suggest)+l.begins(r.tokens, &l.Suppose) > 0 {
		return false
	}
	rest := r.tokens[n:]
	if l.closed[r.tokens[0].text].class != talk {
		return l.begins(rest, &l.Personal) > 0
	}
	return l.begins(rest, &l.Question) > 0 && (r.subject() || l.holds(rest, &l.Personal))
}

// newThing reports whether a text draws what an article follows or ends the verb of: "draw a bicycle".
func (l *language) newThing(t []token) bool {
	n := l.begins(t, &l.Draw)
	return n > 0 && n < len(t) && (l.begins(t[n:], &l.Articles) > 0 || l.begins(t[n-1:], &l.Articles) > 0) && !l.compares(t[n:])
}

// having settles such a wish.
func (r *reading) having() (Decision, bool) {
	for _, l := range r.close {
		if r.Attached == 0 && l.wants(r.tokens) && !l.strong(r.wish(l)) && !l.holds(r.tokens, &l.Mention) {
			return Decision{Kind: Draw, Language: l.Code}, true
		}
	}
	return Decision{}, false
}

// wants reports whether a thing is asked for that is not there: "can I have a cat", "kann ich eine Katze haben".
func (l *language) wants(t []token) bool {
	n := l.begins(t, &l.Having)
	if len(l.Having) == 0 {
		n = l.ends(t, &l.HavingEnd)
		return n > 0 && n < len(t) && l.begins(t, &l.It) == 0 && l.begins(t, &l.That) == 0
	}
	if n == 0 || n == len(t) || l.begins(t, l.asked[Help]) > n {
		return false
	}
	rest := t[n:]
	if l.compares(rest) || l.begins(rest, &l.It) > 0 {
		return false
	}
	return len(l.HavingEnd) == 0 || l.ends(rest, &l.HavingEnd) > 0
}

// chatting settles praise in sentences: "Love it! The colours are wonderful."
func (r *reading) chatting() (Decision, bool) {
	if r.Attached > 0 || sizeOfAll(r.tokens) > words(25) {
		return Decision{}, false
	}
	for _, l := range r.close {
		var topics []string
		praised := true
		for _, c := range clauses(r.tokens) {
			found, ok := l.comment(c, r.subject())
			topics = append(topics, found...)
			praised = praised && ok
		}
		if praised && len(topics) > 0 && !l.strong(r.wish(l)) {
			d := talking(topics)
			d.Language = l.Code
			return d, true
		}
	}
	return Decision{}, false
}

// clauses splits tokens where a sentence may end: not within a word, such as t-shirt.
func clauses(tokens []token) (all [][]token) {
	from := 0
	for i := 1; i <= len(tokens); i++ {
		if i == len(tokens) || tokens[i].before != "-" && strings.ContainsAny(tokens[i].before, sentenceEnd) {
			all = append(all, tokens[from:i])
			from = i
		}
	}
	return all
}

// comment is the small talk that a clause is: known phrases or, where pictures are there, something in them and how it is.
func (l *language) comment(c []token, there bool) ([]string, bool) {
	if all, ok := l.cover(c); ok {
		return said(all, talk), len(said(all, button))+len(said(all, number))+len(said(all, style)) == 0
	}
	if !there || l.begins(c, &l.That) == 0 && l.begins(c, &l.It) == 0 {
		return nil, false
	}
	for i := 1; i < len(c); i++ {
		n := l.begins(c[i:], &l.Is)
		if n == 0 {
			continue
		}
		if all, ok := l.cover(c[i+n:]); ok && len(said(all, talk)) > 0 {
			return said(all, talk), true
		}
	}
	return nil, false
}
