package outcomes

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// telling is a text of the upstream's, in lower case, as the table of outcomes is looked up with it. What it quotes of
// the request decides nothing: whoever asks for a timeout sign has no time-out.
type telling struct {
	head  string // the text from its first word on
	title string // what stands before the first comma or in brackets
	rest  string // all of it, without what it quotes

	marked bool // the title stands in brackets
	asked  []string
}

var (
	leadPattern    = regexp.MustCompile(`^(?:[^\p{L}\p{N}\[【]|error:|failed:)+`)
	bracketPattern = regexp.MustCompile(`^[\[【]([^\]】]*)[\]】]`)
	titlePattern   = regexp.MustCompile(`^[^,，:：;；。.!！\n\r]*`)
	commandPattern = regexp.MustCompile(`(?m)/(?:imagine|describe|shorten|blend|video|edit)\b.*$|\b(?:your )?prompt(?: was| is)?\s*[:：=].*$`)
	fencePattern   = regexp.MustCompile("(?s)```.*?(?:```|$)|``.*?``")
	flagPattern    = regexp.MustCompile(`(?:--|—)[a-z][a-z0-9_-]*`)
	linkedPattern  = regexp.MustCompile(`[a-z][a-z0-9+.-]*://\S+`)
)

// tell takes a text apart; asked are the words of the request, which it may repeat.
func tell(text string, asked ...string) telling {
	text = strings.ToLower(strings.TrimSpace(text[:min(len(text), maxRead)]))
	t := telling{head: leadPattern.ReplaceAllString(text, "")}
	for _, a := range asked {
		t.asked = append(t.asked, strings.ToLower(strings.TrimSpace(a)))
	}
	if m := bracketPattern.FindStringSubmatch(t.head); m != nil {
		t.title, t.marked = strings.TrimSpace(m[1]), true
		t.head = t.title + " " + t.head[len(m[0]):]
	} else {
		t.title = strings.TrimSpace(titlePattern.FindString(t.head))
	}
	t.rest = unquoted(text, t.asked)
	return t
}

// unquoted drops what a lower-case text repeats of a request: the prompt itself, what stands in quotation marks or after
// a command, parameters, links.
func unquoted(text string, asked []string) string {
	for _, words := range asked {
		text = without(text, words)
	}
	text = fencePattern.ReplaceAllString(text, " … ")
	text = outside(text)
	for _, p := range []*regexp.Regexp{commandPattern, linkedPattern, flagPattern} {
		text = p.ReplaceAllString(text, " … ")
	}
	return text
}

// without drops some words wherever they stand.
func without(text, words string) string {
	var out strings.Builder
	for words != "" {
		i := strings.Index(text, words)
		if i < 0 {
			break
		}
		end := i + len(words)
		if isWhole(text, i, end) {
			out.WriteString(text[:i] + " … ")
		} else {
			_, n := utf8.DecodeRuneInString(text[i:])
			end = i + n
			out.WriteString(text[:end])
		}
		text = text[end:]
	}
	return out.String() + text
}

// closing has the mark that ends what each other mark begins.
var closing = map[rune]rune{'“': '”', '„': '“', '‘': '’', '«': '»', '「': '」', '『': '』', '《': '》', '<': '>', '`': '`', '"': '"', '\'': '\''}

// outside is what stands outside of all quotation marks. A mark that is the same at both ends begins a quotation where a
// word begins and ends it where one ends, so that quotations within quotations are passed over, too. One that is not
// ended goes on to the end, and one whose end comes once more went on to there.
func outside(text string) string {
	var out []rune
	runes := []rune(text)
	var open []rune // the marks that are awaited
	began := map[rune]int{}
	for i, r := range runes {
		since, known := began[r]
		switch {
		case len(open) > 0 && r == open[len(open)-1] && (!even(r) || ends(runes, i)):
			open = open[:len(open)-1]
		case closing[r] != 0 && begins(runes, i):
			if len(open) == 0 {
				began[closing[r]] = len(out)
				out = append(out, ' ', '…', ' ')
			}
			open = append(open, closing[r])
		case len(open) == 0 && known && ends(runes, i):
			out = append(out[:since], ' ', '…', ' ')
		case len(open) == 0:
			out = append(out, r)
		}
	}
	return string(out)
}

// even reports whether a mark looks the same at both ends of a quotation.
func even(mark rune) bool { return mark == '"' || mark == '\'' || mark == '`' }

func begins(runes []rune, i int) bool {
	return !even(runes[i]) && runes[i] != '<' || (i == 0 || !wordly(runes[i-1])) && i+1 < len(runes) && !unicode.IsSpace(runes[i+1])
}

func ends(runes []rune, i int) bool { return i+1 == len(runes) || !wordly(runes[i+1]) }

func wordly(r rune) bool {
	return r < 0x2e80 && (unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_')
}

// holds reports whether a lower-case text has some words as whole words: "queue" is not in "queued". Chinese is written
// without spaces and is looked for as it is.
func holds(text, words string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], words)
		if i < 0 {
			return false
		}
		if i += from; isWhole(text, i, i+len(words)) {
			return true
		}
		from = i + 1
	}
}

// isWhole reports whether no word goes on beyond the edges of a part of a text.
func isWhole(text string, from, to int) bool {
	first, _ := utf8.DecodeRuneInString(text[from:])
	last, _ := utf8.DecodeLastRuneInString(text[:to])
	before, n := utf8.DecodeLastRuneInString(text[:from])
	after, m := utf8.DecodeRuneInString(text[to:])
	return !(n > 0 && wordly(first) && wordly(before)) && !(m > 0 && wordly(last) && wordly(after))
}

// starts reports whether the text begins with some words that are not the request's.
func (t telling) starts(words string) bool {
	return strings.HasPrefix(t.head, words) && isWhole(t.head, 0, len(words)) && t.own(words)
}

// own reports whether the words that the text begins with are the upstream's: those of the request would go on, or are
// no title.
func (t telling) own(words string) bool {
	return t.marked || !slices.ContainsFunc(t.asked, func(a string) bool {
		return strings.HasPrefix(t.head, a) && (len(a) > len(words) || len(a) == len(words) && t.title != words)
	})
}
