package prompts

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// Complaint is a fault in a prompt: Midjourney's title and text for it. Submits accept such prompts, the task fails
// later.
type Complaint struct{ Title, Text string }

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

// Complain is what Midjourney would refuse about a prompt, nil when it would draw it. zooms allows --zoom: only the
// dialog of a custom zoom does.
func Complain(p Prompt, m Model, zooms bool) *Complaint {
	if p.Text == "" && len(p.Images) < 2 && !p.Has("video") {
		return &Complaint{"Invalid prompt", "The prompt holds nothing but parameters or a single image."}
	}
	for _, name := range p.names {
		if c := complainParam(p, name); c != nil {
			return c
		}
	}
	if p.Has("zoom") && !zooms {
		return Invalid("`--zoom` is only known to Custom Zoom")
	}
	return complainModel(p, m)
}

func Invalid(format string, args ...any) *Complaint {
	return &Complaint{"Invalid parameter", fmt.Sprintf(format, args...)}
}

// complainParam judges one parameter on its own.
func complainParam(p Prompt, name string) *Complaint {
	value := p.Value(name)
	if limits, ok := ranges[name]; ok {
		n, err := strconv.ParseFloat(value, 64)
		if err != nil || n < limits.low || n > limits.high {
			return Invalid("`--%s %s` must be a number between %v and %v", name, value, limits.low, limits.high)
		}
		return nil
	}
	if !known[name] {
		return Invalid("Unrecognized parameter(s): `--%s`", name)
	}
	switch name {
	case "ar":
		return complainAspect(p)
	case "v", "niji":
		spoken := value
		if name == "niji" {
			spoken = "niji " + value
		}
		if _, ok := ParseVersion(spoken); !ok && !(name == "niji" && value == "") {
			return Invalid("`--%s %s` is not a version", name, value)
		}
	case "zoom":
		if n := p.Number("zoom", 0); n <= 1 || n > 2 {
			return Invalid("`--zoom %s` must be above 1 and at most 2", value)
		}
	}
	return nil
}

func complainAspect(p Prompt) *Complaint {
	a, b, ok := strings.Cut(p.Value("ar"), ":")
	w, err1 := strconv.Atoi(a)
	h, err2 := strconv.Atoi(b)
	if !ok || err1 != nil || err2 != nil || w <= 0 || h <= 0 {
		return Invalid("`--ar %s` must be two whole numbers such as 16:9", p.Value("ar"))
	}
	if w > 14*h || h > 14*w {
		return Invalid("`--ar %s` is outside 1:14 to 14:1", p.Value("ar"))
	}
	return nil
}

// complainModel judges what belongs to some versions only.
func complainModel(p Prompt, m Model) *Complaint {
	newer := m.Major >= 7
	switch {
	case p.Has("niji") && p.Has("v"):
		return Invalid("`--niji` and `--v` exclude each other")
	case p.Has("q") && !qualityAllowed(p.Value("q"), m):
		return Invalid("`--q %s` is not compatible with `%s`", p.Value("q"), m.Flag())
	case p.Has("cref") && m.Major != 6:
		return Invalid("`--cref` is not compatible with `%s`", m.Flag())
	case p.Has("oref") && (m.Major != 7 || m.Niji):
		return Invalid("`--oref` is not compatible with `%s`", m.Flag())
	case p.Has("sref") && m.Major < 6:
		return Invalid("`--sref` is not compatible with `%s`", m.Flag())
	case p.Has("draft") && (m.Major != 7 || p.Has("hd") || p.Value("q") == "4" || p.Has("oref")):
		return Invalid("`--draft` is not compatible with the other parameters")
	case p.Has("hd") && m.Major < 8:
		return Invalid("`--hd` is not compatible with `%s`", m.Flag())
	case p.Has("tile") && m.Major == 4:
		return Invalid("`--tile` is not compatible with `%s`", m.Flag())
	case p.Value("style") == "raw" && m.Major >= 8:
		return Invalid("`--style raw` is not compatible with `%s`", m.Flag())
	case newer && weights.MatchString(p.Text):
		return Invalid("`::` weights are not compatible with `%s`", m.Flag())
	}
	return nil
}

func qualityAllowed(value string, m Model) bool {
	switch {
	case m.Major >= 8:
		return false
	case m.Major == 7:
		return value == "1" || value == "2" || value == "4"
	}
	return value == ".25" || value == "0.25" || value == ".5" || value == "0.5" || value == "1"
}

// bannedWords is a short list for demonstrations; the real ones are long and secret.
var bannedWords = []string{"sim-banned", "nude", "gore", "bloodbath"}

// BannedWord is the first banned word of a prompt, or "".
func BannedWord(prompt string) string {
	lower := strings.ToLower(prompt)
	for _, word := range bannedWords {
		if ContainsWord(lower, word) {
			return word
		}
	}
	return ""
}

// ContainsWord finds word in text where no letter touches it on either side.
func ContainsWord(text, word string) bool {
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
