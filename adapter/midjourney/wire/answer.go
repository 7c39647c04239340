package wire

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"
)

// The codes of an answer to a submission.
const (
	CodeSuccess    = 1
	CodeNoAccount  = 3
	CodeValidation = 4
	CodeRelay      = 5
	CodeFailure    = 9
	CodeExists     = 21
	CodeQueued     = 22
	CodeQueueFull  = 23
	CodeBanned     = 24
	CodeSaturated  = 30
	CodeBinding    = -1
)

// Answer is everything that a server may say to a submission: an ordinary result, a relay's
// error (description, type, code), an OpenAI-shaped error, or an origin's exception.
type Answer struct {
	Code        *Number         `json:"code"`
	Description Text            `json:"description"`
	Result      json.RawMessage `json:"result"`
	Properties  json.RawMessage `json:"properties"`
	Message     Text            `json:"message"`
	Error       json.RawMessage `json:"error"`
	Success     json.RawMessage `json:"success"`
}

// DecodeAnswer reads an answer; ok is false if it is no JSON object.
func DecodeAnswer(raw []byte) (a Answer, ok bool) {
	err := json.Unmarshal(raw, &a)
	return a, err == nil && strings.HasPrefix(strings.TrimSpace(string(raw)), "{")
}

// Number is the answer's code, 0 if it has none.
func (a Answer) Number() int {
	if a.Code == nil {
		return 0
	}
	return int(*a.Code)
}

// OpenAI reports whether the answer has the shape of OpenAI's errors.
func (a Answer) OpenAI() bool { return Object(a.Error) != nil }

// Text is the most telling text of an answer, whichever of the three forms of error it has: OpenAI's
// object, an error that is a string, or a description or message.
func (a Answer) Text() string {
	if m := Object(a.Error); m != nil {
		return strings.TrimSpace(Scalar(m["message"]))
	}
	for _, s := range []string{Scalar(a.Error), string(a.Description), string(a.Message)} {
		if s = strings.TrimSpace(s); s != "" {
			return s
		}
	}
	return ""
}

// Words is all that an answer says, in lower case: what the phrases of a classification are
// looked for in.
func (a Answer) Words() string {
	m := Object(a.Error)
	return strings.ToLower(strings.Join([]string{
		Scalar(m["message"]), Scalar(m["code"]), Scalar(m["type"]), Scalar(a.Error), string(a.Description), string(a.Message),
	}, " "))
}

// Fails reports whether an answer says outright that it is an error.
func (a Answer) Fails() bool {
	return a.OpenAI() || Scalar(a.Error) != "" || Scalar(a.Success) == "false"
}

// Accepts reports whether the answer's code says that there is a job.
func (a Answer) Accepts() bool {
	return !a.OpenAI() && slices.Contains([]int{CodeSuccess, CodeQueued, CodeExists}, a.Number())
}

// Says reports whether an answer has one of some phrases, in lower case, anywhere in its words.
func (a Answer) Says(phrases ...string) bool {
	said := a.Words()
	return slices.ContainsFunc(phrases, func(p string) bool { return strings.Contains(said, p) })
}

// Cause is the private cause of a refusal that came with a status: nothing in it can leak into a log.
func (a Answer) Cause(status int) error { return numbers{status, a.Number()} }

type numbers struct{ status, code int }

// Error implements error.
func (n numbers) Error() string {
	return "upstream answered status " + strconv.Itoa(n.status) + ", code " + strconv.Itoa(n.code)
}
