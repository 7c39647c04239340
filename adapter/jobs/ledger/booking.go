package ledger

import "midgate/adapter"

// Booking is what a job's record says that the ledger holds of it. Submissions count as spent once they exist, or when the
// job has ended and nobody knows whether they do; what was given back does not. While the job is open it holds what is
// left of its hold, and what is being submitted.
func Booking(r adapter.Job) adapter.Booking {
	if r.Spend == nil {
		return adapter.Booking{}
	}
	open := !r.Status.Ended()
	var spent, used, sending adapter.Amount
	for _, st := range r.Steps {
		if !st.Counts() {
			continue
		}
		used = used.Plus(st.Cost())
		switch {
		case st.Refunded:
		case st.Submission == nil && open:
			sending = sending.Plus(st.Cost())
		default:
			spent = spent.Plus(st.Cost())
		}
	}
	b := adapter.Booking{Spent: spent, Open: open}
	if open {
		rest := r.Spend.Hold.Minus(used)
		b.Held = adapter.Amount{Jobs: max(rest.Jobs, 0), Money: max(rest.Money, 0)}.Plus(sending)
	}
	return b
}

// Bill notes with a job's result what all of it cost, where prices are known.
func Bill(run *adapter.Job) {
	if run.Result == nil || run.Spend == nil || run.Spend.Prices == nil {
		return
	}
	result := *run.Result
	result.Cost = cost(*run)
	run.Result = &result
}

// cost is what a job's steps cost in all, without what was given back; nil where one of them has no price.
func cost(r adapter.Job) *adapter.Money {
	var sum adapter.Money
	for _, st := range r.Steps {
		switch {
		case !st.Counts() || st.Refunded:
		case st.Price == nil:
			return nil
		default:
			sum += *st.Price
		}
	}
	return &sum
}
