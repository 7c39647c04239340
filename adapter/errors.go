package adapter

import (
	"cmp"
	"errors"
	"fmt"
	"strings"
	"time"
)

// Kind says what sort of failure an Error is. The set is closed: proxy maps each
// kind to one row of the error table.
type Kind string

// The kinds. A comment names the status that a client sees.
const (
	Internal     Kind = ""             // 500, fixed text
	Invalid      Kind = "invalid"      // 400, Param and Code say what
	TooLarge     Kind = "too_large"    // 413
	Moderated    Kind = "moderated"    // 400, prompt or picture refused by moderation
	NotFound     Kind = "not_found"    // 404, Code says of what
	Reused       Kind = "reused"       // 422, an Idempotency-Key with another body
	Busy         Kind = "busy"         // 429, nothing was submitted
	Credit       Kind = "credit"       // 402, the upstream's credit is used up
	Unavailable  Kind = "unavailable"  // 503, no account or maintenance, nothing was submitted
	Storage      Kind = "storage"      // 503, state cannot be written, nothing was submitted
	Failed       Kind = "failed"       // 502, the job failed after its submission
	Ambiguous    Kind = "ambiguous"    // 502, nobody knows whether a submission arrived
	UpstreamAuth Kind = "auth"         // 502, the upstream refuses midgate's own key
	Unauthorized Kind = "unauthorized" // 401, the upstream refuses the client's key (passthrough)
	Forbidden    Kind = "forbidden"    // 403, the upstream forbids the client's key something (passthrough)
	Timeout      Kind = "timeout"      // 504, the job still runs
	Overdue      Kind = "overdue"      // 504, the job was not over at its deadline
	Cancelled    Kind = "cancelled"    // 400, somebody cancelled the job
	Unsupported  Kind = "unsupported"  // 400, this upstream cannot do it
)

// NoPatience is the Patience of a Busy *Error that no waiting helps.
const NoPatience time.Duration = -1

// Error is the only error whose text reaches a client. Message is public, one plain
// sentence; Err is private and goes to the log.
type Error struct {
	Kind       Kind          `json:"kind"`
	Code       string        `json:"code,omitempty"`  // OpenAI's error code where the kind alone does not decide it
	Param      string        `json:"param,omitempty"` // the request's parameter that is at fault
	Message    string        `json:"message"`
	RetryAfter time.Duration `json:"retry_after,omitempty"` // Busy only: when a place may be free
	Patience   time.Duration `json:"patience,omitempty"`    // Busy only: how long asking again is worth it in all; 0: as long as the client likes
	Elsewhere  bool          `json:"elsewhere,omitempty"`   // another account or upstream may do what this one did not
	Err        error         `json:"-"`
}

// Reason is what a log may say of an error: its kind, its code and its private reason. Its message is left out, which may
// repeat what a client or an upstream has written.
func Reason(err error) string {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		return fmt.Sprint(err)
	}
	said := cmp.Or(string(e.Kind), "internal")
	if e.Code != "" {
		said += " (" + e.Code + ")"
	}
	if e.Err != nil {
		said += ": " + e.Err.Error()
	}
	return said
}

// Error joins the public message and the private cause.
func (e *Error) Error() string {
	if e.Err != nil {
		return strings.TrimSuffix(e.Message, ".") + ": " + e.Err.Error()
	}
	return e.Message
}

// Unwrap returns the private cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error of a kind with a public message.
func Errorf(kind Kind, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...)}
}

// Wrap makes an Error of a kind with a public message and a private cause.
func Wrap(kind Kind, cause error, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...), Err: cause}
}

// BadParam refuses a parameter: the message says what is allowed.
func BadParam(param, code, format string, args ...any) *Error {
	return &Error{Kind: Invalid, Code: code, Param: param, Message: fmt.Sprintf(format, args...)}
}

// KindOf returns the kind of the first Error in err's chain, Internal if there is none.
func KindOf(err error) Kind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Internal
}

// What ports answer when there is nothing, or when somebody else was first.
var (
	ErrNotFound = errors.New("not found")
	ErrExists   = errors.New("already exists")
	ErrConflict = errors.New("changed by somebody else")
	ErrPrivate  = errors.New("the address is on a private network") // and may not be fetched from
)

// ListError words a list that could not be read: a cursor that is nobody's, or somebody else's, is the request's mistake.
func ListError(err error, what string) error {
	if errors.Is(err, ErrNotFound) {
		return BadParam("after", "invalid_value", "'after' must be the ID of a %s of this key, such as the last one of the page before.", what)
	}
	return Wrap(Storage, err, "The %ss' records cannot be read at the moment.", what)
}

// CodeTaskStatus is the code of an Invalid *Error that says a task is not in the state that a command needs.
const CodeTaskStatus = "task_status"

// CodeHourly is the code of a Busy *Error that says an owner's hour is used up (Hourly). Its RetryAfter says when there is
// room again; zero where no hour has room for so much.
const CodeHourly = "hourly_limit"

// TaskNotFound is what the upstream's own API says of a task that is nobody's, or somebody else's.
func TaskNotFound() *Error {
	return &Error{Kind: NotFound, Code: "task_not_found", Param: "taskId", Message: "task_not_found"}
}

// PublicError is the error that clients are told of an error of any sort.
func PublicError(err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	return &Error{Kind: Internal, Message: "Internal server error."}
}
