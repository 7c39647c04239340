package adaptertest

import (
	"context"
	"time"

	"midgate/adapter"
)

// File implements adapter.FileReader.
func (r *rows) File(_ context.Context, id string) (adapter.FileRecord, error) {
	f, ok := r.files[id]
	if !ok || r.gone(f.Expires) {
		return adapter.FileRecord{}, adapter.ErrNotFound
	}
	return f, nil
}

// Files implements adapter.FileReader.
func (r *rows) Files(_ context.Context, owner string, limit int, after string) ([]adapter.FileRecord, error) {
	if known, ok := r.files[after]; after != "" && (!ok || known.Owner != owner) {
		return nil, adapter.ErrNotFound
	}
	var found []adapter.FileRecord
	for _, f := range r.files {
		if f.Owner == owner && f.Purpose != adapter.PurposeReference && !r.gone(f.Expires) || f.ID == after {
			found = append(found, f)
		}
	}
	return paged(found, func(f adapter.FileRecord) (time.Time, string) { return f.Created, f.ID }, false, limit, after), nil
}

// PutFile implements adapter.FileWriter.
func (r *rows) PutFile(_ context.Context, f adapter.FileRecord) error {
	rounded(&f.Created, &f.Expires)
	put(r, r.files, f.ID, f)
	return nil
}

// RemoveFile implements adapter.FileWriter.
func (r *rows) RemoveFile(_ context.Context, id string) error {
	source := r.files[id].Source
	del(r, r.files, id)
	r.orphan(source)
	return nil
}
