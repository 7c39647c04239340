package simulator

import (
	"bytes"
	"encoding/json"
	"strings"
)

// fields is a submit body whose values are taken out one by one. Relays decode into fixed types, so a number where a
// string belongs spoils the whole body; the first origin is lenient.
type fields struct {
	values  map[string]json.RawMessage
	lenient bool
	bad     bool
}

// readFields decodes the body; a body that is not an object is bad from the start.
func readFields(lenient bool, c *call) *fields {
	f := &fields{lenient: lenient}
	if c.broken || json.Unmarshal(c.body, &f.values) != nil || f.values == nil {
		f.bad = true
	}
	return f
}

func (f *fields) text(name string) string {
	var text string
	f.take(name, &text)
	return text
}

func (f *fields) flag(name string) bool {
	var on bool
	f.take(name, &on)
	return on
}

func (f *fields) whole(name string) int {
	var n int
	f.take(name, &n)
	return n
}

func (f *fields) texts(name string) []string {
	var list []string
	f.take(name, &list)
	return list
}

// modes reads the ordered speed wishes of accountFilter, in lower case.
func (f *fields) modes() []string {
	var filter struct {
		Modes []string `json:"modes"`
	}
	f.take("accountFilter", &filter)
	for i, mode := range filter.Modes {
		filter.Modes[i] = strings.ToLower(mode)
	}
	return filter.Modes
}

// take decodes one value; absent and null leave the zero value.
func (f *fields) take(name string, into any) {
	raw, ok := f.values[name]
	if !ok || bytes.Equal(raw, []byte("null")) {
		return
	}
	if json.Unmarshal(raw, into) == nil {
		return
	}
	if f.lenient && json.Unmarshal(retyped(raw), into) == nil {
		return
	}
	f.bad = true
}

// retyped turns "2" into 2 and anything else into a string of itself.
func retyped(raw json.RawMessage) json.RawMessage {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return json.RawMessage(text)
	}
	quoted, err := json.Marshal(string(raw))
	if err != nil {
		return raw
	}
	return quoted
}
