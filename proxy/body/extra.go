package body

import (
	"maps"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// chatter are parameters of text models, which mean nothing here.
var chatter = []string{"temperature", "top_p", "top_k", "max_tokens", "max_completion_tokens", "frequency_penalty", "presence_penalty", "stop", "logprobs", "top_logprobs", "user"}

// unwrap puts the members of an extra_body beside it: Python's SDK does that by itself, and who writes the JSON by hand
// copies the name along.
func (p *Body) unwrap() error {
	name := "extra_body"
	if !p.Fields[name].Exists() {
		name = "extraBody"
	}
	v := p.Fields[name]
	if text := strings.TrimSpace(v.Str); v.Type == gjson.String && strings.HasPrefix(text, "{") && modest(text) && gjson.Valid(text) { // a form's
		v = gjson.Parse(text)
	}
	if !v.IsObject() {
		return nil
	}
	delete(p.Fields, name)
	inside := map[string]gjson.Result{}
	if member, again := membersOf(v, inside); again {
		return twice(Shortened(member, 100))
	}
	for _, member := range slices.Sorted(maps.Keys(inside)) {
		// Python's SDK lets its extra_body win; what makes a picture is not decided that way.
		if old := p.Fields[member]; !slices.Contains(chatter, member) && Says(old) && Says(inside[member]) && strings.TrimSpace(old.String()) != strings.TrimSpace(inside[member].String()) {
			return twice(Shortened(member, 100))
		}
		if p.Form && (slices.Contains(imageFields, member) || member == "mask") && Says(inside[member]) { // the form's were read
			return unusedUpload(name)
		}
		if Says(inside[member]) {
			p.Fields[member] = inside[member]
		}
	}
	return nil
}
