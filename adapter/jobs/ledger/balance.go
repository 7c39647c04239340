package ledger

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"midgate/adapter"
)

// Books are jobs and the ledger, as a state that is only read has them.
type Books interface {
	adapter.LedgerReader
	Each(ctx context.Context, see func(adapter.Job) error) error // every job
}

// Unbalanced says where the ledger is not the sum of the jobs. What it has beyond the jobs that there are was spent by
// jobs that have expired. While jobs are under way it may say what is not so: they are read one after the other.
func Unbalanced(ctx context.Context, books Books) (findings []string, err error) {
	type sums struct {
		total adapter.Booking
		open  int
	}
	all := map[string]*sums{}
	err = books.Each(ctx, func(job adapter.Job) error {
		if job.Spend == nil {
			return nil
		}
		want := Booking(job)
		if job.Spend.Booked != want {
			findings = append(findings, fmt.Sprintf("job %s has booked %+v, and its steps come to %+v", job.ID, job.Spend.Booked, want))
		}
		for _, account := range []string{job.Spend.Account, job.Spend.User} {
			if account == "" {
				continue
			}
			s := all[account]
			if s == nil {
				s = &sums{}
				all[account] = s
			}
			s.total.Spent, s.total.Held = s.total.Spent.Plus(want.Spent), s.total.Held.Plus(want.Held)
			if want.Open && account == job.Spend.Account {
				s.open++
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, account := range slices.Sorted(maps.Keys(all)) {
		s := all[account]
		rows, err := books.Ledger(ctx, account)
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			beyond := row.Spent.Minus(s.total.Spent)
			switch {
			case row.Span == adapter.SpanOpen && row.Held.Jobs != s.open:
				findings = append(findings, fmt.Sprintf("an account has %d jobs under way in the ledger, and %d are", row.Held.Jobs, s.open))
			case row.Span == "total" && (row.Held != s.total.Held || beyond.Jobs < 0 || beyond.Money < 0):
				findings = append(findings, fmt.Sprintf("an account has spent %+v and holds %+v in the ledger, and its jobs come to %+v and %+v", row.Spent, row.Held, s.total.Spent, s.total.Held))
			}
		}
	}
	return findings, nil
}
