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

// Action reads a prompt that is nothing but an action in plain words: "zoom out 2x", "upscale the third one",
// "make it square", "U2". Anything more, however it begins, is a prompt and not an action. index is 1–4, or 0 when
// none is said; zoom is above 1 and at most 2 for ActZoomCustom, else 0.
func Action(text string) (action string, index int, zoom float64, ok bool) {
	words := plainly(text)
	if action, ok = plainPhrases[strings.Join(words, " ")]; ok {
		return action, 0, 0, true
	}
	at, number := plainNumber(words)
	if at < 0 {
		return "", 0, 0, false
	}
	if n, err := strconv.Atoi(words[at]); err == nil && 1 <= n && n <= 4 {
		if action, ok = plainPhrases[spoken(words, at, "#")]; ok {
			return action, n, 0, true
		}
	}
	action, zoom, ok = plainZoom(plainPhrases[spoken(words, at, "%")], number)
	return action, 0, zoom, ok
}

// longestPlain is more than the longest way to say an action has, so that a long prompt is not looked at in full.
const longestPlain = 100

var (
	plainComma  = regexp.MustCompile(`([0-9]),([0-9])`)
	plainTimes  = regexp.MustCompile(`([0-9]) x\b`)
	plainButton = regexp.MustCompile(`^([uv])([1-4])$`)
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
	var words []string
	for word := range strings.FieldsSeq(plainTimes.ReplaceAllString(text, "${1}x")) {
		word = strings.Trim(word, ".")
		if number, ok := plainOrdinals[word]; ok {
			word = number
		}
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
	case action != "" && factor > 1 && factor <= 2:
		return adapter.ActZoomCustom, factor, true
	default:
		return "", 0, false
	}
}
