package sqlstore

import (
	"context"
	"midgate/adapter"
	"time"
)

// needed says whether a record names bytes; it has the name as a parameter three times.
const needed = "(EXISTS (SELECT 1 FROM images WHERE source = ?) OR EXISTS (SELECT 1 FROM files WHERE source = ?) OR EXISTS (SELECT 1 FROM job_bytes WHERE name = ?))"

// byteTable is which stored bytes the records need, and which nobody needs any more.
type byteTable struct{ *statements }

// Needed implements adapter.ImageReader.
func (t byteTable) Needed(ctx context.Context, name string) (is bool, err error) {
	err = t.one(ctx, "SELECT "+needed, []any{name, name, name}, &is)
	return is, err
}

// orphan notes those of the names that no record has any more.
func (t byteTable) orphan(ctx context.Context, names []string) error {
	for _, name := range names {
		if name == "" {
			continue
		}
		_, err := t.exec(ctx, "INSERT INTO orphans (name) SELECT ? WHERE NOT "+needed+" ON CONFLICT DO NOTHING", name, name, name, name)
		if err != nil {
			return err
		}
	}
	return nil
}

// Orphans implements adapter.Sweeper.
func (t byteTable) Orphans(ctx context.Context, limit int) ([]string, error) {
	return t.names(ctx, "SELECT name FROM orphans ORDER BY name LIMIT ?", limit)
}

// Buried implements adapter.Sweeper.
func (t byteTable) Buried(ctx context.Context, name string) error {
	_, err := t.exec(ctx, "DELETE FROM orphans WHERE name = ?", name)
	return err
}

// putJobBytes notes the names of bytes that a job needs by itself.
func (t byteTable) putJobBytes(ctx context.Context, r adapter.Job) error {
	if _, err := t.exec(ctx, "DELETE FROM job_bytes WHERE job = ?", r.ID); err != nil {
		return err
	}
	for _, name := range r.Bytes() {
		if _, err := t.exec(ctx, "INSERT INTO job_bytes (job, name) VALUES (?, ?)", r.ID, name); err != nil {
			return err
		}
	}
	return nil
}

// Expire implements adapter.Sweeper.
func (t tables) Expire(ctx context.Context, now time.Time, limit int) (removed int, err error) {
	for _, sort := range []struct {
		due    string
		remove func(context.Context, []string) error
	}{
		{"SELECT id FROM images WHERE expires <= ? ORDER BY expires LIMIT ?", t.removeImages},
		{"SELECT id FROM files WHERE expires <= ? ORDER BY expires LIMIT ?", t.removeFiles},
		{"SELECT id FROM jobs WHERE expires <= ? AND status NOT IN ('queued', 'in_progress') ORDER BY expires LIMIT ?", t.removeJobs},
	} {
		due, err := t.names(ctx, sort.due, t.at(now), limit)
		if err != nil {
			return removed, err
		}
		if len(due) == 0 {
			continue
		}
		if err := sort.remove(ctx, due); err != nil {
			return removed, err
		}
		removed += len(due)
	}
	digests, err := t.exec(ctx, "DELETE FROM digests WHERE expires <= ?", t.at(now))
	return removed + int(digests), err
}

// removeJobs removes jobs with all that is known of them.
func (t jobTable) removeJobs(ctx context.Context, ids []string) error {
	list, args := among(ids)
	names, err := t.names(ctx, "DELETE FROM job_bytes WHERE job IN "+list+" RETURNING name", args...)
	if err != nil {
		return err
	}
	for _, table := range []string{"steps", "deliveries", "presses"} {
		if _, err := t.exec(ctx, "DELETE FROM "+table+" WHERE job IN "+list, args...); err != nil {
			return err
		}
	}
	if _, err := t.exec(ctx, "DELETE FROM jobs WHERE id IN "+list, args...); err != nil {
		return err
	}
	return t.bytes.orphan(ctx, names)
}
