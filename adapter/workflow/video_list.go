package workflow

import (
	"context"
	"errors"

	"midgate/adapter"
)

// Videos lists the jobs of the caller's videos: at most limit, those after the video with ID after, newest first or, if
// oldest, oldest first.
func (s *Service) Videos(ctx context.Context, c adapter.Caller, limit int, after string, oldest bool) ([]adapter.Job, error) {
	if after != "" {
		if _, err := s.video(ctx, c, after); err != nil {
			return nil, err
		}
	}
	q := adapter.JobQuery{Kinds: []adapter.JobKind{adapter.JobVideo}, Limit: limit, Oldest: oldest}
	if after != "" {
		q.After = adapter.VideoJob(after)
	}
	return s.jobs.Jobs(ctx, c, q)
}

// video returns the job of one of the caller's videos; a NotFound *Error for an unknown one.
func (s *Service) video(ctx context.Context, c adapter.Caller, id string) (adapter.Job, error) {
	run, err := s.jobs.Job(ctx, c, adapter.VideoJob(id))
	if adapter.KindOf(err) == adapter.NotFound || err == nil && (run.Kind != adapter.JobVideo || run.Deleted) {
		return adapter.Job{}, &adapter.Error{Kind: adapter.NotFound, Code: "video_not_found", Param: "video_id", Message: "There is no video with this ID among the videos of this key."}
	}
	return run, err
}

// Video returns the job of one of the caller's videos; a NotFound *Error for an unknown one and for another owner's.
func (s *Service) Video(ctx context.Context, c adapter.Caller, id string) (adapter.Job, error) {
	return s.video(ctx, c, id)
}

// DeleteVideo forgets an ended video and its bytes.
func (s *Service) DeleteVideo(ctx context.Context, c adapter.Caller, id string) error {
	run, err := s.video(ctx, c, id)
	if err != nil {
		return err
	}
	if !run.Status.Ended() {
		return adapter.BadParam("video_id", "invalid_value", "This video is still being made; it can be deleted when it has completed or failed.")
	}
	if err := s.jobs.Forget(ctx, c, run.ID); err != nil {
		return err
	}
	if run.Result != nil {
		for _, name := range run.Result.Videos {
			if err := s.parts.Pictures.Delete(ctx, name); err != nil && !errors.Is(err, adapter.ErrNotFound) {
				s.parts.Log.Warn("a video's bytes could not be deleted", "job", run.ID, "error", err)
			}
		}
	}
	return nil
}

// VideoBytes opens one of a video's clips, counted from 0, or its first frame as WebP. The ID is unguessable: whoever
// has it may see the video.
func (s *Service) VideoBytes(ctx context.Context, id string, clip int, thumbnail bool) (*adapter.Blob, error) {
	run, err := s.jobs.Record(ctx, adapter.VideoJob(id))
	if err != nil && !errors.Is(err, adapter.ErrNotFound) {
		return nil, adapter.Wrap(adapter.Storage, err, "The videos' records cannot be read at the moment.")
	}
	if err != nil || run.Kind != adapter.JobVideo && run.Kind != adapter.JobNative || run.Deleted || run.Result == nil || clip < 0 || clip >= len(run.Result.Videos) {
		return nil, &adapter.Error{Kind: adapter.NotFound, Code: "video_not_found", Param: "video_id", Message: "There is no finished video with this ID."}
	}
	r := adapter.Rendition{Name: run.Result.Videos[clip]}
	if thumbnail {
		r = adapter.Rendition{Name: run.Result.Still, Quarter: run.Result.StillQuarter, Format: adapter.WebP}
	}
	blob, err := s.parts.Pictures.Open(ctx, r)
	if errors.Is(err, adapter.ErrNotFound) {
		return nil, &adapter.Error{Kind: adapter.NotFound, Code: "video_not_found", Param: "video_id", Message: "The video's bytes are gone."}
	}
	return blob, err
}

// VideoPreview draws the first frame of one of the caller's videos; a NotFound *Error where none was kept.
func (s *Service) VideoPreview(ctx context.Context, c adapter.Caller, id string, form adapter.PreviewForm) ([]byte, error) {
	run, err := s.video(ctx, c, id)
	if err != nil {
		return nil, err
	}
	var shown []adapter.Rendition
	if run.Result != nil && run.Result.Still != "" {
		shown = append(shown, adapter.Rendition{Name: run.Result.Still, Quarter: run.Result.StillQuarter})
	}
	return s.lib.PreviewOf(ctx, shown, form)
}
