package jobs

import (
	"context"
	"fmt"

	"midgate/adapter"
)

// Preview opens a preview that Wait reported, in the form of the final answer: the quarter that this client gets when
// it gets one, else the whole grid. Previews are kept only while the job runs.
func (t *ticket) Preview(ctx context.Context, p adapter.Progress, format adapter.Format, compression int) (*adapter.Blob, error) {
	s := t.service
	run := t.live.snapshot()
	account, err := s.parts.Accounts.Made(ctx, t.caller, run.Upstream)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("previews/%s/%s", run.ID, adapter.Digest(p.Preview)[:16])
	if _, err := s.parts.Pictures.Stat(ctx, name); err != nil {
		body, err := account.Upstream.Picture(ctx, p.Preview)
		if err != nil {
			return nil, fmt.Errorf("fetch the preview: %w", err)
		}
		_, err = s.parts.Pictures.Save(ctx, name, body, maxPreview)
		_ = body.Close() // it was only read
		if err != nil {
			return nil, fmt.Errorf("keep the preview: %w", err)
		}
		t.live.keptPreview(name)
	}
	if format == "" {
		format = adapter.PNG
	}
	return s.parts.Pictures.Open(ctx, adapter.Rendition{Name: name, Quarter: t.shownQuarter(run), Format: format, Compression: compression})
}

// shownQuarter is the part of a grid's preview that this client is shown; 0 for the whole.
func (t *ticket) shownQuarter(run adapter.Job) int {
	if t.delivery < len(run.Deliveries) {
		return run.Deliveries[t.delivery].Quarter
	}
	return 0
}

// NewestPreview opens what is shown at the moment of a job that is executed here, as PNG; ErrNotFound where nothing
// is. The job's ID is unguessable.
func (s *Engine) NewestPreview(ctx context.Context, jobID string) (*adapter.Blob, error) {
	l := s.runs.get(jobID)
	if l == nil {
		return nil, adapter.ErrNotFound
	}
	run, progress := l.snapshot(), l.shown()
	if progress.Preview == "" || run.Status.Ended() {
		return nil, adapter.ErrNotFound
	}
	l.mu.Lock()
	caller := adapter.Caller{Owner: run.Owner, Key: l.key}
	l.mu.Unlock()
	return (&ticket{jobID: run.ID, service: s, live: l, caller: caller, delivery: len(run.Deliveries)}).Preview(ctx, progress, adapter.PNG, 0)
}

// Known returns a job that is executed here, or has been lately.
func (s *Engine) Known(jobID string) (adapter.Job, bool) {
	l := s.runs.get(jobID)
	if l == nil {
		return adapter.Job{}, false
	}
	return l.snapshot(), true
}
