package adaptertest

import (
	"context"
	"time"

	"midgate/adapter"
)

// fileRows are the uploaded files.
type fileRows struct{ *data }

// File implements adapter.FileReader.
func (r fileRows) File(_ context.Context, id string) (adapter.FileRecord, error) {
	f, ok := r.files[id]
	if !ok || gone(f.Expires) {
		return adapter.FileRecord{}, adapter.ErrNotFound
	}
	return f, nil
}

// Files implements adapter.FileReader.
func (r fileRows) Files(_ context.Context, owner string, limit int, after string) ([]adapter.FileRecord, error) {
	if known, ok := r.files[after]; after != "" && (!ok || known.Owner != owner) {
		return nil, adapter.ErrNotFound
	}
	var found []adapter.FileRecord
	for _, f := range r.files {
		if f.Owner == owner && f.Purpose != adapter.PurposeReference && !gone(f.Expires) || f.ID == after {
			found = append(found, f)
		}
	}
	return paged(found, func(f adapter.FileRecord) (time.Time, string) { return f.Created, f.ID }, false, limit, after), nil
}

// PutFile implements adapter.FileWriter.
func (r fileRows) PutFile(_ context.Context, f adapter.FileRecord) error {
	rounded(&f.Created, &f.Expires)
	put(r.data, r.files, f.ID, f)
	return nil
}

// RemoveFile implements adapter.FileWriter.
func (r fileRows) RemoveFile(_ context.Context, id string) error {
	source := r.files[id].Source
	del(r.data, r.files, id)
	r.orphan(source)
	return nil
}
