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

	word string // the code, where it is a word
}

// DecodeAnswer reads an answer; ok is false if it is no JSON object.
func DecodeAnswer(raw []byte) (a Answer, ok bool) {
	err := json.Unmarshal(raw, &a)
	if err != nil || !strings.HasPrefix(strings.TrimSpace(string(raw)), "{") {
		return a, false
	}
	a.complete(Object(raw))
	return a, true
}

// complete takes what stands under other names than the usual ones.
func (a *Answer) complete(m map[string]json.RawMessage) {
	if code := Scalar(m["code"]); !strings.ContainsAny(code, "0123456789") {
		a.word = code
	}
	if len(a.Error) == 0 || string(a.Error) == "null" {
		a.Error = m["errors"]
	}
	if l := List(a.Error); len(l) > 0 {
		a.Error = l[0]
	}
	for _, name := range []string{"msg", "detail", "error_msg", "error_message", "errmsg", "reason"} {
		if strings.TrimSpace(string(a.Message)) == "" {
			a.Message = Text(Said(m[name]))
		}
	}
	a.Description, a.Message = Text(Inner(string(a.Description))), Text(Inner(string(a.Message)))
	for _, name := range []string{"data", "taskId", "task_id"} {
		if TaskID(a.Result) == "" && strings.ContainsAny(TaskID(m[name]), "0123456789") {
			a.Result = m[name]
		}
	}
}

// Said is what a value says: a text, the message of an object, or the first of a list of these.
func Said(raw json.RawMessage) string {
	if l := List(raw); len(l) > 0 {
		raw = l[0]
	}
	if m := Object(raw); m != nil {
		for _, name := range []string{"message", "msg", "description", "detail"} {
			if text := Scalar(m[name]); strings.TrimSpace(text) != "" {
				return Inner(text)
			}
		}
		return ""
	}
	return Inner(Scalar(raw))
}

// Inner is a text in which a relay quotes the JSON of the server behind it, with what that says in place of the JSON.
func Inner(text string) string {
	from, to := strings.IndexByte(text, '{'), strings.LastIndexByte(text, '}')
	if from < 0 || to < from {
		return text
	}
	before := strings.TrimSpace(text[:from])
	if before != "" && before != "[" && !strings.HasSuffix(before, ":") && !strings.HasSuffix(before, "：") && !strings.HasSuffix(before, "=") {
		return text
	}
	a, ok := DecodeAnswer([]byte(text[from : to+1]))
	if said := a.Text(); ok && said != "" {
		return strings.TrimSpace(strings.TrimPrefix(before, "[") + " " + said)
	}
	return text
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
	if a.OpenAI() {
		return strings.TrimSpace(Said(a.Error))
	}
	for _, s := range []string{Inner(Scalar(a.Error)), string(a.Description), string(a.Message)} {
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
		Said(a.Error), Scalar(m["code"]), Scalar(m["type"]), string(a.Description), string(a.Message), a.word,
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
