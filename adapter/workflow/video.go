package workflow

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"midgate/adapter"
	"midgate/adapter/jobs"
	"midgate/adapter/prompt"
)

// Film makes a video.
func (s *Service) Film(ctx context.Context, a adapter.Attempt, f adapter.VideoRequest) (adapter.Ticket, error) {
	if err := prompt.ReadVideoFlags(&f); err != nil {
		return nil, err
	}
	if err := checkFilm(&f); err != nil {
		return nil, err
	}
	draw, err := s.drawing(f.Generation, prompt.Options{Image: f.Input != nil || f.Extends != ""})
	if err != nil {
		return nil, err
	}
	account, err := s.filmAccount(ctx, a.Caller, &f, draw.Speed)
	if err != nil {
		return nil, err
	}
	if f.Shape != "" && f.Frame != "" && !prompt.Alike(f.Shape, f.Frame) {
		return nil, adapter.BadParam("aspect_ratio", "invalid_value", "A video has the shape of what it begins with, %s: leave 'aspect_ratio' out, or send a picture of that shape.", f.Frame)
	}
	if err := s.onlyMoves(ctx, a.Caller, f); err != nil {
		return nil, err
	}
	return s.jobs.Accept(ctx, a, jobs.Spec{Kind: adapter.JobVideo, Detached: true, Model: f.Model, N: 1, Request: f, Account: account, Speed: draw.Speed, Takes: filmed(f)})
}

func checkFilm(f *adapter.VideoRequest) error {
	f.Seconds = cmp.Or(f.Seconds, 4)
	switch {
	case f.Seconds < 0 || f.Seconds > 20 || f.Seconds%4 != 0:
		return adapter.BadParam("seconds", "invalid_value", "seconds must be 4, 8, 12, 16 or 20.")
	case f.Motion != "" && f.Motion != "low" && f.Motion != "high":
		return adapter.BadParam("motion", "invalid_value", "motion must be low or high.")
	case f.Type != "" && f.Type != "vid_1.1_i2v_480" && f.Type != "vid_1.1_i2v_720":
		return adapter.BadParam("video_type", "invalid_value", "video_type must be vid_1.1_i2v_480 or vid_1.1_i2v_720.")
	}
	if len(f.Midjourney.ReferenceImages)+len(f.References) > 0 {
		return adapter.BadParam("midjourney.reference_images", "invalid_value", "A video is made of its first frame: send the picture as 'input_reference'.")
	}
	switch f.Midjourney.BatchSize {
	case 0, 1, 2, 4:
		return onlyContinues(f)
	default:
		return adapter.BadParam("midjourney.batch_size", "invalid_value", "batch_size must be 1, 2 or 4; every clip is paid.")
	}
}

// onlyContinues refuses what Midjourney cannot do when it continues a video.
func onlyContinues(f *adapter.VideoRequest) error {
	if f.Extends == "" {
		return nil
	}
	for param, given := range map[string]bool{
		"input_reference": f.Input != nil, "end_image": f.End != nil, "loop": f.Loop, "video_type": f.Type != "", "midjourney.batch_size": f.Midjourney.BatchSize > 1,
	} {
		if given {
			return adapter.BadParam(param, "invalid_value", "An extension goes on from the video's last frame, as one clip: '%s' cannot be used for it.", param)
		}
	}
	return nil
}

// onlyMoves refuses parameters and addresses in the words of a video that begins with a picture or a video, which looks as
// that does: it would be paid without them. Those of its own words, which people copy along, agree with it.
func (s *Service) onlyMoves(ctx context.Context, c adapter.Caller, f adapter.VideoRequest) error {
	if f.Input == nil && f.Extends == "" {
		return nil
	}
	words, err := prompt.Read(f.Prompt)
	if err != nil {
		return err
	}
	if len(words.Flags)+len(words.URLs) == 0 {
		return nil
	}
	own, err := s.filmedWords(ctx, c, f)
	if err != nil {
		return err
	}
	flags, urls := []prompt.Flag{{Name: "raw"}, {Name: "style", Value: "raw"}}, []string(nil)
	for _, text := range own {
		if p, err := prompt.Read(text); err == nil {
			flags, urls = append(flags, p.Flags...), append(urls, p.URLs...)
		}
	}
	for _, flag := range words.Flags {
		if !slices.Contains(flags, flag) {
			return adapter.BadParam("prompt", "invalid_value", "A video looks like the picture that it begins with: --%s cannot change that.", flag.Name)
		}
	}
	for _, url := range words.URLs {
		if !slices.Contains(urls, url) {
			return adapter.BadParam("prompt", "invalid_value", "A video begins with one picture, 'input_reference': no further ones can be named in its words.")
		}
	}
	return nil
}

// filmedWords are the words of what a video begins with: of its picture, and of the videos that it carries on.
func (s *Service) filmedWords(ctx context.Context, c adapter.Caller, f adapter.VideoRequest) (words []string, err error) {
	for {
		if f.Input != nil && f.Input.Image != "" {
			img, err := s.lib.Image(ctx, c, f.Input.Image)
			if err != nil && adapter.KindOf(err) != adapter.NotFound { // it may have been deleted since
				return nil, err
			}
			words = append(words, img.RevisedPrompt, img.Prompt)
		}
		if f.Extends == "" {
			return words, nil
		}
		run, err := s.video(ctx, c, f.Extends)
		if adapter.KindOf(err) == adapter.NotFound {
			return words, nil
		}
		if err == nil {
			f, err = adapter.VideoRequestOf(run)
		}
		if err != nil {
			return nil, err
		}
		words = append(words, f.Prompt)
	}
}

// filmAccount settles the frames and where the job goes: to the account that made the picture or the video.
func (s *Service) filmAccount(ctx context.Context, c adapter.Caller, f *adapter.VideoRequest, speed adapter.Speed) (adapter.Account, error) {
	if f.Extends != "" {
		run, err := s.video(ctx, c, f.Extends)
		if err != nil {
			return adapter.Account{}, err
		}
		return s.extendable(ctx, c, f, run)
	}
	made := ""
	for _, ref := range []**adapter.Reference{&f.Input, &f.End} {
		if *ref == nil {
			continue
		}
		settled, err := s.lib.ResolveOne(ctx, c, **ref)
		if err != nil {
			return adapter.Account{}, err
		}
		*ref = &settled
		if settled.Image != "" && made == "" {
			img, err := s.lib.Image(ctx, c, settled.Image)
			if err != nil {
				return adapter.Account{}, err
			}
			made = img.Upstream
		}
	}
	s.measure(ctx, f)
	if made != "" {
		return s.filmable(ctx, c, f, made)
	}
	account, has, err := s.able(ctx, c, speed, adapter.FeatureVideo)
	switch {
	case err != nil || has:
	case f.Input != nil && f.Seconds <= 4:
		err = onlyOwn()
	default:
		err = byButton(f)
	}
	return account, err
}

// byButton refuses what a picture's own Animate button cannot do: it makes one clip of about five seconds, as it likes.
func byButton(f *adapter.VideoRequest) error {
	if f.Seconds > 4 {
		return noExtensions()
	}
	for _, o := range []struct {
		param string
		given bool
	}{{"end_image", f.End != nil}, {"loop", f.Loop}, {"video_type", f.Type != ""}, {"midjourney.batch_size", f.Midjourney.BatchSize > 1}} {
		if o.given {
			return &adapter.Error{Kind: adapter.Unsupported, Code: "unsupported", Param: o.param,
				Message: fmt.Sprintf("This upstream makes videos only by a picture's own button, which knows no '%s': leave it out.", o.param)}
		}
	}
	return nil
}

func onlyOwn() *adapter.Error {
	return &adapter.Error{Kind: adapter.Unsupported, Code: "unsupported", Param: "input_reference",
		Message: "This upstream animates only pictures that it made itself: draw one through midgate first."}
}

// filmable chooses between submit/video and the Animate button for a picture that the account made.
func (s *Service) filmable(ctx context.Context, c adapter.Caller, f *adapter.VideoRequest, made string) (adapter.Account, error) {
	account, err := s.parts.Accounts.Made(ctx, c, made)
	if err != nil {
		return adapter.Account{}, err
	}
	has, err := account.Upstream.Has(ctx, adapter.FeatureVideo)
	if err != nil || has {
		return account, err
	}
	if err := byButton(f); err != nil {
		return account, err
	}
	if f.Input == nil || f.Input.Image == "" {
		return account, onlyOwn()
	}
	f.Animate = animateButton(f.Motion)
	img, err := s.lib.Image(ctx, c, f.Input.Image)
	if err != nil {
		return account, err
	}
	img = s.seen(ctx, c, img)
	if img.IsGrid() || !img.MayHave(f.Animate) {
		return account, unavailable("action", "Midjourney does not offer to animate this picture", img)
	}
	return account, nil
}
