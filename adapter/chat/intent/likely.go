package intent

import (
	"slices"
	"unicode"
)

// latin are the languages of one script, in the order in which they are tried where nothing else tells.
var latin = []string{"en", "de", "fr", "es", "pt", "it"}

// likely are the languages that a text may be in, the likeliest first, and those of them that its words speak for.
func likely(tokens []token, hint string) (all, close []*language) {
	known := languages()
	if codes := byScript(tokens, hint); len(codes) > 0 {
		for _, code := range codes {
			all = append(all, known[code])
		}
		return all, all
	}
	codes := slices.Clone(latin)
	if known[hint] != nil {
		codes = append([]string{hint}, slices.DeleteFunc(codes, func(c string) bool { return c == hint })...)
	}
	scores := map[string]int{}
	for _, code := range codes {
		for _, t := range tokens {
			if known[code].words[t.text] {
				scores[code]++
			}
		}
	}
	if known[hint] != nil {
		scores[hint]++
	}
	slices.SortStableFunc(codes, func(a, b string) int { return scores[b] - scores[a] })
	for _, code := range codes {
		all = append(all, known[code])
		if scores[code] == scores[codes[0]] {
			close = append(close, known[code])
		}
	}
	return all, close
}

// shortHan is how many tokens a text has at most that Chinese and Japanese may both be.
const shortHan = 8

// byScript are the languages that a text's script tells; none for Latin letters, and where there are none.
func byScript(tokens []token, hint string) []string {
	found := map[string]bool{}
	if spelled(tokens) {
		return nil
	}
	for _, t := range tokens {
		switch r := []rune(t.text)[0]; {
		case unicode.In(r, unicode.Hiragana, unicode.Katakana):
			found["ja"] = true
		case unicode.Is(unicode.Hangul, r):
			found["ko"] = true
		case unicode.Is(unicode.Han, r):
			found["zh"] = true
		case unicode.Is(unicode.Cyrillic, r):
			found["ru"] = true
		}
	}
	switch {
	case found["ja"]:
		return []string{"ja"}
	case found["ko"]:
		return []string{"ko"}
	case found["zh"] && hint == "ja":
		return []string{"ja", "zh"}
	case found["zh"] && len(tokens) <= shortHan:
		return []string{"zh", "ja"}
	case found["zh"]:
		return []string{"zh"}
	case found["ru"]:
		return []string{"ru"}
	default:
		return nil
	}
}

// spelled reports whether a text is one of Latin words that only quotes another script: "Translate to English: 一只猫".
func spelled(tokens []token) bool {
	latin, other := 0, 0
	for _, t := range tokens {
		if r := []rune(t.text)[0]; unicode.Is(unicode.Latin, r) {
			latin++
		} else if unicode.IsLetter(r) {
			other += t.size
		}
	}
	return latin > 3 && words(latin) > 2*other && unicode.Is(unicode.Latin, []rune(tokens[0].text)[0])
}

// Language is the code of the language that a text is likely to be in; empty where nothing tells.
func Language(words string) string {
	_, tokens := tokenize(words)
	if len(tokens) == 0 {
		return ""
	}
	if codes := byScript(tokens, ""); len(codes) > 0 {
		return codes[0]
	}
	if _, close := likely(tokens, ""); len(close) == 1 {
		return close[0].Code
	}
	return ""
}
