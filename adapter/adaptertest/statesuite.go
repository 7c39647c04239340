package adaptertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"midgate/adapter"
)

// StateFactory makes an empty state and returns it as two replicas see it. A state for one process is returned twice.
type StateFactory func(t *testing.T) (here, there adapter.State)

// TestState runs the conformance suite of adapter.State. The factory is called once per case; the cases run in parallel.
func TestState(t *testing.T, factory StateFactory) {
	for name, check := range map[string]func(t *testing.T, here, there adapter.State){
		"a job is read as it was written, to the last field": stateKeepsJobs,
		"texts may hold anything":                            stateKeepsTexts,
		"what changes in a job's life is stored":             statePutsJobs,
		"a failed unit leaves nothing":                       stateUndoes,
		"a unit that panics leaves nothing":                  statePanics,
		"an ended context writes nothing":                    stateContext,
		"units at once are all written":                      stateWritesAtOnce,
		"a locked name keeps other units waiting":            stateLocks,
		"a claim is held once":                               stateClaims,
		"a job that another replica executes is not written": stateFences,
		"the outcome of a submission is noted once":          stateNotesSteps,
		"jobs are found by their body, abandoned ones first": stateJobsByBody,
		"jobs are found by their task, by their owner":       stateJobsByTask,
		"lists of jobs are by owner, newest first, in pages": stateListsJobs,
		"a delivery that was answered or taken stays":        stateSettles,
		"jobs to look for are given to one replica":          stateDueJobs,
		"jobs of dead replicas are taken over":               stateTakesOver,
		"a lease that lapsed is not unbroken":                stateLeases,
		"an image is read as it was written":                 stateKeepsImages,
		"what was noted of an image stays when it is put":    statePutsImagesAgain,
		"changes of an image at once are all kept":           stateUpdatesImages,
		"lists of images can be searched and filtered":       stateListsImages,
		"what has expired is not found, and goes in lots":    stateExpires,
		"bytes that nobody needs are orphans":                stateOrphans,
		"digests belong to their owner":                      stateDigests,
		"prints are found by what they look like":            statePrints,
		"a button is pressed by one job":                     stateClaimsPresses,
		"files are listed without references":                stateFiles,
		"another replica sees what was written":              stateShares,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			here, there := factory(t)
			check(t, here, there)
		})
	}
}

// full sets every field of a value that is not set: with it, a field that a store forgets shows.
func full(v reflect.Value, n *int) {
	*n++
	switch v.Interface().(type) {
	case time.Time:
		v.Set(reflect.ValueOf(birth.Add(time.Duration(*n) * time.Second).Truncate(time.Microsecond)))
		return
	case json.RawMessage:
		v.Set(reflect.ValueOf(json.RawMessage(fmt.Sprintf(`{"b": %d, "a": "\u0000x"}`, *n))))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString("text " + strconv.Itoa(*n))
	case reflect.Int, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Uint8:
		v.SetUint(uint64(*n % 256))
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		full(v.Elem(), n)
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		full(v.Index(0), n)
		full(v.Index(1), n)
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Type().Field(i); f.IsExported() && f.Tag.Get("json") != "-" {
				full(v.Field(i), n)
			}
		}
	}
}

// FullJob is an open job with something in every field.
func FullJob(id, owner string) adapter.Job {
	var job adapter.Job
	full(reflect.ValueOf(&job).Elem(), new(int))
	job.ID, job.Owner, job.Revision, job.Confirmed = id, owner, 0, false
	job.Status = adapter.JobInProgress
	job.Error.Err = nil
	return job
}

// FullImage is a record that lives for an hour, with something in every field.
func FullImage(id string) (img adapter.Image) {
	full(reflect.ValueOf(&img).Elem(), new(int))
	img.ID, img.Expires = id, time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)
	return img
}

// plainJob is a small open job of replica "one".
func plainJob(id string, change func(*adapter.Job)) adapter.Job {
	job := adapter.Job{ID: id, Owner: "me", Kind: "generation", Body: "body", Seed: "seed", Status: adapter.JobQueued, Replica: "one",
		Created: birth, Deadline: birth.Add(time.Hour), Request: json.RawMessage(`{}`),
		Deliveries: []adapter.Delivery{{State: adapter.DeliveryWaiting, At: birth, Replica: "one"}}}
	if change != nil {
		change(&job)
	}
	rounded(&job.Created, &job.Deadline, &job.Finished, &job.Expires, &job.NextLook)
	for i := range job.Deliveries {
		rounded(&job.Deliveries[i].At)
	}
	return job
}

// unit writes one unit that must succeed.
func unit(t *testing.T, s adapter.State, work func(ctx context.Context, tx adapter.Tx) error) {
	t.Helper()
	ctx := bounded(t)
	ok(t, "Write", s.Write(ctx, func(tx adapter.Tx) error { return work(ctx, tx) }))
}

func insert(t *testing.T, s adapter.State, jobs ...adapter.Job) {
	t.Helper()
	unit(t, s, func(ctx context.Context, tx adapter.Tx) error {
		for _, job := range jobs {
			if err := tx.InsertJob(ctx, job); err != nil {
				return fmt.Errorf("InsertJob(%s): %w", job.ID, err)
			}
		}
		return nil
	})
}

func readJob(t *testing.T, s adapter.State, id string) adapter.Job {
	t.Helper()
	job, err := s.Job(bounded(t), id)
	ok(t, "Job", err)
	return job
}

func wantError(t *testing.T, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("%s = %v, want %v", what, err, want)
	}
}

func wantIDs(t *testing.T, what string, got []string, want string) {
	t.Helper()
	if strings.Join(got, " ") != want {
		t.Fatalf("%s = %q, want %q", what, strings.Join(got, " "), want)
	}
}

func jobIDs(jobs []adapter.Job) (ids []string) {
	for _, job := range jobs {
		ids = append(ids, job.ID)
	}
	return ids
}

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

func stateUndoes(t *testing.T, here, _ adapter.State) {
	insert(t, here, plainJob("job_1", nil))
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		return tx.PutImages(ctx, adapter.Image{ID: "img_1", Created: birth, Prompt: "before"})
	})
	failure := errors.New("no")
	err := here.Write(bounded(t), func(tx adapter.Tx) error {
		ctx := t.Context()
		if err := errors.Join(tx.InsertJob(ctx, plainJob("job_2", nil)), tx.DropStep(ctx, "job_1", "x"), tx.CancelJob(ctx, "job_1"),
			tx.PutImages(ctx, adapter.Image{ID: "img_1", Created: birth, Prompt: "after"}), tx.DeleteImage(ctx, "img_2")); err != nil {
			t.Error(err)
		}
		if job, err := tx.Job(ctx, "job_2"); err != nil || job.ID != "job_2" {
			t.Errorf("inside the unit Job = %v, %v; want what the unit wrote", job.ID, err)
		}
		return failure
	})
	wantError(t, "Write", err, failure)
	if _, err := here.Job(bounded(t), "job_2"); !errors.Is(err, adapter.ErrNotFound) {
		t.Fatalf("a job of a failed unit: %v, want ErrNotFound", err)
	}
	img, err := here.Image(bounded(t), "img_1")
	ok(t, "Image", err)
	if img.Prompt != "before" || readJob(t, here, "job_1").Cancel {
		t.Fatal("a failed unit changed something")
	}
}

func statePanics(t *testing.T, here, _ adapter.State) {
	func() {
		defer func() {
			if p := recover(); p != "oh" {
				t.Errorf("recovered %v, want the work's own panic", p)
			}
		}()
		_ = here.Write(bounded(t), func(tx adapter.Tx) error {
			ok(t, "InsertJob", tx.InsertJob(t.Context(), plainJob("job_1", nil)))
			panic("oh")
		})
	}()
	if _, err := here.Job(bounded(t), "job_1"); !errors.Is(err, adapter.ErrNotFound) {
		t.Fatalf("a job of a unit that panicked: %v, want ErrNotFound", err)
	}
	insert(t, here, plainJob("job_1", nil))
}

func stateContext(t *testing.T, here, _ adapter.State) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_ = here.Write(ctx, func(tx adapter.Tx) error { return tx.InsertJob(ctx, plainJob("job_1", nil)) })
	insert(t, here, plainJob("job_2", nil))
	jobs, err := here.Jobs(bounded(t), adapter.JobQuery{Owner: "me", Limit: 9})
	ok(t, "Jobs", err)
	if len(jobs) == 0 || jobs[0].ID != "job_2" {
		t.Fatalf("Jobs = %v", jobIDs(jobs))
	}
}

func stateWritesAtOnce(t *testing.T, here, there adapter.State) {
	const units = 60
	failure := errors.New("no")
	var all sync.WaitGroup
	var failed atomic.Int64
	for i := range units {
		all.Go(func() {
			s := []adapter.State{here, there}[i%2]
			err := s.Write(bounded(t), func(tx adapter.Tx) error {
				if err := tx.InsertJob(t.Context(), plainJob(fmt.Sprintf("job_%02d", i), nil)); err != nil {
					return err
				}
				if i%5 == 0 {
					return failure
				}
				return nil
			})
			switch {
			case errors.Is(err, failure) && i%5 == 0:
				failed.Add(1)
			case err != nil || i%5 == 0:
				t.Errorf("unit %d: %v", i, err)
			}
		})
	}
	all.Wait()
	jobs, err := here.Jobs(bounded(t), adapter.JobQuery{Owner: "me", Limit: 100})
	ok(t, "Jobs", err)
	if len(jobs) != units-units/5 || failed.Load() != units/5 {
		t.Fatalf("%d jobs and %d failures, want %d and %d", len(jobs), failed.Load(), units-units/5, units/5)
	}
}

// stateLocks counts in a way that loses counts without the lock.
func stateLocks(t *testing.T, here, there adapter.State) {
	insert(t, here, plainJob("job_1", nil))
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			s := []adapter.State{here, there}[i%2]
			err := s.Write(bounded(t), func(tx adapter.Tx) error {
				ctx := t.Context()
				if err := tx.Lock(ctx, "name"); err != nil {
					return err
				}
				job, err := tx.Job(ctx, "job_1")
				if err != nil {
					return err
				}
				return tx.PutDelivery(ctx, "job_1", len(job.Deliveries), adapter.Delivery{State: adapter.DeliveryWaiting, At: birth})
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if n := len(readJob(t, here, "job_1").Deliveries); n != 21 {
		t.Fatalf("%d deliveries, want 21", n)
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

func stateNotesSteps(t *testing.T, here, there adapter.State) {
	at := birth.Truncate(time.Microsecond)
	insert(t, here, plainJob("job_1", func(j *adapter.Job) {
		j.Steps = []adapter.Step{{Name: "imagine", State: "s", Upstream: "main", Intended: at}, {Name: "two", Intended: at}}
	}))
	note := func(s adapter.State, st adapter.Step) error {
		return s.Write(bounded(t), func(tx adapter.Tx) error { return tx.NoteStep(t.Context(), "job_1", st) })
	}
	ok(t, "NoteStep of a refusal", note(here, adapter.Step{Name: "two", Refusal: adapter.Errorf(adapter.Busy, "full")}))
	if got := readJob(t, here, "job_1"); got.Status != adapter.JobQueued || got.Steps[1].Refusal == nil {
		t.Fatalf("after a refusal the job is %s with %+v", got.Status, got.Steps[1])
	}
	sub := &adapter.Submission{TaskID: "17", Dialog: true, Prompt: "p", Queued: 3, At: at}
	ok(t, "NoteStep", note(there, adapter.Step{Name: "imagine", Submission: sub, Status: adapter.NotStarted}))
	got := readJob(t, here, "job_1")
	if got.Status != adapter.JobInProgress {
		t.Fatalf("after a submission the job is %s, want in_progress", got.Status)
	}
	same(t, "the step", got.Steps[0], adapter.Step{Name: "imagine", State: "s", Upstream: "main", Intended: at, Submission: sub, Status: adapter.NotStarted})
	wantError(t, "NoteStep again", note(here, adapter.Step{Name: "imagine", Submission: &adapter.Submission{TaskID: "18", At: at}}), adapter.ErrConflict)
	wantError(t, "NoteStep of an unknown step", note(here, adapter.Step{Name: "three"}), adapter.ErrConflict)
	ok(t, "NoteStep after a refusal", note(here, adapter.Step{Name: "two", Submission: sub}))
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
		plainJob("job_other", func(j *adapter.Job) { j.Body = "other" }))
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		all, err := tx.JobsByBody(ctx, "body", birth.Add(-time.Minute), 9)
		wantIDs(t, "JobsByBody", jobIDs(all), "job_ended job_new job_open")
		if err == nil && len(all[0].Deliveries) != 1 {
			err = errors.New("a job without its delivery")
		}
		some, err2 := tx.JobsByBody(ctx, "body", birth.Add(-time.Minute), 2)
		wantIDs(t, "JobsByBody, at most 2", jobIDs(some), "job_ended job_new")
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

func stateSettles(t *testing.T, here, there adapter.State) {
	insert(t, here, plainJob("job_1", nil))
	settle := func(s adapter.State, state adapter.DeliveryState, since, after time.Duration, want adapter.DeliveryState, wantAt time.Duration) {
		t.Helper()
		unit(t, s, func(ctx context.Context, tx adapter.Tx) error {
			return tx.Settle(ctx, "job_1", 0, state, birth.Add(since), birth.Add(after))
		})
		d := readJob(t, here, "job_1").Deliveries[0]
		if at := birth.Add(wantAt).Truncate(time.Microsecond); d.State != want || !d.At.Equal(at) {
			t.Fatalf("the delivery is %s since %s, want %s since %s", d.State, d.At, want, at)
		}
	}
	settle(here, adapter.DeliveryAbandoned, -time.Second, time.Second, adapter.DeliveryWaiting, 0)
	settle(here, adapter.DeliveryAbandoned, 0, time.Second, adapter.DeliveryAbandoned, time.Second)
	settle(there, adapter.DeliveryAbandoned, time.Minute, 2*time.Second, adapter.DeliveryAbandoned, time.Second)
	settle(there, adapter.DeliveryAnswered, -time.Hour, 3*time.Second, adapter.DeliveryAbandoned, time.Second) // an answer before the job was begun anew
	unit(t, there, func(ctx context.Context, tx adapter.Tx) error {
		job, err := tx.LockJob(ctx, "job_1")
		if err != nil {
			return err
		}
		job.Status = adapter.JobCompleted
		return tx.PutJob(ctx, job, job.Replica)
	})
	settle(there, adapter.DeliveryAnswered, -time.Hour, 3*time.Second, adapter.DeliveryAnswered, 3*time.Second)
	settle(here, adapter.DeliveryAbandoned, time.Minute, 4*time.Second, adapter.DeliveryAnswered, 3*time.Second)
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		return errors.Join(tx.Settle(ctx, "job_1", 5, adapter.DeliveryAnswered, birth, birth), tx.Settle(ctx, "job_none", 0, adapter.DeliveryAnswered, birth, birth))
	})
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

func stateTakesOver(t *testing.T, here, there adapter.State) {
	of := func(id, replica string, change func(*adapter.Job)) adapter.Job {
		return plainJob(id, func(j *adapter.Job) {
			j.Replica, j.Deliveries[0].Replica = replica, replica
			if change != nil {
				change(j)
			}
		})
	}
	insert(t, here, of("job_mine", "one", nil), of("job_alive", "two", func(j *adapter.Job) { j.Deliveries[0].Replica = "dead" }),
		of("job_dead", "dead", nil), of("job_dead2", "dead", func(j *adapter.Job) { j.Deliveries[0].Replica = "one" }),
		of("job_over", "dead", func(j *adapter.Job) { j.Status, j.Finished = adapter.JobFailed, birth }))
	keep := func(s adapter.State, replica string, length time.Duration) {
		unit(t, s, func(ctx context.Context, tx adapter.Tx) error {
			_, err := tx.KeepLease(ctx, replica, length)
			return err
		})
	}
	keep(here, "one", time.Minute)
	keep(there, "two", time.Minute)
	keep(there, "dead", -time.Second)
	now := birth.Add(time.Minute).Truncate(time.Microsecond)
	var taken []string
	unit(t, here, func(ctx context.Context, tx adapter.Tx) (err error) {
		taken, err = tx.TakeOver(ctx, "one", now, 9)
		return err
	})
	slices.Sort(taken)
	wantIDs(t, "TakeOver", taken, "job_dead job_dead2")
	for id, want := range map[string]struct {
		replica string
		state   adapter.DeliveryState
	}{"job_mine": {"one", "waiting"}, "job_alive": {"two", "abandoned"}, "job_dead": {"one", "abandoned"}, "job_dead2": {"one", "waiting"}, "job_over": {"dead", "abandoned"}} {
		job := readJob(t, there, id)
		if job.Replica != want.replica || job.Deliveries[0].State != want.state || want.state == "abandoned" && !job.Deliveries[0].At.Equal(now) {
			t.Errorf("%s is of %s, its delivery %s since %s; want %+v", id, job.Replica, job.Deliveries[0].State, job.Deliveries[0].At, want)
		}
	}
	unit(t, there, func(ctx context.Context, tx adapter.Tx) error { return tx.EndLease(ctx, "one") })
	unit(t, there, func(ctx context.Context, tx adapter.Tx) (err error) {
		taken, err = tx.TakeOver(ctx, "two", now, 2)
		return err
	})
	if len(taken) != 2 {
		t.Fatalf("TakeOver of at most 2 = %v", taken)
	}
}

func stateLeases(t *testing.T, here, there adapter.State) {
	keep := func(s adapter.State, replica string, length time.Duration, want bool) {
		t.Helper()
		unit(t, s, func(ctx context.Context, tx adapter.Tx) error {
			unbroken, err := tx.KeepLease(ctx, replica, length)
			if err == nil && unbroken != want {
				err = fmt.Errorf("KeepLease(%s) = %v, want %v", replica, unbroken, want)
			}
			return err
		})
	}
	keep(here, "one", time.Minute, false)
	keep(there, "two", time.Minute, false)
	keep(here, "one", time.Minute, true)
	keep(here, "one", -time.Second, true)
	keep(here, "one", time.Minute, false)
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error { return tx.EndLease(ctx, "one") })
	keep(here, "one", time.Minute, false)
	keep(there, "two", time.Minute, true)
}

func stateKeepsImages(t *testing.T, here, _ adapter.State) {
	want := FullImage("img_1")
	bare := adapter.Image{ID: "img_2", Created: birth.Truncate(time.Microsecond)}
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error { return tx.PutImages(ctx, want, bare) })
	for _, img := range []adapter.Image{want, bare} {
		got, err := here.Image(bounded(t), img.ID)
		ok(t, "Image", err)
		same(t, "Image", got, img)
	}
	_, err := here.Image(bounded(t), "img_3")
	wantError(t, "Image of an unknown ID", err, adapter.ErrNotFound)
}

func statePutsImagesAgain(t *testing.T, here, _ adapter.State) {
	img := image("me", 1)
	img.Single = nil
	single := &adapter.Single{TaskID: "5", Buttons: []adapter.Button{{CustomID: "x"}}}
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		if err := tx.PutImages(ctx, img); err != nil {
			return err
		}
		return tx.UpdateImage(ctx, img.ID, func(i *adapter.Image) { i.Single, i.Favorite = single, true })
	})
	img.Prompt = "another"
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error { return tx.PutImages(ctx, img) })
	got, err := here.Image(bounded(t), img.ID)
	ok(t, "Image", err)
	if got.Single == nil || got.Single.TaskID != "5" || !got.Favorite || got.Prompt != "another" {
		t.Fatalf("after it was put again the record is %+v", got)
	}
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		return tx.UpdateImage(ctx, img.ID, func(i *adapter.Image) { i.Favorite = false })
	})
	if got, err = here.Image(bounded(t), img.ID); err != nil || got.Favorite {
		t.Fatalf("a favorite that is none any more: %v, %v", got.Favorite, err)
	}
}

func stateUpdatesImages(t *testing.T, here, there adapter.State) {
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		return tx.PutImages(ctx, adapter.Image{ID: "img_1", Created: birth})
	})
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			s := []adapter.State{here, there}[i%2]
			err := s.Write(bounded(t), func(tx adapter.Tx) error {
				return tx.UpdateImage(t.Context(), "img_1", func(img *adapter.Image) { img.Cells = append(img.Cells, strconv.Itoa(i)) })
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	img, err := here.Image(bounded(t), "img_1")
	ok(t, "Image", err)
	if len(img.Cells) != 20 {
		t.Fatalf("%d changes were kept of 20", len(img.Cells))
	}
	err = here.Write(bounded(t), func(tx adapter.Tx) error { return tx.UpdateImage(t.Context(), "img_2", func(*adapter.Image) {}) })
	wantError(t, "UpdateImage of an unknown ID", err, adapter.ErrNotFound)
}

func stateListsImages(t *testing.T, here, _ adapter.State) {
	put := func(n int, change func(*adapter.Image)) adapter.Image {
		img := adapter.Image{ID: "img_" + strconv.Itoa(n), Owner: "me", Created: birth.Add(time.Duration(n) * time.Second), Prompt: "a lighthouse", Source: "pictures/x"}
		change(&img)
		return img
	}
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		return tx.PutImages(ctx,
			put(1, func(i *adapter.Image) { i.Prompt = "100% ÄPFEL_!" }), put(2, func(i *adapter.Image) { i.Favorite = true }),
			put(3, func(i *adapter.Image) { i.Cells = []string{"a"} }), put(4, func(i *adapter.Image) { i.Grid = "img_3" }),
			put(5, func(i *adapter.Image) { i.Owner = "you" }), put(6, func(i *adapter.Image) { i.Expires = time.Now().Add(-time.Second) }))
	})
	for want, q := range map[string]adapter.ImageQuery{
		"img_4 img_3 img_2 img_1": {Limit: 9},
		"img_4 img_3":             {Limit: 2},
		"img_2 img_1":             {Limit: 2, After: "img_3"},
		"img_1":                   {Limit: 9, Text: "äpfel_"},
		"img_1 ":                  {Limit: 9, Text: "100%"},
		" img_1":                  {Limit: 9, Text: "!"},
		"img_4 img_3 img_2":       {Limit: 9, Text: "LIGHT"},
		"":                        {Limit: 9, Text: "l_ght"},
		"img_2":                   {Limit: 9, Favorite: true},
		"img_3":                   {Limit: 9, Kind: adapter.ImageGrid},
		"img_4":                   {Limit: 9, Kind: adapter.ImageQuarter},
		"img_2  img_1":            {Limit: 9, Kind: adapter.ImageSingle},
		"img_2 img_1 ":            {Limit: 9, Before: birth.Add(3 * time.Second)},
	} {
		q.Owner = "me"
		images, err := here.Images(bounded(t), q)
		ok(t, "Images", err)
		var ids []string
		for _, img := range images {
			ids = append(ids, img.ID)
		}
		wantIDs(t, fmt.Sprintf("Images(%+v)", q), ids, strings.Join(strings.Fields(want), " "))
	}
	_, err := here.Images(bounded(t), adapter.ImageQuery{Owner: "me", Limit: 2, After: "img_5"})
	wantError(t, "Images after another owner's", err, adapter.ErrNotFound)
}

func stateExpires(t *testing.T, here, _ adapter.State) {
	now := time.Now()
	past, future := now.Add(-time.Minute), now.Add(time.Hour)
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		for i := range 5 {
			n := strconv.Itoa(i)
			if err := errors.Join(tx.PutImages(ctx, adapter.Image{ID: "img_" + n, Created: birth, Expires: past, Source: "pictures/" + n}),
				tx.PutFile(ctx, adapter.FileRecord{ID: "file-" + n, Created: birth, Expires: past}),
				tx.InsertJob(ctx, plainJob("job_"+n, func(j *adapter.Job) { j.Status, j.Finished, j.Expires = adapter.JobFailed, birth, past })),
				tx.PutDigest(ctx, "me", n, "img_9", past)); err != nil {
				return err
			}
		}
		return errors.Join(tx.PutImages(ctx, adapter.Image{ID: "img_k", Created: birth, Expires: future}, adapter.Image{ID: "img_f", Created: birth}),
			tx.PutFile(ctx, adapter.FileRecord{ID: "file-k", Created: birth}), tx.PutDigest(ctx, "me", "k", "img_k", future),
			tx.InsertJob(ctx, plainJob("job_k", func(j *adapter.Job) { j.Expires = past })), // it is not over
			tx.InsertJob(ctx, plainJob("job_f", func(j *adapter.Job) { j.Status, j.Finished, j.Expires = adapter.JobFailed, birth, future })))
	})
	if _, err := here.Image(bounded(t), "img_0"); !errors.Is(err, adapter.ErrNotFound) {
		t.Fatalf("an expired image: %v", err)
	}
	if _, err := here.File(bounded(t), "file-0"); !errors.Is(err, adapter.ErrNotFound) {
		t.Fatalf("an expired file: %v", err)
	}
	if _, err := here.ImageByDigest(bounded(t), "me", "0"); !errors.Is(err, adapter.ErrNotFound) {
		t.Fatalf("an expired digest: %v", err)
	}
	total := 0
	for lot := range 9 {
		var n int
		unit(t, here, func(ctx context.Context, tx adapter.Tx) (err error) {
			n, err = tx.Expire(ctx, now, 2)
			return err
		})
		if total += n; n == 0 {
			break
		}
		if lot == 0 && (n < 6 || n > 11) {
			t.Fatalf("the first lot has %d records", n)
		}
	}
	if total != 20 {
		t.Fatalf("%d records have expired, want 20", total)
	}
	for _, id := range []string{"img_k", "img_f"} {
		_, err := here.Image(bounded(t), id)
		ok(t, "Image "+id, err)
	}
	_ = readJob(t, here, "job_k")
	_ = readJob(t, here, "job_f")
	_, err := here.ImageByDigest(bounded(t), "me", "k")
	ok(t, "ImageByDigest", err)
	orphans := orphansOf(t, here)
	wantIDs(t, "Orphans", orphans, "pictures/0 pictures/1 pictures/2 pictures/3 pictures/4")
}

func orphansOf(t *testing.T, s adapter.State) (names []string) {
	t.Helper()
	unit(t, s, func(ctx context.Context, tx adapter.Tx) (err error) {
		names, err = tx.Orphans(ctx, 100)
		return err
	})
	return names
}

func stateOrphans(t *testing.T, here, _ adapter.State) {
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		return errors.Join(
			tx.PutImages(ctx, adapter.Image{ID: "img_1", Created: birth, Source: "pictures/a"}, adapter.Image{ID: "img_2", Created: birth, Source: "pictures/a"}),
			tx.PutFile(ctx, adapter.FileRecord{ID: "file-1", Created: birth, Source: "uploads/u"}),
			tx.InsertJob(ctx, plainJob("job_1", func(j *adapter.Job) { j.Request = json.RawMessage(`{"images":[{"upload":"uploads/u"}]}`) })),
			tx.InsertJob(ctx, plainJob("job_2", func(j *adapter.Job) {
				j.Status, j.Finished, j.Expires = adapter.JobCompleted, birth, birth
				j.Result = &adapter.Result{Videos: []string{"videos/v"}, Still: "pictures/s"}
			})))
	})
	needs := func(want ...string) {
		t.Helper()
		var got []string
		for _, name := range []string{"pictures/a", "uploads/u", "videos/v", "pictures/s"} {
			if needed, err := here.Needed(bounded(t), name); err != nil {
				t.Fatal(err)
			} else if needed {
				got = append(got, name)
			}
		}
		wantIDs(t, "Needed", got, strings.Join(want, " "))
	}
	needs("pictures/a", "uploads/u", "videos/v", "pictures/s")
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		return errors.Join(tx.DeleteImage(ctx, "img_1"), tx.RemoveFile(ctx, "file-1"))
	})
	wantIDs(t, "Orphans", orphansOf(t, here), "")
	needs("pictures/a", "uploads/u", "videos/v", "pictures/s")
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		job, err := tx.Job(ctx, "job_1")
		if err != nil {
			return err
		}
		job.Status, job.Finished = adapter.JobFailed, birth
		_, expired := tx.Expire(ctx, birth.Add(time.Second), 9)
		return errors.Join(tx.DeleteImage(ctx, "img_2"), tx.PutJob(ctx, job, "one"), expired)
	})
	needs()
	wantIDs(t, "Orphans", orphansOf(t, here), "pictures/a pictures/s videos/v")
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error { return tx.Buried(ctx, "pictures/s") })
	wantIDs(t, "Orphans", orphansOf(t, here), "pictures/a videos/v")
}

func stateDigests(t *testing.T, here, there adapter.State) {
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		return errors.Join(tx.PutDigest(ctx, "me", "d", "img_1", time.Time{}), tx.PutDigest(ctx, "me", "d", "img_2", time.Time{}))
	})
	id, err := there.ImageByDigest(bounded(t), "me", "d")
	ok(t, "ImageByDigest", err)
	if id != "img_2" {
		t.Fatalf("ImageByDigest = %s, want the last", id)
	}
	_, err = there.ImageByDigest(bounded(t), "you", "d")
	wantError(t, "ImageByDigest of another owner", err, adapter.ErrNotFound)
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error { return tx.DeleteImage(ctx, "img_2") })
	_, err = there.ImageByDigest(bounded(t), "me", "d")
	wantError(t, "ImageByDigest of a deleted image", err, adapter.ErrNotFound)
}

func statePrints(t *testing.T, here, _ adapter.State) {
	made := func(id string, n int, change func(*adapter.Print)) (adapter.Print, []byte) {
		p := adapter.Print{Image: id, Owner: "me", Ratio: 0, Pixels: 100 + n, Actions: n, Created: birth.Add(time.Duration(n) * time.Second).UTC().Truncate(time.Microsecond)}
		for i := range p.Cells {
			p.Cells[i] = uint8(10 * i)
		}
		change(&p)
		return p, []byte(id)
	}
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		for i, change := range []func(*adapter.Print){
			func(*adapter.Print) {}, func(p *adapter.Print) { p.Cells[3] = 255 }, func(p *adapter.Print) { p.Cells[3], p.Cells[4] = 255, 255 },
			func(p *adapter.Print) { p.Ratio = 300 }, func(p *adapter.Print) { p.Owner = "you" }, func(p *adapter.Print) { p.Cells[0] = 4 },
		} {
			p, looks := made("img_"+strconv.Itoa(i), i, change)
			if err := errors.Join(tx.PutImages(ctx, adapter.Image{ID: p.Image, Owner: p.Owner, Created: birth}), tx.PutPrint(ctx, p, looks), tx.PutPrint(ctx, p, looks)); err != nil {
				return err
			}
		}
		return nil
	})
	all, _ := made("", 0, func(*adapter.Print) {})
	cells := map[int]uint8{}
	for i, c := range all.Cells {
		cells[i] = c
	}
	for want, q := range map[string]adapter.PrintQuery{
		"img_0 img_5":                   {Cells: cells, Within: 5, Limit: 9},
		"img_0":                         {Cells: cells, Within: 3, Limit: 9},
		"img_0 img_5 img_1":             {Cells: cells, Within: 5, Misses: 1, Limit: 9},
		"img_0 img_5 ":                  {Cells: cells, Within: 5, Misses: 1, Limit: 2},
		"img_5 img_2 img_1 img_0":       {Cells: map[int]uint8{1: 10}, Within: 5, Limit: 9},
		"img_5 img_3 img_2 img_1 img_0": {RatioOff: 300, Limit: 9},
	} {
		q.Owner = "me"
		prints, err := here.Prints(bounded(t), q)
		ok(t, "Prints", err)
		var ids []string
		for _, p := range prints {
			ids = append(ids, p.Image)
		}
		wantIDs(t, fmt.Sprintf("Prints(%+v)", q), ids, strings.TrimSpace(want))
	}
	p, looks, err := here.Fingerprint(bounded(t), "me", "img_2")
	ok(t, "Fingerprint", err)
	want, _ := made("img_2", 2, func(p *adapter.Print) { p.Cells[3], p.Cells[4] = 255, 255 })
	if p != want || string(looks) != "img_2" {
		t.Fatalf("Fingerprint = %+v, %q; want %+v", p, looks, want)
	}
	_, _, err = here.Fingerprint(bounded(t), "you", "img_2")
	wantError(t, "Fingerprint of another owner's", err, adapter.ErrNotFound)
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error { return tx.DeleteImage(ctx, "img_2") })
	_, _, err = here.Fingerprint(bounded(t), "me", "img_2")
	wantError(t, "Fingerprint of a deleted image", err, adapter.ErrNotFound)
}

func stateClaimsPresses(t *testing.T, here, there adapter.State) {
	insert(t, here, plainJob("job_1", nil), plainJob("job_2", nil), plainJob("job_3", nil))
	claim := func(s adapter.State, job string) (holder string) {
		unit(t, s, func(ctx context.Context, tx adapter.Tx) (err error) {
			holder, err = tx.ClaimPress(ctx, "img_1", job)
			return err
		})
		return holder
	}
	var all sync.WaitGroup
	var mu sync.Mutex
	holders := map[string]bool{}
	for i := range 10 {
		all.Go(func() {
			h := claim([]adapter.State{here, there}[i%2], []string{"job_1", "job_2"}[i%2])
			mu.Lock()
			defer mu.Unlock()
			holders[h] = true
		})
	}
	all.Wait()
	if len(holders) != 1 {
		t.Fatalf("the button is held by %v", holders)
	}
	for holder := range holders {
		unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
			job, err := tx.LockJob(ctx, holder)
			job.Status, job.Finished = adapter.JobFailed, birth
			return errors.Join(err, tx.PutJob(ctx, job, "one"))
		})
	}
	if h := claim(there, "job_3"); h != "job_3" {
		t.Fatalf("the button of a job that is over is held by %s", h)
	}
	insert(t, here, plainJob("job_4", nil))
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		return errors.Join(tx.ReleasePress(ctx, "img_1", "job_4"), tx.ReleasePress(ctx, "img_none", "job_4"))
	})
	if h := claim(there, "job_4"); h != "job_3" {
		t.Fatalf("the button was let go by another job: %s holds it", h)
	}
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error { return tx.ReleasePress(ctx, "img_1", "job_3") })
	if h := claim(there, "job_4"); h != "job_4" {
		t.Fatalf("the button that was let go is held by %s", h)
	}
}

func stateFiles(t *testing.T, here, there adapter.State) {
	at := birth.Truncate(time.Microsecond)
	file := adapter.FileRecord{ID: "file-1", Owner: "me", Name: "a.png", Purpose: "vision", Source: "uploads/1", Created: at, Expires: time.Now().Add(time.Hour).UTC().Truncate(time.Microsecond)}
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		return errors.Join(tx.PutFile(ctx, file), tx.PutFile(ctx, adapter.FileRecord{ID: "file-2", Owner: "me", Created: at}),
			tx.PutFile(ctx, adapter.FileRecord{ID: "img_3", Owner: "me", Purpose: adapter.PurposeReference, Created: at}),
			tx.PutFile(ctx, adapter.FileRecord{ID: "file-4", Owner: "you", Created: at}))
	})
	got, err := there.File(bounded(t), "file-1")
	ok(t, "File", err)
	same(t, "File", got, file)
	files := func(limit int, after string) (ids []string) {
		files, err := there.Files(bounded(t), "me", limit, after)
		ok(t, "Files", err)
		for _, f := range files {
			ids = append(ids, f.ID)
		}
		return ids
	}
	wantIDs(t, "Files", files(9, ""), "file-2 file-1")
	wantIDs(t, "Files", files(1, ""), "file-2")
	wantIDs(t, "Files", files(9, "file-2"), "file-1")
	_, err = there.Files(bounded(t), "me", 9, "file-4")
	wantError(t, "Files after another owner's", err, adapter.ErrNotFound)
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error { return tx.RemoveFile(ctx, "file-1") })
	_, err = there.File(bounded(t), "file-1")
	wantError(t, "File that was removed", err, adapter.ErrNotFound)
}

func stateShares(t *testing.T, here, there adapter.State) {
	insert(t, here, plainJob("job_1", nil))
	same(t, "Job at the other replica", readJob(t, there, "job_1"), readJob(t, here, "job_1"))
	if here == there || !here.Shared() {
		return
	}
	bus, ok1 := here.(adapter.Bus)
	other, ok2 := there.(adapter.Bus)
	if !ok1 || !ok2 {
		t.Fatal("a shared state without a bus")
	}
	ctx, cancel := context.WithCancel(t.Context())
	type said struct{ topic, news string }
	heard := make(chan said, 10)
	done := make(chan error, 1)
	go func() {
		done <- other.Hear(ctx, func(topic string, news []byte) { heard <- said{topic, string(news)} })
	}()
	if first := arrives(t, "the first news", heard); first.topic != "" {
		t.Fatalf("heard %q first, want that news may have been missed", first.topic)
	}
	bus.Tell("jobs", []byte("job_1\n\"x\""))
	if got := arrives(t, "news", heard); got != (said{"jobs", "job_1\n\"x\""}) {
		t.Fatalf("heard %+v", got)
	}
	cancel()
	wantError(t, "Hear", arrives(t, "the end of Hear", done), context.Canceled)
}
