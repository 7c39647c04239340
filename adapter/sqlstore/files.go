package sqlstore

import (
	"context"
	"time"

	"midgate/adapter"
)

const fileColumns = "id, owner, name, purpose, source, created, expires"

// fileTable is the uploaded files.
type fileTable struct {
	*statements
	bytes byteTable
}

func (t fileTable) files(ctx context.Context, rest string, args ...any) (files []adapter.FileRecord, err error) {
	err = t.each(ctx, "SELECT "+fileColumns+" FROM files "+rest, args, func(scan func(...any) error) error {
		var f adapter.FileRecord
		err := scan(&f.ID, &f.Owner, &f.Name, &f.Purpose, &f.Source, when{&f.Created}, when{&f.Expires})
		files = append(files, f)
		return err
	})
	return files, err
}

// File implements adapter.FileReader.
func (t fileTable) File(ctx context.Context, id string) (adapter.FileRecord, error) {
	files, err := t.files(ctx, "WHERE id = ?"+unexpired, id, t.at(time.Now()))
	if err == nil && len(files) == 0 {
		err = adapter.ErrNotFound
	}
	if err != nil {
		return adapter.FileRecord{}, err
	}
	return files[0], nil
}

// Files implements adapter.FileReader.
func (t fileTable) Files(ctx context.Context, owner string, limit int, after string) ([]adapter.FileRecord, error) {
	rest, cursor, order, err := t.page(ctx, "files", owner, after, false)
	if err != nil {
		return nil, err
	}
	args := append([]any{owner, adapter.PurposeReference, t.at(time.Now())}, cursor...)
	return t.files(ctx, "WHERE owner = ? AND purpose <> ?"+unexpired+rest+order+" LIMIT ?", append(args, limit)...)
}

// PutFile implements adapter.FileWriter.
func (t fileTable) PutFile(ctx context.Context, f adapter.FileRecord) error {
	_, err := t.exec(ctx, "INSERT INTO files ("+fileColumns+`) VALUES (?, ?, ?, ?, ?, ?, ?)
		ON CONFLICT (id) DO UPDATE SET owner = excluded.owner, name = excluded.name, purpose = excluded.purpose, source = excluded.source,
			created = excluded.created, expires = excluded.expires`,
		f.ID, f.Owner, text(f.Name), text(f.Purpose), f.Source, t.at(f.Created), t.at(f.Expires))
	return err
}

// RemoveFile implements adapter.FileWriter.
func (t fileTable) RemoveFile(ctx context.Context, id string) error {
	return t.removeFiles(ctx, []string{id})
}

func (t fileTable) removeFiles(ctx context.Context, ids []string) error {
	list, args := among(ids)
	sources, err := t.names(ctx, "DELETE FROM files WHERE id IN "+list+" RETURNING source", args...)
	if err != nil {
		return err
	}
	return t.bytes.orphan(ctx, sources)
}
