package adaptertest

import (
	"context"

	"midgate/adapter"
)

// locked asks a question outside of units.
func locked[T any](s *State, ask func() (T, error)) (T, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return ask()
}

// Job implements adapter.JobReader.
func (s *State) Job(ctx context.Context, id string) (adapter.Job, error) {
	return locked(s, func() (adapter.Job, error) { return s.rows.Job(ctx, id) })
}

// JobByTask implements adapter.JobReader.
func (s *State) JobByTask(ctx context.Context, owner, taskID string) (adapter.Job, error) {
	return locked(s, func() (adapter.Job, error) { return s.rows.JobByTask(ctx, owner, taskID) })
}

// Jobs implements adapter.JobReader.
func (s *State) Jobs(ctx context.Context, q adapter.JobQuery) ([]adapter.Job, error) {
	return locked(s, func() ([]adapter.Job, error) { return s.rows.Jobs(ctx, q) })
}

// Image implements adapter.ImageReader.
func (s *State) Image(ctx context.Context, id string) (adapter.Image, error) {
	return locked(s, func() (adapter.Image, error) { return s.rows.Image(ctx, id) })
}

// Images implements adapter.ImageReader.
func (s *State) Images(ctx context.Context, q adapter.ImageQuery) ([]adapter.Image, error) {
	return locked(s, func() ([]adapter.Image, error) { return s.rows.Images(ctx, q) })
}

// ImageByDigest implements adapter.ImageReader.
func (s *State) ImageByDigest(ctx context.Context, owner, sha256 string) (string, error) {
	return locked(s, func() (string, error) { return s.rows.ImageByDigest(ctx, owner, sha256) })
}

// Prints implements adapter.ImageReader.
func (s *State) Prints(ctx context.Context, q adapter.PrintQuery) ([]adapter.Print, error) {
	return locked(s, func() ([]adapter.Print, error) { return s.rows.Prints(ctx, q) })
}

// Fingerprint implements adapter.ImageReader.
func (s *State) Fingerprint(ctx context.Context, owner, id string) (p adapter.Print, looks []byte, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rows.Fingerprint(ctx, owner, id)
}

// Needed implements adapter.ImageReader.
func (s *State) Needed(ctx context.Context, name string) (bool, error) {
	return locked(s, func() (bool, error) { return s.rows.Needed(ctx, name) })
}

// File implements adapter.FileReader.
func (s *State) File(ctx context.Context, id string) (adapter.FileRecord, error) {
	return locked(s, func() (adapter.FileRecord, error) { return s.rows.File(ctx, id) })
}

// Files implements adapter.FileReader.
func (s *State) Files(ctx context.Context, owner string, limit int, after string) ([]adapter.FileRecord, error) {
	return locked(s, func() ([]adapter.FileRecord, error) { return s.rows.Files(ctx, owner, limit, after) })
}
