package intent

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// token is a word, a number, a sign of a script that puts no blanks between words, or a symbol such as an emoji.
type token struct {
	text   string // lower case, without accents
	at     int    // where it begins in the text
	before string // what stands between it and the one before, without blanks
	size   int    // how much it says, in tenths of an English word
	great  bool   // it begins with a capital letter
}

// kind is what a rune does to the tokens.
type kind int

const (
	gap kind = iota
	letter
	digit
	sign
)

var ideographs = []*unicode.RangeTable{unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo}

func kindOf(r rune) kind {
	switch {
	case r == 'ー' || unicode.IsOneOf(ideographs, r):
		return sign
	case unicode.IsNumber(r):
		return digit
	case r == '×' || unicode.IsLetter(r) || unicode.In(r, unicode.Mn, unicode.Mc) && !unicode.Is(unicode.Variation_Selector, r):
		return letter
	case r >= 0x1F3FB && r <= 0x1F3FF: // a skin tone
		return gap
	case unicode.In(r, unicode.So) || r >= 0x2190 && r <= 0x21FF:
		return sign
	default:
		return gap
	}
}

// ideographic reports whether a token is a sign of a script that puts no blanks between words.
func ideographic(t token) bool { return unicode.IsOneOf(ideographs, []rune(t.text)[0]) }

func sizeOf(r rune) int {
	switch {
	case unicode.Is(unicode.Han, r):
		return 6
	case unicode.Is(unicode.Hangul, r):
		return 4
	case r == 'ー' || unicode.In(r, unicode.Hiragana, unicode.Katakana):
		return 3
	default:
		return 10
	}
}

// tokenize splits a text. The text comes back too, composed, as the tokens' places count in it.
func tokenize(words string) (text string, tokens []token) {
	text = norm.NFC.String(strings.ToValidUTF8(words, ""))
	var between strings.Builder
	last := gap
	for at, r := range text {
		k := kindOf(r)
		if k == gap {
			if !unicode.IsSpace(r) || r == '\n' {
				between.WriteRune(r)
			}
			if !decimalPoint(text, at, r) {
				last = gap
				continue
			}
			tokens[len(tokens)-1].text += "."
			between.Reset()
			continue
		}
		folded := fold(r)
		if k != sign && k == last {
			tokens[len(tokens)-1].text += folded
			continue
		}
		if folded == "" { // a mark that stands for itself
			last = gap
			continue
		}
		tokens = append(tokens, token{text: folded, at: at, before: between.String(), size: sizeOf(r), great: unicode.IsUpper(r)})
		between.Reset()
		last = k
	}
	return text, factors(ratios(tokens))
}

// decimalPoint reports whether a rune stands between two digits as a decimal point or comma does.
func decimalPoint(text string, at int, r rune) bool {
	return (r == '.' || r == ',') && at > 0 && at+1 < len(text) && isDigit(text[at-1]) && isDigit(text[at+1])
}

func isDigit(b byte) bool { return '0' <= b && b <= '9' }

// traditional are signs of traditional Chinese, each before its simplified form: those of the words in languages/zh.yaml.
const traditional = "張张這这個个圖图畫画換换變变風风後后裡里裏里雲云貓猫藍蓝綠绿黃黄紅红顏颜請请謝谢麼么嗎吗還还給给讓让視视頻频動动鏡镜頭头遠远縮缩擴扩寬宽橫横豎竖點点為为會会說说對对錯错醜丑們们誰谁幾几號号選选擇择歡欢讚赞厲厉絕绝豔艳愛爱滿满錢钱費费價价幫帮儲储載载嚴严確确認认隨随無无論论應应該该須须" +
	"樣样長长續续銷销復复見见邊边當当時时間间問问題题標标籤签關关鍵键識识別别讀读寫写詩诗講讲話话譯译釋释總总計计尋寻類类隻只條条輛辆雙双兩两網网賽赛龐庞極极簡简實实電电氣气覺觉淚泪髮发裝装綫线線线濃浓強强減减調调飛飞鳥鸟馬马魚鱼龍龙樹树葉叶開开門门車车輪轮連连過过進进從从來来處处國国東东"

// simplified maps traditional signs to simplified ones.
var simplified = sync.OnceValue(func() map[rune]string {
	all := map[rune]string{}
	signs := []rune(traditional)
	for i := 0; i+1 < len(signs); i += 2 {
		all[signs[i]] = string(signs[i+1])
	}
	return all
})

// fold is a rune in lower case, in its plain width and without accents; umlauts as they are typed where there are none.
func fold(r rune) string {
	switch r {
	case 'ß':
		return "ss"
	case '×':
		return "x"
	case 'ä', 'Ä': // a letter of its own in German: "älter" is no "alter"
		return "ae"
	case 'ö', 'Ö':
		return "oe"
	case 'ü', 'Ü':
		return "ue"
	case 'œ', 'Œ':
		return "oe"
	case 'ı':
		return "i"
	}
	if plain, ok := simplified()[r]; ok {
		return plain
	}
	s := strings.ToLower(norm.NFKC.String(string(r)))
	if unicode.IsOneOf(ideographs, r) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(s))
}

// parameter is how one of Midjourney's begins, with dashes as editors set them.
var parameter = regexp.MustCompile(`(?i)(?:^|\s)(?:--|[—–](?:ar|aspect|no|v|s|q|c|p|iw|sref|cref|oref|ow|stylize|style|chaos|weird|seed|niji|tile|raw|motion|loop|hd|exp|repeat|stop|fast|relax|turbo|draft)\b)\p{L}*`)

// parameters parts a text from the parameters behind it; a text that is nothing else stays whole.
func parameters(text string) (said, flags string) {
	at := parameter.FindStringIndex(text)
	if at == nil || strings.TrimSpace(text[:at[0]]) == "" {
		return text, ""
	}
	return text[:at[0]], strings.TrimSpace(text[at[0]:])
}

// unstretch shortens words that are drawn out to those that are known: "sooo", "hellooo".
func unstretch(tokens []token) {
	for i, t := range tokens {
		for most := 2; most > 0; most-- {
			short := squeeze(t.text, most)
			if short == t.text || len(short) < 2 {
				continue
			}
			for _, l := range languages() {
				if l.closed[short].class == talk || l.words[short] && l.tokens[short] {
					tokens[i].text = short
				}
			}
		}
	}
}

// squeeze shortens letters that stand three times in a row or more to so many.
func squeeze(text string, most int) string {
	runes := []rune(text)
	var short []rune
	for i := 0; i < len(runes); {
		n := 1
		for i+n < len(runes) && runes[i+n] == runes[i] {
			n++
		}
		keep := n
		if n > 2 && unicode.IsLetter(runes[i]) {
			keep = most
		}
		short = append(short, runes[i:i+keep]...)
		i += n
	}
	return string(short)
}

var integer = regexp.MustCompile(`^[0-9]{1,5}$`)

// times are the words between the numbers of a ratio.
var times = []string{"x", "by", "zu", "par", "por", "per", "на", "比", "対", "对", "대"}

// ratios joins two numbers with a colon, a slash, an x or such a word between them.
func ratios(tokens []token) (joined []token) {
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		if integer.MatchString(t.text) {
			if n := i + 1; n < len(tokens) && integer.MatchString(tokens[n].text) && strings.ContainsAny(tokens[n].before, ":：/∶") && len([]rune(tokens[n].before)) == 1 {
				t.text += ":" + tokens[n].text
				i = n
			} else if n := i + 2; n < len(tokens) && integer.MatchString(tokens[n].text) && slices.Contains(times, tokens[i+1].text) {
				t.text += ":" + tokens[n].text
				i = n
			}
		}
		joined = append(joined, t)
	}
	return joined
}

// manifold are the words behind a number that make it say how many times.
var manifold = []string{"x", "倍", "배"}

// factors joins a number with such a word: "2x" chooses no picture.
func factors(tokens []token) (joined []token) {
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		if n := i + 1; n < len(tokens) && figure.MatchString(t.text) && slices.Contains(manifold, tokens[n].text) && tokens[n].before == "" {
			t.text += "x"
			t.size += tokens[n].size
			i = n
		}
		joined = append(joined, t)
	}
	return joined
}

// asks reports whether a text ends with a question mark.
func asks(text string) bool {
	text = strings.TrimRightFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.In(r, unicode.So) || strings.ContainsRune("!！.…)）\"”»」'", r)
	})
	return strings.HasSuffix(text, "?") || strings.HasSuffix(text, "？") || strings.HasSuffix(text, "؟")
}

func sizeOfAll(tokens []token) (n int) {
	for _, t := range tokens {
		n += t.size
	}
	return n
}

// key is tokens as a phrase is looked up.
func key(tokens []token) string {
	var b strings.Builder
	for i, t := range tokens {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(t.text)
	}
	return b.String()
}

// phraseKey is a phrase of a language's file as tokens are looked up.
func phraseKey(phrase string) string {
	_, tokens := tokenize(phrase)
	return key(tokens)
}
