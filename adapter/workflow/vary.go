package workflow

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"midgate/adapter"
	"midgate/adapter/jobs"
	"midgate/adapter/prompt"
	"midgate/adapter/spend"
)

// varying is a variation as its run remembers it.
type varying struct {
	adapter.Edit
	Act *adapter.Act `json:"act,omitempty"` // a known picture: its button
}

// Vary makes variations of one picture: by its own V or Vary (Subtle) button when it is known, else as an image prompt
// with the first of its descriptions as text. Only Images[0] is used.
func (s *Service) Vary(ctx context.Context, a adapter.Attempt, e adapter.Edit) (adapter.Ticket, error) {
	if len(e.References) > 0 {
		return nil, noReferences()
	}
	if err := checkImages(e.Images, 1, 1); err != nil {
		return nil, err
	}
	var err error
	if e.Images, err = s.lib.Resolve(ctx, a.Caller, e.Images); err != nil {
		return nil, err
	}
	draw, err := s.drawing(e.Generation, prompt.Options{Image: true})
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
		img = s.seen(ctx, a.Caller, img)
		plan.Act = varyOf(img, e.Generation)
		if plan.Act != nil {
			if err := checkExtras(img, plan.Act, plan.Act.Action); err != nil {
				return nil, err
			}
			if !worded(plan.Act) {
				if err := cmp.Or(onlyOwnLooks(e.Generation), onlyOwnShape(img, e.Size, ofWords), s.onlyOwnVersion(img, e.Model)); err != nil {
					return nil, err
				}
			}
		}
	}
	takes := s.drawn(spend.Vary, e.Generation, draw)
	if plan.Act == nil {
		takes = s.drawn(spend.Generation, e.Generation, draw)
		takes[spend.Describe] = 1 // what the picture shows, where it cannot be edited
	}
	return s.jobs.Accept(ctx, a, jobs.Spec{Kind: adapter.JobVariation, Model: e.Model, N: e.Count(), Request: plan, Account: account, Speed: draw.Speed, Takes: takes, Quarter: s.oneQuarter(e.Generation)})
}

// varyOf is the button that varies a known picture; nil if it has none.
func varyOf(img adapter.Image, g adapter.Generation) *adapter.Act {
	for _, action := range []string{adapter.ActVary, adapter.ActVarySubtle, adapter.ActReroll} {
		act := adapter.Act{Generation: g, Image: img.ID, Action: action, Index: img.Index}
		for _, offered := range img.Offers() {
			if offered == action && (action != adapter.ActVary || img.Index > 0) {
				return &act
			}
		}
	}
	return nil
}

func (q *Run) vary(e *varying) (adapter.Result, error) {
	account, err := q.Account()
	if err != nil {
		return adapter.Result{}, err
	}
	if e.Act != nil {
		return q.varyKnown(e, account)
	}
	draw, err := q.s.drawing(e.Generation, prompt.Options{Image: true})
	if err != nil {
		return adapter.Result{}, err
	}
	pictures, err := q.Attachments(e.Images)
	if err != nil {
		return adapter.Result{}, err
	}
	told, _, err := q.DoAnywhere(&jobs.StepRequest{Step: "describe", Account: account, Speed: draw.Speed, Command: adapter.Describe{Picture: pictures[0]}})
	if err != nil {
		return adapter.Result{}, err
	}
	if len(told.Texts) > 0 {
		e.Prompt = described(told.Texts[0], e.Prompt)
	}
	if draw, err = q.s.drawing(e.Generation, prompt.Options{Image: true}); err != nil {
		return adapter.Result{}, err
	}
	from := &Origin{Request: e.Generation, Drawing: draw, Account: account, Action: adapter.ActVary}
	return q.drawGrids("imagine", adapter.Imagine{Prompt: draw.Prompt, Niji: draw.Niji, Pictures: pictures}, from)
}

// described is what a picture shows, and then what its client wants of it: the client's addresses and parameters, not those
// of the description.
func described(told, words string) string {
	if strings.TrimSpace(words) == "" {
		return told
	}
	if t, err := prompt.Parse(told); err == nil {
		told = t.Text
	} else {
		told, _, _ = strings.Cut(told, " --")
	}
	p, err := prompt.Parse(words)
	if err != nil { // parameters alone
		return told + " " + words
	}
	p.Text = told + ", " + p.Text
	return p.Whole()
}

// varyKnown presses the picture's own button; one press gives four variations.
func (q *Run) varyKnown(e *varying, account adapter.Account) (adapter.Result, error) {
	img, err := q.image(e.Act.Image)
	if err != nil {
		return adapter.Result{}, fmt.Errorf("read the picture: %w", err)
	}
	draw, err := q.s.actDrawing(img, *e.Act)
	if err != nil {
		return adapter.Result{}, err
	}
	from := &Origin{Request: e.Generation, Drawing: draw, Account: account, Parent: img.ID, Action: e.Act.Action, Version: img.Version}
	return q.repeatGrids(&from.Request, func(i, share int) (adapter.Result, error) {
		return q.actOn(img, e.Act, from, i, share)
	})
}
