package jobs

import (
	"context"
	"slices"

	"midgate/adapter"
	"midgate/adapter/jobs/record"
	"midgate/adapter/spend"
)

// bookkeeper is a unit whose changes of jobs are booked in the ledger before it is committed. What a job has booked is in
// its record: the difference to what it should have is added, so that whoever writes something twice books it once.
type bookkeeper struct {
	adapter.Tx
	changed []string // IDs of jobs
	bounded bool     // what is booked beyond a job's hold must fit into the budgets
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
		want := record.Booking(job)
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

// spendOf is what a job that begins now would hold: the dearest course that it may take, at the prices of now.
func (x *acceptance) spendOf(job adapter.Job) *adapter.Spend {
	terms, c := x.terms, x.a.Caller
	s := &adapter.Spend{Account: c.Owner, User: c.User, At: x.w.Account.Name, Speed: job.Speed}
	for _, kind := range spend.Kinds {
		if price, ok := terms.Price(x.w.Account.Name, kind, string(job.Speed)); ok {
			if s.Prices == nil {
				s.Prices = map[string]adapter.Money{}
			}
			s.Prices[kind] = price
		}
	}
	for kind, n := range x.w.course() {
		s.Hold = s.Hold.Plus(adapter.Amount{Jobs: n, Money: adapter.Money(n) * s.Prices[kind]})
	}
	for _, w := range (spend.Budget{}).Windows(x.s.clock.Now(), terms.In()) {
		s.Spans = append(s.Spans, w.Key)
	}
	return s
}

// reserve gives a job that begins its hold. It must be taken in the unit that stores it.
func (x *acceptance) reserve(job *adapter.Job) {
	job.Spend = x.spendOf(*job)
	job.Spend.Booked = record.Booking(*job)
}

// glance refuses a job whose key's budgets are used up already, before anything waits for its turn at them: of many
// requests too many, only few have to.
func (x *acceptance) glance(ctx context.Context, tx adapter.Tx, job *adapter.Job) error {
	if x.s.without.inUnit || x.terms.Policy(job.Caller).Unlimited() {
		return nil
	}
	more := job.Spend.Booked.Spent.Plus(job.Spend.Booked.Held)
	for _, account := range []string{job.Spend.Account, job.Spend.User} {
		if account == "" {
			continue
		}
		rows, err := tx.Ledger(ctx, account)
		if err != nil {
			return err
		}
		for i := range rows {
			if rows[i].Span == adapter.SpanOpen {
				rows[i].Held.Jobs++
			} else {
				rows[i].Held = rows[i].Held.Plus(more)
			}
		}
		if err := within(x.terms, *job, slices.DeleteFunc(rows, func(r adapter.LedgerRow) bool {
			return r.Span != adapter.SpanOpen && !slices.Contains(job.Spend.Spans, r.Span)
		}), more); err != nil {
			return err
		}
	}
	return nil
}

// take takes what a job holds out of its key's budgets, in the unit that accepts it: all of it, or the job is refused.
func (x *acceptance) take(ctx context.Context, tx adapter.Tx, job *adapter.Job) error {
	more := job.Spend.Booked.Spent.Plus(job.Spend.Booked.Held)
	if x.s.without.inUnit { // as if it were looked at before, and not where it is taken
		if err := within(x.terms, *job, x.before, more); err != nil {
			return err
		}
	}
	none := *job.Spend
	none.Booked = adapter.Booking{}
	now, err := tx.Book(ctx, difference(&none, job.Spend.Booked))
	if err != nil {
		return err
	}
	if !x.s.without.inUnit {
		if err := within(x.terms, *job, now, more); err != nil {
			return err
		}
	}
	job.Spend.Left = left(x.terms, *job, now)
	return nil
}

// priced notes with a step what it is sold as, and for how much: at the prices of the time when its job was accepted.
func (q *Execution) priced(st *adapter.Step, o StepRequest) {
	run := q.job.Snapshot()
	kind, n := spend.Sold(o.Command)
	st.Sold, st.Speed = kind, o.Speed
	if st.Speed == "" {
		st.Speed = run.Speed
	}
	if run.Spend == nil {
		return
	}
	price, known := run.Spend.Prices[kind]
	if run.Spend.At != st.Upstream || run.Spend.Speed != st.Speed {
		price, known = q.s.deps.Terms().Price(st.Upstream, kind, string(st.Speed))
	}
	if known {
		price *= adapter.Money(n)
		st.Price = &price
	}
}
