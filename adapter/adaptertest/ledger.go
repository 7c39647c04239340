package adaptertest

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"midgate/adapter"
)

// Ledger implements adapter.LedgerReader.
func (s *State) Ledger(ctx context.Context, account string) ([]adapter.LedgerRow, error) {
	return locked(s, func() ([]adapter.LedgerRow, error) { return s.rows.Ledger(ctx, account) })
}

// Sales implements adapter.LedgerReader.
func (s *State) Sales(ctx context.Context, owner string, since, until time.Time) ([]adapter.Sale, error) {
	return locked(s, func() ([]adapter.Sale, error) { return s.rows.Sales(ctx, owner, since, until) })
}

// ledgerRows are what accounts have spent, and what was sold.
type ledgerRows struct{ *data }

// Ledger implements adapter.LedgerReader.
func (r ledgerRows) Ledger(_ context.Context, account string) (found []adapter.LedgerRow, err error) {
	for _, row := range r.ledger {
		if row.Account == account {
			found = append(found, row)
		}
	}
	slices.SortFunc(found, func(a, b adapter.LedgerRow) int { return cmp.Compare(a.Span, b.Span) })
	return found, nil
}

// Book implements adapter.LedgerWriter.
func (r ledgerRows) Book(_ context.Context, add []adapter.LedgerRow) (now []adapter.LedgerRow, err error) {
	for _, a := range add {
		key := a.Account + " " + a.Span
		row := r.ledger[key]
		row.Account, row.Span, row.Spent, row.Held = a.Account, a.Span, row.Spent.Plus(a.Spent), row.Held.Plus(a.Held)
		put(r.data, r.ledger, key, row)
		now = append(now, row)
	}
	return now, nil
}

// PutSpend implements adapter.LedgerWriter.
func (r ledgerRows) PutSpend(_ context.Context, id string, s adapter.Spend) error {
	return r.change(id, func(job *adapter.Job) error { job.Spend = &s; return nil })
}

// Sales implements adapter.LedgerReader.
func (r ledgerRows) Sales(_ context.Context, owner string, since, until time.Time) (sales []adapter.Sale, err error) {
	for _, job := range r.jobs {
		for i, st := range job.Steps {
			if job.Owner != owner || !st.Counts() || st.Sold == "" || st.Intended.Before(since) || !st.Intended.Before(until) {
				continue
			}
			sale := adapter.Sale{Day: st.Intended.UTC().Format(time.DateOnly), Kind: st.Sold, Speed: string(st.Speed)}
			at := slices.IndexFunc(sales, func(s adapter.Sale) bool { return s.Day == sale.Day && s.Kind == sale.Kind && s.Speed == sale.Speed })
			if at < 0 {
				at, sales = len(sales), append(sales, sale)
			}
			if st.Refunded {
				sales[at].Refunded = sales[at].Refunded.Plus(st.Cost())
			} else {
				sales[at].Spent = sales[at].Spent.Plus(st.Cost())
			}
			if i == drawing(job) && job.Status == adapter.JobCompleted {
				sales[at].Pictures += job.N
			}
		}
	}
	slices.SortFunc(sales, func(a, b adapter.Sale) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Speed, b.Speed))
	})
	return sales, nil
}

// drawing is the step that a job's pictures are counted with: the first that was paid, and made no button reachable only.
func drawing(job adapter.Job) int {
	return slices.IndexFunc(job.Steps, func(st adapter.Step) bool {
		return !st.Free && st.Submission != nil && !strings.HasPrefix(st.Name, "single/")
	})
}
