package intent

import (
	"slices"
	"strings"
)

// describing settles questions about a picture.
func (r *reading) describing() (Decision, bool) {
	if !r.subject() {
		return Decision{}, false
	}
	changed := slices.ContainsFunc(r.close, func(l *language) bool { return l.changes(r.wish(l)) })
	for _, l := range r.close {
		w := r.wish(l)
		if len(w.tokens) == 0 {
			continue
		}
		d := Decision{Kind: Describe, Language: l.Code, Index: r.named(l)}
		asked := r.asks || l.ends(r.tokens, &l.QuestionEnd) > 0
		switch {
		case l.begins(w.tokens, &l.Prompted) > 0 && w.size <= words(12):
			if r.Attached == 0 {
				d = Decision{Kind: Talk, Topic: Prompted, Language: l.Code}
			}
			return d, true
		case r.Attached > 0 && (l.begins(w.tokens, &l.Describe) > 0 || l.begins(r.tokens, &l.Describe) > 0), l.describes(w), l.begins(w.tokens, &l.Describe) > 0 && w.size <= words(25) && (r.asks || d.Index > 0):
			return d, true
		case l.supposes(w.tokens) && (r.Attached > 0 || w.size <= words(20)):
			d.Kind = Edit
			if r.Attached == 0 && l.holdsArticle(w.tokens) {
				d = Decision{Kind: Draw, Language: l.Code}
			}
			return d, true
		case r.Attached > 0 && l.ends(w.tokens, &l.Describe) > 0 && ideographic(w.tokens[0]):
			return d, true
		case r.Attached > 0 && (l.begins(w.tokens, &l.Task) > 0 || l.begins(r.tokens, &l.Task) > 0 || l.ends(w.tokens, &l.TaskEnd) > 0) && !strings.ContainsAny(r.Words, quotes):
			return Decision{Kind: Talk, Topic: Elsewhere, Language: l.Code}, true
		case r.Attached == 0 && asked && l.begins(w.tokens, &l.DescribeQuestion) > 0 && l.holds(w.tokens, &l.Mention):
			return d, true
		case r.Attached > 0 && l.holds(w.tokens, &l.DescribeInside) && !l.demands(w):
			return d, true
		case r.Attached > 0 && (asked || l.wonders(w)) && !changed:
			return d, true
		}
	}
	return Decision{}, false
}

// describes reports whether a wish is to be told of the picture: of that, and of nothing else in the world.
func (l *language) describes(w wish) bool {
	n := l.begins(w.tokens, &l.Describe)
	return n > 0 && (w.size <= words(6) || w.size <= words(25) && (l.begins(w.tokens[n:], &l.It) > 0 || l.holds(w.tokens, &l.Mention) || l.holds(w.tokens, &l.It)))
}

// quotes are the signs around what is to be written into a picture.
const quotes = "\"“”„«»「」『』"

// supposes reports whether a question asks how something would look: it is answered by a picture.
func (l *language) supposes(t []token) bool {
	return len(l.Suppose)+len(l.Looks) > 0 && (len(l.Suppose) == 0 || l.begins(t, &l.Suppose) > 0) && (len(l.Looks) == 0 || l.holds(t, &l.Looks))
}

// holdsArticle reports whether a question of what would be goes on with something new: "what would a city on Mars …".
func (l *language) holdsArticle(t []token) bool {
	return l.begins(t[l.begins(t, &l.Suppose):], &l.Articles) > 0
}

// wonders reports whether a short question without a mark is about what is there: "who painted this".
func (l *language) wonders(w wish) bool {
	return w.size <= words(8) && l.begins(w.tokens, &l.Question) > 0 && !l.demands(w) && !l.weak(w) && !l.colours(w.tokens) &&
		(l.holds(w.tokens, &l.It) || l.holds(w.tokens, &l.That) || l.holds(w.tokens, &l.Personal))
}

// changes reports whether a question about a picture that came along is a polite wish for a change.
func (l *language) changes(w wish) bool {
	if l.begins(w.tokens, &l.Question) > 0 {
		return false
	}
	return w.can || w.wanted || l.demands(w) || l.weak(w) || l.draws(w) || l.colours(w.tokens)
}
