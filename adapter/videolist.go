package adapter

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
)

// FilmOf is the request behind a video's job, as it was recorded.
func FilmOf(run Run) (f Film, err error) {
	err = json.Unmarshal(run.Request, &f)
	return f, err
}

// LengthOf is how many seconds the video of a run has, or is to have: one whose extension failed is shorter than it was
// asked for.
func LengthOf(run Run, f Film) int {
	if run.Result == nil {
		return f.Length()
	}
	return f.Length() - 4*run.Result.Missing
}

// Videos lists the jobs of the caller's videos: at most limit, those after the video with ID after, newest first or, if
// oldest, oldest first.
func (s *Studio) Videos(ctx context.Context, c Caller, limit int, after string, oldest bool) ([]Run, error) {
	if after != "" {
		if _, err := s.video(ctx, c, after); err != nil {
			return nil, err
		}
	}
	if !oldest {
		return s.films(ctx, c, limit, VideoJob(after))
	}
	all, err := s.films(ctx, c, -1, "")
	if err != nil {
		return nil, err
	}
	slices.Reverse(all)
	if i := slices.IndexFunc(all, func(r Run) bool { return r.ID == VideoJob(after) }); after != "" && i >= 0 {
		all = all[i+1:]
	}
	return all[:min(limit, len(all))], nil
}

// films reads an owner's jobs, newest first, until it has limit videos; all of them if limit is negative.
func (s *Studio) films(ctx context.Context, c Caller, limit int, after string) (found []Run, err error) {
	if after == jobPrefix {
		after = ""
	}
	const chunk = 200
	for {
		jobs, err := s.jobs.Jobs(ctx, c, chunk, after)
		if err != nil {
			return nil, err
		}
		for _, j := range jobs {
			if j.Kind == KindVideo && !j.Deleted {
				if found = append(found, j); len(found) == limit {
					return found, nil
				}
			}
		}
		if len(jobs) < chunk {
			return found, nil
		}
		after = jobs[len(jobs)-1].ID
	}
}

// video returns the job of one of the caller's videos; a NotFound *Error for an unknown one.
func (s *Studio) video(ctx context.Context, c Caller, id string) (Run, error) {
	run, err := s.jobs.Job(ctx, c, VideoJob(id))
	if KindOf(err) == NotFound || err == nil && (run.Kind != KindVideo || run.Deleted) {
		return Run{}, &Error{Kind: NotFound, Code: "video_not_found", Param: "video_id", Message: "There is no video with this ID among the videos of this key."}
	}
	return run, err
}

// Video returns the job of one of the caller's videos; a NotFound *Error for an unknown one and for another owner's.
func (s *Studio) Video(ctx context.Context, c Caller, id string) (Run, error) {
	return s.video(ctx, c, id)
}

// DeleteVideo forgets an ended video and its bytes.
func (s *Studio) DeleteVideo(ctx context.Context, c Caller, id string) error {
	run, err := s.video(ctx, c, id)
	if err != nil {
		return err
	}
	if !run.Status.Ended() {
		return BadParam("video_id", "invalid_value", "This video is still being made; it can be deleted when it has completed or failed.")
	}
	if err := s.jobs.Forget(ctx, c, run.ID); err != nil {
		return err
	}
	if run.Result != nil {
		for _, name := range run.Result.Videos {
			if err := s.parts.Pictures.Delete(ctx, name); err != nil && !errors.Is(err, ErrNotFound) {
				s.parts.Log.Warn("a video's bytes could not be deleted", "job", run.ID, "error", err)
			}
		}
	}
	return nil
}

// VideoBytes opens one of a video's clips, counted from 0, or its first frame as WebP. The ID is unguessable: whoever
// has it may see the video.
func (s *Studio) VideoBytes(ctx context.Context, id string, clip int, thumbnail bool) (*Blob, error) {
	run, err := s.jobs.Record(ctx, VideoJob(id))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return nil, Wrap(Storage, err, "The videos' records cannot be read at the moment.")
	}
	if err != nil || run.Kind != KindVideo && run.Kind != KindNative || run.Deleted || run.Result == nil || clip < 0 || clip >= len(run.Result.Videos) {
		return nil, &Error{Kind: NotFound, Code: "video_not_found", Param: "video_id", Message: "There is no finished video with this ID."}
	}
	r := Rendition{Name: run.Result.Videos[clip]}
	if thumbnail {
		r = Rendition{Name: run.Result.Still, Quarter: run.Result.StillQuarter, Format: WebP}
	}
	blob, err := s.parts.Pictures.Open(ctx, r)
	if errors.Is(err, ErrNotFound) {
		return nil, &Error{Kind: NotFound, Code: "video_not_found", Param: "video_id", Message: "The video's bytes are gone."}
	}
	return blob, err
}
