package poll

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"midgate/adapter"
)

// Source is an account as the poller sees it. Both ways to ask may fail with an *Error.
type Source interface {
	// Fetch asks for one task. adapter.ErrNotFound where the upstream says that there is none, ErrVague where the same
	// answer could also be a hiccup.
	Fetch(ctx context.Context, id string) (Row, error)
	// List asks for many tasks with one call. What is absent from the answer is absent from the map. ErrNoRoute where
	// the server has no such list, ErrBehind where a relay could not reach its origin, ErrTooLong where the answer was.
	List(ctx context.Context, ids []string) (map[string]Row, error)
}

// ListRoute is what is known of the upstream's list. It is shared with whoever else finds out.
type ListRoute interface {
	// Know tells whether there is one; known is false if nothing is remembered.
	Know() (present, known bool)
	// Learn remembers it.
	Learn(present bool)
	// Miss remembers that it is missing; away says that its server may only be away, so that it is asked for again soon.
	Miss(away bool)
}

// Config says what a poller belongs to, and how it asks.
type Config struct {
	Name     string // the upstream's, for the log
	Tuning   Tuning
	RelayTTL time.Duration // how long an upstream counts as a relay that serves copies
	Webhooks bool          // the upstream is asked for them

	Ended   func(state, taskID string) bool // whether a webhook said so before anybody waited
	Observe func(how string, ids int, took time.Duration, err error)
	Log     *slog.Logger

	Ctx   context.Context       // ends the poller's goroutines
	Start func(run func()) bool // runs one that its owner waits for; false if it does no more
}

// Learned is what all pollers of one upstream learn together. The zero value knows nothing.
type Learned struct {
	times durations
	proof proof
}

// Row is a decoded task and what the poller needs to know beyond it.
type Row struct {
	adapter.Task
	Blank  bool            `json:"-"` // the status was "": a relay's copy before its first refresh
	Queued time.Duration   `json:"-"` // between submission and start, by the upstream's own clock; 0 if not told
	Words  func() []string `json:"-"` // what a describe or a shorten answers; read when it is over
}

// The errors of a source that say more than that a call failed.
var (
	ErrNoRoute = errors.New("route is missing")                            // 404, 405, a page or a redirect
	ErrAway    = fmt.Errorf("the server seems to be away: %w", ErrNoRoute) // it may only be away
	ErrBehind  = errors.New("the server behind the relay does not answer")
	ErrVague   = fmt.Errorf("empty answer: %w", adapter.ErrNotFound)
	ErrTooLong = errors.New("answer is too long") // beyond its limit
)

// Error is a read that did not work out.
type Error struct {
	Status int           // 0: no answer
	Pause  time.Duration // how long to stay away, if told
	Err    error
}

// Error implements error.
func (e *Error) Error() string {
	if e.Status != 0 {
		return fmt.Sprintf("upstream answered status %d: %v", e.Status, e.Err)
	}
	return e.Err.Error()
}

// Unwrap returns what went wrong.
func (e *Error) Unwrap() error { return e.Err }
