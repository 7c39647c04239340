package intent

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"github.com/goccy/go-yaml"
)

//go:embed languages/*.yaml
var files embed.FS

// phrases are ways to say a thing. In a file, "~" in a phrase stands for any word of It, or for none, and "=" before a
// phrase means that it must be all of a text.
type phrases []string

// table is a language's file.
type table struct {
	Common phrases `yaml:"common"` // words that show that a text is in this language; separated by blanks

	// Words that a text may be made of entirely.
	Filler    phrases            `yaml:"filler"`    // change nothing
	It        phrases            `yaml:"it"`        // stand for the picture
	Ordinals  map[string]phrases `yaml:"ordinals"`  // which of the pictures
	Cardinals map[string]phrases `yaml:"cardinals"` // numbers, which choose only behind a word of Pointers
	Pointers  phrases            `yaml:"pointers"`  // "picture #": with an ordinal, a cardinal or a digit for #
	Sides     phrases            `yaml:"sides"`     // half of the pictures: not enough to choose by
	Buttons   map[string]phrases `yaml:"buttons"`
	Style     phrases            `yaml:"style"` // looks, colours and times of day
	Talk      map[Topic]phrases  `yaml:"talk"`

	// Beginnings, ends and insides of texts that go on.
	Articles  phrases `yaml:"articles"`   // begin a new thing: a, an
	That      phrases `yaml:"that"`       // begin a thing that is there already: the, his
	Courtesy  phrases `yaml:"courtesy"`   // mean nothing at either end
	Can       phrases `yaml:"can"`        // ask for something: can you
	Wish      phrases `yaml:"wish"`       // the same: I want
	And       phrases `yaml:"and"`        // join what is wished to what was said
	Link      phrases `yaml:"link"`       // go on from a choice or a button to a wish: with, but
	Particle  phrases `yaml:"particle"`   // stand behind a choice and belong to it
	Draw      phrases `yaml:"draw"`       // ask for a new picture
	DrawEnd   phrases `yaml:"draw_end"`   // the same, at the end
	Object    phrases `yaml:"object"`     // what is drawn and never changed: "a poster"
	Change    phrases `yaml:"change"`     // ask for a change of whatever follows
	ChangeIt  phrases `yaml:"change_it"`  // ask for a change of what is there already
	ChangeEnd phrases `yaml:"change_end"` // the same, at the end
	Inside    phrases `yaml:"inside"`     // the same, anywhere in a short text
	Brief     phrases `yaml:"brief"`      // verbs that begin a change in very short texts
	Versus    phrases `yaml:"versus"`     // the same, anywhere in very short texts: "instead of"
	With      phrases `yaml:"with"`       // begin what only a change begins with
	WithEnd   phrases `yaml:"with_end"`   // end what only a change ends with, in very short texts
	Place     phrases `yaml:"place"`      // begin the same
	Degree    phrases `yaml:"degree"`     // a bit, much
	Compare   phrases `yaml:"compare"`    // more, darker
	Too       phrases `yaml:"too"`        // begin a complaint that is a wish: "too dark"
	StyleEnd  phrases `yaml:"style_end"`  // end a style's name
	Should    phrases `yaml:"should"`     // the sky should be green
	Is        phrases `yaml:"is"`         // the sky is wonderful
	Mention   phrases `yaml:"mention"`    // speak of the picture, wherever they stand
	Personal  phrases `yaml:"personal"`   // speak of who talks to whom: no description does

	Describe         phrases           `yaml:"describe"`          // begin a question about the picture
	DescribeInside   phrases           `yaml:"describe_inside"`   // the same anywhere, of a picture that came along
	DescribeQuestion phrases           `yaml:"describe_question"` // begin one if it mentions the picture
	Question         phrases           `yaml:"question"`          // begin a question, if a question mark ends it
	QuestionInside   phrases           `yaml:"question_inside"`   // the same, wherever they stand
	QuestionEnd      phrases           `yaml:"question_end"`      // end one without a mark
	Ask              map[Topic]phrases `yaml:"ask"`               // begin a question to the assistant, with or without a mark
	AskInside        map[Topic]phrases `yaml:"ask_inside"`        // the same anywhere in a short text
	ThanksFor        phrases           `yaml:"thanks_for"`        // begin thanks that go on
	Pointing         phrases           `yaml:"pointing"`          // begin what points at one of several: "the one with"
	Elsewhere        phrases           `yaml:"elsewhere"`         // begin what other assistants are asked for

	ElsewhereEnd phrases `yaml:"elsewhere_end"` // the same, at the end

	// Names are things that begin as a phrase of these lists does and are none: Canada is no "add" in Chinese.
	Names phrases `yaml:"names"`
	// Attribute are the words that make what stands before them a property of what follows: a text that goes on after one
	// is a thing, whatever it begins with.
	Attribute phrases `yaml:"attribute"`

	Lines map[Topic]string `yaml:"lines"` // the answers
}

// language is a file made ready.
type language struct {
	table
	Code string

	words   map[string]bool    // of Common, and all that stand alone in other lists
	closed  map[string]meaning // what texts may be made of
	alone   map[string]meaning // what is a text
	longest int                // tokens of the longest of them
	tokens  map[string]bool    // those that they are made of
	lists   map[*phrases]*set

	asked, askedInside map[Topic]*phrases // Ask and AskInside, as lists
	figured            []pointer          // Pointers, for digits
}

// pointer is a phrase with a digit's place in it: "picture #".
type pointer []string

// match is the number that stands in the phrase's place at the beginning of tokens; 0 if they begin otherwise.
func (p pointer) match(tokens []token) (n int) {
	if len(p) < 2 || len(tokens) < len(p) {
		return 0
	}
	for i, want := range p {
		switch {
		case want == "#":
			n, _ = numberOf(tokens[i].text)
		case want != tokens[i].text:
			return 0
		}
	}
	return n
}

// set is a list made ready to be found in tokens.
type set struct {
	keys    map[string]bool
	longest int
}

// tongue is what every language gets: signs, and the buttons' names as Midjourney writes them.
const tongue = "any"

// languages are all that are known, by their code.
var languages = sync.OnceValue(func() map[string]*language {
	all := map[string]*language{}
	shared := load(tongue)
	names, err := fs.Glob(files, "languages/*.yaml")
	if err != nil {
		panic(err)
	}
	for _, name := range names {
		code := strings.TrimSuffix(path.Base(name), ".yaml")
		if code != tongue {
			all[code] = ready(code, load(code), shared)
		}
	}
	return all
})

// load reads an embedded file: a mistake in it is one of the program.
func load(code string) (t table) {
	data, err := files.ReadFile("languages/" + code + ".yaml")
	if err == nil {
		err = yaml.UnmarshalWithOptions(data, &t, yaml.Strict())
	}
	if err != nil {
		panic(fmt.Sprintf("the words of the language %s: %v", code, err))
	}
	return t
}

func ready(code string, t, shared table) *language {
	l := &language{table: t, Code: code, words: map[string]bool{}, tokens: map[string]bool{}, closed: map[string]meaning{}, alone: map[string]meaning{}, lists: map[*phrases]*set{},
		asked: map[Topic]*phrases{}, askedInside: map[Topic]*phrases{}}
	l.learn(&l.table)
	l.learn(&shared)
	for topic, asked := range l.table.Ask {
		l.asked[topic] = &asked
		l.list(&asked)
	}
	for topic, asked := range l.table.AskInside {
		l.askedInside[topic] = &asked
		l.list(&asked)
	}
	for _, list := range []*phrases{&l.Articles, &l.That, &l.Courtesy, &l.Can, &l.Wish, &l.And, &l.Link, &l.Draw, &l.DrawEnd, &l.Object,
		&l.Change, &l.ChangeIt, &l.ChangeEnd, &l.Inside, &l.With, &l.Place, &l.Degree, &l.Compare, &l.StyleEnd, &l.Should, &l.Is,
		&l.Mention, &l.Describe, &l.DescribeInside, &l.DescribeQuestion, &l.Question, &l.QuestionEnd, &l.ThanksFor, &l.Elsewhere, &l.It, &l.Pointing, &l.Too,
		&l.Brief, &l.Versus, &l.Names, &l.Attribute, &l.ElsewhereEnd, &l.Personal, &l.Particle, &l.WithEnd, &l.QuestionInside} {
		l.list(list)
	}
	for _, p := range l.Pointers {
		before, after, _ := strings.Cut(p, "#")
		l.figured = append(l.figured, append(append(strings.Fields(phraseKey(before)), "#"), strings.Fields(phraseKey(after))...))
	}
	for _, word := range strings.Fields(strings.Join(t.Common, " ")) {
		l.words[phraseKey(word)] = true
	}
	return l
}

// list makes a list ready to be found in tokens.
func (l *language) list(list *phrases) {
	s := &set{keys: map[string]bool{}}
	for _, p := range *list {
		for _, k := range l.spelled(p) {
			s.keys[k] = true
			s.longest = max(s.longest, strings.Count(k, " ")+1)
			l.note(k)
		}
	}
	delete(s.keys, "")
	l.lists[list] = s
}

// begins is how many tokens the longest phrase of a list has that the tokens begin with; 0 if there is none.
func (l *language) begins(tokens []token, list *phrases) int {
	n := l.first(tokens, list)
	if n > 0 && l.first(tokens, &l.Names) > n {
		return 0
	}
	return n
}

func (l *language) first(tokens []token, list *phrases) int {
	s := l.lists[list]
	for n := min(s.longest, len(tokens)); n > 0; n-- {
		if s.keys[key(tokens[:n])] {
			return n
		}
	}
	return 0
}

// ends is the same at the end.
func (l *language) ends(tokens []token, list *phrases) int {
	s := l.lists[list]
	for n := min(s.longest, len(tokens)); n > 0; n-- {
		if s.keys[key(tokens[len(tokens)-n:])] {
			return n
		}
	}
	return 0
}

// holds reports whether a phrase of a list stands anywhere in the tokens.
func (l *language) holds(tokens []token, list *phrases) bool {
	for i := range tokens {
		if l.begins(tokens[i:], list) > 0 {
			return true
		}
	}
	return false
}

// note takes the words of a phrase for words of the language.
func (l *language) note(k string) {
	for word := range strings.FieldsSeq(k) {
		if len([]rune(word)) > 2 {
			l.words[word] = true
		}
	}
}

// learn takes a table's closed words in. What is known already keeps its meaning.
func (l *language) learn(t *table) {
	for n, list := range t.Ordinals {
		l.mean(list, meaning{class: number, value: n})
		for _, p := range l.Pointers {
			for _, word := range list {
				l.mean(phrases{strings.ReplaceAll(p, "#", strings.TrimPrefix(word, "="))}, meaning{class: number, value: n})
			}
		}
	}
	for n, list := range t.Cardinals {
		for _, word := range append(slices.Clone(list), n) {
			if word != n {
				l.mean(phrases{"=" + word}, meaning{class: number, value: n})
			}
			for _, p := range l.Pointers {
				l.mean(phrases{strings.ReplaceAll(p, "#", word)}, meaning{class: number, value: n})
			}
		}
	}
	for _, b := range slices.Sorted(maps.Keys(t.Buttons)) {
		l.mean(t.Buttons[b], meaning{class: button, value: b})
	}
	for _, topic := range slices.Sorted(maps.Keys(t.Talk)) {
		l.mean(t.Talk[topic], meaning{class: talk, value: string(topic)})
	}
	l.mean(t.Sides, meaning{class: side})
	l.mean(t.Style, meaning{class: style})
	for _, list := range []phrases{t.It, t.Filler, t.Courtesy, t.Can, t.Articles, t.That, t.And, t.Wish} {
		l.mean(list, meaning{class: filler})
	}
}

func (l *language) mean(list phrases, m meaning) {
	for _, p := range list {
		p, whole := strings.CutPrefix(p, "=")
		for _, k := range l.spelled(p) {
			into := l.closed
			if whole {
				into = l.alone
			}
			if _, known := into[k]; known || k == "" {
				continue
			}
			into[k] = m
			for token := range strings.FieldsSeq(k) {
				l.tokens[token] = true
			}
			l.longest = max(l.longest, strings.Count(k, " ")+1)
			l.note(k)
		}
	}
}

// spelled are the keys of a phrase: one for each word that its "~" stands for.
func (l *language) spelled(p string) []string {
	if !strings.Contains(p, "~") {
		return []string{phraseKey(p)}
	}
	keys := []string{phraseKey(strings.ReplaceAll(p, "~", " "))}
	for _, it := range l.It {
		keys = append(keys, phraseKey(strings.ReplaceAll(p, "~", it)))
	}
	return keys
}

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

func numberOf(text string) (int, bool) {
	n, err := strconv.Atoi(text)
	return n, err == nil && len(text) < 5
}
