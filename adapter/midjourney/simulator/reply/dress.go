package reply

import (
	"encoding/json"
	"maps"
)

// Dress gives the finished tasks of an answer, in JSON, other members.
func Dress(body []byte, members string, fits func(task map[string]json.RawMessage) bool) []byte {
	var more map[string]json.RawMessage
	if json.Unmarshal([]byte(members), &more) != nil {
		return body
	}
	dress := func(raw json.RawMessage) json.RawMessage {
		var t map[string]json.RawMessage
		if json.Unmarshal(raw, &t) != nil || string(t["status"]) != `"SUCCESS"` || !fits(t) {
			return raw
		}
		maps.Copy(t, more)
		return Encode(t)
	}
	var all []json.RawMessage
	if json.Unmarshal(body, &all) != nil {
		return dress(body)
	}
	for i := range all {
		all[i] = dress(all[i])
	}
	return Encode(all)
}
