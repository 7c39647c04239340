package adaptertest

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"midgate/adapter"
)

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
	leased := func(replica string, longer time.Duration, want bool) {
		t.Helper()
		unit(t, there, func(ctx context.Context, tx adapter.Tx) error {
			got, err := tx.Leased(ctx, replica, longer)
			if err == nil && got != want {
				err = fmt.Errorf("Leased(%s, %s) = %v, want %v", replica, longer, got, want)
			}
			return err
		})
	}
	leased("one", 0, true)
	leased("one", 30*time.Second, true)
	leased("one", 61*time.Second, false)
	leased("nobody", 0, false)
	unit(t, here, func(ctx context.Context, tx adapter.Tx) error { return tx.EndLease(ctx, "one") })
	leased("one", 0, false)
	keep(here, "one", time.Minute, false)
	keep(there, "two", time.Minute, true)
}
