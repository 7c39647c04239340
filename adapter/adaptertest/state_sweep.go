package adaptertest

import (
	"context"
	"maps"
	"slices"
	"time"

	"midgate/adapter"
)

// byteRows are which stored bytes the records need, and which nobody needs any more.
type byteRows struct{ *data }

// Needed implements adapter.ImageReader.
func (r byteRows) Needed(_ context.Context, name string) (bool, error) { return r.needed(name), nil }

func (r *data) needed(name string) bool {
	for _, img := range r.images {
		if img.Source == name {
			return true
		}
	}
	for _, f := range r.files {
		if f.Source == name {
			return true
		}
	}
	for _, job := range r.jobs {
		if slices.Contains(job.Bytes(), name) {
			return true
		}
	}
	return false
}

func (r *data) orphan(name string) {
	if name != "" && !r.needed(name) {
		put(r, r.orphans, name, true)
	}
}

// Expire implements adapter.Sweeper.
func (r *rows) Expire(ctx context.Context, now time.Time, limit int) (removed int, err error) {
	due := func(expires time.Time) bool { return !expires.IsZero() && !expires.After(now) }
	for _, id := range dueOf(r.images, limit, func(i adapter.Image) bool { return due(i.Expires) }) {
		_ = r.DeleteImage(ctx, id)
		removed++
	}
	for _, id := range dueOf(r.files, limit, func(f adapter.FileRecord) bool { return due(f.Expires) }) {
		_ = r.RemoveFile(ctx, id)
		removed++
	}
	for _, id := range dueOf(r.jobs, limit, func(j adapter.Job) bool { return due(j.Expires) && j.Status.Ended() }) {
		names := r.jobs[id].Bytes()
		del(r.data, r.jobs, id)
		for _, name := range names {
			r.orphan(name)
		}
		for key, job := range r.presses {
			if job == id {
				del(r.data, r.presses, key)
			}
		}
		removed++
	}
	for _, key := range dueOf(r.digests, len(r.digests), func(d digestRow) bool { return due(d.expires) }) {
		del(r.data, r.digests, key)
		removed++
	}
	return removed, nil
}

func dueOf[V any](table map[string]V, limit int, due func(V) bool) (keys []string) {
	for _, key := range slices.Sorted(maps.Keys(table)) {
		if due(table[key]) && len(keys) < limit {
			keys = append(keys, key)
		}
	}
	return keys
}

// Orphans implements adapter.Sweeper.
func (r byteRows) Orphans(_ context.Context, limit int) ([]string, error) {
	names := slices.Sorted(maps.Keys(r.orphans))
	return names[:min(limit, len(names))], nil
}

// Buried implements adapter.Sweeper.
func (r byteRows) Buried(_ context.Context, name string) error {
	del(r.data, r.orphans, name)
	return nil
}
