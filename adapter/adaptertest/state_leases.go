package adaptertest

import (
	"context"
	"maps"
	"slices"
	"time"

	"midgate/adapter"
)

// leaseRows are the replicas that are alive, and so whose jobs are whose.
type leaseRows struct{ *data }

// KeepLease implements adapter.LeaseRows.
func (r leaseRows) KeepLease(_ context.Context, replica string, length time.Duration) (unbroken bool, err error) {
	until, ok := r.replicas[replica]
	unbroken = ok && until.After(time.Now())
	put(r.data, r.replicas, replica, time.Now().Add(length))
	return unbroken, nil
}

// Leased implements adapter.LeaseRows.
func (r leaseRows) Leased(_ context.Context, replica string, longer time.Duration) (bool, error) {
	return r.replicas[replica].After(time.Now().Add(longer)), nil
}

// EndLease implements adapter.LeaseRows.
func (r leaseRows) EndLease(_ context.Context, replica string) error {
	del(r.data, r.replicas, replica)
	return nil
}

// TakeOver implements adapter.LeaseRows.
func (r leaseRows) TakeOver(_ context.Context, replica string, now time.Time, limit int) (ids []string, err error) {
	dead := func(name string) bool { return name != replica && !r.replicas[name].After(time.Now()) }
	for _, id := range slices.Sorted(maps.Keys(r.jobs)) {
		job := r.jobs[id]
		cut := slices.ContainsFunc(job.Deliveries, func(d adapter.Delivery) bool { return d.State == adapter.DeliveryWaiting && dead(d.Replica) })
		taken := !job.Status.Ended() && dead(job.Replica) && len(ids) < limit
		if !cut && !taken {
			continue
		}
		job = copied(job)
		for i, d := range job.Deliveries {
			if d.State == adapter.DeliveryWaiting && dead(d.Replica) {
				job.Deliveries[i].State, job.Deliveries[i].At = adapter.DeliveryAbandoned, now
			}
		}
		if taken {
			ids = append(ids, id)
			job.Replica = replica
		}
		r.putJob(job)
	}
	return ids, nil
}
