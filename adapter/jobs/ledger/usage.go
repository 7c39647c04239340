package ledger

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"midgate/adapter"
	"midgate/adapter/spend"
)

// ReadUsage is what a key may spend and has spent at a time, as the ledger has it.
func ReadUsage(ctx context.Context, state adapter.LedgerReader, terms *spend.Terms, owner, name string, at time.Time) (adapter.Usage, error) {
	p := terms.Policy(name)
	u := adapter.Usage{Key: name, MaxInFlight: p.MaxInFlight, Expires: p.Expires, Models: p.Models}
	rows, err := state.Ledger(ctx, owner)
	if err != nil {
		return u, adapter.Wrap(adapter.Storage, err, "What was spent cannot be read at the moment.")
	}
	find := func(span string) adapter.LedgerRow {
		for _, row := range rows {
			if row.Span == span {
				return row
			}
		}
		return adapter.LedgerRow{}
	}
	u.InFlight = find(adapter.SpanOpen).Held.Jobs
	for _, w := range p.Budget.Windows(at, terms.In()) {
		row := find(w.Key)
		u.Windows = append(u.Windows, adapter.WindowUse{Window: w.Name, Start: w.Start, End: w.End, Jobs: w.Limit.Jobs, Money: w.Limit.Money, Spent: row.Spent, Held: row.Held})
	}
	return u, nil
}

// Spending is what keys may spend and have spent, at any moment.
type Spending struct {
	State adapter.LedgerReader
	Terms func() *spend.Terms
	Now   func() time.Time
}

// Usage is what a key may spend and has spent.
func (s Spending) Usage(ctx context.Context, owner, name string) (adapter.Usage, error) {
	return ReadUsage(ctx, s.State, s.Terms(), owner, name, s.Now())
}

// Sales are what an owner's jobs came to within a time, by day, kind and speed.
func (s Spending) Sales(ctx context.Context, owner string, since, until time.Time) ([]adapter.Sale, error) {
	sales, err := s.State.Sales(ctx, owner, since, until)
	if err != nil {
		return nil, adapter.Wrap(adapter.Storage, err, "What was spent cannot be read at the moment.")
	}
	return sales, nil
}

// KeyNames are the names that have policies.
func (s Spending) KeyNames() []string {
	terms := s.Terms()
	if terms == nil {
		return nil
	}
	return slices.SortedFunc(maps.Keys(terms.Policies), strings.Compare)
}
