package adapter

import (
	"context"
	"strconv"
	"strings"
)

// Blend mixes two to five pictures into one (upstream-protocol.md §1.6).
func (s *Studio) Blend(ctx context.Context, a Attempt, e Edit) (Ticket, error) {
	if err := checkImages(e.Images, 2, 5); err != nil {
		return nil, err
	}
	if _, err := dimensions(e.Size); err != nil {
		return nil, err
	}
	return s.openPictures(ctx, a, KindBlend, e)
}

// Describe asks for four prompts that could have made a picture.
func (s *Studio) Describe(ctx context.Context, a Attempt, e Edit) (Ticket, error) {
	if err := checkImages(e.Images, 1, 1); err != nil {
		return nil, err
	}
	return s.openPictures(ctx, a, KindDescription, e)
}

// openPictures opens a run that needs nothing but pictures.
func (s *Studio) openPictures(ctx context.Context, a Attempt, kind string, e Edit) (Ticket, error) {
	var err error
	if e.Images, err = s.lib.sources(ctx, a.Caller, e.Images); err != nil {
		return nil, err
	}
	draw, err := s.drawing(e.Generation, DrawOptions{Image: true})
	if err != nil {
		return nil, err
	}
	account, err := s.parts.Accounts.Choose(ctx, a.Caller, draw.Speed)
	if err != nil {
		return nil, err
	}
	return s.jobs.Accept(ctx, a, work{kind: kind, model: e.Model, n: e.count(), request: e, account: account, speed: draw.Speed,
		quarter: kind == KindBlend && s.oneQuarter(e.Generation)})
}

// Shorten asks for shorter versions of a prompt.
func (s *Studio) Shorten(ctx context.Context, a Attempt, g Generation) (Ticket, error) {
	draw, err := s.drawing(g, DrawOptions{})
	if err != nil {
		return nil, err
	}
	account, has, err := s.able(ctx, a.Caller, draw.Speed, FeatureShorten)
	if err != nil {
		return nil, err
	}
	if !has {
		return nil, &Error{Kind: Unsupported, Code: "unsupported", Message: "This upstream cannot shorten prompts."}
	}
	return s.jobs.Accept(ctx, a, work{kind: KindShorten, model: g.Model, n: 1, request: g, account: account, speed: draw.Speed})
}

func (q *recipe) blend(run Run, e Edit) (Result, error) {
	account, err := q.account()
	if err != nil {
		return Result{}, err
	}
	draw, err := q.s.drawing(e.Generation, DrawOptions{Image: true})
	if err != nil {
		return Result{}, err
	}
	pictures, err := q.attachments(e.Images)
	if err != nil {
		return Result{}, err
	}
	shape, err := dimensions(e.Size)
	if err != nil {
		return Result{}, err
	}
	from := provenance{run: run, gen: e.Generation, draw: draw, account: account, parent: e.Images[0].Image, action: "blend"}
	return q.repeatGrids(e.count(), func(i, share int) (Result, error) {
		from := from
		from.name = numbered("blend", i)
		return q.grid(order{step: from.name, account: account, speed: draw.Speed, command: Blend{Pictures: pictures, Dimensions: shape}}, from, share)
	})
}

func (q *recipe) describe(run Run, e Edit) (Result, error) {
	account, err := q.account()
	if err != nil {
		return Result{}, err
	}
	pictures, err := q.attachments(e.Images)
	if err != nil {
		return Result{}, err
	}
	return q.texts(order{step: "describe", account: account, speed: run.Speed, command: Describe{Picture: pictures[0]}})
}

func (q *recipe) shorten(run Run, g Generation) (Result, error) {
	account, err := q.account()
	if err != nil {
		return Result{}, err
	}
	p, err := ParsePrompt(g.Prompt) // the client's own words, without their speed: the path says it
	if err != nil {
		return Result{}, err
	}
	return q.texts(order{step: "shorten", account: account, speed: run.Speed, command: Shorten{Prompt: p.String()}})
}

func (q *recipe) texts(o order) (Result, error) {
	task, _, err := q.doAnywhere(o)
	if err != nil {
		return Result{}, err
	}
	if len(task.Texts) == 0 {
		return Result{}, Errorf(Failed, "Midjourney finished the job without a text.")
	}
	return Result{Texts: task.Texts}, nil
}

// dimensions is a blend's shape for an OpenAI size: higher than wide, square or wider than high.
func dimensions(size string) (string, error) {
	ratio, err := Ratio(size)
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
