package jobs

import (
	"slices"
	"time"

	"midgate/adapter"
)

// clone is a copy of a job that shares no list with it.
func clone(r adapter.Job) adapter.Job {
	r.Steps, r.Deliveries = slices.Clone(r.Steps), slices.Clone(r.Deliveries)
	return r
}

// stepOf returns a job's step by its name; nil if it has none.
func stepOf(r *adapter.Job, name string) *adapter.Step {
	i := slices.IndexFunc(r.Steps, func(s adapter.Step) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return &r.Steps[i]
}

// anyPaid reports whether a step was paid, or may have been.
func anyPaid(steps []adapter.Step) bool {
	return slices.ContainsFunc(steps, func(s adapter.Step) bool {
		return s.Paid() || s.Submission == nil && s.Refusal == nil
	})
}

// cameToNothing reports whether a job failed before anything was submitted, for a reason that passes: its repeat is the
// first real try then, not one that has to get the same failure again.
func cameToNothing(r adapter.Job) bool {
	return r.Status == adapter.JobFailed && r.Error != nil && !anyPaid(r.Steps) &&
		slices.Contains([]adapter.Kind{adapter.Busy, adapter.Unavailable, adapter.Storage, adapter.Credit, adapter.UpstreamAuth, adapter.Unauthorized}, r.Error.Kind)
}

// staysOpen reports whether a job failed so that clients without a counter repeat its request, and may have been paid.
func staysOpen(r adapter.Job) bool {
	return r.Status == adapter.JobFailed && repeats(r.Error) && anyPaid(r.Steps)
}

// repeats reports whether clients are known to repeat a request that failed so: every 5xx.
func repeats(e *adapter.Error) bool {
	return slices.Contains([]adapter.Kind{adapter.Internal, adapter.Failed, adapter.Ambiguous, adapter.UpstreamAuth, adapter.Timeout,
		adapter.Overdue, adapter.Unavailable, adapter.Storage}, e.Kind)
}

// reported reports whether a job failed because Midjourney said so of every task of it: nothing of it is lost or
// unknown, and nothing is paid.
func reported(r adapter.Job) bool {
	if r.Status != adapter.JobFailed || r.Error == nil || r.Error.Kind != adapter.Failed {
		return false
	}
	failures := 0
	for _, st := range r.Steps {
		switch {
		case st.Refusal != nil && st.Submission == nil, st.Free:
		case st.Submission != nil && (st.Status == adapter.Failure || st.Status == adapter.Cancelling):
			failures++
		default:
			return false
		}
	}
	return failures > 0
}

// mayTurnUp reports whether a job ended although a task of its may exist: nobody knew whether it was accepted, or it was
// not finished when its deadline was over, or midgate itself failed, or the upstream said that it had lost it, or its
// pictures could not be fetched and stored. A job may have been answered without that task's pictures: those of others
// were enough.
func mayTurnUp(r adapter.Job) bool {
	failed := r.Status == adapter.JobFailed && r.Error != nil &&
		(slices.Contains([]adapter.Kind{adapter.Ambiguous, adapter.Overdue, adapter.Internal, adapter.Failed}, r.Error.Kind) || slices.ContainsFunc(r.Steps, unstored))
	if !failed && r.Status != adapter.JobCompleted {
		return false
	}
	return slices.ContainsFunc(r.Steps, func(st adapter.Step) bool { return lacks(r, st) })
}

// lacks reports whether a step is what the job lacks: nobody knows its submission, or its task was not over in time, or
// has pictures that are not stored here.
func lacks(r adapter.Job, s adapter.Step) bool {
	unknown := s.Submission == nil && s.Refusal == nil
	unfinished := s.Submission != nil && s.Finished.IsZero() && !s.Free && s.Tries < keepTries
	missing := unfinished || unstored(s)
	if r.Error == nil {
		return unknown || missing && r.Result != nil && r.Result.Missing > 0
	}
	return unknown || missing // whoever submitted it may have been cut off, and has told since
}

// unstored reports whether the step's task has pictures that are paid and not stored here, and worth another try.
func unstored(s adapter.Step) bool { return s.Unstored && s.Tries < keepTries && !s.Free }

// conclude ends the job. The answer of a job that was reopened for a task that turned up late is never taken back.
func conclude(r *adapter.Job, result adapter.Result, failure *adapter.Error, now time.Time) {
	had := r.Result
	r.Finished, r.Result, r.Error, r.NextLook = now, nil, failure, time.Time{}
	switch {
	case had != nil && (failure != nil || len(result.Images) < len(had.Images)):
		r.Status, r.Result, r.Error = adapter.JobCompleted, had, nil
	case failure == nil:
		r.Status, r.Result = adapter.JobCompleted, &result
	case failure.Kind == adapter.Cancelled:
		r.Status = adapter.JobCancelled
	default:
		r.Status = adapter.JobFailed
	}
	if mayTurnUp(*r) {
		r.NextLook = now.Add(lateFirst)
	} else {
		r.SealedKey = nil
	}
}
