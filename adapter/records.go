package adapter

import (
	"context"
	"errors"
	"io"
	"time"
)

// Image returns a record of one of the caller's pictures; a NotFound *Error for an unknown ID and for another owner's.
func (s *Service) Image(ctx context.Context, c Caller, id string) (Image, error) {
	img, err := s.parts.Store.Get(ctx, id)
	if errors.Is(err, ErrNotFound) || err == nil && img.Owner != c.Owner {
		return Image{}, imageNotFound()
	}
	if err != nil {
		return Image{}, Wrap(Storage, err, "The pictures' records cannot be read at the moment.")
	}
	return img, nil
}

func imageNotFound() *Error {
	return &Error{Kind: NotFound, Code: "image_not_found", Param: "id", Message: "There is no picture with this ID among the pictures of this key."}
}

// Images lists the caller's pictures, newest first: at most limit, those after the one with ID after.
func (s *Service) Images(ctx context.Context, c Caller, limit int, after string) ([]Image, error) {
	images, err := s.parts.Store.List(ctx, c.Owner, limit, after)
	if err != nil {
		return nil, unlisted(err, "picture")
	}
	return images, nil
}

// unlisted words a list that could not be read: a cursor that is nobody's, or somebody else's, is the request's mistake.
func unlisted(err error, what string) error {
	if errors.Is(err, ErrNotFound) {
		return BadParam("after", "invalid_value", "'after' must be the ID of a %s of this key, such as the last one of the page before.", what)
	}
	return Wrap(Storage, err, "The %ss' records cannot be read at the moment.", what)
}

// Bytes opens a picture in a format; empty means PNG. The ID is unguessable: whoever has it may see the picture. What
// is handed out is remembered, so that it is known when it comes back.
func (s *Service) Bytes(ctx context.Context, id string, format Format, compression int) (*Blob, error) {
	img, err := s.parts.Store.Get(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return nil, imageNotFound()
	}
	if err != nil {
		return nil, Wrap(Storage, err, "The pictures' records cannot be read at the moment.")
	}
	if format == "" {
		format = PNG
	}
	blob, err := s.parts.Pictures.Open(ctx, Rendition{Name: img.Source, Quarter: img.Quarter, Format: format, Compression: compression, ImageID: img.ID})
	if errors.Is(err, ErrNotFound) {
		return nil, imageNotFound()
	}
	if err != nil {
		return nil, err
	}
	s.remember(ctx, img, blob)
	return blob, nil
}

// remember notes what was handed out: the bytes' digest and, once, the picture's looks. It is a convenience for later
// edits: a failure is logged and costs nothing else.
func (s *Service) remember(ctx context.Context, img Image, blob *Blob) {
	if blob.SHA256 != "" {
		known, err := s.parts.Store.FindDigest(ctx, img.Owner, blob.SHA256)
		if err != nil || known == "" {
			if err := s.parts.Store.Digest(ctx, img.Owner, blob.SHA256, img.ID); err != nil {
				s.parts.Log.Warn("a picture's digest could not be noted", "image", img.ID, "error", err)
			}
		}
	}
	if len(img.Looks) > 0 || len(blob.Looks) == 0 {
		return
	}
	if err := s.parts.Store.Update(ctx, img.ID, func(i *Image) { i.Looks = blob.Looks }); err != nil {
		s.parts.Log.Warn("a picture's looks could not be noted", "image", img.ID, "error", err)
	}
}

// putAgain stores a record that may be there from an earlier life of its run; what was noted of it since stays.
func (s *Service) putAgain(ctx context.Context, img Image) error {
	err := s.parts.Store.Update(ctx, img.ID, func(known *Image) {
		put := img
		if put.Single == nil {
			put.Single = known.Single
		}
		if put.Source == known.Source {
			put.Looks = known.Looks
		}
		*known = put
	})
	if errors.Is(err, ErrNotFound) {
		return s.parts.Store.Put(ctx, img)
	}
	return err
}

// maxUpload is how large one uploaded picture may be (openai-surface.md §2.1).
const maxUpload = 50 << 20

// Receive stores an uploaded picture; name is the file name that it came with, as a hint.
func (s *Service) Receive(ctx context.Context, _ Caller, r io.Reader, name string) (Reference, error) {
	p, err := s.parts.Pictures.Receive(ctx, r, maxUpload)
	if err != nil {
		return Reference{}, err
	}
	return Reference{Upload: p.Name, Hash: p.SHA256, Name: name}, nil
}

// Job returns one of the caller's jobs as it stands; a NotFound *Error for an unknown ID and for another owner's.
func (s *Service) Job(ctx context.Context, c Caller, id string) (Run, error) {
	if l := s.runs.get(id); l != nil {
		if run := l.snapshot(); run.Owner == c.Owner {
			return run, nil
		}
		return Run{}, jobNotFound()
	}
	run, err := s.parts.Journal.Get(ctx, id)
	if errors.Is(err, ErrNotFound) || err == nil && run.Owner != c.Owner {
		return Run{}, jobNotFound()
	}
	if err != nil {
		return Run{}, Wrap(Storage, err, "The jobs' records cannot be read at the moment.")
	}
	return run, nil
}

func jobNotFound() *Error {
	return &Error{Kind: NotFound, Code: "job_not_found", Param: "id", Message: "There is no job with this ID among the jobs of this key."}
}

// JobProgress is how far a job that is executed here has come; zero for any other.
func (s *Service) JobProgress(id string) Progress {
	if l := s.runs.get(id); l != nil {
		return l.shown()
	}
	return Progress{}
}

// Jobs lists the caller's jobs, newest first.
func (s *Service) Jobs(ctx context.Context, c Caller, limit int, after string) ([]Run, error) {
	jobs, err := s.parts.Journal.List(ctx, c.Owner, limit, after)
	if err != nil {
		return nil, unlisted(err, "job")
	}
	for i, j := range jobs {
		if l := s.runs.get(j.ID); l != nil {
			jobs[i] = l.snapshot()
		}
	}
	return jobs, nil
}

// Cancel asks a job to stop. One that waits for its place ends at once; one that was submitted is cancelled at the
// upstream, an Unsupported *Error where that is not possible.
func (s *Service) Cancel(ctx context.Context, c Caller, id string) (Run, error) {
	run, err := s.Job(ctx, c, id)
	if err != nil || run.Status.Ended() {
		return run, err
	}
	l := s.runs.get(id)
	if l == nil {
		return run, nil
	}
	if err := s.cancelUpstream(ctx, c, run); err != nil {
		return run, err
	}
	err = l.save(ctx, s.parts.Journal, func(r *Run) error {
		r.Cancel = true
		return nil
	})
	if err != nil {
		return run, Wrap(Storage, err, "The cancellation could not be recorded.")
	}
	l.mu.Lock()
	stop := l.stop
	l.mu.Unlock()
	if stop != nil {
		stop(errCancelled)
	}
	return s.settled(ctx, l), nil
}

// settled waits a moment for a run that was told to stop.
func (s *Service) settled(ctx context.Context, l *live) Run {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	for {
		run, changed := l.look()
		if run.Status.Ended() {
			return run
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return run
		}
	}
}

// cancelUpstream cancels every task of the run that is under way.
func (s *Service) cancelUpstream(ctx context.Context, c Caller, run Run) error {
	for _, st := range run.Steps {
		if st.Submission == nil || !st.Finished.IsZero() {
			continue
		}
		account, err := s.parts.Accounts.Made(ctx, c, st.Upstream)
		if err != nil {
			return err
		}
		tools, ok := account.Upstream.(Tools)
		if !ok {
			return &Error{Kind: Unsupported, Code: "unsupported", Message: "This upstream cannot cancel a job that was submitted."}
		}
		if err := tools.Cancel(ctx, st.Submission.TaskID); err != nil {
			return err
		}
	}
	return nil
}

// Ready reports whether new jobs could be recorded, by this replica: for readiness probes.
func (s *Service) Ready(ctx context.Context) error {
	if err := s.standing.isHeld(); err != nil {
		return err
	}
	_, err := s.parts.Store.Get(ctx, imagePrefix+"00000000000000000000000000")
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}
