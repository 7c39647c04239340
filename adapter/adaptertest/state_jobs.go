package adaptertest

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"midgate/adapter"
)

// jobRows are the jobs.
type jobRows struct{ *data }

// Job implements adapter.JobReader.
func (r jobRows) Job(_ context.Context, id string) (adapter.Job, error) {
	job, ok := r.jobs[id]
	if !ok {
		return adapter.Job{}, adapter.ErrNotFound
	}
	return copied(job), nil
}

// JobByTask implements adapter.JobReader.
func (r jobRows) JobByTask(_ context.Context, owner, taskID string) (found adapter.Job, err error) {
	var newest time.Time
	for _, job := range r.jobs {
		for _, st := range job.Steps {
			if job.Owner == owner && st.Submission != nil && st.Submission.TaskID == taskID && taskID != "" &&
				(found.ID == "" || st.Intended.After(newest) || st.Intended.Equal(newest) && job.Created.After(found.Created)) {
				found, newest = job, st.Intended
			}
		}
	}
	if found.ID == "" {
		return found, adapter.ErrNotFound
	}
	return copied(found), nil
}

// Jobs implements adapter.JobReader.
func (r jobRows) Jobs(_ context.Context, q adapter.JobQuery) ([]adapter.Job, error) {
	if after, ok := r.jobs[q.After]; q.After != "" && (!ok || after.Owner != q.Owner) {
		return nil, adapter.ErrNotFound
	}
	var found []adapter.Job
	for _, job := range r.jobs {
		if job.Owner == q.Owner && (len(q.Statuses) == 0 || slices.Contains(q.Statuses, job.Status)) &&
			(len(q.Kinds) == 0 || slices.Contains(q.Kinds, job.Kind)) && (q.Deleted || !job.Deleted) &&
			strings.HasPrefix(job.Route, q.Routes) && !job.Created.Before(q.Since) || job.ID == q.After {
			found = append(found, job)
		}
	}
	return copied(paged(found, func(j adapter.Job) (time.Time, string) { return j.Created, j.ID }, q.Oldest, q.Limit, q.After)), nil
}

// InsertJob implements adapter.JobWriter.
func (r jobRows) InsertJob(_ context.Context, job adapter.Job) error {
	for _, known := range r.jobs {
		if known.ID == job.ID || job.Claim != "" && known.Claim == job.Claim {
			return adapter.ErrExists
		}
	}
	r.putJob(job)
	return nil
}

func (r *data) putJob(job adapter.Job) {
	job = copied(job)
	rounded(&job.Created, &job.Finished, &job.Deadline, &job.Expires, &job.NextLook)
	for i := range job.Steps {
		job.Steps[i] = roundedStep(job.Steps[i])
	}
	for i := range job.Deliveries {
		rounded(&job.Deliveries[i].At)
	}
	put(r, r.jobs, job.ID, job)
}

// change changes a job's row.
func (r *data) change(id string, change func(*adapter.Job) error) error {
	job, ok := r.jobs[id]
	if !ok {
		return adapter.ErrNotFound
	}
	job = copied(job)
	if err := change(&job); err != nil {
		return err
	}
	r.putJob(job)
	return nil
}

// JobByClaim implements adapter.JobWriter.
func (r jobRows) JobByClaim(_ context.Context, claim string) (adapter.Job, error) {
	for _, job := range r.jobs {
		if job.Claim == claim && claim != "" {
			return copied(job), nil
		}
	}
	return adapter.Job{}, adapter.ErrNotFound
}

// ReleaseClaim implements adapter.JobWriter.
func (r jobRows) ReleaseClaim(_ context.Context, id string) error {
	return r.change(id, func(job *adapter.Job) error { job.Claim = ""; return nil })
}

// JobsByBody implements adapter.JobWriter.
func (r jobRows) JobsByBody(_ context.Context, body string, since, recent time.Time, limit int) ([]adapter.Job, error) {
	var open, left, others []adapter.Job
	for _, job := range r.jobs {
		if job.Body != body || !job.Finished.IsZero() && job.Finished.Before(since) {
			continue
		}
		abandoned := slices.ContainsFunc(job.Deliveries, func(d adapter.Delivery) bool { return d.State == adapter.DeliveryAbandoned })
		switch {
		case abandoned && (job.Finished.IsZero() || job.Status == adapter.JobCompleted || !job.Finished.Before(recent)):
			left = append(left, job)
		case job.Finished.IsZero():
			open = append(open, job)
		default:
			others = append(others, job)
		}
	}
	byAge := func(j adapter.Job) (time.Time, string) { return j.Created, j.ID }
	all := append(paged(left, byAge, false, limit, ""), paged(open, byAge, false, limit, "")...)
	all = append(all, paged(others, byAge, false, limit, "")...)
	return copied(all[:min(limit, len(all))]), nil
}

// LockJob implements adapter.JobWriter.
func (r jobRows) LockJob(ctx context.Context, id string) (adapter.Job, error) { return r.Job(ctx, id) }

// HoldJob implements adapter.JobWriter.
func (r jobRows) HoldJob(_ context.Context, id, replica string) (bool, error) {
	job, ok := r.jobs[id]
	if !ok || job.Replica != replica || job.Status.Ended() {
		return false, adapter.ErrConflict
	}
	return job.Cancel, nil
}

// PutJob implements adapter.JobWriter.
func (r jobRows) PutJob(_ context.Context, job adapter.Job, fence string) error {
	if _, ok := r.jobs[job.ID]; !ok {
		return adapter.ErrConflict
	}
	return r.change(job.ID, func(to *adapter.Job) error {
		if to.Replica != fence {
			return adapter.ErrConflict
		}
		to.Status, to.Replica, to.Upstream, to.Finished, to.Deadline = job.Status, job.Replica, job.Upstream, job.Finished, job.Deadline
		to.NextLook, to.SealedKey, to.Result, to.Error = job.NextLook, job.SealedKey, job.Result, job.Error
		return nil
	})
}

// CancelJob implements adapter.JobWriter.
func (r jobRows) CancelJob(_ context.Context, id string) error {
	return r.change(id, func(job *adapter.Job) error { job.Cancel = true; return nil })
}

// DeleteJob implements adapter.JobWriter.
func (r jobRows) DeleteJob(_ context.Context, id string) error {
	return r.change(id, func(job *adapter.Job) error { job.Deleted = true; return nil })
}

// CountLate implements adapter.JobWriter.
func (r jobRows) CountLate(_ context.Context, id string) error {
	return r.change(id, func(job *adapter.Job) error { job.Late++; return nil })
}

// DueJobs implements adapter.JobWriter.
func (r jobRows) DueJobs(_ context.Context, replica string, now, next time.Time, limit int) (ids []string, err error) {
	for _, id := range slices.Sorted(maps.Keys(r.jobs)) {
		job := r.jobs[id]
		if job.Status.Ended() && !job.NextLook.IsZero() && !job.NextLook.After(now) && len(ids) < limit {
			ids = append(ids, id)
			job.Replica, job.NextLook = replica, next
			r.putJob(job)
		}
	}
	return ids, nil
}
