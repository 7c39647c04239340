package workflow

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"midgate/adapter"
)

// longestFilm is how many seconds Midjourney carries a video on to: a clip of about five and four extensions,
// in OpenAI's steps of four.
const longestFilm = 20

// extendable checks that a video can be continued, and returns the account that made it.
func (s *Service) extendable(ctx context.Context, c adapter.Caller, f *adapter.VideoRequest, run adapter.Job) (adapter.Account, error) {
	if run.Status != adapter.JobCompleted || run.Result == nil || run.Result.Task == "" {
		return adapter.Account{}, adapter.BadParam("video", "invalid_value", "Only a finished video can be extended.")
	}
	before, err := adapter.VideoRequestOf(run)
	if err != nil {
		return adapter.Account{}, fmt.Errorf("read the video's record: %w", err)
	}
	f.Before, f.Frame, f.Size = adapter.VideoLength(run, before), before.Frame, cmp.Or(f.Size, before.Size)
	if f.Length() > longestFilm {
		return adapter.Account{}, adapter.BadParam("seconds", "invalid_value",
			"Midjourney carries a video on to %d seconds; this one has %d already.", longestFilm, f.Before)
	}
	account, err := s.parts.Accounts.Made(ctx, c, run.UpstreamOf(run.Result.Task))
	if err != nil {
		return adapter.Account{}, err
	}
	has, err := account.Upstream.Has(ctx, adapter.FeatureVideo)
	if err == nil && !has {
		err = noExtensions()
	}
	return account, err
}

func noExtensions() *adapter.Error {
	return &adapter.Error{Kind: adapter.Unsupported, Code: "unsupported", Param: "seconds",
		Message: "This upstream makes clips of 4 seconds and cannot extend them."}
}

// measure notes the size of the first frame: what comes out has its shape. Not knowing it costs nothing.
func (s *Service) measure(ctx context.Context, f *adapter.VideoRequest) {
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
func (s *Service) Remix(ctx context.Context, a adapter.Attempt, videoID, prompt string) (adapter.Ticket, error) {
	run, err := s.video(ctx, a.Caller, videoID)
	if err != nil {
		return nil, err
	}
	if run.Status != adapter.JobCompleted {
		return nil, adapter.BadParam("video_id", "invalid_value", "Only a finished video can be remixed.")
	}
	f, err := adapter.VideoRequestOf(run)
	if err != nil {
		return nil, fmt.Errorf("read the video's record: %w", err)
	}
	for f.Extends != "" { // the frame is that of the clip at the beginning
		if run, err = s.video(ctx, a.Caller, f.Extends); err != nil {
			return nil, err
		}
		if f, err = adapter.VideoRequestOf(run); err != nil {
			return nil, fmt.Errorf("read the video's record: %w", err)
		}
	}
	if f.Input == nil {
		f.Input = &adapter.Reference{Image: adapter.DrawnFrame(run)}
	}
	f.RemixOf, f.Prompt, f.Animate = videoID, prompt, ""
	return s.Film(ctx, a, f)
}

// Animate makes a video of one of the caller's pictures: its animate action.
func (s *Service) Animate(ctx context.Context, a adapter.Attempt, act adapter.Act) (adapter.Ticket, error) {
	img, err := s.lib.Image(ctx, a.Caller, act.Image)
	if err != nil {
		return nil, err
	}
	if img.IsGrid() {
		if act.Index < 1 || act.Index > len(img.Cells) {
			return nil, adapter.BadParam("index", "missing_required_parameter", "This picture is a whole grid: %s needs an index from 1 to 4, or ask for one of its quarters.", act.Action)
		}
		act.Image, act.Index = img.Cells[act.Index-1], 0
	}
	if err := checkExtras(img, &act, act.Action); err != nil {
		return nil, err
	}
	f := adapter.VideoRequest{Generation: act.Generation, Input: &adapter.Reference{Image: act.Image}, Motion: "low"}
	f.Model = cmp.Or(f.Model, img.Model)
	if act.Action == adapter.ActAnimateHigh {
		f.Motion = "high"
	}
	return s.Film(ctx, a, f)
}

// animates reports whether an action makes a video.
func animates(action string) bool {
	return slices.Contains([]string{adapter.ActAnimateLow, adapter.ActAnimateHigh}, action)
}
