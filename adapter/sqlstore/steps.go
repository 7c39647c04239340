package sqlstore

import (
	"context"
	"time"

	"midgate/adapter"
)

// stepTable is the steps of jobs, and their deliveries.
type stepTable struct{ *statements }

// addSteps gives jobs their steps. some is the part of jobs that is asked for, at tells their places.
func (t stepTable) addSteps(ctx context.Context, some, jobs []adapter.Job, at map[string]int) error {
	list, args := among(idsOf(some))
	return t.each(ctx, `SELECT job, name, state, upstream, intended, task_id, submitted, dialog, existing, queued, prompt, status, finished, polls, free, continues, answers, unkept, tries, refusal, sold, speed, price, refunded
		FROM steps WHERE job IN `+list+` ORDER BY job, n`, args, func(scan func(...any) error) error {
		var job string
		var st adapter.Step
		var sub adapter.Submission
		err := scan(&job, &st.Name, &st.State, &st.Upstream, when{&st.Intended}, &sub.TaskID, when{&sub.At}, &sub.Dialog, &sub.Existing, &sub.Queued, &sub.Prompt,
			&st.Status, when{&st.Finished}, &st.Polls, &st.Free, &st.Continues, &st.Answers, &st.Unstored, &st.Tries, inJSON{&st.Refusal}, &st.Sold, &st.Speed, &st.Price, &st.Refunded)
		if sub.TaskID != "" {
			st.Submission = &sub
		}
		owner := &jobs[at[job]]
		owner.Steps = append(owner.Steps, st)
		return err
	})
}

// addDeliveries gives jobs their deliveries.
func (t stepTable) addDeliveries(ctx context.Context, some, jobs []adapter.Job, at map[string]int) error {
	list, args := among(idsOf(some))
	return t.each(ctx, "SELECT job, quarter, state, at, replica, taken, retry FROM deliveries WHERE job IN "+list+" ORDER BY job, n", args, func(scan func(...any) error) error {
		var job string
		var d adapter.Delivery
		err := scan(&job, &d.Quarter, &d.State, when{&d.At}, &d.Replica, &d.Taken, &d.Retry)
		owner := &jobs[at[job]]
		owner.Deliveries = append(owner.Deliveries, d)
		return err
	})
}

// PutStep implements adapter.JobWriter.
func (t stepTable) PutStep(ctx context.Context, id string, st adapter.Step) error {
	var n int
	if err := t.one(ctx, "SELECT coalesce(max(n) + 1, 0) FROM steps WHERE job = ?", []any{id}, &n); err != nil {
		return err
	}
	return t.putStep(ctx, id, n, st)
}

func (t stepTable) putStep(ctx context.Context, id string, n int, st adapter.Step) error {
	var sub adapter.Submission
	if st.Submission != nil {
		sub = *st.Submission
	}
	_, err := t.exec(ctx, `INSERT INTO steps (job, n, name, state, upstream, intended, task_id, submitted, dialog, existing, queued, prompt, status, finished, polls, free, continues, answers, unkept, tries, refusal, sold, speed, price, refunded)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (job, name) DO UPDATE SET state = excluded.state, upstream = excluded.upstream, intended = excluded.intended, task_id = excluded.task_id,
			submitted = excluded.submitted, dialog = excluded.dialog, existing = excluded.existing, queued = excluded.queued, prompt = excluded.prompt, status = excluded.status,
			finished = excluded.finished, polls = excluded.polls, free = excluded.free, continues = excluded.continues, answers = excluded.answers, unkept = excluded.unkept, tries = excluded.tries, refusal = excluded.refusal,
			sold = excluded.sold, speed = excluded.speed, price = excluded.price, refunded = excluded.refunded`,
		id, n, st.Name, st.State, st.Upstream, t.at(st.Intended), text(sub.TaskID), t.at(sub.At), sub.Dialog, sub.Existing, sub.Queued, text(sub.Prompt), string(st.Status), t.at(st.Finished),
		st.Polls, st.Free, st.Continues, st.Answers, st.Unstored, st.Tries, asJSON{st.Refusal}, st.Sold, string(st.Speed), st.Price, st.Refunded)
	return err
}

// DropStep implements adapter.JobWriter.
func (t stepTable) DropStep(ctx context.Context, id, step string) error {
	_, err := t.exec(ctx, "DELETE FROM steps WHERE job = ? AND name = ?", id, step)
	return err
}

// NoteStep implements adapter.JobWriter.
func (t stepTable) NoteStep(ctx context.Context, id string, st adapter.Step) error {
	var sub adapter.Submission
	if st.Submission != nil {
		sub = *st.Submission
	}
	changed, err := t.exec(ctx, `UPDATE steps SET task_id = ?, submitted = ?, dialog = ?, existing = ?, queued = ?, prompt = ?, status = ?, free = ?, refusal = ?
		WHERE job = ? AND name = ? AND intended = ? AND task_id = ''`,
		text(sub.TaskID), t.at(sub.At), sub.Dialog, sub.Existing, sub.Queued, text(sub.Prompt), string(st.Status), st.Free, asJSON{st.Refusal}, id, st.Name, t.at(st.Intended))
	if err != nil {
		return err
	}
	if changed == 0 {
		return adapter.ErrConflict
	}
	if st.Submission == nil {
		return nil
	}
	_, err = t.exec(ctx, "UPDATE jobs SET status = 'in_progress' WHERE id = ? AND status = 'queued'", id)
	return err
}

// PutDelivery implements adapter.JobWriter.
func (t stepTable) PutDelivery(ctx context.Context, id string, i int, d adapter.Delivery) error {
	_, err := t.exec(ctx, `INSERT INTO deliveries (job, n, quarter, state, at, replica, taken, retry) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (job, n) DO UPDATE SET quarter = excluded.quarter, state = excluded.state, at = excluded.at, replica = excluded.replica, taken = excluded.taken, retry = excluded.retry`,
		id, i, d.Quarter, string(d.State), t.at(d.At), d.Replica, d.Taken, d.Retry)
	return err
}

// Settle implements adapter.JobWriter.
func (t stepTable) Settle(ctx context.Context, id string, i int, state adapter.DeliveryState, since, at time.Time) error {
	of := "state = 'waiting' AND at <= ?"
	if state == adapter.DeliveryAnswered {
		of = "state <> 'answered' AND (at <= ? OR EXISTS (SELECT 1 FROM jobs WHERE jobs.id = deliveries.job AND jobs.status NOT IN ('queued', 'in_progress')))"
	}
	_, err := t.exec(ctx, "UPDATE deliveries SET state = ?, at = ? WHERE job = ? AND n = ? AND "+of, string(state), t.at(at), id, i, t.at(since))
	return err
}
