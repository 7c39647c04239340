package adapter

import (
	"cmp"
	"context"
)

// Converse starts what a turn asks for. g carries the request's own settings (model, n, size, midjourney), attached the
// turn's pictures, settled as uploads. Without n a grid is shown as one picture.
func (s *Studio) Converse(ctx context.Context, a Attempt, t Turn, g Generation, attached []Reference) (Talk, error) {
	g.Prompt = t.Prompt
	if g.N == 0 && g.Midjourney.Grid == "" {
		g.Midjourney.Grid = GridWhole
	}
	switch t.Way {
	case TurnAct:
		return s.converseAct(ctx, a, t, g)
	case TurnDraw:
		ticket, err := s.Generate(ctx, a, g)
		return Talk{Ticket: ticket}, err
	}
	if t.Way == TurnBlend && len(attached) < 2 {
		return Talk{}, BadParam("messages", "invalid_value", "Attach the pictures to blend, two to five of them.")
	}
	if len(attached) == 0 {
		img, err := s.meant(ctx, a.Caller, t)
		if err != nil {
			return Talk{}, err
		}
		attached = []Reference{{Image: img.ID}}
	}
	e := Edit{Generation: g, Images: attached}
	start := map[TurnWay]func(context.Context, Attempt, Edit) (Ticket, error){
		TurnEdit: s.Edit, TurnBlend: s.Blend, TurnDescribe: s.Describe,
	}[t.Way]
	ticket, err := start(ctx, a, e)
	return Talk{Ticket: ticket}, err
}

// converseAct presses a button of the picture shown last. Where grids are split, picking a quarter is a local cut.
func (s *Studio) converseAct(ctx context.Context, a Attempt, t Turn, g Generation) (Talk, error) {
	img, err := s.meant(ctx, a.Caller, t)
	if err != nil {
		return Talk{}, err
	}
	switch {
	case t.Action == ActUpscale && s.gridMode(Generation{}) != GridUpscale:
		return Talk{Images: []Image{img}}, nil
	case t.Action == ActAnimateLow || t.Action == ActAnimateHigh:
		film := Film{Generation: g, Input: &Reference{Image: img.ID}}
		film.Prompt = ""
		if t.Action == ActAnimateHigh {
			film.Motion = "high"
		}
		ticket, err := s.Film(ctx, a, film)
		return Talk{Ticket: ticket}, err
	}
	g.Prompt = ""
	ticket, err := s.Act(ctx, a, Act{Generation: g, Image: img.ID, Action: t.Action, Zoom: t.Zoom})
	return Talk{Ticket: ticket}, err
}

// meant is the picture that a turn is about: the quarter that it names, the first where it names none, the whole grid
// for a reroll.
func (s *Studio) meant(ctx context.Context, c Caller, t Turn) (Image, error) {
	if len(t.Images) == 0 {
		return Image{}, BadParam("messages", "invalid_value", "There is no picture in this conversation yet: describe one to draw, or attach one.")
	}
	img, err := s.lib.Image(ctx, c, t.Images[0])
	if err != nil {
		return Image{}, err
	}
	which := cmp.Or(t.Index, 1) - 1
	switch {
	case img.IsGrid() && t.Action == ActReroll:
		return img, nil
	case img.IsGrid() && which < len(img.Cells):
		return s.lib.Image(ctx, c, img.Cells[which])
	case t.Index > 0 && which < len(t.Images):
		return s.lib.Image(ctx, c, t.Images[which])
	default:
		return img, nil
	}
}
