package midjourney

import (
	"encoding/json"
	"strings"

	"midgate/adapter"
)

// The codes of an answer to a submission.
const (
	codeSuccess    = 1
	codeNoAccount  = 3
	codeValidation = 4
	codeRelay      = 5
	codeFailure    = 9
	codeExists     = 21
	codeQueued     = 22
	codeQueueFull  = 23
	codeBanned     = 24
	codeSaturated  = 30
	codeBinding    = -1
)

// answerJSON is everything that a server may say to a submission: an ordinary result, a relay's
// error (description, type, code), an OpenAI-shaped error, or an origin's exception.
type answerJSON struct {
	Code        *numberJSON     `json:"code"`
	Description textJSON        `json:"description"`
	Result      json.RawMessage `json:"result"`
	Properties  json.RawMessage `json:"properties"`
	Message     textJSON        `json:"message"`
	Error       json.RawMessage `json:"error"`
	Success     json.RawMessage `json:"success"`
}

// decodeAnswer reads an answer; ok is false if it is no JSON object.
func decodeAnswer(raw []byte) (a answerJSON, ok bool) {
	err := json.Unmarshal(raw, &a)
	return a, err == nil && strings.HasPrefix(strings.TrimSpace(string(raw)), "{")
}

// code is the answer's code, 0 if it has none.
func (a answerJSON) code() int {
	if a.Code == nil {
		return 0
	}
	return int(*a.Code)
}

// openAI reports whether the answer has the shape of OpenAI's errors.
func (a answerJSON) openAI() bool { return object(a.Error) != nil }

// text is the most telling text of an answer, whichever of the three forms of error it has: OpenAI's
// object, an error that is a string, or a description or message.
func (a answerJSON) text() string {
	if m := object(a.Error); m != nil {
		return strings.TrimSpace(scalar(m["message"]))
	}
	for _, s := range []string{scalar(a.Error), string(a.Description), string(a.Message)} {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return ""
}

// words is all that an answer says, in lower case: what the phrases of a classification are
// looked for in.
func (a answerJSON) words() string {
	m := object(a.Error)
	return strings.ToLower(strings.Join([]string{
		scalar(m["message"]), scalar(m["code"]), scalar(m["type"]), scalar(a.Error), string(a.Description), string(a.Message),
	}, " "))
}

// fails reports whether an answer says outright that it is an error.
func (a answerJSON) fails() bool {
	return a.openAI() || scalar(a.Error) != "" || scalar(a.Success) == "false"
}

// accepted reads a submission out of an answer with code 1, 21 or 22. ok is false if it names no
// task: then nobody knows what became of it.
func (a answerJSON) accepted(cmd adapter.Command) (s adapter.Submission, ok bool) {
	p := object(a.Properties)
	s = adapter.Submission{TaskID: taskID(a.Result), Queued: int(whole(scalar(p["numberOfQueues"])))}
	if s.TaskID == "" {
		return s, false
	}
	if opensDialogs(cmd) && a.confirms(p) {
		s.Dialog, s.Prompt = true, scalar(p["finalPrompt"])
	}
	s.Existing = !s.Dialog && (a.code() == codeExists || s.TaskID == parent(cmd) && opensDialogs(cmd))
	return s, true
}

// confirms reports whether a window waits for a modal: code 21 that is
// not an old origin's "exists already", or one of the signs that relays leave when they rewrite it.
func (a answerJSON) confirms(p map[string]json.RawMessage) bool {
	exists := scalar(p["status"]) != "" || scalar(p["imageUrl"]) != "" || strings.Contains(string(a.Description), "已存在")
	switch {
	case exists:
		return false
	case a.code() == codeExists:
		return true
	default:
		return containsAny(a.words(), "confirm") || scalar(p["remix"]) == "true"
	}
}
