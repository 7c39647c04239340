package mcp

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"midgate/adapter"
	"midgate/adapter/nearest"
	"midgate/proxy/body"
)

// schema is as much of JSON Schema as tools.json uses.
type schema struct {
	Type       string             `json:"type"`
	Properties map[string]*schema `json:"properties"`
	Required   []string           `json:"required"`
	Items      *schema            `json:"items"`
	Enum       []any              `json:"enum"`
	Pattern    string             `json:"pattern"`
	Minimum    *float64           `json:"minimum"`
	Maximum    *float64           `json:"maximum"`
	MinLength  int                `json:"minLength"`
	MaxLength  int                `json:"maxLength"`
	MinItems   int                `json:"minItems"`
	MaxItems   int                `json:"maxItems"`
}

// read checks a value against the schema and returns it in its plain form: texts trimmed, numbers as float64, what is
// empty left out. Models send numbers as texts, one where a list is asked for, and lists as texts: that is understood.
func (s *schema) read(name string, v any) (any, error) {
	switch s.Type {
	case "object":
		return s.readObject(name, v)
	case "array":
		return s.readArray(name, v)
	case "string":
		return s.readText(name, v)
	case "integer", "number":
		return s.readNumber(name, v)
	default:
		return readTruth(name, v)
	}
}

func (s *schema) readObject(name string, v any) (any, error) {
	if text, ok := v.(string); ok {
		_ = json.Unmarshal([]byte(text), &v) // what it is then is looked at
	}
	given, ok := v.(map[string]any)
	if !ok {
		return nil, bad(name, "must be an object with %s", strings.Join(slices.Sorted(maps.Keys(s.Properties)), ", "))
	}
	plain := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(given)) {
		member := s.Properties[key]
		if member == nil {
			near, _ := nearest.Of(strings.ToLower(key), slices.Sorted(maps.Keys(s.Properties)))
			if ours := ourNames[key]; s.Properties[ours] != nil { // what other faces call it
				near = ours
			}
			return nil, adapter.BadParam(within(name, key), "unknown_parameter", "'%s' means nothing here; did you mean '%s'? There are %s.",
				body.Shortened(within(name, key), 100), near, strings.Join(slices.Sorted(maps.Keys(s.Properties)), ", "))
		}
		if given[key] == nil || given[key] == "" {
			continue
		}
		value, err := member.read(within(name, key), given[key])
		if err != nil {
			return nil, err
		}
		if value != "" {
			plain[key] = value
		}
	}
	for _, key := range s.Required {
		if _, there := plain[key]; !there {
			return nil, adapter.BadParam(within(name, key), "missing_required_parameter", "'%s' is missing.", within(name, key))
		}
	}
	return plain, nil
}

func within(name, key string) string {
	if name == "" {
		return key
	}
	return name + "." + key
}

func (s *schema) readArray(name string, v any) (any, error) {
	if text, ok := v.(string); ok && strings.HasPrefix(strings.TrimSpace(text), "[") {
		var list []any
		if json.Unmarshal([]byte(text), &list) == nil {
			v = list
		}
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	if len(list) < s.MinItems || s.MaxItems > 0 && len(list) > s.MaxItems {
		return nil, bad(name, "must have %d to %d elements", s.MinItems, s.MaxItems)
	}
	plain := make([]any, 0, len(list))
	for i, e := range list {
		value, err := s.Items.read(fmt.Sprintf("%s[%d]", name, i), e)
		if err != nil {
			return nil, err
		}
		if value == "" {
			return nil, bad(fmt.Sprintf("%s[%d]", name, i), "must not be empty")
		}
		plain = append(plain, value)
	}
	return plain, nil
}

func (s *schema) readText(name string, v any) (any, error) {
	var text string
	switch v := v.(type) {
	case string:
		text = strings.TrimSpace(v)
	case float64:
		text = strconv.FormatFloat(v, 'f', -1, 64)
	default:
		return nil, bad(name, "must be a text")
	}
	switch n := utf8.RuneCountInString(text); {
	case strings.ContainsRune(text, utf8.RuneError):
		return nil, bad(name, "has characters that are no Unicode")
	case s.MaxLength > 0 && n > s.MaxLength:
		return nil, bad(name, "must have at most %d characters, not %d", s.MaxLength, n)
	case text == "":
		return "", nil
	case s.Pattern != "" && !regexp.MustCompile(s.Pattern).MatchString(text):
		return nil, bad(name, "must be like 3:2") // the one pattern that there is
	case len(s.Enum) > 0 && !slices.Contains(s.Enum, any(text)):
		if lower := strings.ToLower(text); slices.Contains(s.Enum, any(lower)) {
			return lower, nil
		}
		if button := adapter.ActionNamed(text); button != "" && slices.Contains(s.Enum, any(button)) {
			return button, nil
		}
		return nil, bad(name, "must be one of %s", listOf(s.Enum))
	}
	return text, nil
}

func (s *schema) readNumber(name string, v any) (any, error) {
	var n float64
	switch v := v.(type) {
	case float64:
		n = v
	case string:
		var err error
		if n, err = strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(v), "%"), 64); err != nil {
			return nil, bad(name, "must be a number")
		}
	default:
		return nil, bad(name, "must be a number")
	}
	switch {
	case math.IsNaN(n) || math.IsInf(n, 0):
		return nil, bad(name, "must be a number")
	case s.Type == "integer" && n != math.Trunc(n):
		return nil, bad(name, "must be a whole number")
	case len(s.Enum) > 0 && !slices.Contains(s.Enum, any(n)):
		return nil, bad(name, "must be one of %s", listOf(s.Enum))
	case s.Minimum != nil && n < *s.Minimum, s.Maximum != nil && n > *s.Maximum:
		return nil, bad(name, "must be from %v to %v", *s.Minimum, *s.Maximum)
	}
	return n, nil
}

func readTruth(name string, v any) (any, error) {
	switch v {
	case true, "true", "True":
		return true, nil
	case false, "false", "False":
		return false, nil
	}
	return nil, bad(name, "must be true or false")
}

func bad(name, format string, args ...any) *adapter.Error {
	return adapter.BadParam(name, "invalid_value", "'%s' %s.", name, fmt.Sprintf(format, args...))
}

func listOf(values []any) string {
	var texts []string
	for _, v := range values {
		texts = append(texts, fmt.Sprint(v))
	}
	return strings.Join(texts, ", ")
}
