package dedup

import (
	"cmp"
	"slices"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/record"
)

const (
	// RepeatWindow is how long after an attempt was abandoned an equal request without any counter or key counts as its
	// repeat, and how long after a job was begun by a repeat its original counts as late.
	RepeatWindow = 2 * time.Minute
	// meantWindow is the same where Midjourney itself said that the job failed: whoever asks later means it.
	meantWindow = 15 * time.Second
)

// Without are rules that a test has switched off, to see that their lack is found. In production none is.
type Without struct {
	LateOriginals bool // an original that comes after its repeat joins it
	Overtaking    bool // a repeat without a counter may come before the end of its client is noticed
	Rotation      bool // several repeats of a shared grid take a delivery of their own each
	MeantPresses  bool // who comes again a while after a reported failure means it
}

// Verdict is what an attempt turns out to be.
type Verdict int

const (
	Begins   Verdict = iota // a new job
	Joins                   // one that is there: a repeat, or an original that comes after its repeat
	Restarts                // one that came to nothing
	Shares                  // another quarter of a grid that is on its way
	Waits                   // perhaps a repeat: a moment shows whether the earlier one's client has left
)

// Choice is a verdict, with the job that it is about and the delivery that the attempt gets.
type Choice struct {
	Verdict
	Job      adapter.Job
	Delivery int              // onlooker: none of its own
	Becomes  adapter.Delivery // what the delivery is from now on
	Taken    bool             // becomes is to be written
	Late     bool             // an original that came after its repeat
	Written  bool             // an earlier try of the attempt has written all that
}

// Onlooker stands for a delivery of which the attempt changes nothing.
const Onlooker = -1

// Question is what the decision depends on, beside the rows.
type Question struct {
	Retry   int                  // the attempt's counter
	Share   bool                 // it may get a quarter of an equal request's grid
	Replica string               // where it waits
	Now     time.Time            //
	Follow  time.Duration        // how long a job is followed
	Window  time.Duration        // in which grids are shared; 0: never
	Waited  bool                 // the moment of waits is over
	Closed  func(id string) bool // whether a job's grid is not shared any more, though its record says so
	Without Without

	Standing adapter.Standing // how long a job answers equal attempts, where nothing marks a repeat
}

// Decide says what an attempt is, from the jobs of its owner, route and body. Without an idempotency key only.
func Decide(jobs []adapter.Job, q Question) Choice {
	if q.Standing != (adapter.Standing{}) {
		return q.standing(jobs)
	}
	for _, rule := range []func([]adapter.Job) (Choice, bool){q.abandoned, q.counted, q.lateOriginal, q.quarter, q.perhapsRepeats} {
		if c, ok := rule(jobs); ok {
			return c
		}
	}
	return Choice{Verdict: Begins}
}

// abandoned finds the delivery of a client that got nothing: what no repeat has taken yet, then the newest.
func (q Question) abandoned(jobs []adapter.Job) (Choice, bool) {
	found := q.offers(jobs, adapter.DeliveryAbandoned)
	if len(found) == 0 {
		return Choice{}, false
	}
	return slices.MinFunc(found, func(a, b Choice) int {
		return cmp.Or(cmp.Compare(q.turn(a.before().Taken), q.turn(b.before().Taken)), b.Job.Created.Compare(a.Job.Created), cmp.Compare(a.Delivery, b.Delivery))
	}), true
}

// counted finds the delivery of an attempt that an SDK counted as a repeat where none is abandoned: one that is still
// waited for, or answered. Each try of a client has a number of its own, so the delivery is the one that as many repeats
// have taken before; and where a client with the same number waits, the wish is another one.
func (q Question) counted(jobs []adapter.Job) (Choice, bool) {
	if q.Retry == 0 {
		return Choice{}, false
	}
	twin := func(c Choice) bool { return !c.Job.Status.Ended() && c.before().Retry == q.Retry }
	waiting := q.offers(jobs, adapter.DeliveryWaiting)
	twins := slices.ContainsFunc(waiting, twin)
	if (len(waiting) > 1 || twins) && !q.Waited {
		return Choice{Verdict: Waits}, true // a moment shows whose client has left
	}
	if c, ok := q.nearest(slices.DeleteFunc(waiting, twin)); ok {
		return c, true
	}
	return q.nearest(slices.DeleteFunc(q.offers(jobs, adapter.DeliveryAnswered), func(c Choice) bool {
		return twins && c.before().Taken >= q.Retry
	}))
}

// nearest is the delivery that was taken by as many repeats as this client has sent before; of equals the newest job's.
func (q Question) nearest(all []Choice) (Choice, bool) {
	if len(all) == 0 {
		return Choice{}, false
	}
	off := func(c Choice) int { return max(c.before().Taken-q.Retry+1, q.Retry-1-c.before().Taken) }
	return slices.MinFunc(all, func(a, b Choice) int {
		return cmp.Or(cmp.Compare(q.turn(off(a)), q.turn(off(b))), b.Job.Created.Compare(a.Job.Created), cmp.Compare(a.Delivery, b.Delivery))
	}), true
}

// turn is how far a delivery is from its turn.
func (q Question) turn(off int) int {
	if q.Without.Rotation {
		return 0
	}
	return off
}

// offers are the deliveries in a state that the attempt may take.
func (q Question) offers(jobs []adapter.Job, state adapter.DeliveryState) (found []Choice) {
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
func (c Choice) before() adapter.Delivery { return c.Job.Deliveries[c.Delivery] }

// offered is how a delivery looks to a repeat. If the job came to nothing, an answered delivery counts as abandoned, so
// that one counted repeat may take it.
func offered(job adapter.Job, d adapter.Delivery) adapter.DeliveryState {
	if d.State == adapter.DeliveryAnswered && record.CameToNothing(job) {
		return adapter.DeliveryAbandoned
	}
	return d.State
}

// mayTake reports whether a repeat may take a delivery.
func (q Question) mayTake(job adapter.Job, d adapter.Delivery) bool {
	if q.Retry > 0 && (!job.Status.Ended() || q.Now.Sub(job.Created) <= q.Follow) {
		return true
	}
	window := RepeatWindow
	if !q.Without.MeantPresses && record.Reported(job) && !d.At.Before(job.Finished) { // its client was there to be told
		window = meantWindow
	}
	return d.State == adapter.DeliveryAbandoned && q.Now.Sub(d.At) <= window
}

// take gives delivery i of a job to the attempt. One whose client was told of a failure that stands is left as it is:
// every repeat within the window gets the same failure, and the window does not begin again.
func (q Question) take(job adapter.Job, i int) Choice {
	c := Choice{Verdict: Joins, Job: job, Delivery: i, Becomes: job.Deliveries[i], Late: q.sentBefore(job)}
	switch {
	case record.CameToNothing(job):
		c.Verdict = Restarts
	case job.Status == adapter.JobFailed:
		return c
	}
	if q.Retry > 0 {
		c.Becomes.Taken++
	}
	c.Becomes.Retry, c.Taken = q.Retry, true
	if c.Verdict == Restarts || c.Becomes.State != adapter.DeliveryAnswered {
		c.Becomes.State, c.Becomes.At, c.Becomes.Replica = adapter.DeliveryWaiting, q.Now, q.Replica
	}
	return c
}

// sentBefore reports whether an attempt was sent before the repeat that began a job: each has as many earlier tries as its
// counter says.
func (q Question) sentBefore(job adapter.Job) bool {
	return job.Retry > q.Retry && job.Late < job.Retry
}

// lateOriginal finds the job that was begun by a repeat of the attempt, which was held up on its way. Unless the repeat's
// client turns out to be gone it is another's wish as well, and so gets a quarter of its own where there is one.
func (q Question) lateOriginal(jobs []adapter.Job) (Choice, bool) {
	i := slices.IndexFunc(jobs, func(job adapter.Job) bool {
		return !q.Without.LateOriginals && q.Retry == 0 && q.sentBefore(job) && len(job.Deliveries) > 0 && q.Now.Sub(job.Created) <= RepeatWindow
	})
	if i < 0 {
		return Choice{}, false
	}
	job := jobs[i]
	waited := slices.ContainsFunc(job.Deliveries, func(d adapter.Delivery) bool { return d.State == adapter.DeliveryWaiting })
	if waited && !q.Waited {
		return Choice{Verdict: Waits}, true
	}
	if job.Deliveries[0].Quarter > 0 && q.free(job) {
		return q.next(job, Joins), true
	}
	return q.take(job, 0), true
}

// free reports whether a grid has a quarter that nobody has.
func (q Question) free(job adapter.Job) bool {
	n := len(job.Deliveries)
	if job.Result != nil {
		return n < min(4, len(job.Result.Images))
	}
	return n < 4 && !job.Status.Ended() && !q.Closed(job.ID)
}

// next is the next quarter of a grid.
func (q Question) next(job adapter.Job, as Verdict) Choice {
	n := len(job.Deliveries)
	return Choice{Verdict: as, Job: job, Delivery: n, Taken: true, Late: q.sentBefore(job),
		Becomes: adapter.Delivery{Quarter: n + 1, State: adapter.DeliveryWaiting, At: q.Now, Replica: q.Replica, Retry: q.Retry}}
}

// quarter finds a young job of an equal request whose grid has a quarter left, the oldest first.
func (q Question) quarter(jobs []adapter.Job) (Choice, bool) {
	if !q.Share || q.Window <= 0 || q.Retry > 0 {
		return Choice{}, false
	}
	var oldest *adapter.Job
	for i, job := range jobs {
		if job.Sharing && !job.Status.Ended() && q.free(job) && q.Now.Sub(job.Created) <= q.Window &&
			(oldest == nil || job.Created.Before(oldest.Created)) {
			oldest = &jobs[i]
		}
	}
	if oldest == nil {
		return Choice{}, false
	}
	return q.next(*oldest, Shares), true
}

// perhapsRepeats reports whether an earlier equal request still seems to be waited for: its client may have left, and
// this be its repeat, though its end has not been noticed.
func (q Question) perhapsRepeats(jobs []adapter.Job) (Choice, bool) {
	return Choice{Verdict: Waits}, !q.Without.Overtaking && !q.Waited && q.Retry == 0 && slices.ContainsFunc(jobs, func(job adapter.Job) bool {
		return job.Attended && slices.ContainsFunc(job.Deliveries, func(d adapter.Delivery) bool { return d.State == adapter.DeliveryWaiting })
	})
}

// Claimed is the choice of an attempt whose Idempotency-Key names a job.
func (q Question) Claimed(job adapter.Job) Choice {
	if len(job.Deliveries) == 0 {
		return Choice{Verdict: Joins, Job: job, Delivery: Onlooker}
	}
	return q.take(job, 0)
}
