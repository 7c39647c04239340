package midjourney

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"midgate/adapter"
)

// source is an account as the poller sees it. Both ways to ask may fail with a readError.
type source interface {
	// Fetch asks for one task. adapter.ErrNotFound where the upstream says that there is none, errVague where the same
	// answer could also be a hiccup.
	Fetch(ctx context.Context, id string) (row, error)
	// List asks for many tasks with one call. What is absent from the answer is absent from the map. errNoRoute where
	// the server has no such list, errBehind where a relay could not reach its origin, errTooLong where the answer was.
	List(ctx context.Context, ids []string) (map[string]row, error)
}

// routeMemory is what is known of the upstream's list. It is shared with whoever else finds out.
type routeMemory interface {
	// Know tells whether there is one; known is false if nothing is remembered.
	Know() (present, known bool)
	// Learn remembers it.
	Learn(present bool)
	// Miss remembers that it is missing; away says that its server may only be away, so that it is asked for again soon.
	Miss(away bool)
}

// pollConfig says what a poller belongs to, and how it asks.
type pollConfig struct {
	Name     string // the upstream's, for the log
	Tuning   Poll
	RelayTTL time.Duration // how long an upstream counts as a relay that serves copies
	Webhooks bool          // the upstream is asked for them

	Ended   func(state, taskID string) bool // whether a webhook said so before anybody waited
	Observe func(how string, ids int, took time.Duration, err error)
	Log     *slog.Logger

	Ctx   context.Context       // ends the poller's goroutines
	Start func(run func()) bool // runs one that its owner waits for; false if it does no more
}

// learned is what all pollers of one upstream learn together. The zero value knows nothing.
type learned struct {
	times durations
	proof proof
}

// row is a decoded task and what the poller needs to know beyond it.
type row struct {
	adapter.Task
	blank  bool            // the status was "": a relay's copy before its first refresh
	queued time.Duration   // between submission and start, by the upstream's own clock; 0 if not told
	words  func() []string // what a describe or a shorten answers; read when it is over
}

// The errors of a source that say more than that a call failed.
var (
	errNoRoute = errors.New("route is missing")                            // 404, 405, a page or a redirect
	errAway    = fmt.Errorf("the server seems to be away: %w", errNoRoute) // it may only be away
	errBehind  = errors.New("the server behind the relay does not answer")
	errVague   = fmt.Errorf("empty answer: %w", adapter.ErrNotFound)
	errTooLong = errors.New("answer is too long") // beyond its limit
)

// readError is a read that did not work out.
type readError struct {
	status int           // 0: no answer
	pause  time.Duration // how long to stay away, if told
	err    error
}

// Error implements error.
func (e *readError) Error() string {
	if e.status != 0 {
		return fmt.Sprintf("upstream answered status %d: %v", e.status, e.err)
	}
	return e.err.Error()
}

// Unwrap returns what went wrong.
func (e *readError) Unwrap() error { return e.err }
