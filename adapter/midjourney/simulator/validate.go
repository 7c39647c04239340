package simulator

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// complaint is a fault in a prompt: Midjourney's title and text for it. Submits accept such prompts, the task fails
// later.
type complaint struct{ title, text string }

// ranges holds the numeric parameters and what they allow.
var ranges = map[string]struct{ low, high float64 }{
	"s": {0, 1000}, "c": {0, 100}, "weird": {0, 3000}, "seed": {0, 4294967295}, "stop": {10, 100},
	"repeat": {1, 40}, "iw": {0, 3}, "cw": {0, 100}, "sw": {0, 1000}, "ow": {0, 1000},
	"exp": {0, 100}, "bs": {1, 4}, "sv": {1, 7},
}

// known are the parameters without a numeric range.
var known = wordSet("v niji ar q no style raw tile cref sref oref edit dref p draft hd sd fast relax turbo " +
	"stealth public video motion loop end zoom")

// wordSet is a set of the words in a list.
func wordSet(list string) map[string]bool {
	set := map[string]bool{}
	for word := range strings.FieldsSeq(list) {
		set[word] = true
	}
	return set
}

// weights finds multi-prompt weights, which versions from 7 on no longer know.
var weights = regexp.MustCompile(`\S::`)

// complain is what Midjourney would refuse about a prompt, nil when it would draw it. zooms allows --zoom: only the
// dialog of a custom zoom does.
func complain(p params, m model, zooms bool) *complaint {
	if p.text == "" && len(p.images) < 2 && !p.has("video") {
		return &complaint{"Invalid prompt", "The prompt holds nothing but parameters or a single image."}
	}
	for _, name := range p.names {
		if c := complainParam(p, name); c != nil {
			return c
		}
	}
	if p.has("zoom") && !zooms {
		return invalid("`--zoom` is only known to Custom Zoom")
	}
	return complainModel(p, m)
}

func invalid(format string, args ...any) *complaint {
	return &complaint{"Invalid parameter", fmt.Sprintf(format, args...)}
}

// complainParam judges one parameter on its own.
func complainParam(p params, name string) *complaint {
	value := p.value(name)
	if limits, ok := ranges[name]; ok {
		n, err := strconv.ParseFloat(value, 64)
		if err != nil || n < limits.low || n > limits.high {
			return invalid("`--%s %s` must be a number between %v and %v", name, value, limits.low, limits.high)
		}
		return nil
	}
	if !known[name] {
		return invalid("Unrecognized parameter(s): `--%s`", name)
	}
	switch name {
	case "ar":
		return complainAspect(p)
	case "v", "niji":
		spoken := value
		if name == "niji" {
			spoken = "niji " + value
		}
		if _, ok := parseVersion(spoken); !ok && !(name == "niji" && value == "") {
			return invalid("`--%s %s` is not a version", name, value)
		}
	case "zoom":
		if n := p.number("zoom", 0); n <= 1 || n > 2 {
			return invalid("`--zoom %s` must be above 1 and at most 2", value)
		}
	}
	return nil
}

func complainAspect(p params) *complaint {
	a, b, ok := strings.Cut(p.value("ar"), ":")
	w, err1 := strconv.Atoi(a)
	h, err2 := strconv.Atoi(b)
	if !ok || err1 != nil || err2 != nil || w <= 0 || h <= 0 {
		return invalid("`--ar %s` must be two whole numbers such as 16:9", p.value("ar"))
	}
	if w > 14*h || h > 14*w {
		return invalid("`--ar %s` is outside 1:14 to 14:1", p.value("ar"))
	}
	return nil
}

// complainModel judges what belongs to some versions only.
func complainModel(p params, m model) *complaint {
	newer := m.major >= 7
	switch {
	case p.has("niji") && p.has("v"):
		return invalid("`--niji` and `--v` exclude each other")
	case p.has("q") && !qualityAllowed(p.value("q"), m):
		return invalid("`--q %s` is not compatible with `%s`", p.value("q"), m.flag())
	case p.has("cref") && m.major != 6:
		return invalid("`--cref` is not compatible with `%s`", m.flag())
	case p.has("oref") && (m.major != 7 || m.niji):
		return invalid("`--oref` is not compatible with `%s`", m.flag())
	case p.has("sref") && m.major < 6:
		return invalid("`--sref` is not compatible with `%s`", m.flag())
	case p.has("draft") && (m.major != 7 || p.has("hd") || p.value("q") == "4" || p.has("oref")):
		return invalid("`--draft` is not compatible with the other parameters")
	case p.has("hd") && m.major < 8:
		return invalid("`--hd` is not compatible with `%s`", m.flag())
	case p.has("tile") && m.major == 4:
		return invalid("`--tile` is not compatible with `%s`", m.flag())
	case p.value("style") == "raw" && m.major >= 8:
		return invalid("`--style raw` is not compatible with `%s`", m.flag())
	case newer && weights.MatchString(p.text):
		return invalid("`::` weights are not compatible with `%s`", m.flag())
	}
	return nil
}

func qualityAllowed(value string, m model) bool {
	switch {
	case m.major >= 8:
		return false
	case m.major == 7:
		return value == "1" || value == "2" || value == "4"
	}
	return value == ".25" || value == "0.25" || value == ".5" || value == "0.5" || value == "1"
}

// banned is a short list for demonstrations; the real ones are long and secret.
var bannedWords = []string{"sim-banned", "nude", "gore", "bloodbath"}

// bannedWord is the first banned word of a prompt, or "".
func bannedWord(prompt string) string {
	lower := strings.ToLower(prompt)
	for _, word := range bannedWords {
		if containsWord(lower, word) {
			return word
		}
	}
	return ""
}

// containsWord finds word in text where no letter touches it on either side.
func containsWord(text, word string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		start, end := from+i, from+i+len(word)
		if !letterAt(text, start-1) && !letterAt(text, end) {
			return true
		}
		from = end
	}
}

func letterAt(text string, i int) bool {
	return i >= 0 && i < len(text) && (text[i] >= 'a' && text[i] <= 'z' || text[i] == '-')
}
