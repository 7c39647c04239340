package workflow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"midgate/adapter"
	"midgate/adapter/prompt"
)

// planEdit chooses the way, and refuses what cannot be done before anything is recorded.
func (s *Service) planEdit(ctx context.Context, c adapter.Caller, account adapter.Account, e adapter.Edit) (editing, error) {
	plan := editing{Edit: e}
	first := e.Images[0]
	if len(e.Images) > 1 {
		if e.Mask != nil {
			return plan, adapter.BadParam("image", "invalid_value", "Midjourney redraws a masked area of one picture alone: leave the mask or the further pictures out.")
		}
		if err := s.unerased(ctx, e); err != nil {
			return plan, err
		}
		plan.Way = wayPrompts
		return plan, noButton(e, "of one picture, and several came with it: send that one alone, or describe what is to be seen")
	}
	mask, err := s.ownMask(ctx, e)
	if err != nil {
		return plan, err
	}
	switch {
	case mask != nil:
		err = noButton(e, "of a whole picture, and a mask came with it: leave the mask out, or describe what is to be seen there")
	case first.Image == "":
		err = noButton(e, "of pictures that Midjourney made here, which this one is not: describe what is to be seen")
	}
	if err != nil {
		return plan, err
	}
	if first.Image == "" {
		return s.planUnknown(ctx, c, account, plan, mask)
	}
	img, err := s.lib.Image(ctx, c, first.Image)
	if err != nil {
		return plan, err
	}
	img = s.seen(ctx, c, img)
	if mask == nil {
		return s.planKnown(ctx, account, plan, img)
	}
	area, err := s.lib.Mask(ctx, c, img, *mask)
	if err != nil {
		return plan, err
	}
	plan.Area = area.Upload
	if !img.MayHave(adapter.ActVaryRegion) || img.IsGrid() {
		return s.orEdits(ctx, account, plan, noVaryRegion(img))
	}
	plan.Way = wayRegion
	return plan, inRegion(img, &plan.Generation)
}

// noButton refuses words that are a button where there is none to press: they would be drawn as words. A turn of a
// conversation is read as one before it comes here.
func noButton(e adapter.Edit, of string) error {
	b, ok := prompt.ReadButton(e.Prompt)
	if !ok || e.Standing {
		return nil
	}
	return adapter.BadParam("prompt", "invalid_value", "These words are the button %s %s.", b.Action, of)
}

// onlyPress refuses what stands beside a button's words and no press can use: it repeats the picture's own words and
// parameters, at any speed.
func onlyPress(img adapter.Image, b prompt.Button) error {
	switch {
	case b.Off != "":
		return adapter.BadParam("prompt", "invalid_value", "These words are the button %s, which has no %s: pictures go from 1 to 4, and a zoom is above 1 and at most 2. Or describe what is to be seen.", b.Action, b.Off)
	case b.Links:
		return adapter.BadParam("prompt", "invalid_value", "These words are the button %s, which takes no pictures: describe what is to be seen.", b.Action)
	}
	own, err := prompt.Read(cmp.Or(img.RevisedPrompt, img.Prompt))
	if err != nil {
		own = prompt.Prompt{}
	}
	for _, f := range b.Flags {
		value, has := own.Flag(f.Name)
		shape := fmt.Sprintf("%d:%d", img.Width, img.Height)
		switch {
		case has && value == f.Value, f.Name == "ar" && prompt.Alike(f.Value, shape), f.Name == "v" && img.Version == f.Value, f.Name == "niji" && img.Version == "niji "+f.Value:
			continue
		}
		return adapter.BadParam("prompt", "invalid_value", "These words are the button %s, which repeats the picture's own words and parameters: leave --%s out, or describe what is to be seen.", b.Action, f.Name)
	}
	return nil
}

// ownMask is the mask that came with the edit, or the picture itself where parts of it were erased.
func (s *Service) ownMask(ctx context.Context, e adapter.Edit) (*adapter.Reference, error) {
	if e.Mask != nil || e.Images[0].Upload == "" {
		return e.Mask, nil
	}
	holes, err := s.holes(ctx, e.Images[0])
	if err != nil || !holes {
		return nil, err
	}
	return &e.Images[0], nil
}

// holes reports whether parts of an upload are transparent.
func (s *Service) holes(ctx context.Context, ref adapter.Reference) (bool, error) {
	holes, err := s.parts.Retoucher.Holes(ctx, ref.Upload)
	if e, ok := errors.AsType[*adapter.Error](err); ok && e.Kind == adapter.Invalid {
		return false, adapter.BadParam("image", cmp.Or(e.Code, "invalid_value"), "%s", e.Message)
	}
	return holes, err
}

// unerased refuses several pictures where parts of one were erased that was made here: such pictures have no transparent
// parts of their own, as a stranger's logo may have.
func (s *Service) unerased(ctx context.Context, e adapter.Edit) error {
	for _, ref := range e.Images {
		if ref.Image == "" || ref.Upload == "" {
			continue
		}
		holes, err := s.holes(ctx, ref)
		if err != nil {
			return err
		}
		if holes {
			return adapter.BadParam("image", "invalid_value", "Parts of a picture were erased, and Midjourney draws parts anew of one picture alone: leave the further pictures out, or send the picture as it was.")
		}
	}
	return nil
}

func (s *Service) planKnown(ctx context.Context, account adapter.Account, plan editing, img adapter.Image) (editing, error) {
	b, ok := prompt.ReadButton(plan.Prompt)
	action, index := b.Action, b.Index
	if animates(action) {
		return plan, &adapter.Error{Kind: adapter.Unsupported, Code: "unsupported", Param: "prompt",
			Message: "This would be a video, which an image route cannot answer: use POST /v1/videos, or the action " + action + " of the picture."}
	}
	if ok {
		if err := onlyPress(img, b); err != nil && !plan.Standing {
			return plan, err
		} else if err != nil {
			ok = false
		}
	}
	if ok {
		act := adapter.Act{Generation: plan.Generation, Image: img.ID, Action: action, Index: index, Zoom: b.Zoom}
		act.Prompt, act.Midjourney.Speed = "", cmp.Or(string(b.Speed), act.Midjourney.Speed)
		if !img.IsGrid() {
			if index > 0 && index != max(img.Index, 1) {
				return plan, adapter.BadParam("prompt", "invalid_value", "A number chooses one of the pictures of a whole grid; this is one picture.")
			}
			act.Index = 0
		}
		if single(action) && act.Count() > 1 {
			if !plan.Once {
				return plan, checkExtras(img, &act, action)
			}
			act.N = 1
		}
		switch err := checkAct(img, &act); {
		case err != nil && !plan.Standing:
			return plan, inPrompt(err)
		case err == nil:
			if err := cmp.Or(onlyOwnLooks(act.Generation), onlyOwnShape(img, act.Size, ofWords), s.onlyOwnVersion(img, act.Model)); err != nil && !plan.Standing {
				return plan, err
			}
			plan.Way, plan.Act = wayAct, &act
			return plan, nil
		}
	}
	edits, err := account.Upstream.Has(ctx, adapter.FeatureEdits)
	if err != nil {
		return plan, err
	}
	plan.Way = wayWithoutEdits(img)
	if edits {
		plan.Way = wayEdits
	}
	return plan, nil
}

// inPrompt says of a button that cannot be pressed that it stood in the words.
func inPrompt(err error) error {
	e, ok := errors.AsType[*adapter.Error](err)
	if !ok || e.Param != "action" && e.Param != "index" && e.Param != "zoom" {
		return err
	}
	own := *e
	own.Param, own.Message = "prompt", strings.TrimSuffix(own.Message, ".")+". The words of this edit are a button: describe what is to be seen instead."
	return &own
}

// wayWithoutEdits is how a known picture is changed as a whole where there is no submit/edits.
func wayWithoutEdits(img adapter.Image) string {
	if !img.Bare() && !img.IsGrid() {
		return wayRemix
	}
	return wayPrompts
}

func (s *Service) planUnknown(ctx context.Context, c adapter.Caller, account adapter.Account, plan editing, mask *adapter.Reference) (editing, error) {
	if mask == nil {
		edits, err := account.Upstream.Has(ctx, adapter.FeatureEdits)
		plan.Way = wayPrompts
		if edits && plan.Images[0].Upload != "" {
			plan.Way = wayEdits
		}
		return plan, err
	}
	if plan.Images[0].Upload == "" {
		return plan, adapter.BadParam("image", "invalid_value", "A picture with a mask must be uploaded, or be one that was made here.")
	}
	pic, err := s.parts.Pictures.Stat(ctx, plan.Images[0].Upload)
	if err != nil {
		return plan, fmt.Errorf("look at the upload: %w", err)
	}
	area, err := s.lib.Mask(ctx, c, adapter.Image{Width: pic.Width, Height: pic.Height}, *mask)
	if err != nil {
		return plan, err
	}
	plan.Area = area.Upload
	return s.orEdits(ctx, account, plan, noRegion())
}

func noVaryRegion(img adapter.Image) *adapter.Error {
	return unavailable("image", "Midjourney does not offer Vary (Region) for this picture", img)
}

func noRegion() *adapter.Error {
	return &adapter.Error{Kind: adapter.Unsupported, Code: "unsupported", Param: "mask",
		Message: "This upstream cannot edit a region of a picture that Midjourney did not make here. Send the picture without a mask, or edit one that was made through midgate."}
}

// orEdits takes submit/edits where the upstream has it, else refuses.
func (s *Service) orEdits(ctx context.Context, account adapter.Account, plan editing, refusal *adapter.Error) (editing, error) {
	edits, err := account.Upstream.Has(ctx, adapter.FeatureEdits)
	if err != nil {
		return plan, err
	}
	if !edits {
		return plan, refusal
	}
	plan.Way = wayEdits
	return plan, nil
}
