package ledger

import (
	"context"
	"slices"

	"midgate/adapter"
	"midgate/adapter/spend"
)

// Keep does work in a unit, whose changes of jobs are booked in the ledger before it is committed. What a job has booked
// is in its record: the difference to what it should have is added, so that whoever writes something twice books it once.
// If it is bounded, what is booked beyond a job's hold must fit into its key's budgets.
func Keep(ctx context.Context, tx adapter.Tx, terms *spend.Terms, bounded bool, work func(adapter.Tx) error) error {
	books := &bookkeeper{Tx: tx, bounded: bounded}
	if err := work(books); err != nil {
		return err
	}
	return books.book(ctx, terms)
}

// bookkeeper is a unit that notes which jobs are changed in it.
type bookkeeper struct {
	adapter.Tx
	changed []string // IDs of jobs
	bounded bool
}

func (b *bookkeeper) note(id string) {
	if !slices.Contains(b.changed, id) {
		b.changed = append(b.changed, id)
	}
}

// PutJob implements adapter.JobWriter.
func (b *bookkeeper) PutJob(ctx context.Context, job adapter.Job, fence string) error {
	b.note(job.ID)
	return b.Tx.PutJob(ctx, job, fence)
}

// PutStep implements adapter.JobWriter.
func (b *bookkeeper) PutStep(ctx context.Context, id string, st adapter.Step) error {
	b.note(id)
	return b.Tx.PutStep(ctx, id, st)
}

// DropStep implements adapter.JobWriter.
func (b *bookkeeper) DropStep(ctx context.Context, id, step string) error {
	b.note(id)
	return b.Tx.DropStep(ctx, id, step)
}

// NoteStep implements adapter.JobWriter.
func (b *bookkeeper) NoteStep(ctx context.Context, id string, st adapter.Step) error {
	b.note(id)
	return b.Tx.NoteStep(ctx, id, st)
}

// book brings the ledger up to what the jobs say that were changed.
func (b *bookkeeper) book(ctx context.Context, terms *spend.Terms) error {
	for _, id := range b.changed {
		job, err := b.LockJob(ctx, id)
		if err != nil {
			return err
		}
		if job.Spend == nil {
			continue
		}
		want := Booking(job)
		rows := difference(job.Spend, want)
		if len(rows) == 0 {
			continue
		}
		now, err := b.Book(ctx, rows)
		if err != nil {
			return err
		}
		if b.bounded && exceeds(job.Spend.Booked, want) {
			more := want.Spent.Plus(want.Held).Minus(job.Spend.Booked.Spent).Minus(job.Spend.Booked.Held)
			if err := within(terms, job, now, more); err != nil {
				return err
			}
		}
		job.Spend.Booked = want
		if err := b.PutSpend(ctx, id, *job.Spend); err != nil {
			return err
		}
	}
	return nil
}

// exceeds reports whether a booking takes more of the budgets than another.
func exceeds(was, is adapter.Booking) bool {
	before, after := was.Spent.Plus(was.Held), is.Spent.Plus(is.Held)
	return after.Jobs > before.Jobs || after.Money > before.Money
}

// difference are the rows that lead from what a job has booked to what it should have.
func difference(s *adapter.Spend, want adapter.Booking) (rows []adapter.LedgerRow) {
	spent, held := want.Spent.Minus(s.Booked.Spent), want.Held.Minus(s.Booked.Held)
	if spent != (adapter.Amount{}) || held != (adapter.Amount{}) {
		for _, account := range []string{s.Account, s.User} {
			if account == "" {
				continue
			}
			for _, span := range s.Spans {
				rows = append(rows, adapter.LedgerRow{Account: account, Span: span, Spent: spent, Held: held})
			}
		}
	}
	if want.Open != s.Booked.Open {
		one := 1
		if s.Booked.Open {
			one = -1
		}
		rows = append(rows, adapter.LedgerRow{Account: s.Account, Span: adapter.SpanOpen, Held: adapter.Amount{Jobs: one}})
	}
	return rows
}
