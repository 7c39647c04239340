package midjourney

import (
	"encoding/json"
	"strings"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/wire"
)

// named reads the submission out of an answer that accepts a job and names it.
func named(cmd adapter.Command, a wire.Answer) (adapter.Submission, bool) {
	if !a.Accepts() {
		return adapter.Submission{}, false
	}
	s, ok := accepted(cmd, a)
	s.At = time.Now()
	return s, ok
}

// accepted reads a submission out of an answer with code 1, 21 or 22. ok is false if it names no
// task: then nobody knows what became of it.
func accepted(cmd adapter.Command, a wire.Answer) (s adapter.Submission, ok bool) {
	p := wire.Object(a.Properties)
	s = adapter.Submission{TaskID: wire.TaskID(a.Result), Queued: int(wire.Whole(wire.Scalar(p["numberOfQueues"])))}
	if s.TaskID == "" {
		return s, false
	}
	if opensDialogs(cmd) && confirms(a, p) {
		s.Dialog, s.Prompt = true, wire.Scalar(p["finalPrompt"])
	}
	s.Existing = !s.Dialog && (a.Number() == wire.CodeExists || s.TaskID == parent(cmd) && opensDialogs(cmd))
	return s, true
}

// confirms reports whether a window waits for a modal: code 21 that is
// not an old origin's "exists already", or one of the signs that relays leave when they rewrite it.
func confirms(a wire.Answer, p map[string]json.RawMessage) bool {
	exists := wire.Scalar(p["status"]) != "" || wire.Scalar(p["imageUrl"]) != "" || strings.Contains(string(a.Description), "已存在")
	switch {
	case exists:
		return false
	case a.Number() == wire.CodeExists:
		return true
	default:
		return a.Says("confirm") || wire.Scalar(p["remix"]) == "true"
	}
}
