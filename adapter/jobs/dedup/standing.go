package dedup

import (
	"slices"

	"midgate/adapter"
	"midgate/adapter/jobs/record"
)

// standing is what an attempt is on a route where equal requests mean the same job until a time is over: clients there
// repeat without a counter, without a key, and minutes after they were cut. It joins the job that is under way, whoever
// waits for it, else the newest as long as that one stands.
func (q Question) standing(jobs []adapter.Job) Choice {
	if len(jobs) == 0 {
		return Choice{Verdict: Begins}
	}
	newest := slices.MaxFunc(jobs, func(a, b adapter.Job) int {
		if open := !a.Status.Ended(); open == b.Status.Ended() {
			if open {
				return 1
			}
			return -1
		}
		return a.Created.Compare(b.Created)
	})
	if !q.stands(newest) {
		return Choice{Verdict: Begins}
	}
	return q.take(newest, 0)
}

// stands reports whether a job answers an equal attempt.
func (q Question) stands(job adapter.Job) bool {
	if job.Deleted || job.Cancel || len(job.Deliveries) == 0 {
		return false
	}
	since := q.Now.Sub(job.Finished)
	switch told := job.Deliveries[0]; {
	case !job.Status.Ended():
		return true
	case job.Status == adapter.JobCompleted && told.State == adapter.DeliveryAnswered:
		return q.Now.Sub(told.At) <= q.Standing.Told
	case job.Status == adapter.JobCompleted:
		return since <= q.Standing.Untold
	case job.Status != adapter.JobFailed:
		return false
	case record.Reported(job): // nothing was paid, and whoever asks later means it
		return since <= meantWindow
	default: // something may have been paid: the same failure again costs nothing
		return record.AnyPaid(job.Steps) && since <= q.Standing.Told
	}
}
