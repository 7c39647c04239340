package wire

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// The upstreams disagree about JSON types, and one odd field must not spoil a whole answer: these
// types decode whatever comes and never fail.

// Text is a string; numbers and booleans are kept as they are written, all else is "".
type Text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *Text) UnmarshalJSON(raw []byte) error {
	*t = Text(Scalar(raw))
	return nil
}

// Number is a whole number, also out of a string's leading digits; all else is 0.
type Number int64

// UnmarshalJSON implements json.Unmarshaler.
func (n *Number) UnmarshalJSON(raw []byte) error {
	*n = Number(Whole(Scalar(raw)))
	return nil
}

// Scalar returns a string, number or boolean as text; null, lists and objects are "".
func Scalar(raw []byte) string {
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return ""
	}
	switch raw[0] {
	case '"':
		var s string
		if json.Unmarshal(raw, &s) != nil {
			return ""
		}
		return s
	case '{', '[', 'n':
		return ""
	default:
		return string(raw)
	}
}

// Whole reads the leading number of a text, "46%" as 46; 0 if there is none.
func Whole(s string) int64 {
	s = strings.TrimSpace(s)
	end := 0
	for end < len(s) && (s[end] >= '0' && s[end] <= '9' || end == 0 && s[end] == '-') {
		end++
	}
	if n, err := strconv.ParseInt(s[:end], 10, 64); err == nil && !strings.ContainsAny(s, "eE") {
		return n
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || math.IsNaN(f) || math.Abs(f) > 1<<62 {
		return 0
	}
	return int64(f)
}

// Object decodes an object's members; anything else has none.
func Object(raw json.RawMessage) map[string]json.RawMessage {
	var m map[string]json.RawMessage
	if json.Unmarshal(raw, &m) != nil {
		return nil
	}
	return m
}

// List decodes a list's elements; anything else has none.
func List(raw json.RawMessage) []json.RawMessage {
	var l []json.RawMessage
	if json.Unmarshal(raw, &l) != nil {
		return nil
	}
	return l
}

// TaskID reads a submission's result: a string or number, the first of a list or of several ids
// joined by commas, or an object that has it.
func TaskID(raw json.RawMessage) string {
	if l := List(raw); len(l) > 0 {
		raw = l[0]
	}
	m := Object(raw)
	for _, name := range []string{"taskId", "task_id", "id"} {
		if named := Scalar(m[name]); named != "" {
			raw = m[name]
			break
		}
	}
	id := Scalar(raw)
	if id == "true" || id == "false" {
		return ""
	}
	if f, err := strconv.ParseFloat(id, 64); err == nil && len(raw) > 0 && raw[0] != '"' && strings.ContainsAny(id, "eE") && f < 1<<53 {
		id = strconv.FormatFloat(f, 'f', -1, 64)
	}
	id, _, _ = strings.Cut(id, ",")
	return strings.TrimSpace(id)
}
