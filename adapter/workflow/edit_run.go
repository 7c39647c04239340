package workflow

import (
	"fmt"
	"slices"

	"midgate/adapter"
	"midgate/adapter/jobs"
	"midgate/adapter/prompt"
)

// edit goes the way that was planned.
func (q *Run) edit(e *editing) (adapter.Result, error) {
	account, err := q.Account()
	if err != nil {
		return adapter.Result{}, err
	}
	draw, err := q.s.drawing(e.Generation, e.options())
	if err != nil {
		return adapter.Result{}, err
	}
	b := editBuild{q: q, request: *e, draw: draw, account: account}
	switch e.Way {
	case wayRegion, wayRemix:
		return b.region()
	case wayAct:
		return q.act(e.Act)
	case wayEdits:
		if q.began("imagine", adapter.ActVaryStrong) {
			return b.withoutEdits(nil)
		}
		result, err := b.edits()
		if adapter.KindOf(err) == adapter.Unsupported {
			return b.withoutEdits(err)
		}
		return result, err
	default:
		return b.prompts()
	}
}

// editBuild is an edit being made.
type editBuild struct {
	q       *Run
	request editing
	draw    prompt.Drawing
	account adapter.Account
}

// origin is where its pictures come from.
func (b *editBuild) origin(parent, action string) *Origin {
	return &Origin{Request: b.request.Generation, Drawing: b.draw, Account: b.account, Parent: parent, Action: action}
}

// began reports whether one of these steps is recorded: a run that is executed again goes the way it went.
func (q *Run) began(steps ...string) bool {
	return slices.ContainsFunc(steps, func(step string) bool {
		_, ok := q.Recorded(step)
		return ok
	})
}

// withoutEdits does an edit that submit/edits refused, since the server has no such route or the account cannot use it:
// nothing was created by it.
func (b *editBuild) withoutEdits(refused error) (adapter.Result, error) {
	lacking := noRegion()
	b.request.Way = wayPrompts
	if id := b.request.Images[0].Image; id != "" {
		img, err := b.q.image(id)
		if err != nil {
			return adapter.Result{}, fmt.Errorf("read the picture: %w", err)
		}
		b.request.Way, lacking = wayWithoutEdits(img), noVaryRegion(img)
	}
	if b.request.Area != "" {
		lacking.Err = refused
		return adapter.Result{}, lacking
	}
	return b.q.edit(&b.request)
}

// region repaints the masked area of a known picture, or varies it with another prompt: on the quarter's own picture.
func (b *editBuild) region() (adapter.Result, error) {
	img, err := b.q.image(b.request.Images[0].Image)
	if err != nil {
		return adapter.Result{}, fmt.Errorf("read the picture: %w", err)
	}
	if err := b.q.ownSingle(&img, b.account, hiddenStep); err != nil {
		return adapter.Result{}, err
	}
	action := adapter.ActVaryRegion
	if b.request.Way == wayRemix {
		action = adapter.ActVaryStrong
	}
	taskID, buttons := img.TaskID, img.Buttons
	if img.Single != nil {
		taskID, buttons = img.Single.TaskID, img.Single.Buttons
	}
	button, ok := adapter.FindButton(buttons, action, 0)
	if !ok {
		button, buttons, ok = b.q.refreshed(b.account, taskID, action, 0)
		if err := b.q.noteShown(&img, buttons); err != nil {
			return adapter.Result{}, err
		}
		if !ok {
			return adapter.Result{}, unavailable("image", "Midjourney does not offer this edit for this picture", img)
		}
	}
	from := b.origin(img.ID, action)
	from.Version = img.Version
	return b.q.repeatGrids(&b.request.Generation, func(i, share int) (adapter.Result, error) {
		from := new(*from)
		from.Name = Numbered(action, i)
		mask, err := b.q.area(b.request.Area)
		if err != nil {
			return adapter.Result{}, err
		}
		task, err := b.q.press(buttonPress{step: from.Name, account: b.account, taskID: taskID, button: button, speed: b.draw.Speed,
			prompt: b.draw.Prompt, mask: mask, dialog: action == adapter.ActVaryRegion, remix: action == adapter.ActVaryStrong})
		if err != nil {
			return adapter.Result{}, err
		}
		return b.q.StoreGrid(&task, from, share)
	})
}

// drawGrids makes as many grids as a request's pictures need by one command, each under a step of its own.
func (q *Run) drawGrids(step string, command adapter.Command, from *Origin) (adapter.Result, error) {
	return q.repeatGrids(&from.Request, func(i, share int) (adapter.Result, error) {
		from := new(*from)
		from.Name = Numbered(step, i)
		return q.grid(&jobs.StepRequest{Step: from.Name, Account: from.Account, Speed: from.Drawing.Speed, Command: command}, from, share)
	})
}

// repeatGrids makes as many grids as a request's pictures need, at once.
func (q *Run) repeatGrids(g *adapter.Generation, grid func(i, share int) (adapter.Result, error)) (adapter.Result, error) {
	n, grids := g.Count(), q.s.gridsOf(g)
	return q.repeatOf(grids, n, func(i int) (adapter.Result, error) {
		if grids == n {
			return grid(i, 1)
		}
		return grid(i, min(4, n-4*i))
	})
}

func (q *Run) repeatOf(times, want int, once func(i int) (adapter.Result, error)) (adapter.Result, error) {
	parts := make([]adapter.Result, times)
	errs := q.Each(times, func(i int) (err error) {
		parts[i], err = once(i)
		return err
	})
	return gather(parts, errs, want)
}

// area opens the mask; nil if there is none.
func (q *Run) area(name string) (*adapter.Attachment, error) {
	if name == "" {
		return nil, nil //nolint:nilnil // no mask is no error
	}
	return q.attachment(&adapter.Reference{Upload: name})
}

// edits sends the picture to submit/edits, with the masked area punched out and the mask beside it.
func (b *editBuild) edits() (adapter.Result, error) {
	image, err := b.editable()
	if err != nil {
		return adapter.Result{}, err
	}
	mask, err := b.q.area(b.request.Area)
	if err != nil {
		return adapter.Result{}, err
	}
	from := b.origin(b.request.Images[0].Image, "edit")
	return b.q.drawGrids("edits", adapter.Edits{Prompt: b.draw.Prompt, Image: *image, Mask: mask}, from)
}

func (b *editBuild) editable() (*adapter.Attachment, error) {
	first := b.request.Images[0]
	r := adapter.Rendition{Name: first.Upload}
	if first.Image != "" {
		img, err := b.q.image(first.Image)
		if err != nil {
			return nil, fmt.Errorf("read the picture: %w", err)
		}
		r = img.Original()
	}
	if b.request.Area == "" {
		if r.Name == "" {
			return b.q.attachment(&first)
		}
		return b.q.s.lib.Attach(b.q.ctx, r)
	}
	punched, err := b.q.s.parts.Retoucher.Erase(b.q.ctx, r, b.request.Area)
	if err != nil {
		return nil, err
	}
	return b.q.attachment(&adapter.Reference{Upload: punched.Name})
}

// prompts draws from the pictures as image prompts.
func (b *editBuild) prompts() (adapter.Result, error) {
	pictures, err := b.q.Attachments(b.request.Images)
	if err != nil {
		return adapter.Result{}, err
	}
	from := b.origin(b.request.Images[0].Image, "edit")
	return b.q.drawGrids("imagine", adapter.Imagine{Prompt: b.draw.Prompt, Niji: b.draw.Niji, Pictures: pictures}, from)
}
