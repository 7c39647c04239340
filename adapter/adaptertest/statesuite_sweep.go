package adaptertest

import (
	"context"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"testing"
	"time"

	"midgate/adapter"
)

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
