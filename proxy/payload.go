package proxy

import (
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"midgate/adapter"
)

// payload is a request's body, whatever its encoding was: its top-level fields, and for a form its files.
// A form's text parts are strings; the readers below understand "2" as well as 2 (openai-surface.md §0.4).
type payload struct {
	fields map[string]gjson.Result
	images []source // a form's, in the order in which they came; JSON's after jsonImages
	mask   *source
	end    *source // a video's last frame
	form   bool

	uploads []diverted    // long strings of a JSON body that were not kept
	sum     func() string // digest of the canonical body
}

// text reads a string; numbers and booleans are taken as they are written.
func (p *payload) text(name string) (string, error) { return textOf(p.fields[name], name) }

func textOf(v gjson.Result, param string) (string, error) {
	switch v.Type {
	case gjson.Null:
		return "", nil
	case gjson.JSON:
		return "", adapter.BadParam(param, "invalid_type", "'%s' must be a string.", param)
	default:
		if strings.HasPrefix(v.Str, uploadMark) {
			return "", adapter.BadParam(param, "string_above_max_length", "'%s' is too long.", param)
		}
		return strings.Clone(strings.TrimSpace(v.String())), nil // not a piece of a body of many megabytes
	}
}

// word reads one of some known words; anything else is refused with what is allowed.
func (p *payload) word(name string, allowed ...string) (string, error) {
	v, err := p.text(name)
	if err != nil || v == "" {
		return "", err
	}
	for _, w := range allowed {
		if strings.EqualFold(v, w) {
			return w, nil
		}
	}
	return "", adapter.BadParam(name, "invalid_value", "'%s' must be one of %s.", name, quoted(allowed))
}

// hint reads a word that may be anything: what is not text is ignored (contract.md §5, tolerance).
func (p *payload) hint(name string) string {
	v := p.fields[name]
	if v.Type != gjson.String || len(v.Str) > 256 {
		return ""
	}
	return strings.Clone(strings.TrimSpace(v.Str))
}

// whole reads a whole number within bounds; nil if the field is absent.
func (p *payload) whole(name string, low, high int64) (*int64, error) {
	return wholeOf(p.fields[name], name, low, high)
}

func wholeOf(v gjson.Result, param string, low, high int64) (*int64, error) {
	f, given, err := numberOf(v, param)
	if err == nil && !given {
		return nil, nil //nolint:nilnil // absent
	}
	switch {
	case err != nil, f != math.Trunc(f):
		return nil, adapter.BadParam(param, "invalid_type", "'%s' must be a whole number from %d to %d.", param, low, high)
	case f < float64(low):
		return nil, adapter.BadParam(param, "integer_below_min_value", "'%s' must be a whole number from %d to %d.", param, low, high)
	case f > float64(high):
		return nil, adapter.BadParam(param, "integer_above_max_value", "'%s' must be a whole number from %d to %d.", param, low, high)
	}
	n := int64(f)
	return &n, nil
}

// numberOf reads a number, also one written as text.
func numberOf(v gjson.Result, param string) (f float64, given bool, err error) {
	switch v.Type {
	case gjson.Null:
		return 0, false, nil
	case gjson.Number:
		f = v.Num
	case gjson.String:
		t := strings.TrimSpace(v.Str)
		if t == "" {
			return 0, false, nil
		}
		f, err = strconv.ParseFloat(t, 64)
	default:
		err = strconv.ErrSyntax
	}
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
		return 0, false, adapter.BadParam(param, "invalid_type", "'%s' must be a number.", param)
	}
	return f, true, nil
}

// truth reads a boolean, also one that a form or Python wrote as text.
func (p *payload) truth(name string) (bool, error) { return truthOf(p.fields[name], name) }

func truthOf(v gjson.Result, param string) (bool, error) {
	switch v.Type {
	case gjson.Null, gjson.False:
		return false, nil
	case gjson.True:
		return true, nil
	case gjson.JSON:
	default:
		switch strings.ToLower(strings.TrimSpace(v.String())) {
		case "true", "1", "yes", "on":
			return true, nil
		case "", "false", "0", "no", "off", "none", "null":
			return false, nil
		}
	}
	return false, adapter.BadParam(param, "invalid_type", "'%s' must be true or false.", param)
}

// listOf reads one text or a list of texts.
func listOf(v gjson.Result, param string) ([]string, error) {
	if !v.IsArray() {
		t, err := textOf(v, param)
		if t == "" || err != nil {
			return nil, err
		}
		return []string{t}, nil
	}
	var list []string
	for _, e := range v.Array() {
		t, err := textOf(e, param)
		if err != nil {
			return nil, err
		}
		if t != "" {
			list = append(list, t)
		}
	}
	return list, nil
}

// textsOf reads a list of pictures in words; a mark of an upload is such a word.
func textsOf(v gjson.Result, param string) ([]string, error) {
	if v.Type == gjson.String {
		return []string{v.Str}, nil
	}
	var list []string
	for _, e := range v.Array() {
		if e.Type != gjson.String {
			return nil, adapter.BadParam(param, "invalid_type", "'%s' must be a list of URLs, data URLs or IDs.", param)
		}
		list = append(list, e.Str)
	}
	return list, nil
}

// present refuses a body without that parameter.
func (p *payload) present(param string) error {
	if v, ok := p.fields[param]; !ok || v.Type == gjson.Null {
		return adapter.BadParam(param, "missing_required_parameter", "Missing required parameter: '%s'.", param)
	}
	return nil
}

// maxPrompt is OpenAI's limit for the longest-winded of its models, in characters.
const maxPrompt = 32000

// prompt reads the prompt. required is false where a picture or a button says enough.
func (p *payload) prompt(required bool) (string, error) {
	v := p.fields["prompt"]
	switch missing := p.present("prompt"); {
	case missing != nil && required:
		return "", missing
	case missing != nil:
		return "", nil
	case v.Type != gjson.String:
		return "", adapter.BadParam("prompt", "invalid_type", "'prompt' must be a string.")
	case strings.TrimSpace(v.Str) == "":
		if required {
			return "", adapter.BadParam("prompt", "empty_string", "'prompt' must not be empty.")
		}
		return "", nil
	case strings.HasPrefix(v.Str, uploadMark), len(v.Str) > maxPrompt && utf8.RuneCountInString(v.Str) > maxPrompt:
		return "", adapter.BadParam("prompt", "string_above_max_length", "'prompt' must have at most %d characters.", maxPrompt)
	}
	return strings.Clone(v.Str), nil
}

func quoted(words []string) string {
	return "'" + strings.Join(words, "', '") + "'"
}
