package adapter

import (
	"context"
	"errors"
	"strings"
	"time"
)

// File is an uploaded picture that requests can refer to by its ID (openai-surface.md §8).
type File struct {
	ID       string // file- + 26 base32 characters
	Name     string // as it was uploaded
	Purpose  string
	Size     int64
	Created  time.Time
	Expires  time.Time // zero: kept for ever
	Contents Reference
}

const filePrefix = "file-"

// filesOf is the owner under which a caller's files are recorded: a file is a picture's record like any other, but it is
// none of the pictures that Midjourney made.
func filesOf(c Caller) string { return digest("files", c.Owner) }

// AddFile gives an upload, from Receive, an ID. lifetime 0 keeps it as long as any record.
func (s *Library) AddFile(ctx context.Context, c Caller, upload Reference, purpose string, lifetime time.Duration) (File, error) {
	now := time.Now()
	record := Image{ID: NewID(filePrefix), Owner: filesOf(c), Created: now, Source: upload.Upload, Prompt: upload.Name, Action: purpose}
	if s.cfg.Retention > 0 && (lifetime == 0 || lifetime > s.cfg.Retention) {
		lifetime = s.cfg.Retention
	}
	if lifetime > 0 {
		record.Expires = now.Add(lifetime)
	}
	if err := s.parts.Store.Put(ctx, record); err != nil {
		return File{}, Wrap(Storage, err, "The file could not be recorded. Please try again later.")
	}
	return s.file(ctx, record)
}

// file is a record as a file; a NotFound *Error if its bytes are gone.
func (s *Library) file(ctx context.Context, record Image) (File, error) {
	p, err := s.parts.Pictures.Stat(ctx, record.Source)
	if errors.Is(err, ErrNotFound) {
		return File{}, fileNotFound()
	}
	if err != nil {
		return File{}, Wrap(Storage, err, "The file cannot be read at the moment.")
	}
	return File{ID: record.ID, Name: record.Prompt, Purpose: record.Action, Size: p.Size, Created: record.Created, Expires: record.Expires,
		Contents: Reference{Upload: p.Name, Hash: p.SHA256, Name: record.Prompt}}, nil
}

func fileNotFound() *Error {
	return &Error{Kind: NotFound, Code: "file_not_found", Param: "file_id", Message: "There is no file with this ID among the files of this key."}
}

// File returns one of the caller's files; a NotFound *Error for an unknown ID and for another owner's.
func (s *Library) File(ctx context.Context, c Caller, id string) (File, error) {
	if !strings.HasPrefix(id, filePrefix) {
		return File{}, fileNotFound()
	}
	record, err := s.parts.Store.Get(ctx, id)
	if errors.Is(err, ErrNotFound) || err == nil && record.Owner != filesOf(c) {
		return File{}, fileNotFound()
	}
	if err != nil {
		return File{}, Wrap(Storage, err, "The files' records cannot be read at the moment.")
	}
	return s.file(ctx, record)
}

// Files lists the caller's files, newest first: at most limit, those after the one with ID after.
func (s *Library) Files(ctx context.Context, c Caller, limit int, after string) ([]File, error) {
	records, err := s.parts.Store.List(ctx, filesOf(c), limit, after)
	if err != nil {
		return nil, unlisted(err, "file")
	}
	var files []File
	for _, record := range records {
		f, err := s.file(ctx, record)
		if KindOf(err) == NotFound {
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
func (s *Library) DeleteFile(ctx context.Context, c Caller, id string) error {
	if _, err := s.File(ctx, c, id); err != nil {
		return err
	}
	if err := s.parts.Store.Delete(ctx, id); err != nil {
		return Wrap(Storage, err, "The file could not be deleted.")
	}
	return nil
}

// FileBytes opens a file as it was uploaded.
func (s *Library) FileBytes(ctx context.Context, c Caller, id string) (*Blob, error) {
	f, err := s.File(ctx, c, id)
	if err != nil {
		return nil, err
	}
	blob, err := s.parts.Pictures.Open(ctx, Rendition{Name: f.Contents.Upload})
	if errors.Is(err, ErrNotFound) {
		return nil, fileNotFound()
	}
	return blob, err
}
