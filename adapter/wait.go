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

// Account is one upstream and key that jobs can be given to.
type Account struct {
	Name     string // the upstream's name in the configuration
	Upstream Upstream
	Waiter   Waiter
}

// Accounts knows the upstreams.
type Accounts interface {
	// Choose returns the account for a new job. An Unavailable *Error if all are down.
	Choose(ctx context.Context, c Caller, speed Speed) (Account, error)
	// Made returns the account of an earlier job by its Name: follow-ups go where the picture was made.
	Made(ctx context.Context, c Caller, name string) (Account, error)
}

// Caller is who asks.
type Caller struct {
	Owner string // hex digest: pictures, jobs and files belong to it
	Name  string // of the key, for logs and metrics; never the key
	Key   string // passthrough only: the upstream key that the client brought
}
