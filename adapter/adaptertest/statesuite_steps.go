package adaptertest

import (
	"context"
	"errors"
	"testing"
	"time"

	"midgate/adapter"
)

func stateNotesSteps(t *testing.T, here, there adapter.State) {
	at := birth.Truncate(time.Microsecond)
	insert(t, here, plainJob("job_1", func(j *adapter.Job) {
		j.Steps = []adapter.Step{{Name: "imagine", State: "s", Upstream: "main", Intended: at}, {Name: "two", Intended: at}}
	}))
	note := func(s adapter.State, st adapter.Step) error {
		return s.Write(bounded(t), func(tx adapter.Tx) error { return tx.NoteStep(t.Context(), "job_1", st) })
	}
	ok(t, "NoteStep of a refusal", note(here, adapter.Step{Name: "two", Intended: at, Refusal: adapter.Errorf(adapter.Busy, "full")}))
	if got := readJob(t, here, "job_1"); got.Status != adapter.JobQueued || got.Steps[1].Refusal == nil {
		t.Fatalf("after a refusal the job is %s with %+v", got.Status, got.Steps[1])
	}
	sub := &adapter.Submission{TaskID: "17", Dialog: true, Prompt: "p", Queued: 3, At: at}
	ok(t, "NoteStep", note(there, adapter.Step{Name: "imagine", Intended: at, Submission: sub, Status: adapter.NotStarted}))
	got := readJob(t, here, "job_1")
	if got.Status != adapter.JobInProgress {
		t.Fatalf("after a submission the job is %s, want in_progress", got.Status)
	}
	same(t, "the step", got.Steps[0], adapter.Step{Name: "imagine", State: "s", Upstream: "main", Intended: at, Submission: sub, Status: adapter.NotStarted})
	wantError(t, "NoteStep again", note(here, adapter.Step{Name: "imagine", Intended: at, Submission: &adapter.Submission{TaskID: "18", At: at}}), adapter.ErrConflict)
	wantError(t, "NoteStep of an unknown step", note(here, adapter.Step{Name: "three", Intended: at}), adapter.ErrConflict)
	again := at.Add(time.Second)
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error {
		return tx.PutStep(ctx, "job_1", adapter.Step{Name: "two", Intended: again})
	})
	late := adapter.Step{Name: "two", Intended: at, Refusal: adapter.Errorf(adapter.Busy, "full")}
	wantError(t, "NoteStep of what a step came to before it was intended anew", note(there, late), adapter.ErrConflict)
	if st := readJob(t, here, "job_1").Steps[1]; st.Refusal != nil {
		t.Fatalf("a late refusal is taken for that of the next try: %+v", st)
	}
	ok(t, "NoteStep after a refusal", note(here, adapter.Step{Name: "two", Intended: again, Submission: sub}))
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
