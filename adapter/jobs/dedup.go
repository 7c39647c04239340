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
	job      adapter.Job
	delivery int              // onlooker: none of its own
	becomes  adapter.Delivery // what the delivery is from now on
	taken    bool             // becomes is to be written
	late     bool             // an original that came after its repeat
	written  bool             // an earlier try of the attempt has written all that
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
	refused int                  // equal attempts that were refused here before they had a job
	waited  bool                 // the moment of waits is over
	closed  func(id string) bool // whether a job's grid is not shared any more, though its record says so
	without withoutRules
}

// decide says what an attempt is, from the jobs of its owner, route and body. Without an idempotency key only.
func decide(jobs []adapter.Job, q question) choice {
	for _, rule := range []func([]adapter.Job) (choice, bool){q.abandoned, q.counted, q.lateOriginal, q.quarter, q.perhapsRepeats} {
		if c, ok := rule(jobs); ok {
			return c
		}
	}
	return choice{verdict: begins}
}

// abandoned finds the delivery of a client that got nothing: what no repeat has taken yet, then the newest.
func (q question) abandoned(jobs []adapter.Job) (choice, bool) {
	found := q.offers(jobs, adapter.DeliveryAbandoned)
	if len(found) == 0 {
		return choice{}, false
	}
	return slices.MinFunc(found, func(a, b choice) int {
		return cmp.Or(cmp.Compare(q.turn(a.before().Taken), q.turn(b.before().Taken)), b.job.Created.Compare(a.job.Created), cmp.Compare(a.delivery, b.delivery))
	}), true
}

// counted finds the delivery of an attempt that an SDK counted as a repeat where none is abandoned: one that is still
// waited for, or answered. Each try of a client has a number of its own, so the delivery is the one that as many repeats
// have taken before; and where a client with the same number waits, the wish is another one.
func (q question) counted(jobs []adapter.Job) (choice, bool) {
	if q.retry <= q.refused { // all of its earlier tries have come to nothing, if it has any
		return choice{}, false
	}
	twin := func(c choice) bool { return !c.job.Status.Ended() && c.before().Retry == q.retry }
	waiting := q.offers(jobs, adapter.DeliveryWaiting)
	twins := slices.ContainsFunc(waiting, twin)
	if (len(waiting) > 1 || twins) && !q.waited {
		return choice{verdict: waits}, true // a moment shows whose client has left
	}
	if c, ok := q.nearest(slices.DeleteFunc(waiting, twin)); ok {
		return c, true
	}
	return q.nearest(slices.DeleteFunc(q.offers(jobs, adapter.DeliveryAnswered), func(c choice) bool {
		return twins && c.before().Taken >= q.retry
	}))
}

// nearest is the delivery that was taken by as many repeats as this client has sent before; of equals the newest job's.
func (q question) nearest(all []choice) (choice, bool) {
	if len(all) == 0 {
		return choice{}, false
	}
	off := func(c choice) int { return max(c.before().Taken-q.retry+1, q.retry-1-c.before().Taken) }
	return slices.MinFunc(all, func(a, b choice) int {
		return cmp.Or(cmp.Compare(q.turn(off(a)), q.turn(off(b))), b.job.Created.Compare(a.job.Created), cmp.Compare(a.delivery, b.delivery))
	}), true
}

// turn is how far a delivery is from its turn.
func (q question) turn(off int) int {
	if q.without.rotation {
		return 0
	}
	return off
}

// offers are the deliveries in a state that the attempt may take.
func (q question) offers(jobs []adapter.Job, state adapter.DeliveryState) (found []choice) {
	for _, job := range jobs {
		for i, d := range job.Deliveries {
			if offered(job, d) == state && q.mayTake(job, d) {
				found = append(found, q.take(job, i))
			}
		}
	}
	return found
}

// before is the delivery as it was before the attempt.
func (c choice) before() adapter.Delivery { return c.job.Deliveries[c.delivery] }

// offered is how a delivery looks to a repeat. If the job came to nothing, an answered delivery counts as abandoned, so
// that one counted repeat may take it.
func offered(job adapter.Job, d adapter.Delivery) adapter.DeliveryState {
	if d.State == adapter.DeliveryAnswered && cameToNothing(job) {
		return adapter.DeliveryAbandoned
	}
	return d.State
}

// mayTake reports whether a repeat may take a delivery.
func (q question) mayTake(job adapter.Job, d adapter.Delivery) bool {
	if q.retry > 0 && (!job.Status.Ended() || q.now.Sub(job.Created) <= q.follow) {
		return true
	}
	window := repeatWindow
	if !q.without.meantPresses && reported(job) && !d.At.Before(job.Finished) { // its client was there to be told
		window = meantWindow
	}
	return d.State == adapter.DeliveryAbandoned && q.now.Sub(d.At) <= window
}

// take gives delivery i of a job to the attempt. One whose client was told of a failure that stands is left as it is:
// every repeat within the window gets the same failure, and the window does not begin again.
func (q question) take(job adapter.Job, i int) choice {
	c := choice{verdict: joins, job: job, delivery: i, becomes: job.Deliveries[i], late: q.sentBefore(job)}
	switch {
	case cameToNothing(job):
		c.verdict = restarts
	case job.Status == adapter.JobFailed:
		return c
	}
	if q.retry > 0 {
		c.becomes.Taken++
	}
	c.becomes.Retry, c.taken = q.retry, true
	if c.verdict == restarts || c.becomes.State != adapter.DeliveryAnswered {
		c.becomes.State, c.becomes.At, c.becomes.Replica = adapter.DeliveryWaiting, q.now, q.replica
	}
	return c
}

// sentBefore reports whether an attempt was sent before the repeat that began a job: each has as many earlier tries as its
// counter says.
func (q question) sentBefore(job adapter.Job) bool {
	return job.Retry > q.retry && job.Late < job.Retry
}

// lateOriginal finds the job that was begun by a repeat of the attempt, which was held up on its way. Unless the repeat's
// client turns out to be gone it is another's wish as well, and so gets a quarter of its own where there is one.
func (q question) lateOriginal(jobs []adapter.Job) (choice, bool) {
	i := slices.IndexFunc(jobs, func(job adapter.Job) bool {
		return !q.without.lateOriginals && q.retry == 0 && q.sentBefore(job) && len(job.Deliveries) > 0 && q.now.Sub(job.Created) <= repeatWindow
	})
	if i < 0 {
		return choice{}, false
	}
	job := jobs[i]
	waited := slices.ContainsFunc(job.Deliveries, func(d adapter.Delivery) bool { return d.State == adapter.DeliveryWaiting })
	if waited && !q.waited {
		return choice{verdict: waits}, true
	}
	if job.Deliveries[0].Quarter > 0 && q.free(job) {
		return q.next(job, joins), true
	}
	return q.take(job, 0), true
}

// free reports whether a grid has a quarter that nobody has.
func (q question) free(job adapter.Job) bool {
	n := len(job.Deliveries)
	if job.Result != nil {
		return n < min(4, len(job.Result.Images))
	}
	return n < 4 && !job.Status.Ended() && !q.closed(job.ID)
}

// next is the next quarter of a grid.
func (q question) next(job adapter.Job, as verdict) choice {
	n := len(job.Deliveries)
	return choice{verdict: as, job: job, delivery: n, taken: true, late: q.sentBefore(job),
		becomes: adapter.Delivery{Quarter: n + 1, State: adapter.DeliveryWaiting, At: q.now, Replica: q.replica, Retry: q.retry}}
}

// quarter finds a young job of an equal request whose grid has a quarter left, the oldest first.
func (q question) quarter(jobs []adapter.Job) (choice, bool) {
	if !q.share || q.window <= 0 || q.retry > 0 {
		return choice{}, false
	}
	var oldest *adapter.Job
	for i, job := range jobs {
		if job.Sharing && !job.Status.Ended() && q.free(job) && q.now.Sub(job.Created) <= q.window &&
			(oldest == nil || job.Created.Before(oldest.Created)) {
			oldest = &jobs[i]
		}
	}
	if oldest == nil {
		return choice{}, false
	}
	return q.next(*oldest, shares), true
}

// perhapsRepeats reports whether an earlier equal request still seems to be waited for: its client may have left, and
// this be its repeat, though its end has not been noticed.
func (q question) perhapsRepeats(jobs []adapter.Job) (choice, bool) {
	return choice{verdict: waits}, !q.without.overtaking && !q.waited && q.retry == 0 && slices.ContainsFunc(jobs, func(job adapter.Job) bool {
		return job.Attended && slices.ContainsFunc(job.Deliveries, func(d adapter.Delivery) bool { return d.State == adapter.DeliveryWaiting })
	})
}

// claimed is the choice of an attempt whose Idempotency-Key names a job.
func (q question) claimed(job adapter.Job) choice {
	if len(job.Deliveries) == 0 {
		return choice{verdict: joins, job: job, delivery: onlooker}
	}
	return q.take(job, 0)
}
