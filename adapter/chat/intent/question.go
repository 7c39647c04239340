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

// going settles thanks that go on: "thanks for the help".
func (r *reading) going() (Decision, bool) {
	for _, l := range r.close {
		if r.Attached == 0 && l.begins(r.tokens, &l.ThanksFor) > 0 && sizeOfAll(r.tokens) <= words(10) && commas(r.tokens) < 2 && !l.holds(r.tokens, &l.Object) && !l.made(r.tokens) && !l.goesOnWishing(r.tokens) {
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
	question := r.asks || l.ends(r.tokens, &l.QuestionEnd) > 0
	for _, t := range talkOrder {
		if r.subject() && (t == Dislike && l.goesOnWishing(r.tokens) || t == Help && w.can && l.demands(w)) {
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
	case question && !r.asks && size <= words(15):
		return Question, true
	}
	return "", false
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

// clauses splits tokens where a sentence may end.
func clauses(tokens []token) (all [][]token) {
	from := 0
	for i := 1; i <= len(tokens); i++ {
		if i == len(tokens) || strings.ContainsAny(tokens[i].before, sentenceEnd) {
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

// unclear asks back what stays short and says too little. Asking is free.
func (r *reading) unclear() (Decision, bool) {
	if r.Attached > 0 || r.Shown == Nothing || len(r.tokens) == 0 {
		return Decision{}, false
	}
	size := sizeOfAll(r.tokens)
	if r.flags != "" { // who writes parameters wants it drawn
		return Decision{}, false
	}
	if r.asks && size <= words(4) {
		return Decision{Kind: Ask, Topic: Unclear}, true
	}
	for _, l := range r.close {
		if l.begins(r.tokens, &l.Articles) > 0 {
			return Decision{Kind: Ask, Topic: Unclear, Language: l.Code}, l.holds(r.tokens, &l.Compare) && size <= words(4)
		}
	}
	for _, l := range r.close {
		if d, ok := r.doubtful(l, size); ok {
			d.Language = l.Code
			return d, true
		}
	}
	return Decision{Kind: Ask, Topic: Unclear}, size <= words(2)
}

// doubtful settles what is longer than two words and yet describes no picture.
func (r *reading) doubtful(l *language, size int) (Decision, bool) {
	unclear := Decision{Kind: Ask, Topic: Unclear}
	w := r.wish(l)
	if l.draws(w) || w.wanted || l.holds(r.tokens, &l.Object) {
		return Decision{}, false
	}
	if d, ok := r.mended(l, size); ok {
		return d, true
	}
	thing := l.begins(r.tokens, &l.That) > 0 || l.begins(r.tokens, &l.It) > 0
	switch n := r.named(l); {
	case r.Shown == Grid && l.begins(r.tokens, &l.Pointing) > 0 && size <= words(10):
		return Decision{Kind: Ask, Topic: Which}, true
	case n > 0 && r.Shown == Grid && size <= words(6) && r.pure(l):
		return Decision{Kind: Pick, Index: n}, true
	case r.Shown == Grid && size <= words(6) && l.praised(r.tokens) > 0:
		return Decision{Kind: Pick, Index: l.praised(r.tokens)}, true
	case thing && l.holds(r.tokens, &l.Compare) && (size <= words(5) || r.asks && size <= words(8)):
		return Decision{Kind: Edit}, true
	case thing && size <= words(3):
		return unclear, true
	case l.personal(r.tokens) && size <= words(8) && l.pleasantry(r.tokens) > 0:
		return l.afterTalk(r.tokens), true
	case l.personal(r.tokens) && size <= words(6) && commas(r.tokens) == 0:
		return unclear, true
	case (l.begins(r.tokens, &l.Telling) > 0 || l.ends(r.tokens, &l.TellingEnd) > 0) && size <= words(10) && commas(r.tokens) == 0:
		return unclear, true
	case thing && l.holds(r.tokens, &l.Is) && size <= words(5):
		return unclear, true
	case l.begins(w.tokens, &l.Question) > 0 && size <= words(5) && (r.asks || commas(r.tokens) == 0):
		return unclear, true
	case l.pressing(r.tokens) && size <= words(5):
		return unclear, true
	}
	return Decision{}, false
}

// pure reports whether the number of a picture in signs that no blanks part is not that of another thing: "두 번째 달".
func (r *reading) pure(l *language) bool {
	for i := range r.tokens {
		for n := min(l.longest, len(r.tokens)-i); n > 1; n-- {
			if m, ok := l.closed[key(r.tokens[i:i+n])]; !ok || m.class != number || !ideographic(r.tokens[i]) {
				continue
			}
			rest := r.tokens[i+n:]
			return len(rest) == 0 || l.tokens[rest[0].text] || l.begins(rest, &l.Particle) > 0
		}
	}
	return true
}

// praised is which picture a text begins with that ends in praise; 0 if it is no such text.
func (l *language) praised(tokens []token) (n int) {
	for i := len(tokens) - 1; i > 0 && n == 0; i-- {
		all, ok := l.parts(tokens[:i])
		if numbers := said(all, number); ok && len(numbers) == 1 && len(said(all, button)) == 0 {
			n, _ = numberOf(numbers[0])
		}
	}
	for i := 1; i < len(tokens); i++ {
		if all, ok := l.parts(tokens[i:]); ok && slices.Contains(said(all, talk), string(Praise)) {
			return n
		}
	}
	return 0
}

// mended settles a complaint with what is to be done about it: "her hand has six fingers, fix it".
func (r *reading) mended(l *language, size int) (Decision, bool) {
	all := clauses(r.tokens)
	if len(all) < 2 || size > words(15) || l.begins(all[0], &l.That) == 0 && !l.holds(all[0], &l.Personal) && r.named(l) == 0 && !l.holds(all[0], &l.Mention) {
		return Decision{}, false
	}
	return Decision{Kind: Edit, Index: r.named(l)}, l.goesOnWishing(r.tokens)
}

// afterTalk answers what goes on after small talk without asking for anything: "thanks, that will be all".
func (l *language) afterTalk(tokens []token) Decision {
	begin := tokens[:l.pleasantry(tokens)]
	if topic, ok := l.told(begin); ok {
		return talking([]string{string(topic)})
	}
	all, _ := l.cover(begin)
	return talking(said(all, talk))
}

// personal reports whether a text speaks of who talks to whom. Where no blanks part the words, that is told from its
// beginning alone.
func (l *language) personal(tokens []token) bool {
	if ideographic(tokens[0]) {
		return l.begins(tokens, &l.Personal) > 0
	}
	return l.holds(tokens, &l.Personal)
}

// pressing reports whether a text begins with a button's name and goes on with something unknown: "go back two steps".
func (l *language) pressing(tokens []token) bool {
	for n := min(l.longest, len(tokens)); n > 0; n-- {
		if m, ok := l.closed[key(tokens[:n])]; ok {
			return m.class == button && (m.value == Undo || m.value == ShowGrid || strings.HasPrefix(m.value, "upscale") || strings.HasPrefix(m.value, "pan_"))
		}
	}
	return false
}
