package prompt

import (
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"midgate/adapter"
)

// plainActions are the ways to say an action, in the words that plainly leaves. "#" is a number from 1 to 4, "%" a
// zoom factor.
var plainActions = map[string][]string{
	adapter.ActUpscale: {"upscale", "upscale #", "upscale number #", "u #"},
	adapter.ActVary: {"vary", "vary #", "vary number #", "v #", "variation", "variation #", "variation of #", "variations",
		"variations of #", "make variations", "make variations of #"},
	adapter.ActReroll:          {"reroll", "re roll", "regenerate", "try again", "🔄"},
	adapter.ActUpscaleSubtle:   {"upscale subtle", "upscale subtly", "subtle upscale", "upscale 2x"},
	adapter.ActUpscaleCreative: {"upscale creative", "upscale creatively", "creative upscale", "upscale 4x"},
	adapter.ActVarySubtle:      {"vary subtle", "vary subtly", "subtle variation", "subtle variations"},
	adapter.ActVaryStrong:      {"vary strong", "vary strongly", "strong variation", "strong variations"},
	adapter.ActZoomOut2x:       {"zoom out", "zoom out %", "zoom out by %"},
	adapter.ActZoomCustom:      {"custom zoom %", "custom zoom by %", "zoom custom %"},
	adapter.ActPanLeft:         {"pan left", "pan to left", "⬅", "←"},
	adapter.ActPanRight:        {"pan right", "pan to right", "➡", "→"},
	adapter.ActPanUp:           {"pan up", "pan upwards", "⬆", "↑"},
	adapter.ActPanDown:         {"pan down", "pan downwards", "⬇", "↓"},
	adapter.ActMakeSquare:      {"make square"},
	adapter.ActAnimateLow:      {"animate", "animate low", "animate low motion", "animate with low motion"},
	adapter.ActAnimateHigh:     {"animate high", "animate high motion", "animate with high motion"},
}

// plainFillers are words that change nothing about an action.
var plainFillers = map[string]bool{
	"please": true, "now": true, "the": true, "this": true, "it": true, "that": true, "my": true,
	"image": true, "picture": true, "photo": true, "one": true,
}

// plainOrdinals are numbers of pictures as words.
var plainOrdinals = map[string]string{
	"first": "1", "1st": "1", "second": "2", "2nd": "2", "third": "3", "3rd": "3", "fourth": "4", "4th": "4",
	"two": "2", "three": "3", "four": "4", "five": "5", "fifth": "5", "5th": "5", "six": "6", "twice": "2x",
}

var plainPhrases = func() map[string]string {
	all := map[string]string{}
	for action, phrases := range plainActions {
		for _, phrase := range phrases {
			all[phrase] = action
		}
	}
	return all
}()

// Button is an action that was said in plain words, with what stood beside them.
type Button struct {
	Action string
	Index  int     // 1–4, or 0 when none is said
	Zoom   float64 // above 1 and at most 2 for ActZoomCustom, else 0
	Off    string  // a number that the action does not have
	Flags  []Flag  // parameters behind the words
	Speed  adapter.Speed
	Links  bool // addresses before the words
}

// ReadButton reads a prompt whose words are nothing but an action: "zoom out 2x", "upscale the third one", "make it
// square --fast", "U2". Any word more, however they begin, is a prompt and not an action.
func ReadButton(text string) (b Button, ok bool) {
	p, err := readPrompt(text)
	if err != nil {
		return b, false // such a prompt is refused wherever it is drawn
	}
	b = Button{Flags: p.Flags, Speed: p.Speed, Links: len(p.URLs) > 0}
	words := plainly(p.Text)
	if b.Action, ok = plainPhrases[strings.Join(words, " ")]; ok {
		return b, true
	}
	at, number := plainNumber(words)
	if at < 0 {
		return b, false
	}
	if b.Action, ok = plainPhrases[spoken(words, at, "#")]; ok {
		n, err := strconv.Atoi(words[at])
		if err == nil && 1 <= n && n <= 4 {
			b.Index = n
			return b, true
		}
	} else if b.Action = plainPhrases[spoken(words, at, "%")]; b.Action != "" {
		if action, zoom, ok := plainZoom(b.Action, number); ok {
			b.Action, b.Zoom = action, zoom
			return b, true
		}
	}
	if words[0] == "v" { // a version, more likely
		b.Action = ""
	}
	b.Off = words[at]
	return b, b.Action != ""
}

// longestPlain is more than the longest way to say an action has, so that a long prompt is not looked at in full.
const longestPlain = 100

var (
	plainComma  = regexp.MustCompile(`([0-9]),([0-9])`)
	plainTimes  = regexp.MustCompile(`([0-9]) (?:x|times)\b`)
	plainButton = regexp.MustCompile(`^([uv])([0-9])$`)
)

// plainly is a text's words in lower case, without punctuation and fillers: "U2" is "u", "2", "1,5 ×" is "1.5x".
func plainly(text string) []string {
	if len(text) > longestPlain {
		return nil
	}
	text = plainComma.ReplaceAllString(strings.ToLower(normalize(text)), "$1.$2")
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '×':
			return 'x'
		case r == '.' || !unicode.IsPunct(r):
			return r
		default:
			return ' '
		}
	}, text)
	said := strings.Fields(text)
	for i, word := range said {
		if number, ok := plainOrdinals[strings.Trim(word, ".")]; ok {
			said[i] = number
		}
	}
	var words []string
	for word := range strings.FieldsSeq(plainTimes.ReplaceAllString(strings.Join(said, " "), "${1}x")) {
		word = strings.Trim(word, ".")
		if button := plainButton.FindStringSubmatch(word); button != nil {
			words = append(words, button[1:]...)
		} else if word != "" && !plainFillers[word] {
			words = append(words, word)
		}
	}
	return words
}

// plainNumber finds the only number among words; -1 if there is none or more than one.
func plainNumber(words []string) (at int, number float64) {
	at = -1
	for i, word := range words {
		word = strings.TrimSuffix(word, "x")
		if !decimal.MatchString(word) {
			continue
		}
		if at >= 0 {
			return -1, 0
		}
		at = i
		number, _ = strconv.ParseFloat(word, 64) // what decimal lets through can be parsed
	}
	return at, number
}

// spoken is the phrase of words with a sign in a number's place.
func spoken(words []string, at int, sign string) string {
	return strings.Join(append(append(append([]string{}, words[:at]...), sign), words[at+1:]...), " ")
}

// plainZoom is the action that zooms out by a factor: two have buttons of their own, the others need the custom one.
func plainZoom(action string, factor float64) (string, float64, bool) {
	switch {
	case action == adapter.ActZoomOut2x && factor == 2:
		return adapter.ActZoomOut2x, 0, true
	case action == adapter.ActZoomOut2x && factor == 1.5:
		return adapter.ActZoomOut15x, 0, true
	case factor > 1 && factor <= 2:
		return adapter.ActZoomCustom, factor, true
	default:
		return "", 0, false
	}
}
