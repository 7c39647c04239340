package workflow

import (
	"context"
	"strconv"
	"strings"

	"midgate/adapter"
	"midgate/adapter/jobs"
	"midgate/adapter/prompt"
	"midgate/adapter/spend"
)

// Blend mixes two to five pictures into one.
func (s *Service) Blend(ctx context.Context, a adapter.Attempt, e adapter.Edit) (adapter.Ticket, error) {
	if len(e.References) > 0 {
		return nil, noReferences()
	}
	if err := checkImages(e.Images, 2, 5); err != nil {
		return nil, err
	}
	if _, err := dimensions(e.Size); err != nil {
		return nil, err
	}
	return s.openPictures(ctx, a, adapter.JobBlend, e)
}

// Describe asks for four prompts that could have made a picture.
func (s *Service) Describe(ctx context.Context, a adapter.Attempt, e adapter.Edit) (adapter.Ticket, error) {
	if err := checkImages(e.Images, 1, 1); err != nil {
		return nil, err
	}
	return s.openPictures(ctx, a, adapter.JobDescription, e)
}

// openPictures opens a run that needs nothing but pictures.
func (s *Service) openPictures(ctx context.Context, a adapter.Attempt, kind adapter.JobKind, e adapter.Edit) (adapter.Ticket, error) {
	var err error
	if e.Images, err = s.lib.Resolve(ctx, a.Caller, e.Images); err != nil {
		return nil, err
	}
	draw, err := s.drawing(e.Generation, prompt.Options{Image: true})
	if err != nil {
		return nil, err
	}
	account, err := s.parts.Accounts.Choose(ctx, a.Caller, draw.Speed)
	if err != nil {
		return nil, err
	}
	takes := course{spend.Describe: 1}
	if kind == adapter.JobBlend {
		takes = s.drawn(spend.Blend, e.Generation, draw)
	}
	return s.jobs.Accept(ctx, a, jobs.Spec{Kind: kind, Model: e.Model, N: e.Count(), Request: e, Account: account, Speed: draw.Speed, Takes: takes,
		Quarter: kind == adapter.JobBlend && s.oneQuarter(e.Generation)})
}

// Shorten asks for shorter versions of a prompt.
func (s *Service) Shorten(ctx context.Context, a adapter.Attempt, g adapter.Generation) (adapter.Ticket, error) {
	draw, err := s.drawing(g, prompt.Options{})
	if err != nil {
		return nil, err
	}
	account, has, err := s.able(ctx, a.Caller, draw.Speed, adapter.FeatureShorten)
	if err != nil {
		return nil, err
	}
	if !has {
		return nil, &adapter.Error{Kind: adapter.Unsupported, Code: "unsupported", Message: "This upstream cannot shorten prompts."}
	}
	return s.jobs.Accept(ctx, a, jobs.Spec{Kind: adapter.JobShorten, Model: g.Model, N: 1, Request: g, Account: account, Speed: draw.Speed, Takes: course{spend.Shorten: 1}})
}

func (q *Run) blend(e *adapter.Edit) (adapter.Result, error) {
	account, err := q.Account()
	if err != nil {
		return adapter.Result{}, err
	}
	draw, err := q.s.drawing(e.Generation, prompt.Options{Image: true})
	if err != nil {
		return adapter.Result{}, err
	}
	pictures, err := q.Attachments(e.Images)
	if err != nil {
		return adapter.Result{}, err
	}
	shape, err := dimensions(e.Size)
	if err != nil {
		return adapter.Result{}, err
	}
	from := &Origin{Request: e.Generation, Drawing: draw, Account: account, Parent: e.Images[0].Image, Action: "blend"}
	return q.drawGrids("blend", adapter.Blend{Pictures: pictures, Dimensions: shape}, from)
}

func (q *Run) describe(e *adapter.Edit) (adapter.Result, error) {
	account, err := q.Account()
	if err != nil {
		return adapter.Result{}, err
	}
	pictures, err := q.Attachments(e.Images)
	if err != nil {
		return adapter.Result{}, err
	}
	return q.texts(&jobs.StepRequest{Step: "describe", Account: account, Speed: q.job.Speed, Command: adapter.Describe{Picture: pictures[0]}})
}

func (q *Run) shorten(g *adapter.Generation) (adapter.Result, error) {
	account, err := q.Account()
	if err != nil {
		return adapter.Result{}, err
	}
	p, err := prompt.Parse(g.Prompt) // the client's own words, without their speed: the path says it
	if err != nil {
		return adapter.Result{}, err
	}
	return q.texts(&jobs.StepRequest{Step: "shorten", Account: account, Speed: q.job.Speed, Command: adapter.Shorten{Prompt: p.String()}})
}

func (q *Run) texts(o *jobs.StepRequest) (adapter.Result, error) {
	task, _, err := q.DoAnywhere(o)
	if err != nil {
		return adapter.Result{}, err
	}
	if len(task.Texts) == 0 {
		return adapter.Result{}, adapter.Errorf(adapter.Failed, "Midjourney finished the job without a text.")
	}
	return adapter.Result{Texts: task.Texts}, nil
}

// dimensions is a blend's shape for an OpenAI size: higher than wide, square or wider than high.
func dimensions(size string) (string, error) {
	ratio, err := prompt.Ratio(size)
	if err != nil || ratio == "" {
		return "", err
	}
	w, h, _ := strings.Cut(ratio, ":")
	wide, _ := strconv.Atoi(w)
	high, _ := strconv.Atoi(h)
	switch {
	case wide < high:
		return "PORTRAIT", nil
	case wide > high:
		return "LANDSCAPE", nil
	default:
		return "SQUARE", nil
	}
}
