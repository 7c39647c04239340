package adapter

import (
	"context"
	"fmt"
)

// maxPreview is how large a preview may be; Midjourney's are far smaller (upstream-protocol.md §4.1).
const maxPreview = 10 << 20

// Preview opens a preview that Wait reported, in the form of the final answer: the quarter that this client gets when
// it gets one, else the whole grid. Previews are kept only while the job runs.
func (t *ticket) Preview(ctx context.Context, p Progress, format Format, compression int) (*Blob, error) {
	s := t.service
	run := t.live.snapshot()
	account, err := s.parts.Accounts.Made(ctx, t.caller, run.Upstream)
	if err != nil {
		return nil, err
	}
	name := fmt.Sprintf("previews/%s/%s", run.ID, Digest(p.Preview)[:16])
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
		format = PNG
	}
	return s.parts.Pictures.Open(ctx, Rendition{Name: name, Quarter: t.shownQuarter(run), Format: format, Compression: compression})
}

// shownQuarter is the part of a grid's preview that this client is shown; 0 for the whole.
func (t *ticket) shownQuarter(run Run) int {
	if t.delivery < len(run.Deliveries) {
		return run.Deliveries[t.delivery].Quarter
	}
	return 0
}

// NewestPreview opens what is shown at the moment of a job that is executed here, as PNG; ErrNotFound where nothing
// is. The job's ID is unguessable.
func (s *Engine) NewestPreview(ctx context.Context, jobID string) (*Blob, error) {
	l := s.runs.get(jobID)
	if l == nil {
		return nil, ErrNotFound
	}
	run, progress := l.snapshot(), l.shown()
	if progress.Preview == "" || run.Status.Ended() {
		return nil, ErrNotFound
	}
	l.mu.Lock()
	caller := Caller{Owner: run.Owner, Key: l.key}
	l.mu.Unlock()
	return (&ticket{Job: run.ID, service: s, live: l, caller: caller, delivery: len(run.Deliveries)}).Preview(ctx, progress, PNG, 0)
}

// Known returns a job that is executed here, or has been lately.
func (s *Engine) Known(jobID string) (Run, bool) {
	l := s.runs.get(jobID)
	if l == nil {
		return Run{}, false
	}
	return l.snapshot(), true
}
