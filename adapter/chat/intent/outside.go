package intent

import (
	"regexp"
	"slices"
	"strings"
)

// outside settles what no picture answers: files that are to be handed over, texts that are wished for, code, sums, and
// questions of why, when and by whom. What names a thing with a picture on it, or goes on to a scene, is none of these.
func (r *reading) outside() (Decision, bool) {
	if r.Attached > 0 || len(r.tokens) == 0 || r.flags != "" {
		return Decision{}, false
	}
	for _, l := range r.close {
		w := r.wish(l)
		if len(w.tokens) == 0 || l.thing(r.tokens) {
			continue
		}
		elsewhere := Decision{Kind: Talk, Topic: Elsewhere, Language: l.Code}
		if r.code() && l.begins(r.tokens, &l.Articles) == 0 && l.begins(w.tokens, &l.Draw) == 0 {
			return Decision{Kind: Talk, Topic: Elsewhere, Language: r.hinted()}, true
		}
		if l.pictured(r.tokens) || l.made(r.tokens) {
			continue
		}
		switch {
		case r.calculates(l, w),
			r.hands(l, w), l.letters(r, w), w.size <= words(6) && (l.frames(w.tokens, &l.Utter) || l.frames(r.tokens, &l.Utter)):
			return elsewhere, true
		case w.size <= words(12) && r.wondersWhy(l, w):
			return Decision{Kind: Talk, Topic: Question, Language: l.Code}, true
		}
	}
	return Decision{}, false
}

// frames reports whether tokens begin with a phrase of a list or, where verbs stand last and no blanks part the words,
// end with one.
func (l *language) frames(t []token, list *phrases) bool {
	return len(t) > 0 && (l.begins(t, list) > 0 || ideographic(t[0]) && l.ends(t, list) > 0)
}

// hands reports whether a file is to be handed over, kept, printed or thrown away: "send me the link", "save it".
func (r *reading) hands(l *language, w wish) bool {
	t := w.tokens
	if w.size > words(9) {
		return false
	}
	t = t[:len(t)-l.ends(t, &l.HavingEnd)]
	file := l.ends(t, &l.Files)
	if file > 0 && (len(t) > 1 && file == len(t) || r.subject() && file == len(t) || (w.wanted || w.can || len(t) < len(r.tokens) || l.begins(t, &l.Tell) > 0) && l.plain(t[:len(t)-file])) {
		return true
	}
	if n := l.begins(t, &l.Errand); n > 0 && l.handed(t[n:], ideographic(t[0])) {
		return true
	}
	for _, t := range [][]token{t, r.tokens} {
		if n := l.ends(t, &l.Errand); n > 0 && ideographic(t[len(t)-1]) && l.handed(t[:len(t)-n], true) {
			return true
		}
	}
	return false
}

// handed reports whether what stands beside such a verb is the picture, or where a file goes to.
func (l *language) handed(t []token, anywhere bool) bool {
	return l.plain(t) || l.ends(t, &l.Files) > 0 || l.ends(t, &l.Others) > 0 && l.begins(t, &l.Others) < len(t)-1 || anywhere && l.holds(t, &l.Files)
}

// plain reports whether tokens say nothing: they stand for the picture, or are words beside it.
func (l *language) plain(t []token) bool {
	if len(t) == 0 || l.begins(t, &l.It) == len(t) {
		return true
	}
	all, ok := l.parts(t)
	return ok && !slices.ContainsFunc(all, func(m meaning) bool { return m.class != filler })
}

// longestBefore is how many tokens may stand between a verb and the text that it asks for: "ten really good".
const longestBefore = 4

// letters reports whether a text is wished for: "give me ten ideas for pictures".
func (l *language) letters(r *reading, w wish) bool {
	t := w.tokens
	told := l.frames(t, &l.Tell) || l.frames(r.tokens, &l.Tell)
	if w.size > words(12) || !told && !w.wanted && !(r.asks && w.size <= words(4)) {
		return false
	}
	if ideographic(t[0]) {
		return l.ends(t, &l.Texts) > 0 || (l.ends(t, &l.Tell) > 0 || l.ends(r.tokens, &l.Tell) > 0) && l.holds(t, &l.Texts)
	}
	from := l.begins(t, &l.Tell)
	for i := from; i < len(t) && i <= from+longestBefore; i++ {
		n := l.begins(t[i:], &l.Texts)
		if n == 0 || i > from && l.ends(t[from:i], &l.About)+l.ends(t[from:i], &l.That) > 0 { // "a page of titles"
			continue
		}
		rest := t[i+n:]
		if len(rest) == 0 || strings.ContainsAny(rest[0].before, sentenceEnd) || l.begins(rest, &l.About) > 0 {
			return true
		}
	}
	return false
}

// wondersWhy reports whether a question asks why something is as it is or, where a picture was shown, when, where and by
// whom that was made.
func (r *reading) wondersWhy(l *language, w wish) bool {
	shown := r.Shown != Nothing
	if shown && (l.frames(w.tokens, &l.Origin) || l.frames(r.tokens, &l.Origin)) {
		return true
	}
	t := r.tokens
	n := l.begins(t, &l.Why)
	if n == 0 {
		t = w.tokens
		n = l.begins(t, &l.Why)
	}
	return n > 0 && n < len(t) && l.begins(t, &l.WhyNot) == 0 && commas(t) == 0 && (shown || !ideographic(t[0]) && l.begins(t[n:], &l.Question) > 0)
}

// hinted is the language of an answer to what is in none: the one that was written before.
func (r *reading) hinted() string {
	if languages()[r.Turn.Language] != nil {
		return r.Turn.Language
	}
	return "en"
}

// address reports whether a text is an address, a date, a price or a telephone number and nothing else.
func (r *reading) address() bool { return address.MatchString(strings.TrimSpace(r.Words)) }

var (
	address = regexp.MustCompile(`^(?:(?:https?://|www\.)\S+|[^\s@]+@[^\s@]+\.[a-z]+|[\d\s.,:/+$€£¥%()-]*\d[\d\s.,:/+$€£¥%()-]*)$`)
	sum     = regexp.MustCompile(`[0-9]\s*[*+÷^]\s*[0-9]`)
)

// calculates reports whether a question asks for the result of a sum: "what is 12*7".
func (r *reading) calculates(l *language, w wish) bool {
	figures := 0
	for _, t := range w.tokens {
		if figure.MatchString(t.text) {
			figures++
		}
	}
	return w.size <= words(8) && figures > 1 && (l.questions(r, w) || strings.HasSuffix(strings.TrimSpace(r.Words), "=")) &&
		(sum.MatchString(r.Words) || figure.MatchString(w.tokens[len(w.tokens)-1].text) && l.begins(w.tokens, &l.Question) > 0)
}

// code reports whether a text is written for a machine, or a word about such a text and a colon lead to one.
func (r *reading) code() bool {
	matches := func(p *regexp.Regexp) bool { return p.MatchString(r.Words) }
	return slices.ContainsFunc(r.close[0].code, matches) && !slices.ContainsFunc(r.close[0].scenes, matches)
}
