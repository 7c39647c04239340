package library

import (
	"context"
	"errors"
	"strings"
	"time"

	"midgate/adapter"
)

const filePrefix = "file-"

// filesOf is the owner under which a caller's files are recorded: a file is a picture's record like any other, but it is
// none of the pictures that Midjourney made.
func filesOf(c adapter.Caller) string { return adapter.Digest("files", c.Owner) }

// AddFile gives an upload, from Receive, an ID. lifetime 0 keeps it as long as any record.
func (s *Library) AddFile(ctx context.Context, c adapter.Caller, upload adapter.Reference, purpose string, lifetime time.Duration) (adapter.File, error) {
	now := time.Now()
	record := adapter.Image{ID: adapter.NewID(filePrefix), Owner: filesOf(c), Created: now, Source: upload.Upload, Prompt: upload.Name, Action: purpose}
	if s.cfg.Retention > 0 && (lifetime == 0 || lifetime > s.cfg.Retention) {
		lifetime = s.cfg.Retention
	}
	if lifetime > 0 {
		record.Expires = now.Add(lifetime)
	}
	if err := s.parts.Store.Put(ctx, record); err != nil {
		return adapter.File{}, adapter.Wrap(adapter.Storage, err, "The file could not be recorded. Please try again later.")
	}
	return s.file(ctx, record)
}

// file is a record as a file; a NotFound *Error if its bytes are gone.
func (s *Library) file(ctx context.Context, record adapter.Image) (adapter.File, error) {
	p, err := s.parts.Pictures.Stat(ctx, record.Source)
	if errors.Is(err, adapter.ErrNotFound) {
		return adapter.File{}, fileNotFound()
	}
	if err != nil {
		return adapter.File{}, adapter.Wrap(adapter.Storage, err, "The file cannot be read at the moment.")
	}
	return adapter.File{ID: record.ID, Name: record.Prompt, Purpose: record.Action, Size: p.Size, Created: record.Created, Expires: record.Expires,
		Contents: adapter.Reference{Upload: p.Name, Hash: p.SHA256, Name: record.Prompt}}, nil
}

func fileNotFound() *adapter.Error {
	return &adapter.Error{Kind: adapter.NotFound, Code: "file_not_found", Param: "file_id", Message: "There is no file with this ID among the files of this key."}
}

// File returns one of the caller's files; a NotFound *Error for an unknown ID and for another owner's.
func (s *Library) File(ctx context.Context, c adapter.Caller, id string) (adapter.File, error) {
	if !strings.HasPrefix(id, filePrefix) {
		return adapter.File{}, fileNotFound()
	}
	record, err := s.parts.Store.Get(ctx, id)
	if errors.Is(err, adapter.ErrNotFound) || err == nil && record.Owner != filesOf(c) {
		return adapter.File{}, fileNotFound()
	}
	if err != nil {
		return adapter.File{}, adapter.Wrap(adapter.Storage, err, "The files' records cannot be read at the moment.")
	}
	return s.file(ctx, record)
}

// Files lists the caller's files, newest first: at most limit, those after the one with ID after.
func (s *Library) Files(ctx context.Context, c adapter.Caller, limit int, after string) ([]adapter.File, error) {
	records, err := s.parts.Store.List(ctx, adapter.ImageQuery{Owner: filesOf(c), Limit: limit, After: after})
	if err != nil {
		return nil, adapter.ListError(err, "file")
	}
	var files []adapter.File
	for _, record := range records {
		f, err := s.file(ctx, record)
		if adapter.KindOf(err) == adapter.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	return files, nil
}

// DeleteFile forgets a file. Its bytes go with the last record that names them, when that expires.
func (s *Library) DeleteFile(ctx context.Context, c adapter.Caller, id string) error {
	if _, err := s.File(ctx, c, id); err != nil {
		return err
	}
	if err := s.parts.Store.Delete(ctx, id); err != nil {
		return adapter.Wrap(adapter.Storage, err, "The file could not be deleted.")
	}
	return nil
}

// FileBytes opens a file as it was uploaded.
func (s *Library) FileBytes(ctx context.Context, c adapter.Caller, id string) (*adapter.Blob, error) {
	f, err := s.File(ctx, c, id)
	if err != nil {
		return nil, err
	}
	blob, err := s.parts.Pictures.Open(ctx, adapter.Rendition{Name: f.Contents.Upload})
	if errors.Is(err, adapter.ErrNotFound) {
		return nil, fileNotFound()
	}
	return blob, err
}
