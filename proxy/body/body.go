package body

import (
	"crypto/sha256"
	"encoding/hex"
	"math"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"midgate/adapter"
)

// HexDigest is the SHA-256 of a text, as it stands in records.
func HexDigest(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// Steps stops at the first thing that is wrong.
type Steps struct{ Err error }

// Do takes a step, unless one before it failed.
func (r *Steps) Do(step func() error) {
	if r.Err == nil {
		r.Err = step()
	}
}

// Object reads a field that is an object, null where it is absent.
func (p *Body) Object(name string) (gjson.Result, error) {
	o := p.Fields[name]
	if o.Type == gjson.String { // a form's text part, or a client that encodes twice
		text := strings.TrimSpace(o.Str)
		if text != "" && (!modest(text) || !gjson.Valid(text)) {
			return o, adapter.BadParam(name, "invalid_type", "'%s' must be a JSON object.", name)
		}
		if at := halfCharacter(text); at >= 0 {
			return o, adapter.BadParam(name, "invalid_utf8", "'%s' is not valid UTF-8: the escape %s is half a character, at byte offset %d.", name, text[at:at+6], at)
		}
		o = gjson.Parse(text)
	}
	if o.Type != gjson.Null && !o.IsObject() {
		return o, adapter.BadParam(name, "invalid_type", "'%s' must be a JSON object.", name)
	}
	if member, again := membersOf(o, map[string]gjson.Result{}); again {
		return o, twice(name + "." + Shortened(member, 100))
	}
	return o, nil
}

// Model reads the model; what no model could be called is refused before it is looked up.
func (p *Body) Model() (string, error) {
	name, err := p.Text("model")
	if err == nil && len(name) > 256 {
		err = adapter.BadParam("model", "string_above_max_length", "'model' must have at most 256 characters.")
	}
	return name, err
}

// Decimal reads a number, nil if it is absent.
func Decimal(v gjson.Result, param string) (*float64, error) {
	f, given, err := NumberOf(v, param)
	if err != nil || !given {
		return nil, err
	}
	return &f, nil
}

// Small reads a whole number within bounds.
func Small(v gjson.Result, param string, low, high int64) (*int, error) {
	n, err := WholeOf(v, param, low, high)
	if err != nil || n == nil {
		return nil, err
	}
	i := int(*n)
	return &i, nil
}

// OneOf reads one of some known words; anything else is refused with what is allowed.
func OneOf(v gjson.Result, param string, allowed ...string) (string, error) {
	t, err := TextOf(v, param)
	if err != nil || t == "" {
		return "", err
	}
	for _, w := range allowed {
		if strings.EqualFold(t, w) {
			return w, nil
		}
	}
	return "", adapter.BadParam(param, "invalid_value", "'%s' must be one of %s.", param, Quoted(allowed))
}

// Body is a request's body, whatever its encoding was: its top-level fields, and for a form its files.
// A form's text parts are strings; the readers below understand "2" as well as 2.
type Body struct {
	Fields map[string]gjson.Result
	Images []Source // a form's, in the order in which they came; JSON's after jsonImages
	Mask   *Source
	End    *Source // a video's last frame
	Form   bool
	Query  url.Values        // of the request's address
	Called map[string]string // by what name a parameter was sent that is refused under another one; nil: nobody asks

	uploads []Upload      // long strings of a JSON body that were not kept
	Sum     func() string // digest of the canonical body
}

// Call notes the name by which a parameter was sent.
func (p *Body) Call(param, sent string) {
	if p.Called != nil {
		p.Called[param] = sent
	}
}

// Text reads a string; numbers and booleans are taken as they are written.
func (p *Body) Text(name string) (string, error) { return TextOf(p.Fields[name], name) }

// TextOf reads a string; numbers and booleans are taken as they are written.
func TextOf(v gjson.Result, param string) (string, error) {
	switch v.Type {
	case gjson.Null:
		return "", nil
	case gjson.JSON:
		return "", adapter.BadParam(param, "invalid_type", "'%s' must be a string.", param)
	default:
		if strings.HasPrefix(v.Str, UploadMark) {
			return "", adapter.BadParam(param, "string_above_max_length", "'%s' is too long.", param)
		}
		return strings.Clone(strings.TrimSpace(v.String())), nil // not a piece of a body of many megabytes
	}
}

// Word reads one of some known words; anything else is refused with what is allowed.
func (p *Body) Word(name string, allowed ...string) (string, error) {
	v, err := p.Text(name)
	if err != nil || v == "" {
		return "", err
	}
	for _, w := range allowed {
		if strings.EqualFold(v, w) {
			return w, nil
		}
	}
	return "", adapter.BadParam(name, "invalid_value", "'%s' must be one of %s.", name, Quoted(allowed))
}

// Hint reads a word that may be anything, or a list of one word: what is not text is ignored.
func (p *Body) Hint(name string) string {
	v := p.Fields[name]
	if list := v.Array(); len(list) == 1 {
		v = list[0]
	}
	if v.Type != gjson.String || len(v.Str) > 256 {
		return ""
	}
	return strings.Clone(strings.TrimSpace(v.Str))
}

// Whole reads a whole number within bounds; nil if the field is absent.
func (p *Body) Whole(name string, low, high int64) (*int64, error) {
	return WholeOf(p.Fields[name], name, low, high)
}

// WholeOf reads a whole number within bounds; nil if it is absent.
func WholeOf(v gjson.Result, param string, low, high int64) (*int64, error) {
	f, given, err := NumberOf(v, param)
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

// NumberOf reads a number, also one written as text.
func NumberOf(v gjson.Result, param string) (f float64, given bool, err error) {
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

// Truth reads a boolean, also one that a form or Python wrote as text.
func (p *Body) Truth(name string) (bool, error) { return TruthOf(p.Fields[name], name) }

// TruthOf reads a boolean, also one that a form or Python wrote as text.
func TruthOf(v gjson.Result, param string) (bool, error) {
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

// ListOf reads one text or a list of texts.
func ListOf(v gjson.Result, param string) ([]string, error) {
	if !v.IsArray() {
		t, err := TextOf(v, param)
		if t == "" || err != nil {
			return nil, err
		}
		return []string{t}, nil
	}
	var list []string
	for _, e := range v.Array() {
		t, err := TextOf(e, param)
		if err != nil {
			return nil, err
		}
		if t != "" {
			list = append(list, t)
		}
	}
	return list, nil
}

// TextsOf reads a list of pictures in words; a mark of an upload is such a word.
func TextsOf(v gjson.Result, param string) ([]string, error) {
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

// Present refuses a body without that parameter.
func (p *Body) Present(param string) error {
	if v, ok := p.Fields[param]; !ok || v.Type == gjson.Null {
		return adapter.BadParam(param, "missing_required_parameter", "Missing required parameter: '%s'.", param)
	}
	return nil
}

// maxPrompt is OpenAI's limit for the longest-winded of its models, in characters.
const maxPrompt = 32000

// Prompt reads the prompt. required is false where a picture or a button says enough.
func (p *Body) Prompt(required bool) (string, error) {
	v := p.Fields["prompt"]
	switch missing := p.Present("prompt"); {
	case missing != nil && required:
		return "", missing
	case missing != nil:
		return "", nil //nolint:nilerr // nothing was said, and nothing is needed
	case v.Type != gjson.String:
		return "", adapter.BadParam("prompt", "invalid_type", "'prompt' must be a string.")
	case strings.TrimSpace(v.Str) == "":
		if required {
			return "", adapter.BadParam("prompt", "empty_string", "'prompt' must not be empty.")
		}
		return "", nil
	case strings.HasPrefix(v.Str, UploadMark), len(v.Str) > maxPrompt && utf8.RuneCountInString(v.Str) > maxPrompt:
		return "", adapter.BadParam("prompt", "string_above_max_length", "'prompt' must have at most %d characters.", maxPrompt)
	}
	return strings.Clone(v.Str), nil
}
