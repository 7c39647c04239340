package sqlstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"midgate/adapter"
)

const jobColumns = `id, owner, caller, kind, route, model, prompt, n, speed, status, cancel, deleted, replica, upstream,
	created, finished, deadline, expires, next_look, body, coalesce(claim, ''), seed, sealed_key, request, echo, result, error, retry, late, attended, sharing, spend, trace`

func scanJob(scan func(...any) error) (r adapter.Job, err error) {
	err = scan(&r.ID, &r.Owner, &r.Caller, &r.Kind, &r.Route, &r.Model, &r.Prompt, &r.N, &r.Speed, &r.Status, &r.Cancel, &r.Deleted, &r.Replica, &r.Upstream,
		when{&r.Created}, when{&r.Finished}, when{&r.Deadline}, when{&r.Expires}, when{&r.NextLook}, &r.Body, &r.Claim, &r.Seed, &r.SealedKey,
		inJSON{&r.Request}, inJSON{&r.Echo}, inJSON{&r.Result}, inJSON{&r.Error}, &r.Retry, &r.Late, &r.Attended, &r.Sharing, inJSON{&r.Spend}, &r.Trace)
	return r, err
}

// jobTable is the jobs, with their steps, their deliveries and the bytes that they need by themselves.
type jobTable struct {
	*statements
	steps stepTable
	bytes byteTable
}

// jobs reads the jobs of a question about them, with their steps and deliveries.
func (t jobTable) jobs(ctx context.Context, rest string, args ...any) (jobs []adapter.Job, err error) {
	err = t.each(ctx, "SELECT "+jobColumns+" FROM jobs "+rest, args, func(scan func(...any) error) error {
		job, err := scanJob(scan)
		jobs = append(jobs, job)
		return err
	})
	if err != nil || len(jobs) == 0 {
		return nil, err
	}
	at := map[string]int{}
	for i, job := range jobs {
		at[job.ID] = i
	}
	for some := range slices.Chunk(jobs, 256) {
		if err := t.steps.addSteps(ctx, some, jobs, at); err != nil {
			return nil, err
		}
		if err := t.steps.addDeliveries(ctx, some, jobs, at); err != nil {
			return nil, err
		}
	}
	return jobs, nil
}

func idsOf(jobs []adapter.Job) (ids []string) {
	for _, job := range jobs {
		ids = append(ids, job.ID)
	}
	return ids
}

// job reads one job.
func (t jobTable) job(ctx context.Context, rest string, args ...any) (adapter.Job, error) {
	jobs, err := t.jobs(ctx, rest, args...)
	if err == nil && len(jobs) == 0 {
		err = adapter.ErrNotFound
	}
	if err != nil {
		return adapter.Job{}, err
	}
	return jobs[0], nil
}

// Job implements adapter.JobReader.
func (t jobTable) Job(ctx context.Context, id string) (adapter.Job, error) {
	return t.job(ctx, "WHERE id = ?", id)
}

// JobByTask implements adapter.JobReader.
func (t jobTable) JobByTask(ctx context.Context, owner, taskID string) (adapter.Job, error) {
	return t.job(ctx, `WHERE id = (SELECT j.id FROM steps s JOIN jobs j ON j.id = s.job
		WHERE s.task_id = ? AND s.task_id <> '' AND j.owner = ? ORDER BY s.intended DESC, j.created DESC LIMIT 1)`, taskID, owner)
}

// JobByClaim implements adapter.JobWriter.
func (t jobTable) JobByClaim(ctx context.Context, claim string) (adapter.Job, error) {
	return t.job(ctx, "WHERE claim = ?", claim)
}

// ReleaseClaim implements adapter.JobWriter.
func (t jobTable) ReleaseClaim(ctx context.Context, id string) error {
	_, err := t.exec(ctx, "UPDATE jobs SET claim = NULL WHERE id = ?", id)
	return err
}

// JobsByBody implements adapter.JobWriter.
func (t jobTable) JobsByBody(ctx context.Context, body string, since, recent time.Time, limit int) ([]adapter.Job, error) {
	return t.jobs(ctx, `WHERE body = ? AND (finished IS NULL OR finished >= ?)
		ORDER BY CASE WHEN (finished IS NULL OR status = 'completed' OR finished >= ?) AND EXISTS (SELECT 1 FROM deliveries d WHERE d.job = jobs.id AND d.state = 'abandoned') THEN 0
			WHEN finished IS NULL THEN 1 ELSE 2 END, created DESC, id DESC LIMIT ?`,
		body, t.at(since), t.at(recent), limit)
}

// LockJob implements adapter.JobWriter.
func (t jobTable) LockJob(ctx context.Context, id string) (adapter.Job, error) {
	return t.job(ctx, "WHERE id = ?"+t.forUpdate, id)
}

// HoldJob implements adapter.JobWriter.
func (t jobTable) HoldJob(ctx context.Context, id, replica string) (cancelled bool, err error) {
	err = t.one(ctx, "SELECT cancel FROM jobs WHERE id = ? AND replica = ? AND status IN ('queued', 'in_progress')"+t.forUpdate, []any{id, replica}, &cancelled)
	if errors.Is(err, adapter.ErrNotFound) {
		err = adapter.ErrConflict
	}
	return cancelled, err
}

// page selects what comes after a cursor in a list by time, newest or oldest first.
func (t *statements) page(ctx context.Context, table, owner, after string, oldest bool) (where string, args []any, order string, err error) {
	direction, order := "<", " ORDER BY created DESC, id DESC"
	if oldest {
		direction, order = ">", " ORDER BY created, id"
	}
	if after == "" {
		return "", nil, order, nil
	}
	var known int
	if err := t.one(ctx, "SELECT 1 FROM "+table+" WHERE id = ? AND owner = ?", []any{after, owner}, &known); err != nil {
		return "", nil, "", err
	}
	return fmt.Sprintf(" AND (created, id) %s (SELECT created, id FROM %s WHERE id = ?)", direction, table), []any{after}, order, nil
}

// Jobs implements adapter.JobReader.
func (t jobTable) Jobs(ctx context.Context, q adapter.JobQuery) ([]adapter.Job, error) {
	where, args := "WHERE owner = ?", []any{q.Owner}
	if len(q.Statuses) > 0 {
		list, statuses := among(stringsOf(q.Statuses))
		where, args = where+" AND status IN "+list, append(args, statuses...)
	}
	if len(q.Kinds) > 0 {
		list, kinds := among(stringsOf(q.Kinds))
		where, args = where+" AND kind IN "+list, append(args, kinds...)
	}
	if !q.Deleted {
		where += " AND NOT deleted"
	}
	if q.Routes != "" {
		where, args = where+" AND substr(route, 1, ?) = ?", append(args, utf8.RuneCountInString(q.Routes), q.Routes)
	}
	if !q.Since.IsZero() {
		where, args = where+" AND created >= ?", append(args, t.at(q.Since))
	}
	after, cursor, order, err := t.page(ctx, "jobs", q.Owner, q.After, q.Oldest)
	if err != nil {
		return nil, err
	}
	args = append(append(args, cursor...), q.Limit)
	return t.jobs(ctx, where+after+order+" LIMIT ?", args...)
}

func stringsOf[T ~string](values []T) (texts []string) {
	for _, v := range values {
		texts = append(texts, string(v))
	}
	return texts
}

// InsertJob implements adapter.JobWriter.
func (t jobTable) InsertJob(ctx context.Context, r adapter.Job) error {
	added, err := t.exec(ctx, "INSERT INTO jobs ("+strings.Replace(jobColumns, "coalesce(claim, '')", "claim", 1)+`)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
		r.ID, r.Owner, text(r.Caller), r.Kind, r.Route, text(r.Model), text(r.Prompt), r.N, string(r.Speed), string(r.Status), r.Cancel, r.Deleted, r.Replica, r.Upstream,
		t.at(r.Created), t.at(r.Finished), t.at(r.Deadline), t.at(r.Expires), t.at(r.NextLook), r.Body, optional(r.Claim), r.Seed, r.SealedKey,
		asJSON{r.Request}, asJSON{r.Echo}, asJSON{r.Result}, asJSON{r.Error}, r.Retry, r.Late, r.Attended, r.Sharing, asJSON{r.Spend}, r.Trace)
	if err != nil {
		return err
	}
	if added == 0 {
		return adapter.ErrExists
	}
	for i, st := range r.Steps {
		if err := t.steps.putStep(ctx, r.ID, i, st); err != nil {
			return err
		}
	}
	for i, d := range r.Deliveries {
		if err := t.steps.PutDelivery(ctx, r.ID, i, d); err != nil {
			return err
		}
	}
	return t.bytes.putJobBytes(ctx, r)
}

// PutJob implements adapter.JobWriter.
func (t jobTable) PutJob(ctx context.Context, r adapter.Job, fence string) error {
	changed, err := t.exec(ctx, `UPDATE jobs SET status = ?, replica = ?, upstream = ?, finished = ?, deadline = ?, next_look = ?, sealed_key = ?, result = ?, error = ?
		WHERE id = ? AND replica = ?`,
		string(r.Status), r.Replica, r.Upstream, t.at(r.Finished), t.at(r.Deadline), t.at(r.NextLook), r.SealedKey, asJSON{r.Result}, asJSON{r.Error}, r.ID, fence)
	if err == nil && changed == 0 {
		err = adapter.ErrConflict
	}
	if err != nil {
		return err
	}
	return t.bytes.putJobBytes(ctx, r)
}

// CancelJob implements adapter.JobWriter.
func (t jobTable) CancelJob(ctx context.Context, id string) error {
	return t.note(ctx, "UPDATE jobs SET cancel = TRUE WHERE id = ?", id)
}

// DeleteJob implements adapter.JobWriter.
func (t jobTable) DeleteJob(ctx context.Context, id string) error {
	return t.note(ctx, "UPDATE jobs SET deleted = TRUE WHERE id = ?", id)
}

// CountLate implements adapter.JobWriter.
func (t jobTable) CountLate(ctx context.Context, id string) error {
	return t.note(ctx, "UPDATE jobs SET late = late + 1 WHERE id = ?", id)
}

func (t jobTable) note(ctx context.Context, statement, id string) error {
	changed, err := t.exec(ctx, statement, id)
	if err == nil && changed == 0 {
		err = adapter.ErrNotFound
	}
	return err
}

// DueJobs implements adapter.JobWriter.
func (t jobTable) DueJobs(ctx context.Context, replica string, now, next time.Time, limit int) ([]string, error) {
	return t.names(ctx, `UPDATE jobs SET replica = ?, next_look = ? WHERE id IN (SELECT id FROM jobs
		WHERE next_look <= ? AND status NOT IN ('queued', 'in_progress') ORDER BY next_look LIMIT ?`+t.skip+`) RETURNING id`,
		replica, t.at(next), t.at(now), limit)
}
