package workflow

import (
	"cmp"
	"context"
	"slices"

	"midgate/adapter"
	"midgate/adapter/chat"
	"midgate/adapter/prompt"
)

// Converse starts what a turn asks for. g carries the request's own settings (model, n, size, midjourney), attached the
// turn's pictures, settled as uploads. Without n a grid is shown as one picture.
func (s *Service) Converse(ctx context.Context, a adapter.Attempt, t chat.Turn, g adapter.Generation, attached []adapter.Reference) (adapter.TurnAnswer, error) {
	g.Prompt = t.Prompt
	if g.N == 0 && g.Midjourney.Grid == "" {
		g.Midjourney.Grid = adapter.GridWhole
	}
	switch {
	case t.Way == chat.TurnShow:
		return s.show(ctx, a.Caller, t)
	case t.Action == chat.ActExtend:
		film := adapter.VideoRequest{Generation: g, Extends: t.Video}
		film.Prompt, film.References, film.Midjourney.ReferenceImages, film.Midjourney.BatchSize = t.Extra, nil, nil, 0 // settings of every turn
		return talk(s.Film(ctx, a, film))
	case t.Way == chat.TurnDraw:
		g.References = append(g.References, attached...)
		return talk(s.Generate(ctx, a, g))
	case t.Way == chat.TurnBlend && len(attached) < 2:
		return adapter.TurnAnswer{}, adapter.BadParam("messages", "invalid_value", "Attach the pictures to blend, two to five of them.")
	}
	if len(attached) == 0 {
		img, err := s.meant(ctx, a.Caller, t)
		if err != nil {
			return adapter.TurnAnswer{}, err
		}
		if t.Way == chat.TurnAct {
			return s.converseAct(ctx, a, t, g, img)
		}
		attached = []adapter.Reference{{Image: img.ID}}
	}
	e := adapter.Edit{Generation: g, Images: attached, Standing: true}
	if err := s.shaped(ctx, a.Caller, t, &e); err != nil {
		return adapter.TurnAnswer{}, err
	}
	switch t.Way {
	case chat.TurnAct:
		return s.converseActOn(ctx, a, t, e)
	case chat.TurnBlend:
		e.Images, e.References = append(e.Images, e.References...), nil
		return talk(s.Blend(ctx, a, e))
	case chat.TurnDescribe:
		return talk(s.Describe(ctx, a, e))
	default:
		return talk(s.Edit(ctx, a, e))
	}
}

// shaped gives an edit the shape that the words name beside what else changes.
func (s *Service) shaped(ctx context.Context, c adapter.Caller, t chat.Turn, e *adapter.Edit) error {
	if t.Way != chat.TurnEdit || t.Size == "" {
		return nil
	}
	w, h, err := s.sizeOf(ctx, c, e.Images[0])
	if err != nil || t.Size == "square" && w == h && w > 0 {
		return err
	}
	ratio, err := reshaped(t.Size, w, h)
	if err == nil {
		e.Size = ratio
	}
	return err
}

func talk(ticket adapter.Ticket, err error) (adapter.TurnAnswer, error) {
	return adapter.TurnAnswer{Ticket: ticket}, err
}

// converseAct presses a button of a picture. Where grids are split, picking a quarter is a local cut.
func (s *Service) converseAct(ctx context.Context, a adapter.Attempt, t chat.Turn, g adapter.Generation, img adapter.Image) (adapter.TurnAnswer, error) {
	g.Prompt = ""
	if t.Action == adapter.ActUpscale && s.gridMode(&adapter.Generation{}) != adapter.GridUpscale {
		return adapter.TurnAnswer{Images: []adapter.Image{img}}, nil
	}
	if err := keepsLooks(t, g, img); err != nil {
		return adapter.TurnAnswer{}, err
	}
	switch t.Action {
	case adapter.ActAnimateLow, adapter.ActAnimateHigh:
		return s.converseAnimate(ctx, a, t, g, adapter.Reference{Image: img.ID})
	case chat.ActReshape:
		return s.reshape(ctx, a, t, g, img)
	case adapter.ActReroll:
		if t.Extra != "" { // the same words and more: a press takes none where Remix is off
			p, err := prompt.Parse(cmp.Or(img.Prompt, img.RevisedPrompt))
			if err != nil {
				return adapter.TurnAnswer{}, err
			}
			p.Text += ", " + t.Extra // before its parameters: some take all the words behind them
			g.Prompt = p.Whole()
			return talk(s.Generate(ctx, a, g))
		}
	}
	return talk(s.Act(ctx, a, adapter.Act{Generation: g, Image: img.ID, Action: t.Action, Zoom: t.Zoom, Standing: true}))
}

// keepsLooks refuses the settings of a turn that is a button, unless the picture was drawn with the same: a program that
// sends them with every turn asks for nothing else.
func keepsLooks(t chat.Turn, g adapter.Generation, img adapter.Image) error {
	if t.Action == chat.ActReshape || t.Action == adapter.ActReroll && t.Extra != "" { // drawn anew, with them
		return nil
	}
	if slices.Contains(g.Midjourney.Unasked, "seed") { // programs send one with every turn, and a button has no use for it
		g.Midjourney.Seed = nil
	}
	name := prompt.Lacks(cmp.Or(img.RevisedPrompt, img.Prompt), g.Midjourney)
	if name == "" {
		return nil
	}
	param := "midjourney." + name
	if slices.Contains(g.Midjourney.Unasked, name) {
		param = cmp.Or(map[string]string{"no": "negative_prompt"}[name], name)
	}
	return adapter.BadParam(param, "invalid_value", "This turn is a button, which repeats the picture's own words and settings: leave '%s' out, or say what is to be seen.", param)
}

// converseActOn presses a button of a picture that came with the conversation: one of ours has its buttons, any other can
// be animated, and changed as the words say.
func (s *Service) converseActOn(ctx context.Context, a adapter.Attempt, t chat.Turn, e adapter.Edit) (adapter.TurnAnswer, error) {
	first, err := s.lib.ResolveOne(ctx, a.Caller, e.Images[0])
	if err != nil {
		return adapter.TurnAnswer{}, err
	}
	e.Images[0] = first
	switch {
	case first.Image != "":
		t.Images = []string{first.Image}
		img, err := s.meant(ctx, a.Caller, t)
		if err != nil {
			return adapter.TurnAnswer{}, err
		}
		return s.converseAct(ctx, a, t, e.Generation, img)
	case animates(t.Action):
		return s.converseAnimate(ctx, a, t, e.Generation, first)
	case single(t.Action):
		return adapter.TurnAnswer{}, adapter.BadParam("messages", "invalid_value", "Midjourney upscales only pictures that it made itself.")
	case t.Action == chat.ActReshape:
		w, h, err := s.sizeOf(ctx, a.Caller, first)
		if err != nil {
			return adapter.TurnAnswer{}, err
		}
		if e.Size, err = reshaped(t.Size, w, h); err != nil {
			return adapter.TurnAnswer{}, err
		}
	}
	return talk(s.Edit(ctx, a, e))
}

func (s *Service) converseAnimate(ctx context.Context, a adapter.Attempt, t chat.Turn, g adapter.Generation, frame adapter.Reference) (adapter.TurnAnswer, error) {
	film := adapter.VideoRequest{Generation: g, Input: &frame}
	film.Prompt, film.References, film.Midjourney.ReferenceImages = t.Extra, nil, nil // settings of every turn
	if t.Action == adapter.ActAnimateHigh {
		film.Motion = "high"
	}
	return talk(s.Film(ctx, a, film))
}

// show answers with pictures that are there already.
func (s *Service) show(ctx context.Context, c adapter.Caller, t chat.Turn) (adapter.TurnAnswer, error) {
	if t.Index > 0 {
		img, err := s.meant(ctx, c, t)
		return adapter.TurnAnswer{Images: []adapter.Image{img}}, err
	}
	if t.Action == chat.ActBack {
		img, err := s.lib.Image(ctx, c, t.Images[0])
		if err != nil {
			return adapter.TurnAnswer{}, err
		}
		t.Images = []string{cmp.Or(img.Parent, img.Grid, img.ID)}
	}
	var all []adapter.Image
	for _, id := range t.Images {
		img, err := s.lib.Image(ctx, c, id)
		if err != nil {
			return adapter.TurnAnswer{}, err
		}
		all = append(all, img)
	}
	return adapter.TurnAnswer{Images: all}, nil
}

// meant is the picture that a turn is about.
func (s *Service) meant(ctx context.Context, c adapter.Caller, t chat.Turn) (adapter.Image, error) {
	return t.Picture(func(id string) (adapter.Image, error) { return s.lib.Image(ctx, c, id) })
}
