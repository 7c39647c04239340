package jobs

import (
	"cmp"
	"slices"
	"time"

	"midgate/adapter"
)

// verdict is what an attempt turns out to be.
type verdict int

const (
	begins   verdict = iota // a new job
	joins                   // one that is there: a repeat, or an original that comes after its repeat
	restarts                // one that came to nothing
	shares                  // another quarter of a grid that is on its way
	waits                   // perhaps a repeat: a moment shows whether the earlier one's client has left
)

// choice is a verdict, with the job that it is about and the delivery that the attempt gets.
type choice struct {
	verdict
	job      adapter.Run
	delivery int              // onlooker: none of its own
	becomes  adapter.Delivery // what the delivery is from now on
	taken    bool             // becomes is to be written
	late     bool             // an original that came after its repeat
}

// onlooker stands for a delivery of which the attempt changes nothing.
const onlooker = -1

// question is what the decision depends on, beside the rows.
type question struct {
	retry   int                  // the attempt's counter
	share   bool                 // it may get a quarter of an equal request's grid
	replica string               // where it waits
	now     time.Time            //
	follow  time.Duration        // how long a job is followed
	window  time.Duration        // in which grids are shared; 0: never
	waited  bool                 // the moment of waits is over
	closed  func(id string) bool // whether a job's grid is not shared any more, though its record says so
}

// decide says what an attempt is, from the jobs of its owner, route and body. Without an idempotency key only.
func decide(jobs []adapter.Run, q question) choice {
	if c, ok := q.repeat(jobs); ok {
		return c
	}
	if c, ok := q.lateOriginal(jobs); ok {
		return c
	}
	if c, ok := q.quarter(jobs); ok {
		return c
	}
	if q.perhapsRepeats(jobs) {
		return choice{verdict: waits}
	}
	return choice{verdict: begins}
}

// repeat finds the job and the delivery that an attempt repeats: by an SDK's retry counter, or without one by an earlier
// attempt that got nothing. What was abandoned comes first; of equals, what no repeat has taken yet, then the newest.
func (q question) repeat(jobs []adapter.Run) (choice, bool) {
	for _, state := range []adapter.DeliveryState{adapter.DeliveryAbandoned, adapter.DeliveryWaiting, adapter.DeliveryAnswered} {
		var found []choice
		for _, job := range jobs {
			for i, d := range job.Deliveries {
				if offered(job, d) == state && q.mayTake(job, d) {
					found = append(found, q.take(job, i))
				}
			}
		}
		if len(found) > 0 {
			return slices.MinFunc(found, func(a, b choice) int {
				return cmp.Or(cmp.Compare(a.job.Deliveries[a.delivery].Taken, b.job.Deliveries[b.delivery].Taken),
					b.job.Created.Compare(a.job.Created), cmp.Compare(a.delivery, b.delivery))
			}), true
		}
	}
	return choice{}, false
}

// offered is how a delivery looks to a repeat. If the job came to nothing, an answered delivery counts as abandoned, so
// that one counted repeat may take it.
func offered(job adapter.Run, d adapter.Delivery) adapter.DeliveryState {
	if d.State == adapter.DeliveryAnswered && cameToNothing(job) {
		return adapter.DeliveryAbandoned
	}
	return d.State
}

// mayTake reports whether a repeat may take a delivery.
func (q question) mayTake(job adapter.Run, d adapter.Delivery) bool {
	if q.retry > 0 && (!job.Status.Ended() || q.now.Sub(job.Created) <= q.follow) {
		return true
	}
	window := repeatWindow
	if reported(job) {
		window = meantWindow
	}
	return d.State == adapter.DeliveryAbandoned && q.now.Sub(d.At) <= window
}

// take gives delivery i of a job to the attempt. One whose client was told of a failure that stands is left as it is:
// every repeat within the window gets the same failure, and the window does not begin again.
func (q question) take(job adapter.Run, i int) choice {
	c := choice{verdict: joins, job: job, delivery: i, becomes: job.Deliveries[i]}
	switch {
	case cameToNothing(job):
		c.verdict = restarts
	case job.Status == adapter.RunFailed:
		return c
	}
	c.becomes.Taken++
	c.taken = true
	if c.verdict == restarts || c.becomes.State != adapter.DeliveryAnswered {
		c.becomes.State, c.becomes.At, c.becomes.Replica = adapter.DeliveryWaiting, q.now, q.replica
	}
	return c
}

// lateOriginal finds the job that was begun by a repeat of the attempt, which was held up on its way. Each repeat has as
// many originals as its counter says.
func (q question) lateOriginal(jobs []adapter.Run) (choice, bool) {
	for _, job := range jobs {
		if job.Retry > q.retry && job.Late < job.Retry && q.now.Sub(job.Created) <= repeatWindow {
			return choice{verdict: joins, job: job, delivery: onlooker, late: true}, true
		}
	}
	return choice{}, false
}

// quarter finds a young job of an equal request whose grid has a quarter left, the oldest first.
func (q question) quarter(jobs []adapter.Run) (choice, bool) {
	if !q.share || q.window <= 0 || q.retry > 0 {
		return choice{}, false
	}
	var oldest *adapter.Run
	for i, job := range jobs {
		if job.Sharing && !job.Status.Ended() && len(job.Deliveries) < 4 && q.now.Sub(job.Created) <= q.window && !q.closed(job.ID) &&
			(oldest == nil || job.Created.Before(oldest.Created)) {
			oldest = &jobs[i]
		}
	}
	if oldest == nil {
		return choice{}, false
	}
	n := len(oldest.Deliveries)
	return choice{verdict: shares, job: *oldest, delivery: n, taken: true,
		becomes: adapter.Delivery{Quarter: n + 1, State: adapter.DeliveryWaiting, At: q.now, Replica: q.replica}}, true
}

// perhapsRepeats reports whether an earlier equal request still seems to be waited for: its client may have left, and
// this be its repeat, though its end has not been noticed.
func (q question) perhapsRepeats(jobs []adapter.Run) bool {
	return !q.waited && q.retry == 0 && slices.ContainsFunc(jobs, func(job adapter.Run) bool {
		return job.Attended && slices.ContainsFunc(job.Deliveries, func(d adapter.Delivery) bool { return d.State == adapter.DeliveryWaiting })
	})
}

// claimed is the choice of an attempt whose Idempotency-Key names a job.
func (q question) claimed(job adapter.Run) choice {
	if len(job.Deliveries) == 0 {
		return choice{verdict: joins, job: job, delivery: onlooker}
	}
	return q.take(job, 0)
}
