package record

import (
	"slices"
	"time"

	"midgate/adapter"
)

const (
	// KeepTries is how often a job that has ended goes on for one of its tasks, since the upstream says that it is done.
	KeepTries = 8
	// FirstLook is how soon after its end a job is looked for that may still turn up.
	FirstLook = 5 * time.Second
)

// Clone is a copy of a job that shares no list with it.
func Clone(r adapter.Job) adapter.Job {
	r.Steps, r.Deliveries = slices.Clone(r.Steps), slices.Clone(r.Deliveries)
	return r
}

// StepOf returns a job's step by its name; nil if it has none.
func StepOf(r *adapter.Job, name string) *adapter.Step {
	i := slices.IndexFunc(r.Steps, func(s adapter.Step) bool { return s.Name == name })
	if i < 0 {
		return nil
	}
	return &r.Steps[i]
}

// AnyPaid reports whether a step was paid, or may have been.
func AnyPaid(steps []adapter.Step) bool {
	return slices.ContainsFunc(steps, func(s adapter.Step) bool {
		return s.Paid() || s.Submission == nil && s.Refusal == nil
	})
}

// PaidSteps are the names of the steps that were paid.
func PaidSteps(run adapter.Job) (names []string) {
	for _, st := range run.Steps {
		if st.Paid() {
			names = append(names, st.Name)
		}
	}
	return names
}

// CameToNothing reports whether a job failed before anything was submitted, for a reason that passes: its repeat is the
// first real try then, not one that has to get the same failure again.
func CameToNothing(r adapter.Job) bool {
	return r.Status == adapter.JobFailed && r.Error != nil && !AnyPaid(r.Steps) &&
		slices.Contains([]adapter.Kind{adapter.Busy, adapter.Unavailable, adapter.Storage, adapter.Credit, adapter.UpstreamAuth, adapter.Unauthorized}, r.Error.Kind)
}

// StaysOpen reports whether a job failed so that clients without a counter repeat its request, and may have been paid.
func StaysOpen(r adapter.Job) bool {
	return r.Status == adapter.JobFailed && repeats(r.Error) && AnyPaid(r.Steps)
}

// repeats reports whether clients are known to repeat a request that failed so: every 5xx.
func repeats(e *adapter.Error) bool {
	return slices.Contains([]adapter.Kind{adapter.Internal, adapter.Failed, adapter.Ambiguous, adapter.UpstreamAuth, adapter.Timeout,
		adapter.Overdue, adapter.Unavailable, adapter.Storage}, e.Kind)
}

// Reported reports whether a job failed because Midjourney said so of every task of it: nothing of it is lost or
// unknown, and nothing is paid.
func Reported(r adapter.Job) bool {
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

// MayTurnUp reports whether a job ended although a task of its may exist: nobody knew whether it was accepted, or it was
// not finished when its deadline was over, or midgate itself failed, or the upstream said that it had lost it, or its
// pictures could not be fetched and stored. A job may have been answered without that task's pictures: those of others
// were enough.
func MayTurnUp(r adapter.Job) bool {
	failed := r.Status == adapter.JobFailed && r.Error != nil &&
		(slices.Contains([]adapter.Kind{adapter.Ambiguous, adapter.Overdue, adapter.Internal, adapter.Failed}, r.Error.Kind) || slices.ContainsFunc(r.Steps, unstored))
	if !failed && r.Status != adapter.JobCompleted {
		return false
	}
	return slices.ContainsFunc(r.Steps, func(st adapter.Step) bool { return Lacks(r, st) })
}

// Lacks reports whether a step is what the job lacks: nobody knows its submission, or its task was not over in time, or
// has pictures that are not stored here.
func Lacks(r adapter.Job, s adapter.Step) bool {
	unknown := s.Submission == nil && s.Refusal == nil
	unfinished := s.Submission != nil && s.Finished.IsZero() && !s.Free && s.Tries < KeepTries
	missing := unfinished || unstored(s)
	if r.Error == nil {
		return unknown || missing && r.Result != nil && r.Result.Missing > 0
	}
	return unknown || missing // whoever submitted it may have been cut off, and has told since
}

// unstored reports whether the step's task has pictures that are paid and not stored here, and worth another try.
func unstored(s adapter.Step) bool { return s.Unstored && s.Tries < KeepTries && !s.Free }

// Lapse lowers the hold of a job that has ended to what its steps took. If it goes on all the same, what it takes then has
// to fit into its key's budgets like anything new.
func Lapse(r *adapter.Job) {
	if r.Spend == nil {
		return
	}
	kept := *r.Spend
	kept.Hold = adapter.Amount{}
	for _, st := range r.Steps {
		if st.Counts() {
			kept.Hold = kept.Hold.Plus(st.Cost())
		}
	}
	r.Spend = &kept
}

// Conclude ends the job. The answer of a job that was reopened for a task that turned up late is never taken back.
func Conclude(r *adapter.Job, result adapter.Result, failure *adapter.Error, now time.Time) {
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
	if MayTurnUp(*r) {
		r.NextLook = now.Add(FirstLook)
	} else {
		r.SealedKey = nil
	}
}
