package prompt

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"midgate/adapter"
)

// valueSyntax is what a parameter's value may look like.
type valueSyntax interface {
	// read returns the value as it is sent; false if it is not allowed.
	read(value string) (string, bool)
	// String says what is allowed, to follow the words "must be".
	String() string
}

type (
	wholeForm   struct{ min, max int64 }   // whole numbers
	decimalForm struct{ min, max float64 } // numbers such as 1, 1.5, .5
	zoomForm    struct{}                   // numbers above 1, up to 2
	numbersForm []float64                  // one of a few numbers
	wordsForm   []string                   // one of a few words
	ratioForm   struct{ most int64 }       // W:H, a side at most that many times the other
	versionForm struct{ niji bool }        // a release
	styleForm   struct{}                   // the value of --style
	linksForm   struct {                   // addresses; with codes also sref's numbers, codes and "random"
		one, codes bool
		most       int // 0: as many as there are
	}
	codesForm struct{} // personalization codes, or nothing
	endForm   struct{} // a video's last picture
	anyForm   struct{} // words
)

var decimal = regexp.MustCompile(`^(?:[0-9]{1,6}(?:\.[0-9]{1,6})?|\.[0-9]{1,6})$`)

func (f wholeForm) read(value string) (string, bool) {
	n, err := strconv.ParseUint(value, 10, 32)
	return value, err == nil && f.min <= int64(n) && int64(n) <= f.max
}

func (f wholeForm) String() string {
	return "a whole number from " + strconv.FormatInt(f.min, 10) + " to " + strconv.FormatInt(f.max, 10)
}

func (f decimalForm) read(value string) (string, bool) {
	n, err := strconv.ParseFloat(value, 64)
	return value, err == nil && decimal.MatchString(value) && f.min <= n && n <= f.max
}

func (f decimalForm) String() string {
	return "a number from " + shortNumber(f.min) + " to " + shortNumber(f.max)
}

func (zoomForm) read(value string) (string, bool) {
	value, ok := decimalForm{1, 2}.read(value)
	n, _ := strconv.ParseFloat(value, 64) // read has parsed it
	return value, ok && n > 1
}

func (zoomForm) String() string { return "a number above 1 and at most 2" }

func (f numbersForm) read(value string) (string, bool) {
	n, err := strconv.ParseFloat(value, 64)
	return value, err == nil && decimal.MatchString(value) && slices.Contains(f, n)
}

func (f numbersForm) String() string {
	var names wordsForm
	for _, n := range f {
		names = append(names, shortNumber(n))
	}
	return names.String()
}

func (f wordsForm) read(value string) (string, bool) {
	value = strings.ToLower(value)
	return value, slices.Contains(f, value)
}

func (f wordsForm) String() string {
	last := len(f) - 1
	if last == 0 {
		return f[0]
	}
	return strings.Join(f[:last], ", ") + " or " + f[last]
}

var ratioGrammar = regexp.MustCompile(`^([0-9]{1,5}):([0-9]{1,5})$`)

func (f ratioForm) read(value string) (string, bool) {
	w, h, ok := ratioSides(value)
	return value, ok && w <= f.most*h && h <= f.most*w
}

func (f ratioForm) String() string {
	most := strconv.FormatInt(f.most, 10)
	return "two whole numbers such as 16:9, from 1:" + most + " to " + most + ":1"
}

// ratioSides reads W:H; false unless both are at least 1.
func ratioSides(value string) (w, h int64, ok bool) {
	sides := ratioGrammar.FindStringSubmatch(value)
	if sides == nil {
		return 0, 0, false
	}
	w, _ = strconv.ParseInt(sides[1], 10, 64) // five digits always fit
	h, _ = strconv.ParseInt(sides[2], 10, 64)
	return w, h, w > 0 && h > 0
}

func (f versionForm) read(value string) (string, bool) {
	r, ok := parseRelease(value, f.niji)
	return r.number(), ok
}

func (f versionForm) String() string {
	if f.niji {
		return "one of Niji's versions, such as 6 or 7"
	}
	return "one of Midjourney's versions, such as 6.1, 7 or 8.1"
}

var styleName = regexp.MustCompile(`^[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*$`)

// read keeps the case of what is not one of the known words: style codes have capitals.
func (styleForm) read(value string) (string, bool) {
	if word, ok := (wordsForm{"raw", "cute", "scenic", "expressive", "original", "4a", "4b", "4c"}).read(value); ok {
		return word, true
	}
	return value, styleName.MatchString(value)
}

func (styleForm) String() string { return "a style such as raw" }

// A style reference's code, as a number or a word with a digit in it, and a personalization code, with weights.
var (
	styleCode   = regexp.MustCompile(`^(?i:random|[a-z]*[0-9][a-z0-9]*)(?:::[0-9.]+)?$`)
	profileCode = regexp.MustCompile(`^[A-Za-z0-9]+(?:::[0-9.]+)?$`)
)

func (f linksForm) read(value string) (string, bool) {
	all := strings.Fields(value)
	for _, word := range all {
		if !f.takes(word) {
			return value, false
		}
	}
	return value, len(all) == 1 || len(all) > 1 && !f.one && (f.most == 0 || len(all) <= f.most)
}

// takes reports whether a word can belong to the value.
func (f linksForm) takes(word string) bool {
	return adapter.IsLink(word) || f.codes && styleCode.MatchString(word)
}

func (f linksForm) String() string {
	switch {
	case f.codes:
		return "public http(s) addresses of pictures, style codes or random"
	case f.most > 0:
		return "at most " + strconv.Itoa(f.most) + " public http(s) addresses of pictures"
	case f.one:
		return "the public http(s) address of a picture"
	default:
		return "public http(s) addresses of pictures"
	}
}

func (codesForm) read(value string) (string, bool) {
	for word := range strings.FieldsSeq(value) {
		if !profileCode.MatchString(word) {
			return value, false
		}
	}
	return value, true
}

func (codesForm) String() string { return "personalization codes" }

func (endForm) read(value string) (string, bool) {
	return value, value == "loop" || adapter.IsLink(value)
}
func (endForm) String() string { return "loop or the public http(s) address of a picture" }

func (anyForm) read(value string) (string, bool) { return value, value != "" }
func (anyForm) String() string                   { return "words" }

func shortNumber(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }
