package adapter

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
)

// Film is a request for a video: from a picture, from words alone (a still is drawn first), or as the continuation of an
// earlier video.
type Film struct {
	Generation            // Prompt, Model, Size; the midjourney object's batch_size and speed
	Seconds    int        `json:"seconds"`           // 4, 8, 12, 16 or 20
	Input      *Reference `json:"input,omitempty"`   // the first frame
	End        *Reference `json:"end,omitempty"`     // the last frame
	Motion     string     `json:"motion,omitempty"`  // low (default) or high
	Loop       bool       `json:"loop,omitempty"`    // ends as it begins
	Type       string     `json:"type,omitempty"`    // vid_1.1_i2v_480 or vid_1.1_i2v_720
	Extends    string     `json:"extends,omitempty"` // ID of the video that this one continues
	RemixOf    string     `json:"remix_of,omitempty"`
	Animate    string     `json:"animate,omitempty"` // the button, where the upstream has no submit/video
}

// VideoID is the ID under which clients know the video that a job makes: a video is its job.
func VideoID(jobID string) string { return videoPrefix + strings.TrimPrefix(jobID, jobPrefix) }

// VideoJob is the way back.
func VideoJob(videoID string) string { return jobPrefix + strings.TrimPrefix(videoID, videoPrefix) }

// Film makes a video.
func (s *Service) Film(ctx context.Context, a Attempt, f Film) (*Ticket, error) {
	if err := checkFilm(&f); err != nil {
		return nil, err
	}
	draw, err := s.drawing(f.Generation, DrawOptions{Image: f.Input != nil || f.Extends != ""})
	if err != nil {
		return nil, err
	}
	account, err := s.filmAccount(ctx, a.Caller, &f, draw.Speed)
	if err != nil {
		return nil, err
	}
	return s.open(ctx, a, work{kind: KindVideo, model: f.Model, n: 1, request: f, account: account, speed: draw.Speed})
}

func checkFilm(f *Film) error {
	f.Seconds = cmp.Or(f.Seconds, 4)
	switch {
	case f.Seconds < 0 || f.Seconds > 20 || f.Seconds%4 != 0:
		return BadParam("seconds", "invalid_value", "seconds must be 4, 8, 12, 16 or 20.")
	case f.Motion != "" && f.Motion != "low" && f.Motion != "high":
		return BadParam("motion", "invalid_value", "motion must be low or high.")
	case f.Type != "" && f.Type != "vid_1.1_i2v_480" && f.Type != "vid_1.1_i2v_720":
		return BadParam("video_type", "invalid_value", "video_type must be vid_1.1_i2v_480 or vid_1.1_i2v_720.")
	}
	switch f.Midjourney.BatchSize {
	case 0, 1, 2, 4:
		return nil
	default:
		return BadParam("midjourney.batch_size", "invalid_value", "batch_size must be 1, 2 or 4; every clip is paid.")
	}
}

// filmAccount settles the frames and where the job goes: to the account that made the picture or the video.
func (s *Service) filmAccount(ctx context.Context, c Caller, f *Film, speed Speed) (Account, error) {
	if f.Extends != "" {
		run, err := s.video(ctx, c, f.Extends)
		if err != nil {
			return Account{}, err
		}
		if run.Status != RunCompleted || run.Result == nil || run.Result.Task == "" {
			return Account{}, BadParam("video", "invalid_value", "Only a finished video can be extended.")
		}
		return s.parts.Accounts.Made(ctx, c, run.Upstream)
	}
	made := ""
	for _, ref := range []**Reference{&f.Input, &f.End} {
		if *ref == nil {
			continue
		}
		settled, err := s.source(ctx, c, **ref)
		if err != nil {
			return Account{}, err
		}
		*ref = &settled
		if settled.Image != "" && made == "" {
			img, err := s.Image(ctx, c, settled.Image)
			if err != nil {
				return Account{}, err
			}
			made = img.Upstream
		}
	}
	if made != "" {
		return s.filmable(ctx, c, f, made)
	}
	account, err := s.parts.Accounts.Choose(ctx, c, speed)
	if err != nil {
		return Account{}, err
	}
	has, err := account.Upstream.Has(ctx, FeatureVideo)
	if err == nil && !has && f.Input != nil {
		err = &Error{Kind: Unsupported, Code: "unsupported", Param: "input_reference",
			Message: "This upstream animates only pictures that it made itself: draw one through midgate first."}
	}
	return account, err
}

// filmable chooses between submit/video and the Animate button for a picture that the account made.
func (s *Service) filmable(ctx context.Context, c Caller, f *Film, made string) (Account, error) {
	account, err := s.parts.Accounts.Made(ctx, c, made)
	if err != nil {
		return Account{}, err
	}
	has, err := account.Upstream.Has(ctx, FeatureVideo)
	if err != nil || has {
		return account, err
	}
	f.Animate = ActAnimateLow
	if f.Motion == "high" {
		f.Animate = ActAnimateHigh
	}
	img, err := s.Image(ctx, c, f.Input.Image)
	if err != nil {
		return account, err
	}
	if img.IsGrid() || !slices.Contains(img.Offers(), f.Animate) {
		return account, unavailable("action", "Midjourney does not offer to animate this picture", img)
	}
	return account, nil
}

// video returns the job of one of the caller's videos; a NotFound *Error for an unknown one.
func (s *Service) video(ctx context.Context, c Caller, id string) (Run, error) {
	run, err := s.Job(ctx, c, VideoJob(id))
	if KindOf(err) == NotFound || err == nil && (run.Kind != KindVideo || run.Deleted) {
		return Run{}, &Error{Kind: NotFound, Code: "video_not_found", Param: "video_id", Message: "There is no video with this ID among the videos of this key."}
	}
	return run, err
}

// Video returns the job of one of the caller's videos.
func (s *Service) Video(ctx context.Context, c Caller, id string) (Run, error) {
	return s.video(ctx, c, id)
}

// DeleteVideo forgets an ended video and its bytes.
func (s *Service) DeleteVideo(ctx context.Context, c Caller, id string) error {
	run, err := s.video(ctx, c, id)
	if err != nil {
		return err
	}
	if !run.Status.Ended() {
		return BadParam("video_id", "invalid_value", "This video is still being made; it can be deleted when it has completed or failed.")
	}
	l := s.known(run)
	err = l.save(ctx, s.parts.Journal, func(r *Run) error {
		r.Deleted = true
		return nil
	})
	if err != nil {
		return Wrap(Storage, err, "The video could not be deleted.")
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

// VideoBytes opens the first clip of a video, or its first frame as WebP. The ID is unguessable.
func (s *Service) VideoBytes(ctx context.Context, id string, thumbnail bool) (*Blob, error) {
	run, err := s.parts.Journal.Get(ctx, VideoJob(id))
	if err != nil || run.Kind != KindVideo || run.Deleted || run.Result == nil || len(run.Result.Videos) == 0 {
		return nil, &Error{Kind: NotFound, Code: "video_not_found", Param: "video_id", Message: "There is no finished video with this ID."}
	}
	r := Rendition{Name: run.Result.Videos[len(run.Result.Videos)-1]}
	if thumbnail {
		r = Rendition{Name: run.Result.Still, Quarter: run.Result.StillQuarter, Format: WebP}
	}
	blob, err := s.parts.Pictures.Open(ctx, r)
	if errors.Is(err, ErrNotFound) {
		return nil, &Error{Kind: NotFound, Code: "video_not_found", Param: "video_id", Message: "The video's bytes are gone."}
	}
	return blob, err
}

// known returns the run in memory, taking it there if need be.
func (s *Service) known(run Run) *live {
	s.runs.mu.Lock()
	defer s.runs.mu.Unlock()
	l := s.runs.byID[run.ID]
	if l == nil {
		l = newLive(run)
		close(l.ready)
		s.runs.add(l)
	}
	return l
}
