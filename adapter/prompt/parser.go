package prompt

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"midgate/adapter"
)

// parser takes a prompt's words one after the other.
type parser struct {
	rest   []string // not read yet; a word that begins a parameter begins with "--" and a letter
	words  []string // of the text
	prompt Prompt
}

func (r *parser) next() error {
	word := r.rest[0]
	if !beginsParam(word) {
		r.words, r.rest = append(r.words, word), r.rest[1:]
		return nil
	}
	name, glued := splitParam(word)
	if r.rest[0] = glued; glued == "" {
		r.rest = r.rest[1:]
	}
	rule, known := lookupParam(name)
	if !known {
		return r.unknown(name)
	}
	if rule.refused != "" {
		return badPrompt("--%s is not allowed: %s.", name, rule.refused)
	}
	if speed := rule.speed(); speed != "" {
		return r.speed(speed)
	}
	value, ok := rule.widest(r.value(rule))
	if !ok {
		return badPrompt("--%s must be %s.", name, rule.form(Version{}))
	}
	return r.flag(Flag{rule.name, value})
}

func beginsParam(word string) bool { return strings.HasPrefix(word, "--") }

var paramName = regexp.MustCompile(`^--([A-Za-z][A-Za-z0-9_-]*)(.*)$`)

// splitParam parts a parameter's name from what is glued to it: punctuation is dropped, and "--ar16:9", "--ar=16:9"
// and "--v7" are read as they are meant.
func splitParam(word string) (name, glued string) {
	parts := paramName.FindStringSubmatch(word)
	name, glued = strings.ToLower(strings.TrimRight(parts[1], "-_")), parts[2]
	if _, known := lookupParam(name); !known {
		letters := strings.IndexFunc(name, func(c rune) bool { return c < 'a' || 'z' < c })
		if letters > 0 && isDigit(rune(name[letters])) && wantsValue(name[:letters]) {
			name, glued = name[:letters], word[len("--")+letters:]
		}
	}
	if glued = strings.TrimLeft(glued, "=:,;!?"); strings.Trim(glued, ".") == "" {
		glued = ""
	}
	if adapter.IsLink(glued) {
		glued = safeLink(glued)
	}
	return name, glued
}

// wantsValue reports whether a digit right behind a name can only be its value.
func wantsValue(name string) bool {
	rule, known := lookupParam(name)
	return known && (rule.takes != takesNothing || rule.refused != "")
}

// value takes the words that belong to a parameter.
func (r *parser) value(rule *paramRule) string {
	switch rule.takes {
	case takesOne:
		return r.take(1, func(string) bool { return true })
	case takesNumber:
		return cmp.Or(r.take(1, releaseNumber.MatchString), newestNiji)
	case takesLinks:
		links := rule.forms[0].valueSyntax.(linksForm)
		if links.one {
			return r.take(1, links.takes)
		}
		return r.take(len(r.rest), links.takes)
	case takesCodes:
		if len(r.upToNext()) == 1 {
			return r.take(1, profileCode.MatchString)
		}
		return r.take(len(r.rest), surelyCode)
	case takesAll:
		return r.takeAll()
	default:
		return ""
	}
}

// surelyCode tells a personalization code from the text's words, which are shorter or have no digits.
func surelyCode(word string) bool {
	return len(word) >= 5 && strings.ContainsAny(word, "0123456789") && profileCode.MatchString(word)
}

// take takes the next words, at most that many, as long as they fit; what a sentence put around them is dropped.
func (r *parser) take(most int, fits func(string) bool) string {
	var taken []string
	for len(taken) < most && len(r.rest) > 0 && !beginsParam(r.rest[0]) {
		word := strings.TrimRight(strings.Trim(r.rest[0], `,;:!?()"'`), ".")
		if !fits(word) {
			break
		}
		taken, r.rest = append(taken, word), r.rest[1:]
	}
	return strings.Join(taken, " ")
}

// takeAll takes the words up to the next parameter.
func (r *parser) takeAll() string {
	words := r.upToNext()
	r.rest = r.rest[len(words):]
	return strings.Join(words, " ")
}

func (r *parser) upToNext() []string {
	if i := slices.IndexFunc(r.rest, beginsParam); i >= 0 {
		return r.rest[:i]
	}
	return r.rest
}

// unknown passes a parameter on that is not in the table, with all words up to the next one.
func (r *parser) unknown(name string) error {
	if denied.MatchString("--" + name) {
		return badPrompt("--%s is not a parameter, and it begins like one that is not allowed or that is a speed. Speeds are written as --relax, --fast or --turbo.", excerpt(name))
	}
	return r.flag(Flag{name, r.takeAll()})
}

// mostFlags is more parameters than Midjourney knows.
const mostFlags = 100

func (r *parser) flag(f Flag) error {
	old, has := r.prompt.Flag(f.Name)
	switch {
	case !has && len(r.prompt.Flags) == mostFlags:
		return badPrompt("The prompt has more than %d parameters.", mostFlags)
	case !has:
		r.prompt.Flags = append(r.prompt.Flags, f)
	case old != f.Value:
		return badPrompt("--%s is in the prompt twice with different values: write it once.", excerpt(f.Name))
	}
	return nil
}

func (r *parser) speed(s adapter.Speed) error {
	if r.prompt.Speed != "" && r.prompt.Speed != s {
		return badPrompt("The prompt names two speeds, --%s and --%s: write one of them.", r.prompt.Speed, s)
	}
	r.prompt.Speed = s
	return nil
}
