package adapter

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// longestFilm is how many seconds Midjourney carries a video on to: a clip of about five and four extensions
// (upstream-protocol.md §10.2), in OpenAI's steps of four.
const longestFilm = 20

// extendable checks that a video can be continued, and returns the account that made it.
func (s *Studio) extendable(ctx context.Context, c Caller, f *Film, run Run) (Account, error) {
	if run.Status != RunCompleted || run.Result == nil || run.Result.Task == "" {
		return Account{}, BadParam("video", "invalid_value", "Only a finished video can be extended.")
	}
	before, err := FilmOf(run)
	if err != nil {
		return Account{}, fmt.Errorf("read the video's record: %w", err)
	}
	f.Before, f.Frame, f.Size = LengthOf(run, before), before.Frame, cmp.Or(f.Size, before.Size)
	if f.Length() > longestFilm {
		return Account{}, BadParam("seconds", "invalid_value",
			"Midjourney carries a video on to %d seconds; this one has %d already.", longestFilm, f.Before)
	}
	account, err := s.parts.Accounts.Made(ctx, c, run.at(run.Result.Task))
	if err != nil {
		return Account{}, err
	}
	has, err := account.Upstream.Has(ctx, FeatureVideo)
	if err == nil && !has {
		err = noExtensions()
	}
	return account, err
}

func noExtensions() *Error {
	return &Error{Kind: Unsupported, Code: "unsupported", Param: "seconds",
		Message: "This upstream makes clips of 4 seconds and cannot extend them."}
}

// measure notes the size of the first frame: what comes out has its shape. Not knowing it costs nothing.
func (s *Studio) measure(ctx context.Context, f *Film) {
	w, h := 0, 0
	switch {
	case f.Input == nil:
	case f.Input.Image != "":
		if img, err := s.parts.Store.Get(ctx, f.Input.Image); err == nil {
			w, h = img.Width, img.Height
		}
	case f.Input.Upload != "":
		if p, err := s.parts.Pictures.Stat(ctx, f.Input.Upload); err == nil {
			w, h = p.Width, p.Height
		}
	}
	if w > 0 && h > 0 {
		f.Frame = fmt.Sprintf("%dx%d", w, h)
	}
}

// Remix makes a video of the same first frame with another prompt.
func (s *Studio) Remix(ctx context.Context, a Attempt, videoID, prompt string) (Ticket, error) {
	run, err := s.video(ctx, a.Caller, videoID)
	if err != nil {
		return nil, err
	}
	if run.Status != RunCompleted {
		return nil, BadParam("video_id", "invalid_value", "Only a finished video can be remixed.")
	}
	f, err := FilmOf(run)
	if err != nil {
		return nil, fmt.Errorf("read the video's record: %w", err)
	}
	for f.Extends != "" { // the frame is that of the clip at the beginning
		if run, err = s.video(ctx, a.Caller, f.Extends); err != nil {
			return nil, err
		}
		if f, err = FilmOf(run); err != nil {
			return nil, fmt.Errorf("read the video's record: %w", err)
		}
	}
	if f.Input == nil {
		f.Input = &Reference{Image: derivedID(imagePrefix, run.Seed, stillName)}
	}
	f.RemixOf, f.Prompt, f.Animate = videoID, prompt, ""
	return s.Film(ctx, a, f)
}

// Animate makes a video of one of the caller's pictures: its animate action.
func (s *Studio) Animate(ctx context.Context, a Attempt, act Act) (Ticket, error) {
	img, err := s.lib.Image(ctx, a.Caller, act.Image)
	if err != nil {
		return nil, err
	}
	if img.IsGrid() {
		if act.Index < 1 || act.Index > len(img.Cells) {
			return nil, BadParam("index", "missing_required_parameter", "This picture is a whole grid: %s needs an index from 1 to 4, or ask for one of its quarters.", act.Action)
		}
		act.Image = img.Cells[act.Index-1]
	}
	f := Film{Generation: act.Generation, Input: &Reference{Image: act.Image}, Motion: "low"}
	f.Model = cmp.Or(f.Model, img.Model)
	if act.Action == ActAnimateHigh {
		f.Motion = "high"
	}
	return s.Film(ctx, a, f)
}

// animates reports whether an action makes a video.
func animates(action string) bool {
	return slices.Contains([]string{ActAnimateLow, ActAnimateHigh}, action)
}
