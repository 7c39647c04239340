package prompt

import (
	"net/url"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"midgate/adapter"
)

// denied finds what must reach no server: the flags that choose a price or multiply the jobs. Some servers look for
// the speeds anywhere in the text and in any case, so it makes no difference what stands around them.
var denied = regexp.MustCompile(`(?i)-{2,}(?:fast|relax|turbo|repeat|video|(?:r|bs)\b)`)

// normalize writes a text with the characters that decide how it is read: compatibility forms become the plain ones,
// invisible characters go, hyphens of all sorts become "-", and blanks, line breaks and control characters one blank.
func normalize(text string) string {
	text = visible(strings.ToValidUTF8(text, "\uFFFD"))
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r), unicode.In(r, unicode.Z):
			return ' '
		case unicode.Is(hyphens, r):
			return '-'
		default:
			return r
		}
	}, text)
	return strings.Join(strings.Fields(text), " ")
}

// visible normalises until nothing changes: what an invisible character kept apart may combine once it is gone.
func visible(text string) string {
	for {
		next := strings.Map(func(r rune) rune {
			if unicode.IsOneOf(invisible, r) {
				return -1
			}
			return r
		}, norm.NFKC.String(text))
		if next == text {
			return text
		}
		text = next
	}
}

// invisible are the characters that no reader sees but that keep a word from being found.
var invisible = []*unicode.RangeTable{unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point}

// hyphens are what NFKC leaves of the characters that look like "-".
var hyphens = tableOf(0x02D7, 0x058A, 0x05BE, 0x1806, 0x2010, 0x2011, 0x2012, 0x2043, 0x2212, 0x2E17, 0x2E1A, 0x2E5D, 0x10EAD)

// longDashes are what word processors, and some servers on their way, make of "--".
var longDashes = tableOf(0x2013, 0x2014, 0x2015, 0x2E3A, 0x2E3B)

func tableOf(list ...rune) *unicode.RangeTable {
	table := &unicode.RangeTable{}
	for _, r := range list {
		if r > 0xFFFF {
			table.R32 = append(table.R32, unicode.Range32{Lo: uint32(r), Hi: uint32(r), Stride: 1})
			continue
		}
		table.R16 = append(table.R16, unicode.Range16{Lo: uint16(r), Hi: uint16(r), Stride: 1})
	}
	return table
}

// lexemes splits a folded text into words. Those that begin a parameter, and no others, begin with "--" and a letter.
func lexemes(text string) []string {
	var all []string
	for word := range strings.FieldsSeq(text) {
		if adapter.IsLink(word) {
			all = append(all, safeLink(word))
			continue
		}
		all = append(all, strings.Fields(spellDashes(word))...)
	}
	return all
}

// spellDashes decides what each run of dashes in a word is: a hyphen, a dash between words or the beginning of a
// parameter.
func spellDashes(word string) string {
	var out strings.Builder
	for rest := word; rest != ""; {
		start := strings.IndexFunc(rest, isDash)
		if start < 0 {
			out.WriteString(rest)
			break
		}
		run := rest[start:]
		if end := strings.IndexFunc(run, func(r rune) bool { return !isDash(r) }); end >= 0 {
			run = run[:end]
		}
		out.WriteString(rest[:start])
		rest = rest[start+len(run):]
		out.WriteString(spellRun(out.String(), run, rest))
	}
	return out.String()
}

// spellRun is a run of dashes as it is to be read, with what stands before and after it in its word.
func spellRun(before, run, after string) string {
	short := strings.Count(run, "-")
	switch {
	case run == "-":
		return run
	case startsWithLetter(after) && (short > 1 || before == "" && (short > 0 || namesParam(after))):
		return " --"
	case run == "–" && before != "" && after != "": // mother–daughter; itself it would be "--" to some servers
		return "-"
	case before != "" && isDigit(rune(before[len(before)-1])) && after != "" && isDigit(rune(after[0])):
		return "-"
	case short == len(run): // dashes that begin nothing
		return " "
	default:
		return " - "
	}
}

// namesParam reports whether a text behind a long dash begins with the name of a parameter: a dash before other words
// is a dash.
func namesParam(text string) bool {
	if !paramName.MatchString("--" + text) {
		return false
	}
	name, _ := splitParam("--" + text)
	_, known := lookupParam(name)
	return known
}

func isDash(r rune) bool  { return r == '-' || unicode.Is(longDashes, r) }
func isDigit(r rune) bool { return '0' <= r && r <= '9' }

func startsWithLetter(s string) bool {
	return s != "" && ('a' <= s[0]|0x20 && s[0]|0x20 <= 'z')
}

// safeLink is an address without the punctuation around it, and with those dashes escaped that a server might take
// for a parameter's.
func safeLink(word string) string {
	word = strings.TrimRight(strings.TrimPrefix(word, "<"), ".,;<>")
	var out strings.Builder
	for _, r := range word {
		if unicode.Is(longDashes, r) {
			out.WriteString(url.PathEscape(string(r)))
			continue
		}
		out.WriteRune(r)
	}
	return denied.ReplaceAllStringFunc(out.String(), func(found string) string {
		name := strings.TrimLeft(found, "-")
		return strings.Repeat("%2D", len(found)-len(name)) + name
	})
}
