package workflow

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"midgate/adapter"
	"midgate/adapter/jobs"
	"midgate/adapter/prompt"
	"midgate/adapter/spend"
)

// The ways in which an edit is made.
const (
	wayRegion  = "region"  // known picture and mask: (U), Vary (Region), dialog
	wayAct     = "act"     // known picture, the prompt is an action in plain words
	wayEdits   = "edits"   // submit/edits, with the masked area punched out
	wayRemix   = "remix"   // known picture where there is no submit/edits: a variation with another prompt
	wayPrompts = "prompts" // the pictures as image prompts of an imagine
)

// editing is an edit as its run remembers it: settled once, so that a resumed run goes the same way.
type editing struct {
	adapter.Edit
	Way   string       `json:"way"`
	Act   *adapter.Act `json:"act,omitempty"`
	Area  string       `json:"area,omitempty"`  // the mask in Midjourney's form, in Pictures
	Ratio string       `json:"ratio,omitempty"` // of the first picture, for a new one drawn after it
}

// Edit changes pictures.
func (s *Service) Edit(ctx context.Context, a adapter.Attempt, e adapter.Edit) (adapter.Ticket, error) {
	if err := checkImages(e.Images, 1, 16); err != nil {
		return nil, err
	}
	if strings.TrimSpace(e.Prompt) == "" {
		return nil, adapter.BadParam("prompt", "missing_required_parameter", "A prompt is needed: what should change?")
	}
	var err error
	if e.Images, err = s.lib.Resolve(ctx, a.Caller, e.Images); err != nil {
		return nil, err
	}
	if e, err = s.bringAlong(ctx, e); err != nil {
		return nil, err
	}
	account, err := s.editAccount(ctx, a.Caller, e)
	if err != nil {
		return nil, err
	}
	plan, err := s.planEdit(ctx, a.Caller, account, e)
	if err != nil {
		return nil, err
	}
	if plan.Way == wayPrompts || plan.Way == wayEdits { // which may have to be done by prompts
		if plan.Ratio, err = s.ratioOf(ctx, a.Caller, e.Images[0]); err != nil {
			return nil, err
		}
	}
	draw, err := s.drawing(plan.Generation, plan.options())
	if err != nil {
		return nil, err
	}
	takes, err := s.edited(ctx, a.Caller, plan, draw)
	if err != nil {
		return nil, err
	}
	return s.jobs.Accept(ctx, a, jobs.Spec{Kind: adapter.JobEdit, Model: e.Model, N: e.Count(), Request: plan, Account: account, Speed: draw.Speed, Takes: takes, Quarter: s.oneQuarter(e.Generation) && plan.Way != wayAct})
}

// bringAlong puts an edit's reference images behind its own, but not the one that is edited: its address may stand in the
// words. A mask belongs to one picture.
func (s *Service) bringAlong(ctx context.Context, e adapter.Edit) (adapter.Edit, error) {
	e.References = slices.DeleteFunc(slices.Clone(e.References), func(ref adapter.Reference) bool {
		return len(e.Images) == 1 && ref.Image != "" && ref.Image == e.Images[0].Image
	})
	if len(e.References) == 0 {
		return e, nil
	}
	mask, err := s.ownMask(ctx, e)
	if err != nil {
		return e, err
	}
	if mask != nil {
		return e, noReferences()
	}
	e.Images, e.References = append(slices.Clip(e.Images), e.References...), nil
	return e, checkImages(e.Images, 1, 16)
}

func noReferences() error {
	return adapter.BadParam("midjourney.reference_images", "invalid_value", "Further pictures cannot be used here; an edit without a mask takes several.")
}

// edited is the dearest course of an edit.
func (s *Service) edited(ctx context.Context, c adapter.Caller, plan editing, draw prompt.Drawing) (course, error) {
	takes := s.drawn(spend.Edit, plan.Generation, draw)
	if plan.Way != wayAct && plan.Way != wayRegion && plan.Way != wayRemix {
		return takes, nil
	}
	img, err := s.lib.Image(ctx, c, plan.Images[0].Image)
	if err != nil {
		return nil, err
	}
	if plan.Way == wayAct && plan.Act != nil {
		return s.pressed(img, *plan.Act, draw), nil
	}
	if img.Grid != "" && img.Single == nil {
		takes[spend.Upscale]++
	}
	return takes, nil
}

// editAccount is the account that made the first picture, if it is known, else any.
func (s *Service) editAccount(ctx context.Context, c adapter.Caller, e adapter.Edit) (adapter.Account, error) {
	if id := e.Images[0].Image; id != "" {
		img, err := s.lib.Image(ctx, c, id)
		if err != nil {
			return adapter.Account{}, err
		}
		return s.parts.Accounts.Made(ctx, c, img.Upstream)
	}
	draw, err := s.drawing(e.Generation, prompt.Options{Image: true})
	if err != nil {
		return adapter.Account{}, err
	}
	if len(e.Images) > 1 {
		return s.parts.Accounts.Choose(ctx, c, draw.Speed) // image prompts: everybody takes them
	}
	account, _, err := s.able(ctx, c, draw.Speed, adapter.FeatureEdits)
	return account, err
}

func checkImages(images []adapter.Reference, least, most int) error {
	switch n := len(images); {
	case n == 0:
		return adapter.BadParam("image", "missing_required_parameter", "A picture is needed: send it as the part image (or image[]), or as images[] in JSON.")
	case n < least:
		return adapter.BadParam("image", "invalid_value", "At least %d pictures are needed.", least)
	case n > most:
		return adapter.BadParam("image", "invalid_value", "At most %d pictures are allowed; there are %d.", most, n)
	}
	return nil
}

// ratioOf is the shape of a picture that came with a request; empty where nobody knows it.
func (s *Service) ratioOf(ctx context.Context, c adapter.Caller, ref adapter.Reference) (string, error) {
	w, h, err := s.sizeOf(ctx, c, ref)
	if err != nil || w == 0 || h == 0 {
		return "", err
	}
	ratio, err := prompt.Ratio(fmt.Sprintf("%dx%d", w, h))
	if err != nil {
		return "", nil //nolint:nilerr // a strip too long for Midjourney: its picture gets the usual shape
	}
	return ratio, nil
}

// sizeOf is the width and height of a picture that came with a request, in pixels; 0 where nobody knows it.
func (s *Service) sizeOf(ctx context.Context, c adapter.Caller, ref adapter.Reference) (w, h int, err error) {
	switch {
	case ref.Image != "":
		img, err := s.lib.Image(ctx, c, ref.Image)
		return img.Width, img.Height, err
	case ref.Upload != "":
		pic, err := s.parts.Pictures.Stat(ctx, ref.Upload)
		if err != nil {
			return 0, 0, fmt.Errorf("look at the upload: %w", err)
		}
		return pic.Width, pic.Height, nil
	}
	return 0, 0, nil
}

// options say what the way needs of the prompt.
func (e editing) options() prompt.Options {
	if e.Way != wayPrompts {
		return prompt.Options{Image: true}
	}
	return prompt.Options{Image: true, Ratio: e.Ratio, Fidelity: e.Fidelity}
}
