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
		case r.Attached > 0 && (r.reports(l, w) || r.answered(l)):
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

// reports reports whether a text about a picture that came along is to be made of it: "convert this receipt to CSV".
func (r *reading) reports(l *language, w wish) bool {
	t := w.tokens
	if strings.ContainsAny(r.Words, quotes) || l.titled(t) || l.thing(t) && !l.holds(t, &l.It) || l.made(t) || l.holds(r.tokens, &l.Inscribed) || l.translatesThere(t) {
		return false
	}
	if l.begins(t, &l.Report) > 0 || l.begins(r.tokens, &l.Report) > 0 || l.ends(t, &l.ReportEnd) > 0 || l.ends(r.tokens, &l.ReportEnd) > 0 {
		return !l.goesOnWishing(r.tokens)
	}
	n := max(l.begins(t, &l.Into), l.begins(r.tokens, &l.Into))
	return n > 0 && !l.drawsObject(t[min(n, len(t)):]) && (l.ends(t, &l.FormatEnd) > 0 || l.holds(t, &l.Format))
}

// translatesThere reports whether a text ends with a language and the picture: "translate the sign into German in the picture".
func (l *language) translatesThere(t []token) bool {
	it := l.ends(t, &l.It)
	before := t[:len(t)-it]
	return it > 0 && len(before) > 2 && l.begins(before[len(before)-1:], &l.Place) > 0 && before[len(before)-2].great && !t[0].great
}

// answered reports whether a text asks about a picture that came along and says how to answer: "Is this safe? Yes or no."
func (r *reading) answered(l *language) bool {
	asked, told := false, false
	from := 0
	for i := 1; i <= len(r.tokens); i++ {
		ended := i == len(r.tokens)
		if !ended && !strings.ContainsAny(r.tokens[i].before, ".;:!?…。；：！？\n") {
			continue
		}
		part := *r
		part.tokens = r.tokens[from:i]
		w := part.wish(l)
		question := !ended && strings.ContainsAny(r.tokens[i].before, "?？") || ended && r.asks
		from = i
		answer := l.begins(part.tokens, &l.Answer) > 0 || l.begins(w.tokens, &l.Answer) > 0 || l.ends(w.tokens, &l.AnswerEnd) > 0 || l.ends(part.tokens, &l.AnswerEnd) > 0
		switch {
		case len(w.tokens) == 0:
		case answer && !question && !l.strong(w) && !l.draws(w):
			told = true
		case l.changes(w):
			return false
		case question || l.ends(part.tokens, &l.QuestionEnd) > 0 || l.begins(w.tokens, &l.Question) > 0:
			asked = true
		default:
			return false
		}
	}
	return asked && told
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
	return w.size <= words(8) && l.begins(w.tokens, &l.Question) > 0 && !l.demands(w) && !l.weak(w) && !l.colours(w.tokens) && !l.goesOnWishing(w.tokens) &&
		(l.begins(w.tokens, &l.DescribeQuestion) > 0 && !ideographic(w.tokens[0]) && commas(w.tokens) == 0 && !l.pictured(w.tokens) || l.holds(w.tokens, &l.It) || l.holds(w.tokens, &l.That) || l.holds(w.tokens, &l.Personal))
}

// changes reports whether a question about a picture that came along is a polite wish for a change.
func (l *language) changes(w wish) bool {
	if l.begins(w.tokens, &l.Question) > 0 {
		return false
	}
	return w.can || w.wanted || l.demands(w) || l.weak(w) || l.draws(w) || l.colours(w.tokens)
}
