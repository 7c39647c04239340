package adaptertest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"midgate/adapter"
)

func stateKeepsJobs(t *testing.T, here, _ adapter.State) {
	want := FullJob("job_1", "me")
	insert(t, here, want)
	same(t, "Job", readJob(t, here, "job_1"), want)
	if _, err := here.Job(bounded(t), "job_2"); !errors.Is(err, adapter.ErrNotFound) {
		t.Fatalf("Job of an unknown ID = %v, want ErrNotFound", err)
	}
	bare := adapter.Job{ID: "job_3", Status: adapter.JobQueued, Created: birth.Truncate(time.Microsecond)}
	insert(t, here, bare)
	same(t, "Job with nothing in it", readJob(t, here, "job_3"), bare)
	err := here.Write(bounded(t), func(tx adapter.Tx) error { return tx.InsertJob(t.Context(), want) })
	wantError(t, "InsertJob of a known ID", err, adapter.ErrExists)
}

func stateKeepsTexts(t *testing.T, here, _ adapter.State) {
	for i, odd := range []string{"a\x00b", "\xff\xfe", "‘; DROP TABLE jobs; --", "?", "$1", strings.Repeat("long ", 10_000), "\u2028 😀"} {
		job := plainJob("job_"+strconv.Itoa(i), func(j *adapter.Job) { j.Prompt, j.Model, j.Caller = odd, odd, odd })
		job.Steps = []adapter.Step{{Name: "imagine", Intended: job.Created, Submission: &adapter.Submission{TaskID: "1", At: job.Created, Prompt: odd}}}
		insert(t, here, job)
		img := adapter.Image{ID: "img_" + strconv.Itoa(i), Owner: "me", Created: job.Created, Prompt: odd, RevisedPrompt: odd, TaskID: odd}
		unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
			return errors.Join(tx.PutImages(ctx, img), tx.PutFile(ctx, adapter.FileRecord{ID: "file-" + strconv.Itoa(i), Name: odd, Created: job.Created}))
		})
		readable := strings.NewReplacer("\x00", "", "\uFFFD", "")
		if got := readJob(t, here, job.ID).Prompt; readable.Replace(got) != readable.Replace(strings.ToValidUTF8(odd, "")) {
			t.Fatalf("Prompt %q was read as %q", odd, got)
		}
	}
}

func statePutsJobs(t *testing.T, here, _ adapter.State) {
	insert(t, here, FullJob("job_1", "me"))
	want := readJob(t, here, "job_1")
	want.Status, want.Result, want.Error, want.SealedKey, want.Upstream = adapter.JobCompleted, &adapter.Result{Images: []string{"img_1"}}, nil, nil, "other"
	want.Finished, want.NextLook, want.Deadline, want.Replica = want.Created, time.Time{}, want.Created, "two"
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		want.Steps[0].Polls, want.Steps[0].Refusal = 7, nil
		return errors.Join(tx.PutJob(ctx, want, FullJob("", "").Replica), tx.PutStep(ctx, "job_1", want.Steps[0]))
	})
	same(t, "Job", readJob(t, here, "job_1"), want)
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		want.Steps = append(want.Steps, adapter.Step{Name: "modal", Intended: want.Created})
		return errors.Join(tx.PutStep(ctx, "job_1", want.Steps[2]), tx.DropStep(ctx, "job_1", want.Steps[1].Name))
	})
	want.Steps = slices.Delete(want.Steps, 1, 2)
	same(t, "Job after its steps changed", readJob(t, here, "job_1"), want)
	insert(t, here, plainJob("job_2", nil))
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		return errors.Join(tx.CancelJob(ctx, "job_2"), tx.DeleteJob(ctx, "job_2"))
	})
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		return errors.Join(tx.CountLate(ctx, "job_2"), tx.CountLate(ctx, "job_2"))
	})
	if got := readJob(t, here, "job_2"); !got.Cancel || !got.Deleted || got.Late != 2 {
		t.Fatalf("cancelled %v, deleted %v, late %d; want both, and 2", got.Cancel, got.Deleted, got.Late)
	}
}

func stateClaims(t *testing.T, here, there adapter.State) {
	insert(t, here, plainJob("job_1", func(j *adapter.Job) { j.Claim = "claim" }), plainJob("job_2", nil), plainJob("job_3", nil))
	err := there.Write(bounded(t), func(tx adapter.Tx) error {
		return tx.InsertJob(t.Context(), plainJob("job_4", func(j *adapter.Job) { j.Claim = "claim" }))
	})
	wantError(t, "InsertJob with a claim that is held", err, adapter.ErrExists)
	unit(t, there, func(ctx context.Context, tx adapter.Tx) error {
		held, err := tx.JobByClaim(ctx, "claim")
		if err != nil || held.ID != "job_1" {
			return fmt.Errorf("JobByClaim = %s, %w", held.ID, err)
		}
		if _, err := tx.JobByClaim(ctx, "other"); !errors.Is(err, adapter.ErrNotFound) {
			return fmt.Errorf("JobByClaim of a free claim = %w", err)
		}
		if err := tx.ReleaseClaim(ctx, "job_1"); err != nil {
			return err
		}
		return tx.InsertJob(ctx, plainJob("job_5", func(j *adapter.Job) { j.Claim = "claim" }))
	})
	if readJob(t, here, "job_1").Claim != "" || readJob(t, here, "job_5").Claim != "claim" {
		t.Fatal("the claim was not handed on")
	}
}

func stateFences(t *testing.T, here, there adapter.State) {
	job := plainJob("job_1", nil)
	insert(t, here, job)
	unit(t, there, func(ctx context.Context, tx adapter.Tx) error {
		taken, err := tx.LockJob(ctx, "job_1")
		if err != nil {
			return err
		}
		taken.Replica = "two"
		return tx.PutJob(ctx, taken, "one")
	})
	job.Status = adapter.JobFailed
	err := here.Write(bounded(t), func(tx adapter.Tx) error { return tx.PutJob(t.Context(), job, "one") })
	wantError(t, "PutJob by the old replica", err, adapter.ErrConflict)
	err = here.Write(bounded(t), func(tx adapter.Tx) error { _, err := tx.HoldJob(t.Context(), "job_1", "one"); return err })
	wantError(t, "HoldJob by the old replica", err, adapter.ErrConflict)
	err = here.Write(bounded(t), func(tx adapter.Tx) error { _, err := tx.HoldJob(t.Context(), "job_9", "one"); return err })
	wantError(t, "HoldJob of an unknown job", err, adapter.ErrConflict)
	unit(t, there, func(ctx context.Context, tx adapter.Tx) error {
		if cancelled, err := tx.HoldJob(ctx, "job_1", "two"); err != nil || cancelled {
			return fmt.Errorf("HoldJob = %v, %w", cancelled, err)
		}
		if err := tx.CancelJob(ctx, "job_1"); err != nil {
			return err
		}
		if cancelled, err := tx.HoldJob(ctx, "job_1", "two"); err != nil || !cancelled {
			return fmt.Errorf("HoldJob = %v, %w; want cancelled", cancelled, err)
		}
		return nil
	})
	if got := readJob(t, here, "job_1"); got.Status != adapter.JobQueued || got.Replica != "two" {
		t.Fatalf("the job is %s of %s, want queued of two", got.Status, got.Replica)
	}
	job.Replica = "two"
	unit(t, there, func(ctx context.Context, tx adapter.Tx) error { return tx.PutJob(ctx, job, "two") })
	err = there.Write(bounded(t), func(tx adapter.Tx) error { _, err := tx.HoldJob(t.Context(), "job_1", "two"); return err })
	wantError(t, "HoldJob of a job that has ended", err, adapter.ErrConflict)
}

func stateJobsByBody(t *testing.T, here, _ adapter.State) {
	old := birth.Add(-time.Hour)
	insert(t, here,
		plainJob("job_old", func(j *adapter.Job) { j.Status, j.Finished, j.Created = adapter.JobFailed, old, old }),
		plainJob("job_ended", func(j *adapter.Job) {
			j.Status, j.Finished, j.Created = adapter.JobFailed, birth, old.Add(time.Minute)
			j.Deliveries[0].State = adapter.DeliveryAbandoned
		}),
		plainJob("job_open", func(j *adapter.Job) { j.Created = old.Add(-time.Hour) }),
		plainJob("job_new", nil),
		plainJob("job_told", func(j *adapter.Job) { // and is of no use to a repeat any more
			j.Status, j.Finished = adapter.JobFailed, birth.Add(-30*time.Second)
			j.Deliveries[0].State = adapter.DeliveryAbandoned
		}),
		plainJob("job_lost", func(j *adapter.Job) { // nobody has got its pictures
			j.Status, j.Finished, j.Created = adapter.JobCompleted, birth.Add(-30*time.Second), old.Add(time.Second)
			j.Deliveries[0].State = adapter.DeliveryAbandoned
		}),
		plainJob("job_other", func(j *adapter.Job) { j.Body = "other" }))
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		all, err := tx.JobsByBody(ctx, "body", birth.Add(-time.Minute), birth.Add(-time.Second), 9)
		wantIDs(t, "JobsByBody", jobIDs(all), "job_ended job_lost job_new job_open job_told")
		if err == nil && len(all[0].Deliveries) != 1 {
			err = errors.New("a job without its delivery")
		}
		some, err2 := tx.JobsByBody(ctx, "body", birth.Add(-time.Minute), birth.Add(-time.Second), 3)
		wantIDs(t, "JobsByBody, at most 3", jobIDs(some), "job_ended job_lost job_new")
		return errors.Join(err, err2)
	})
}

func stateJobsByTask(t *testing.T, here, _ adapter.State) {
	with := func(id, owner, task string, at time.Time) adapter.Job {
		return plainJob(id, func(j *adapter.Job) {
			j.Owner = owner
			j.Steps = []adapter.Step{{Name: "imagine", Intended: at, Submission: &adapter.Submission{TaskID: task, At: at}}}
		})
	}
	insert(t, here, with("job_1", "me", "17", birth), with("job_2", "me", "17", birth.Add(time.Second)), with("job_3", "you", "17", birth.Add(time.Minute)), with("job_4", "me", "", birth))
	for _, c := range []struct{ owner, task, want string }{{"me", "17", "job_2"}, {"you", "17", "job_3"}, {"me", "18", ""}, {"me", "", ""}} {
		job, err := here.JobByTask(bounded(t), c.owner, c.task)
		if job.ID != c.want || (err != nil) != (c.want == "") || err != nil && !errors.Is(err, adapter.ErrNotFound) {
			t.Errorf("JobByTask(%s, %q) = %q, %v; want %q", c.owner, c.task, job.ID, err, c.want)
		}
	}
}

func stateListsJobs(t *testing.T, here, _ adapter.State) {
	for i := range 5 {
		insert(t, here, plainJob("job_"+strconv.Itoa(i), func(j *adapter.Job) { j.Created = birth.Add(time.Duration(i/2) * time.Second) }))
	}
	insert(t, here, plainJob("job_yours", func(j *adapter.Job) { j.Owner = "you" }),
		plainJob("job_v", func(j *adapter.Job) {
			j.Kind, j.Status, j.Created, j.Finished = "video", adapter.JobFailed, birth.Add(time.Minute), birth
		}),
		plainJob("job_d", func(j *adapter.Job) { j.Deleted, j.Created = true, birth.Add(time.Hour) }),
		plainJob("job_tool", func(j *adapter.Job) { j.Owner, j.Route = "me, with tools", "/tools/draw" }))
	for want, q := range map[string]adapter.JobQuery{
		"job_v job_4 job_3":             {Limit: 3},
		"job_2 job_1 job_0":             {Limit: 9, After: "job_3"},
		"job_3 job_2":                   {Limit: 2, After: "job_4"},
		"job_0 job_1 job_2":             {Limit: 3, Oldest: true},
		"job_4 job_v":                   {Limit: 3, Oldest: true, After: "job_3"},
		"job_v":                         {Limit: 9, Kinds: []adapter.JobKind{"video"}},
		"job_v ":                        {Limit: 9, Statuses: []adapter.JobStatus{adapter.JobFailed, adapter.JobCompleted}},
		"job_4 job_3 job_2 job_1 job_0": {Limit: 9, Statuses: []adapter.JobStatus{adapter.JobQueued}},
		"job_d job_v job_4 job_3 job_2 job_1 job_0": {Limit: 9, Deleted: true},
		"job_v job_4 job_3 job_2 job_1 job_0":       {Limit: 9, After: "job_d"},
		"job_tool":                                  {Limit: 9, Routes: "/tools/"},
		"job_d job_v job_4":                         {Limit: 9, Deleted: true, Since: birth.Add(2 * time.Second).Truncate(time.Microsecond)},
	} {
		if q.Owner = "me"; q.Routes != "" {
			insert(t, here, plainJob("job_other", func(j *adapter.Job) { j.Owner, j.Route = "me, with tools", "/TOOLS/draw" }))
			q.Owner = "me, with tools"
		}
		jobs, err := here.Jobs(bounded(t), q)
		ok(t, "Jobs", err)
		wantIDs(t, fmt.Sprintf("Jobs(%+v)", q), jobIDs(jobs), strings.TrimSpace(want))
	}
	for _, after := range []string{"job_yours", "job_none"} {
		_, err := here.Jobs(bounded(t), adapter.JobQuery{Owner: "me", Limit: 2, After: after})
		wantError(t, "Jobs after "+after, err, adapter.ErrNotFound)
	}
}

func stateDueJobs(t *testing.T, here, there adapter.State) {
	lost := func(id string, next time.Duration) adapter.Job {
		return plainJob(id, func(j *adapter.Job) {
			j.Status, j.Finished, j.NextLook = adapter.JobFailed, birth, birth.Add(next)
		})
	}
	insert(t, here, lost("job_1", 0), lost("job_2", time.Second), lost("job_3", time.Hour), plainJob("job_open", nil),
		plainJob("job_4", func(j *adapter.Job) { j.Status, j.Finished = adapter.JobCompleted, birth }))
	due := func(s adapter.State, replica string, limit int) (ids []string) {
		unit(t, s, func(ctx context.Context, tx adapter.Tx) (err error) {
			ids, err = tx.DueJobs(ctx, replica, birth.Add(time.Minute), birth.Add(2*time.Hour), limit)
			return err
		})
		slices.Sort(ids)
		return ids
	}
	wantIDs(t, "DueJobs, at most 1", due(here, "one", 1), "job_1")
	wantIDs(t, "DueJobs at the other replica", due(there, "two", 9), "job_2")
	wantIDs(t, "DueJobs again", due(here, "one", 9), "")
	if job := readJob(t, here, "job_2"); job.Replica != "two" || !job.NextLook.Equal(birth.Add(2*time.Hour).Truncate(time.Microsecond)) {
		t.Fatalf("job_2 is looked for by %s at %s", job.Replica, job.NextLook)
	}
}
