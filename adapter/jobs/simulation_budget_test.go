package jobs_test

import (
	"context"

	"midgate/adapter"
	books "midgate/adapter/jobs/ledger"
	"midgate/adapter/spend"
)

// terms are what each owner may spend.
func (w *world) terms() *spend.Terms {
	t := &spend.Terms{Policies: map[string]spend.Policy{}}
	if w.plan.budget > 0 {
		for _, owner := range owners {
			t.Policies[owner] = spend.Policy{Budget: spend.Budget{Total: spend.Limit{Jobs: &w.plan.budget}}}
		}
	}
	return t
}

// judgeBudgets looks whether anybody spent more than their budget, and whether the ledger is the sum of the jobs: with
// nothing held, since nothing is open.
func (w *world) judgeBudgets() {
	for _, owner := range owners {
		kept := w.ledger.paid(func(t *task) bool { return t.job.Owner == owner && !t.fails })
		if w.plan.budget > 0 && len(kept) > w.plan.budget {
			w.log.wrong("%s has paid for %d jobs with a budget of %d", owner, len(kept), w.plan.budget)
		}
		jobs, err := w.base.Jobs(context.Background(), adapter.JobQuery{Owner: owner, Limit: 1000, Deleted: true})
		if err != nil {
			panic(err)
		}
		var sum adapter.Amount
		for _, job := range jobs {
			want := books.Booking(job)
			if job.Spend == nil || job.Spend.Booked != want {
				w.log.wrong("job %s has booked %+v, and its steps say %+v", short(job.ID), job.Spend, want)
			}
			sum = sum.Plus(want.Spent)
		}
		rows, err := w.base.Ledger(context.Background(), owner)
		if err != nil {
			panic(err)
		}
		for _, row := range rows {
			if row.Span == "total" && row.Spent != sum || row.Held != (adapter.Amount{}) {
				w.log.wrong("the ledger of %s has %+v, and the jobs come to %+v", owner, row, sum)
			}
		}
	}
}
