package adapter

import (
	"context"
	"time"
)

// Spend is what a job holds of budgets and has spent of them. The ledger is the sum of all jobs' Booked: whoever changes
// a job's steps or ends it books the difference in the same unit, so that nothing is counted twice, however often it is
// written.
type Spend struct {
	Account string           `json:"account"`          // whose budgets it counts for: the owner
	User    string           `json:"user,omitempty"`   // and the person behind a shared key
	Spans   []string         `json:"spans"`            // the windows of both: those of the time when it was accepted
	Hold    Amount           `json:"hold"`             // the dearest course that it may take
	Speed   Speed            `json:"speed,omitempty"`  // that the prices are of
	Prices  map[string]Money `json:"prices,omitempty"` // at Upstream when it was accepted, by kind: they count although they change meanwhile
	At      string           `json:"at,omitempty"`     // the upstream that they are of
	Booked  Booking          `json:"booked"`

	Left *Left `json:"-"` // of the budgets after this job's hold; known to the attempt that began it alone
}

// Booking is a job's share of the ledger.
type Booking struct {
	Spent Amount `json:"spent"`
	Held  Amount `json:"held"`
	Open  bool   `json:"open,omitempty"` // it counts as one in flight
}

// Left is what is left of budgets: nil parts have no limit.
type Left struct {
	Jobs      *int
	JobsLimit int
	JobsReset time.Time // zero: never
	Money     *Money
	Warning   string // of a window that is nearly used up
}

// SpanOpen is the row of an account that counts its jobs in flight.
const SpanOpen = "open"

// LedgerRow is what an account has spent and holds within a span of time.
type LedgerRow struct {
	Account string
	Span    string // day:2026-11-28, month:2026-11, total, or SpanOpen
	Spent   Amount
	Held    Amount
}

// Sale is what some steps of a kind and speed, begun on one day, came to.
type Sale struct {
	Day      string // 2026-11-28, UTC
	Kind     string
	Speed    string
	Spent    Amount
	Refunded Amount
	Pictures int
}

// LedgerReader tells what was spent.
type LedgerReader interface {
	// Ledger returns an account's rows.
	Ledger(ctx context.Context, account string) ([]LedgerRow, error)
	// Sales adds up an owner's steps that were intended within a time, by day, kind and speed.
	Sales(ctx context.Context, owner string, since, until time.Time) ([]Sale, error)
}

// LedgerWriter changes the ledger.
type LedgerWriter interface {
	// Book adds to rows, makes those that are missing, and returns what they hold then, in the same order. Nobody else
	// changes them until the unit ends.
	Book(ctx context.Context, add []LedgerRow) ([]LedgerRow, error)
	// PutSpend stores a job's Spend.
	PutSpend(ctx context.Context, id string, s Spend) error
}

// Usage is what a key may spend, and what it has spent and holds.
type Usage struct {
	Key         string
	Windows     []WindowUse // of the day, the month, and in all
	InFlight    int
	MaxInFlight int       // 0: no limit
	Expires     time.Time // zero: never
	Models      []string  // empty: all
}

// WindowUse is a key's spending within one window.
type WindowUse struct {
	Window     string // day, month or total
	Start, End time.Time
	Jobs       *int // the limits; nil: none
	Money      *Money
	Spent      Amount
	Held       Amount
}

// Window returns the use of one window.
func (u Usage) Window(name string) WindowUse {
	for _, w := range u.Windows {
		if w.Window == name {
			return w
		}
	}
	return WindowUse{}
}
