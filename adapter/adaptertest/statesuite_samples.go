package adaptertest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"midgate/adapter"
)

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
	job.ID, job.Owner, job.Confirmed = id, owner, false
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
