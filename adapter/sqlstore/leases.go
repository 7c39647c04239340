package sqlstore

import (
	"context"
	"time"
)

// leaseTable is the replicas that are alive, and so whose jobs are whose.
type leaseTable struct{ *statements }

// KeepLease implements adapter.LeaseRows.
func (t leaseTable) KeepLease(ctx context.Context, replica string, length time.Duration) (unbroken bool, err error) {
	renewed, err := t.exec(ctx, "UPDATE replicas SET until = "+t.later+" WHERE name = ? AND until > "+t.now, length.Seconds(), replica)
	if err != nil || renewed > 0 {
		return err == nil, err
	}
	_, err = t.exec(ctx, "INSERT INTO replicas (name, until) VALUES (?, "+t.later+") ON CONFLICT (name) DO UPDATE SET until = excluded.until", replica, length.Seconds())
	return false, err
}

// Leased implements adapter.LeaseRows.
func (t leaseTable) Leased(ctx context.Context, replica string, longer time.Duration) (bool, error) {
	alive, err := t.names(ctx, "SELECT name FROM replicas WHERE name = ? AND until > "+t.later, replica, longer.Seconds())
	return len(alive) > 0, err
}

// EndLease implements adapter.LeaseRows.
func (t leaseTable) EndLease(ctx context.Context, replica string) error {
	_, err := t.exec(ctx, "DELETE FROM replicas WHERE name = ?", replica)
	return err
}

// TakeOver implements adapter.LeaseRows.
func (t leaseTable) TakeOver(ctx context.Context, replica string, now time.Time, limit int) ([]string, error) {
	alive := "(SELECT name FROM replicas WHERE until > " + t.now + ")"
	_, err := t.exec(ctx, `UPDATE deliveries SET state = 'abandoned', at = ?
		WHERE state = 'waiting' AND replica <> ? AND replica NOT IN `+alive, t.at(now), replica)
	if err != nil {
		return nil, err
	}
	taken, err := t.names(ctx, `UPDATE jobs SET replica = ? WHERE id IN (SELECT id FROM jobs
		WHERE status IN ('queued', 'in_progress') AND replica <> ? AND replica NOT IN `+alive+` LIMIT ?`+t.skip+`) RETURNING id`, replica, replica, limit)
	if err != nil {
		return nil, err
	}
	_, err = t.exec(ctx, "DELETE FROM replicas WHERE name <> ? AND until < "+t.now+" AND name NOT IN (SELECT replica FROM jobs WHERE status IN ('queued', 'in_progress'))", replica)
	return taken, err
}
