package ledger

import (
	"context"
	"slices"
	"time"

	"midgate/adapter"
	"midgate/adapter/spend"
)

// Purchase is what an attempt would buy, and by which terms.
type Purchase struct {
	Terms    *spend.Terms // of the moment when it came
	Caller   adapter.Caller
	Upstream string
	Course   map[string]int // upstream jobs of the dearest course that it may take, by their kinds

	// Before is what was spent when the attempt came: it is looked at where a test has switched off that budgets are looked
	// at in the unit that takes from them.
	Before   []adapter.LedgerRow
	Unlooked bool
}

// Spend is what a job that begins at a time would hold: the dearest course that it may take, at the prices of now.
func (p Purchase) Spend(job adapter.Job, at time.Time) *adapter.Spend {
	s := &adapter.Spend{Account: p.Caller.Owner, User: p.Caller.User, At: p.Upstream, Speed: job.Speed}
	for _, kind := range spend.Kinds {
		if price, ok := p.Terms.Price(p.Upstream, kind, string(job.Speed)); ok {
			if s.Prices == nil {
				s.Prices = map[string]adapter.Money{}
			}
			s.Prices[kind] = price
		}
	}
	for kind, n := range p.Course {
		s.Hold = s.Hold.Plus(adapter.Amount{Jobs: n, Money: adapter.Money(n) * s.Prices[kind]})
	}
	for _, w := range (spend.Budget{}).Windows(at, p.Terms.In()) {
		s.Spans = append(s.Spans, w.Key)
	}
	return s
}

// Reserve gives a job that begins its hold. It must be taken in the unit that stores it.
func (p Purchase) Reserve(job *adapter.Job, at time.Time) {
	job.Spend = p.Spend(*job, at)
	job.Spend.Booked = Booking(*job)
}

// Glance refuses a job whose key's budgets are used up already, before anything waits for its turn at them: of many
// requests too many, only few have to.
func (p Purchase) Glance(ctx context.Context, tx adapter.LedgerReader, job *adapter.Job) error {
	if p.Unlooked || p.Terms.Policy(job.Caller).Unlimited() {
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
		if err := within(p.Terms, *job, slices.DeleteFunc(rows, func(r adapter.LedgerRow) bool {
			return r.Span != adapter.SpanOpen && !slices.Contains(job.Spend.Spans, r.Span)
		}), more); err != nil {
			return err
		}
	}
	return nil
}

// Take takes what a job holds out of its key's budgets, in the unit that accepts it: all of it, or the job is refused.
func (p Purchase) Take(ctx context.Context, tx adapter.Tx, job *adapter.Job) error {
	more := job.Spend.Booked.Spent.Plus(job.Spend.Booked.Held)
	if p.Unlooked { // as if it were looked at before, and not where it is taken
		if err := within(p.Terms, *job, p.Before, more); err != nil {
			return err
		}
	}
	none := *job.Spend
	none.Booked = adapter.Booking{}
	now, err := tx.Book(ctx, difference(&none, job.Spend.Booked))
	if err != nil {
		return err
	}
	if !p.Unlooked {
		if err := within(p.Terms, *job, now, more); err != nil {
			return err
		}
	}
	job.Spend.Left = left(p.Terms, *job, now)
	return nil
}

// Price notes with a step of a job what its command is sold as, and for how much: at the prices of the time when the job
// was accepted.
func Price(st *adapter.Step, run adapter.Job, command adapter.Command, speed adapter.Speed, terms *spend.Terms) {
	kind, n := spend.Sold(command)
	st.Sold, st.Speed = kind, speed
	if st.Speed == "" {
		st.Speed = run.Speed
	}
	if run.Spend == nil {
		return
	}
	price, known := run.Spend.Prices[kind]
	if run.Spend.At != st.Upstream || run.Spend.Speed != st.Speed {
		price, known = terms.Price(st.Upstream, kind, string(st.Speed))
	}
	if known {
		price *= adapter.Money(n)
		st.Price = &price
	}
}
