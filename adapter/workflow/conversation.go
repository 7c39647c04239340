package workflow

import (
	"cmp"
	"context"

	"midgate/adapter"
	"midgate/adapter/chat"
)

// Converse starts what a turn asks for. g carries the request's own settings (model, n, size, midjourney), attached the
// turn's pictures, settled as uploads. Without n a grid is shown as one picture.
func (s *Service) Converse(ctx context.Context, a adapter.Attempt, t chat.Turn, g adapter.Generation, attached []adapter.Reference) (adapter.Talk, error) {
	g.Prompt = t.Prompt
	if g.N == 0 && g.Midjourney.Grid == "" {
		g.Midjourney.Grid = adapter.GridWhole
	}
	switch t.Way {
	case chat.TurnAct:
		return s.converseAct(ctx, a, t, g)
	case chat.TurnDraw:
		ticket, err := s.Generate(ctx, a, g)
		return adapter.Talk{Ticket: ticket}, err
	}
	if t.Way == chat.TurnBlend && len(attached) < 2 {
		return adapter.Talk{}, adapter.BadParam("messages", "invalid_value", "Attach the pictures to blend, two to five of them.")
	}
	if len(attached) == 0 {
		img, err := s.meant(ctx, a.Caller, t)
		if err != nil {
			return adapter.Talk{}, err
		}
		attached = []adapter.Reference{{Image: img.ID}}
	}
	e := adapter.Edit{Generation: g, Images: attached}
	start := map[chat.Way]func(context.Context, adapter.Attempt, adapter.Edit) (adapter.Ticket, error){
		chat.TurnEdit: s.Edit, chat.TurnBlend: s.Blend, chat.TurnDescribe: s.Describe,
	}[t.Way]
	ticket, err := start(ctx, a, e)
	return adapter.Talk{Ticket: ticket}, err
}

// converseAct presses a button of the picture shown last. Where grids are split, picking a quarter is a local cut.
func (s *Service) converseAct(ctx context.Context, a adapter.Attempt, t chat.Turn, g adapter.Generation) (adapter.Talk, error) {
	img, err := s.meant(ctx, a.Caller, t)
	if err != nil {
		return adapter.Talk{}, err
	}
	switch {
	case t.Action == adapter.ActUpscale && s.gridMode(adapter.Generation{}) != adapter.GridUpscale:
		return adapter.Talk{Images: []adapter.Image{img}}, nil
	case t.Action == adapter.ActAnimateLow || t.Action == adapter.ActAnimateHigh:
		film := adapter.Film{Generation: g, Input: &adapter.Reference{Image: img.ID}}
		film.Prompt = ""
		if t.Action == adapter.ActAnimateHigh {
			film.Motion = "high"
		}
		ticket, err := s.Film(ctx, a, film)
		return adapter.Talk{Ticket: ticket}, err
	}
	g.Prompt = ""
	ticket, err := s.Act(ctx, a, adapter.Act{Generation: g, Image: img.ID, Action: t.Action, Zoom: t.Zoom})
	return adapter.Talk{Ticket: ticket}, err
}

// meant is the picture that a turn is about: the quarter that it names, the first where it names none, the whole grid
// for a reroll.
func (s *Service) meant(ctx context.Context, c adapter.Caller, t chat.Turn) (adapter.Image, error) {
	if len(t.Images) == 0 {
		return adapter.Image{}, adapter.BadParam("messages", "invalid_value", "There is no picture in this conversation yet: describe one to draw, or attach one.")
	}
	img, err := s.lib.Image(ctx, c, t.Images[0])
	if err != nil {
		return adapter.Image{}, err
	}
	which := cmp.Or(t.Index, 1) - 1
	switch {
	case img.IsGrid() && t.Action == adapter.ActReroll:
		return img, nil
	case img.IsGrid() && which < len(img.Cells):
		return s.lib.Image(ctx, c, img.Cells[which])
	case t.Index > 0 && which < len(t.Images):
		return s.lib.Image(ctx, c, t.Images[which])
	default:
		return img, nil
	}
}
