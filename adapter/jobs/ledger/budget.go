package ledger

import (
	"fmt"
	"strings"
	"time"

	"midgate/adapter"
	"midgate/adapter/spend"
)

// nearly is the share of a budget, in percent, after which clients and operators are warned.
const nearly = 80

// busyFor is when a key that has its jobs in flight may ask again.
const busyFor = 5 * time.Second

// within reports whether rows of the ledger are within the budgets of a job's key; else the error says which is not, as
// if more had not been added yet.
func within(terms *spend.Terms, job adapter.Job, rows []adapter.LedgerRow, more adapter.Amount) error {
	p := terms.Policy(job.Caller)
	for _, row := range rows {
		if row.Span == adapter.SpanOpen {
			if p.MaxInFlight > 0 && row.Held.Jobs > p.MaxInFlight {
				return &adapter.Error{Kind: adapter.Busy, RetryAfter: busyFor, Patience: adapter.NoPatience,
					Message: fmt.Sprintf("The key %s has %d jobs under way, which is as many as it may have. Please try again when one of them is over.", job.Caller, p.MaxInFlight)}
			}
			continue
		}
		w, ok := windowOf(terms, job, row)
		if ok && !w.Limit.Allows(row.Spent, row.Held, adapter.Amount{}) {
			return exhausted(job, row, w, more)
		}
	}
	return nil
}

// windowOf is the window of a key's or its user's budget that a row counts for.
func windowOf(terms *spend.Terms, job adapter.Job, row adapter.LedgerRow) (spend.Window, bool) {
	p := terms.Policy(job.Caller)
	budget := p.Budget
	if row.Account != job.Owner {
		budget = p.PerUser
	}
	for _, w := range budget.Windows(job.Created, terms.In()) {
		if w.Key == row.Span {
			return w, !w.Limit.None()
		}
	}
	// A job that was begun anew, or goes on, counts for the window of then.
	name, _, _ := strings.Cut(row.Span, ":")
	for _, w := range budget.Windows(time.Now(), terms.In()) {
		if w.Name == name {
			return w, !w.Limit.None()
		}
	}
	return spend.Window{}, false
}

// exhausted words a refusal: what was used of how much, what this would cost, and when there is more.
func exhausted(job adapter.Job, row adapter.LedgerRow, w spend.Window, more adapter.Amount) error {
	who := "key " + job.Caller
	if row.Account != job.Owner {
		who = "this user of key " + job.Caller
	}
	used := row.Spent.Plus(row.Held).Minus(more)
	when := map[string]string{spend.Day: "today", spend.Month: "this month", spend.Total: "in all"}[w.Name]
	var text string
	if l := w.Limit; l.Money != nil && used.Money+more.Money > *l.Money {
		text = fmt.Sprintf("%s has used %s of %s %s; a %s %s costs %s", who, used.Money, *l.Money, when, job.Speed, wordOf(job.Kind), more.Money)
	} else {
		jobs := "1 job"
		if more.Jobs != 1 {
			jobs = fmt.Sprintf("%d jobs", more.Jobs)
		}
		text = fmt.Sprintf("%s has used %d of %d jobs %s; a %s %s costs %s", who, used.Jobs, *l.Jobs, when, job.Speed, wordOf(job.Kind), jobs)
	}
	if !w.End.IsZero() {
		text += "; resets " + w.End.UTC().Format("2006-01-02T15:04Z")
	}
	return &adapter.Error{Kind: adapter.Credit, Code: "insufficient_quota", Message: text}
}

// left is what remains of the narrowest budgets in jobs and in money, and a warning where one is nearly used up; nil for a
// key without budgets.
func left(terms *spend.Terms, job adapter.Job, rows []adapter.LedgerRow) *adapter.Left {
	var l adapter.Left
	for _, row := range rows {
		w, ok := windowOf(terms, job, row)
		if !ok || row.Span == adapter.SpanOpen {
			continue
		}
		used := row.Spent.Plus(row.Held)
		if limit := w.Limit.Jobs; limit != nil {
			if rest := max(*limit-used.Jobs, 0); l.Jobs == nil || rest < *l.Jobs {
				l.Jobs, l.JobsLimit, l.JobsReset = &rest, *limit, w.End
			}
			if used.Jobs*100 >= *limit*nearly {
				l.Warning = fmt.Sprintf("%d of %d jobs of the %s are used", used.Jobs, *limit, w.Name)
			}
		}
		if limit := w.Limit.Money; limit != nil {
			if rest := max(*limit-used.Money, 0); l.Money == nil || rest < *l.Money {
				l.Money = &rest
			}
			if used.Money*100 >= *limit*nearly {
				l.Warning = fmt.Sprintf("%s of %s of the %s are used", used.Money, *limit, w.Name)
			}
		}
	}
	if l.Jobs == nil && l.Money == nil {
		return nil
	}
	return &l
}

// wordOf is a job's kind as people say it.
func wordOf(kind adapter.JobKind) string {
	if kind == adapter.JobNative { // a request of the upstream's own API, whatever it asks for
		return "request"
	}
	return string(kind)
}
