package jobs

import (
	"context"
	"fmt"

	"midgate/adapter"
	"midgate/adapter/jobs/active"
)

// Preview opens a preview that Wait reported, in the form of the final answer: the quarter that this client gets when
// it gets one, else the whole grid. Previews are kept only while the job runs.
func (t *ticket) Preview(ctx context.Context, p adapter.Progress, format adapter.Format, compression int) (*adapter.Blob, error) {
	return t.s.preview(ctx, t.live(), t.caller, t.quarter, p, format, compression)
}

func (s *Engine) preview(ctx context.Context, j *active.Job, caller adapter.Caller, quarter int, p adapter.Progress, format adapter.Format, compression int) (*adapter.Blob, error) {
	run := j.Snapshot()
	account, err := s.deps.Accounts.Made(ctx, caller, run.Upstream)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("previews/%s/%s", run.ID, adapter.Digest(p.Preview)[:16])
	if _, err := s.deps.Pictures.Stat(ctx, name); err != nil {
		body, err := account.Upstream.Picture(ctx, p.Preview)
		if err != nil {
			return nil, fmt.Errorf("fetch the preview: %w", err)
		}
		_, err = s.deps.Pictures.Save(ctx, name, body, maxPreview)
		_ = body.Close() // it was only read
		if err != nil {
			return nil, fmt.Errorf("keep the preview: %w", err)
		}
		j.KeptPreview(name)
	}
	if format == "" {
		format = adapter.PNG
	}
	return s.deps.Pictures.Open(ctx, adapter.Rendition{Name: name, Quarter: quarter, Format: format, Compression: compression})
}

// NewestPreview opens what is shown at the moment of a job that is executed here, as PNG; ErrNotFound where nothing
// is. The job's ID is unguessable.
func (s *Engine) NewestPreview(ctx context.Context, jobID string) (*adapter.Blob, error) {
	j := s.jobs.Get(jobID)
	if j == nil {
		return nil, adapter.ErrNotFound
	}
	run, progress := j.Snapshot(), j.Shown()
	if progress.Preview == "" || run.Status.Ended() {
		return nil, adapter.ErrNotFound
	}
	blob, err := s.preview(ctx, j, adapter.Caller{Owner: run.Owner, Key: j.Key()}, 0, progress, adapter.PNG, 0)
	if err != nil && j.Snapshot().Status.Ended() { // its previews went with it, just now
		return nil, adapter.ErrNotFound
	}
	return blob, err
}
