package adapter

import (
	"cmp"
	"context"
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
	Before     int        `json:"before,omitempty"`  // seconds of the video that this one continues
	Frame      string     `json:"frame,omitempty"`   // pixels of the first frame, "1024x1024", where they are known beforehand
}

// Length is how many seconds the whole video has, in OpenAI's steps of four.
func (f Film) Length() int { return f.Before + max(f.Seconds, 4) }

// VideoID is the ID under which clients know the video that a job makes: a video is its job.
func VideoID(jobID string) string { return videoPrefix + strings.TrimPrefix(jobID, jobPrefix) }

// VideoJob is the way back.
func VideoJob(videoID string) string { return jobPrefix + strings.TrimPrefix(videoID, videoPrefix) }

// Film makes a video.
func (s *Service) Film(ctx context.Context, a Attempt, f Film) (*Ticket, error) {
	if err := readFilmFlags(&f); err != nil {
		return nil, err
	}
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
		return s.extendable(ctx, c, f, run)
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
	s.measure(ctx, f)
	if made != "" {
		return s.filmable(ctx, c, f, made)
	}
	account, has, err := s.able(ctx, c, speed, FeatureVideo)
	switch {
	case err != nil || has:
	case f.Seconds > 4:
		err = noExtensions()
	case f.Input != nil:
		err = onlyOwn()
	}
	return account, err
}

func onlyOwn() *Error {
	return &Error{Kind: Unsupported, Code: "unsupported", Param: "input_reference",
		Message: "This upstream animates only pictures that it made itself: draw one through midgate first."}
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
	if f.Seconds > 4 {
		return account, noExtensions()
	}
	if f.Input == nil || f.Input.Image == "" {
		return account, onlyOwn()
	}
	f.Animate = animateButton(f.Motion)
	img, err := s.Image(ctx, c, f.Input.Image)
	if err != nil {
		return account, err
	}
	if img.IsGrid() || !slices.Contains(img.Offers(), f.Animate) {
		return account, unavailable("action", "Midjourney does not offer to animate this picture", img)
	}
	return account, nil
}
