package adapter

import (
	"context"
	"time"
)

// Waiter waits for tasks of one account, by polling or by webhook: the caller cannot tell.
//
// Wait returns the task once it is Done, or as soon as it awaits a dialog if w.Dialog is set.
// A failed or cancelled task comes with its *Error. Failed polls never end a wait; ctx does,
// with its error, and so does an upstream that has certainly lost the task (a Failed *Error).
type Waiter interface {
	Wait(ctx context.Context, w Wait) (Task, error)
}

// Wait says what is waited for.
type Wait struct {
	TaskID    string
	State     string // what the submission carried: an id reused by a restarted upstream shows another
	Kind      string // the command's name: durations are learned per kind and speed
	Speed     Speed
	Submitted time.Time  // of the submission; the first look is due some time after it
	Dialog    bool       // return also when the task awaits a dialog
	Watch     func(Task) // told of every change, from the waiter's goroutine; must not block; may be nil
	Polled    func()     // told of every answer read for this task; may be nil
}
