package adapter

import (
	"cmp"
	"context"
)

// Film makes a video.
func (s *Studio) Film(ctx context.Context, a Attempt, f Film) (Ticket, error) {
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
	return s.jobs.Accept(ctx, a, work{kind: KindVideo, model: f.Model, n: 1, request: f, account: account, speed: draw.Speed})
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
func (s *Studio) filmAccount(ctx context.Context, c Caller, f *Film, speed Speed) (Account, error) {
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
		settled, err := s.lib.source(ctx, c, **ref)
		if err != nil {
			return Account{}, err
		}
		*ref = &settled
		if settled.Image != "" && made == "" {
			img, err := s.lib.Image(ctx, c, settled.Image)
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
		err = &Error{Kind: Unsupported, Code: "unsupported", Param: "input_reference",
			Message: "This upstream animates only pictures that it made itself: draw one through midgate first."}
	}
	return account, err
}

// filmable chooses between submit/video and the Animate button for a picture that the account made.
func (s *Studio) filmable(ctx context.Context, c Caller, f *Film, made string) (Account, error) {
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
		return account, &Error{Kind: Unsupported, Code: "unsupported", Param: "input_reference",
			Message: "This upstream animates only pictures that it made itself: draw one through midgate first."}
	}
	f.Animate = ActAnimateLow
	if f.Motion == "high" {
		f.Animate = ActAnimateHigh
	}
	img, err := s.lib.Image(ctx, c, f.Input.Image)
	if err != nil {
		return account, err
	}
	img = s.seen(ctx, c, img)
	if img.IsGrid() || !img.mayHave(f.Animate) {
		return account, unavailable("action", "Midjourney does not offer to animate this picture", img)
	}
	return account, nil
}
