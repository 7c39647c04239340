package intent

import (
	"embed"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed languages/*.yaml
var files embed.FS

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
	remarks, remarkEnd map[Topic]*phrases // the same of Remark and RemarkEnd
	figured            []pointer          // Pointers, for digits
	code, scenes       []*regexp.Regexp   // the patterns of every language
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
		asked: map[Topic]*phrases{}, askedInside: map[Topic]*phrases{}, remarks: map[Topic]*phrases{}, remarkEnd: map[Topic]*phrases{}}
	l.learn(&l.table)
	l.learn(&shared)
	l.That = slices.Concat(l.That, l.Parts)
	for _, p := range shared.Code {
		l.code = append(l.code, regexp.MustCompile(p))
	}
	for _, p := range shared.Scenes {
		l.scenes = append(l.scenes, regexp.MustCompile(p))
	}
	for _, by := range []struct {
		topics map[Topic]phrases
		lists  map[Topic]*phrases
	}{{l.table.Ask, l.asked}, {l.table.AskInside, l.askedInside}, {l.table.Remark, l.remarks}, {l.table.RemarkEnd, l.remarkEnd}} {
		for topic, list := range by.topics {
			by.lists[topic] = &list
			l.list(&list)
		}
	}
	for _, list := range []*phrases{&l.Articles, &l.That, &l.Courtesy, &l.Can, &l.Wish, &l.Having, &l.HavingEnd, &l.And, &l.Link, &l.Draw, &l.DrawEnd, &l.Object,
		&l.Change, &l.ChangeIt, &l.ChangeEnd, &l.Inside, &l.With, &l.Place, &l.Degree, &l.Compare, &l.StyleEnd, &l.Should, &l.Is,
		&l.Mention, &l.Describe, &l.DescribeInside, &l.DescribeQuestion, &l.Question, &l.QuestionEnd, &l.ThanksFor, &l.Elsewhere, &l.It, &l.Pointing, &l.Too,
		&l.Brief, &l.Versus, &l.Names, &l.Sayings, &l.Sights, &l.Attribute, &l.ElsewhereEnd, &l.Personal, &l.Particle, &l.WithEnd, &l.QuestionInside, &l.Vocative, &l.Others, &l.OthersDo,
		&l.Prompted, &l.Suppose, &l.Looks, &l.Task, &l.TaskEnd, &l.Report, &l.ReportEnd, &l.Into, &l.Format, &l.FormatEnd, &l.Inscribed, &l.Answer, &l.AnswerEnd, &l.Rights, &l.Days, &l.Features, &l.States, &l.Upon, &l.Moving, &l.Plus, &l.Join, &l.JoinEnd,
		&l.Mend, &l.Same, &l.May, &l.Become, &l.Sense, &l.Bigger, &l.Thing, &l.Medium, &l.Telling, &l.TellingEnd,
		&l.Errand, &l.Files, &l.Tell, &l.Texts, &l.About, &l.Utter, &l.Why, &l.WhyNot, &l.Origin, &l.Suggest, &l.Doing, &l.Late, &l.Parts} {
		l.list(list)
	}
	for _, p := range l.Pointers {
		before, after, _ := strings.Cut(p, "#")
		l.figured = append(l.figured, append(append(strings.Fields(phraseKey(before)), "#"), strings.Fields(phraseKey(after))...))
	}
	for word := range strings.FieldsSeq(strings.Join(t.Common, " ")) {
		l.words[phraseKey(word)] = true
	}
	return l
}

// letters stand for the pictures where an option is chosen: "option B".
const letters = "abcdefgh"

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
				word, whole := strings.CutPrefix(word, "=")
				p := strings.ReplaceAll(p, "#", word)
				if whole && strings.HasSuffix(p, word) { // "la última" begins other things, too
					p = "=" + p
				}
				l.mean(phrases{p}, meaning{class: number, value: n})
			}
		}
	}
	for n, list := range t.Cardinals {
		for _, word := range append(slices.Clone(list), n) {
			if word != n {
				l.mean(phrases{"=" + word}, meaning{class: number, value: n})
			}
			for _, p := range l.Pointers {
				if strings.HasPrefix(p, "#") && slices.Contains(t.Articles, word) { // "one picture" is any
					continue
				}
				l.mean(phrases{strings.ReplaceAll(p, "#", word)}, meaning{class: number, value: n})
			}
		}
	}
	for i, letter := range letters {
		for _, p := range l.Pointers {
			if before, ok := strings.CutSuffix(p, "#"); ok && len(before) > len("das ") {
				l.mean(phrases{"=" + before + string(letter)}, meaning{class: number, value: strconv.Itoa(i + 1)})
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
