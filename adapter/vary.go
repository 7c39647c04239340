package adapter

import (
	"context"
	"fmt"
)

// varying is a variation as its run remembers it.
type varying struct {
	Edit
	Act *Act `json:"act,omitempty"` // a known picture: its button
}

// Vary makes variations of one picture: by its own V or Vary (Subtle) button when it is known, else as an image prompt
// with the first of its descriptions as text (contract.md §6). Only Images[0] is used.
func (s *Studio) Vary(ctx context.Context, a Attempt, e Edit) (Ticket, error) {
	if err := checkImages(e.Images, 1, 1); err != nil {
		return nil, err
	}
	var err error
	if e.Images, err = s.lib.sources(ctx, a.Caller, e.Images); err != nil {
		return nil, err
	}
	draw, err := s.drawing(e.Generation, DrawOptions{Image: true})
	if err != nil {
		return nil, err
	}
	plan := varying{Edit: e}
	account, err := s.editAccount(ctx, a.Caller, e)
	if err != nil {
		return nil, err
	}
	if e.Images[0].Image != "" {
		img, err := s.lib.Image(ctx, a.Caller, e.Images[0].Image)
		if err != nil {
			return nil, err
		}
		plan.Act = varyOf(img, e.Generation)
	}
	return s.jobs.Accept(ctx, a, work{kind: KindVariation, model: e.Model, n: e.count(), request: plan, account: account, speed: draw.Speed, quarter: s.oneQuarter(e.Generation)})
}

// varyOf is the button that varies a known picture; nil if it has none.
func varyOf(img Image, g Generation) *Act {
	for _, action := range []string{ActVary, ActVarySubtle, ActReroll} {
		act := Act{Generation: g, Image: img.ID, Action: action, Index: img.Index}
		for _, offered := range img.Offers() {
			if offered == action && (action != ActVary || img.Index > 0) {
				return &act
			}
		}
	}
	return nil
}

func (q *recipe) vary(run Run, e varying) (Result, error) {
	account, err := q.account()
	if err != nil {
		return Result{}, err
	}
	if e.Act != nil {
		return q.varyKnown(run, e, account)
	}
	draw, err := q.s.drawing(e.Generation, DrawOptions{Image: true})
	if err != nil {
		return Result{}, err
	}
	pictures, err := q.attachments(e.Images)
	if err != nil {
		return Result{}, err
	}
	told, _, err := q.doAnywhere(order{step: "describe", account: account, speed: draw.Speed, command: Describe{Picture: pictures[0]}})
	if err != nil {
		return Result{}, err
	}
	if len(told.Texts) > 0 {
		e.Prompt = told.Texts[0]
	}
	if draw, err = q.s.drawing(e.Generation, DrawOptions{Image: true}); err != nil {
		return Result{}, err
	}
	from := provenance{run: run, gen: e.Generation, draw: draw, account: account, action: ActVary}
	return q.repeatGrids(e.count(), func(i, share int) (Result, error) {
		from := from
		from.name = numbered("imagine", i)
		return q.grid(order{step: from.name, account: account, speed: draw.Speed, command: Imagine{Prompt: draw.Prompt, Niji: draw.Niji, Pictures: pictures}}, from, share)
	})
}

// varyKnown presses the picture's own button; one press gives four variations.
func (q *recipe) varyKnown(run Run, e varying, account Account) (Result, error) {
	img, err := q.s.parts.Store.Get(q.ctx, e.Act.Image)
	if err != nil {
		return Result{}, fmt.Errorf("read the picture: %w", err)
	}
	draw, err := q.s.actDrawing(img, *e.Act)
	if err != nil {
		return Result{}, err
	}
	from := provenance{run: run, gen: e.Generation, draw: draw, account: account, parent: img.ID, action: e.Act.Action, version: img.Version}
	return q.repeatGrids(e.count(), func(i, share int) (Result, error) {
		return q.actOn(img, *e.Act, from, i, share)
	})
}
