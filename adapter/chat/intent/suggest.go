package intent

import "strings"

// suggesting settles short suggestions, which change what was shown: "what about a red hat".
func (r *reading) suggesting() (Decision, bool) {
	if r.Attached > 0 || r.Shown == Nothing || r.Shown == Video || r.flags != "" || len(r.tokens) == 0 {
		return Decision{}, false
	}
	for _, l := range r.close {
		t := r.tokens[l.pleasantry(r.tokens):]
		n := l.begins(t, &l.Suggest)
		rest := t[n:]
		if n == 0 && ideographic(t[0]) {
			n = l.ends(t, &l.Suggest)
			rest = t[:len(t)-n]
		}
		if n == 0 || len(rest) == 0 || l.drawsObject(rest) || l.pictured(rest) {
			continue
		}
		asked := Decision{Kind: Ask, Topic: Unclear, Language: l.Code}
		if l.plain(rest) {
			if ideographic(t[0]) {
				continue
			}
			return asked, true
		}
		all, known := l.parts(rest)
		if known && l.begins(rest, &l.Articles) > 0 || len(said(all, number))+len(said(all, shape))+len(said(all, button))+len(said(all, talk)) > 0 && l.begins(rest, &l.Articles) == 0 {
			continue
		}
		size := sizeOfAll(rest)
		d := Decision{Kind: Edit, Language: l.Code, Extra: strings.TrimSpace(r.Words[rest[0].at:])}
		switch {
		case ideographic(t[0]):
			d.Extra = ""
			if !l.coloured(rest) {
				d = asked
			}
			return d, size <= words(4) && l.begins(rest, &l.It) == 0 && l.begins(rest, &l.Personal) == 0
		case l.begins(rest, &l.Doing) > 0 && size <= words(10), size <= words(4) && (l.begins(rest, &l.Articles) > 0 || l.begins(rest, &l.With) > 0 || l.coloured(rest) && len(all) > 0 || l.begins(rest, &l.Parts) > 0):
			return d, true
		case size <= words(2) && !l.strong(r.wish(l)) && !l.weak(r.wish(l)): // "how about you"
			return asked, true
		}
	}
	return Decision{}, false
}

// coloured reports whether a look is named anywhere in tokens.
func (l *language) coloured(t []token) bool {
	for i := range t {
		for n := min(l.longest, len(t)-i); n > 0; n-- {
			if l.closed[key(t[i:i+n])].class == style {
				return true
			}
		}
	}
	return false
}
