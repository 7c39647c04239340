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
	bracketPattern = regexp.MustCompile(`^[\[【]([^\]】]*)[\]】]\s*[:：]?`)
	crustPattern   = regexp.MustCompile(`^(?:[\s*#>!.,:：\p{So}\x{FE0F}]|(?i:error:|failed:))+`) // what only decorates a text
	titlePattern   = regexp.MustCompile(`^[^,，:：;；。.!！\n\r]*`)
	commandPattern = regexp.MustCompile(`(?m)/(?:imagine|describe|shorten|blend|video|edit)\b.*$|\b(?:your )?prompt(?: was| is)?\s*[:：=].*$`)
	fencePattern   = regexp.MustCompile("(?s)```.*?(?:```|$)|``.*?``")
	flagPattern    = regexp.MustCompile(`(?:--|—)[a-z][a-z0-9_-]*`)
	linkedPattern  = regexp.MustCompile(`[a-z][a-z0-9+.-]*://\S+`)
	linksPattern   = regexp.MustCompile(`^(?:[a-z][a-z0-9+.-]*://\S+\s+)+`)
)

// alike makes one word of those that Chinese upstreams write in several ways, with the characters of Taiwan, too.
var alike = strings.NewReplacer("帐号", "账号", "账户", "账号", "帐户", "账号", "帳號", "账号", "帳戶", "账号", "餘額", "余额", "額度", "额度", "違規", "违规",
	"違禁", "违禁", "敏感詞", "敏感词", "佇列", "队列", "隊列", "队列", "已滿", "已满", "超時", "超时", "逾時", "超时", "無效", "无效", "參數", "参数",
	"錯誤", "错误", "連結", "链接", "審核", "审核", "未通過", "未通过", "請求", "请求", "頻繁", "频繁", "圖片", "图片", "無可用", "无可用")

// tell takes a text apart; asked are the words of the request, which it may repeat.
func tell(text string, asked ...string) telling {
	text = alike.Replace(strings.ToLower(strings.TrimSpace(text[:min(len(text), maxRead)])))
	t := telling{head: leadPattern.ReplaceAllString(text, "")}
	for _, a := range asked {
		a = alike.Replace(strings.ToLower(strings.TrimSpace(a)))
		t.asked = append(t.asked, a)
		if own := linksPattern.ReplaceAllString(a, ""); own != a {
			t.asked = append(t.asked, own) // the pictures before it have other addresses at the upstream
		}
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

// without drops some words of a request wherever a text repeats them.
func without(text, words string) string {
	var out strings.Builder
	for at := 0; at < len(text); {
		if end := at + echo(text[at:], words); end > at && isWhole(text, at, end) {
			out.WriteString(" … ")
			at = end
			continue
		}
		_, n := utf8.DecodeRuneInString(text[at:])
		out.WriteString(text[at : at+n])
		at += n
	}
	return out.String()
}

// fewest is how many bytes of a request a text must repeat that cuts them off.
const fewest = 6

// echo is where the words of a request end that a text begins with, however they are spaced: at their end, before their
// parameters, or where the text cuts them off with dots. 0: it does not begin with them.
func echo(text, words string) int {
	i, k, parameters := 0, 0, 0
	for i < len(text) && k < len(words) {
		blank, wide := blanks(text[i:]), blanks(words[k:])
		switch {
		case blank > 0 && wide > 0:
			if k += wide; parameters == 0 && flagged(words[k:]) {
				parameters = i
			}
			i += blank
			continue
		case text[i] == words[k]:
			i, k = i+1, k+1
			continue
		}
		break
	}
	for i > 0 && i < len(text) && !utf8.RuneStart(text[i]) {
		i, k = i-1, k-1
	}
	rest := words[k:]
	rest = rest[blanks(rest):]
	switch {
	case rest == "":
		return i
	case parameters > 0:
		return parameters
	case flagged(rest), i >= fewest && cutOff(text[i:]):
		return i
	default:
		return 0
	}
}

// blanks is how many bytes of white space a text begins with.
func blanks(text string) int {
	return len(text) - len(strings.TrimLeftFunc(text, unicode.IsSpace))
}

// flagged reports whether a parameter comes next.
func flagged(text string) bool {
	return strings.HasPrefix(text, "--") || strings.HasPrefix(text, "—")
}

// cutOff reports whether a text goes on with the dots of an omission.
func cutOff(text string) bool {
	text = text[blanks(text):]
	return strings.HasPrefix(text, "…") || strings.HasPrefix(text, "...")
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
		end := echo(t.head, a)
		return end > len(words) || end > 0 && end == len(words) && t.title != words
	})
}
