package adapter

import (
	"cmp"
	"fmt"
	"slices"
)

// edit goes the way that was planned.
func (q *sequence) edit(run Run, e editing) (Result, error) {
	account, err := q.account(run)
	if err != nil {
		return Result{}, err
	}
	if e.Way == wayRegion {
		e.Size = "" // the region keeps its picture's ratio
	}
	draw, err := q.s.drawing(e.Generation, e.options())
	if err != nil {
		return Result{}, err
	}
	switch e.Way {
	case wayRegion, wayRemix:
		return q.region(run, e, account, draw)
	case wayAct:
		return q.act(run, *e.Act)
	case wayEdits:
		if q.began(numbered("imagine", 0), ActVaryStrong) {
			return q.withoutEdits(run, e, nil)
		}
		result, err := q.edits(run, e, account, draw)
		if KindOf(err) == Unsupported {
			return q.withoutEdits(run, e, err)
		}
		return result, err
	default:
		return q.prompts(run, e, account, draw)
	}
}

// began reports whether one of these steps is recorded: a run that is executed again goes the way it went.
func (q *sequence) began(steps ...string) bool {
	return slices.ContainsFunc(steps, func(step string) bool {
		_, ok := q.recorded(step)
		return ok
	})
}

// withoutEdits does an edit that submit/edits refused, since the server has no such route or the account cannot use it:
// nothing was created by it.
func (q *sequence) withoutEdits(run Run, e editing, refused error) (Result, error) {
	lacking := noRegion()
	e.Way = wayPrompts
	if id := e.Images[0].Image; id != "" {
		img, err := q.s.parts.Store.Get(q.ctx, id)
		if err != nil {
			return Result{}, fmt.Errorf("read the picture: %w", err)
		}
		e.Way, lacking = wayWithoutEdits(img), noVaryRegion(img)
	}
	if e.Area != "" {
		lacking.Err = refused
		return Result{}, lacking
	}
	return q.edit(run, e)
}

// region repaints the masked area of a known picture, or varies it with another prompt: on the quarter's own picture.
func (q *sequence) region(run Run, e editing, account Account, draw Drawing) (Result, error) {
	img, err := q.s.parts.Store.Get(q.ctx, e.Images[0].Image)
	if err != nil {
		return Result{}, fmt.Errorf("read the picture: %w", err)
	}
	if err := q.ownSingle(&img, account, prelude); err != nil {
		return Result{}, err
	}
	action := ActVaryRegion
	if e.Way == wayRemix {
		action = ActVaryStrong
	}
	taskID, buttons := img.TaskID, img.Buttons
	if img.Single != nil {
		taskID, buttons = img.Single.TaskID, img.Single.Buttons
	}
	b, ok := FindButton(buttons, action, 0)
	if !ok {
		if b, _, ok = q.refreshed(account, taskID, action, 0); !ok {
			return Result{}, unavailable("image", "Midjourney does not offer this edit for this picture", img)
		}
	}
	from := provenance{run: run, gen: e.Generation, draw: draw, account: account, parent: img.ID, action: action, version: img.Version}
	return q.repeatGrids(e.count(), func(i, share int) (Result, error) {
		from := from
		from.name = numbered(action, i)
		mask, err := q.area(e.Area)
		if err != nil {
			return Result{}, err
		}
		task, err := q.press(pressing{step: from.name, account: account, taskID: taskID, button: b, speed: draw.Speed,
			prompt: draw.Prompt, mask: mask, dialog: action == ActVaryRegion, remix: action == ActVaryStrong})
		if err != nil {
			return Result{}, err
		}
		return q.deliver(task, from, share)
	})
}

// repeatGrids makes as many grids as n pictures need.
func (q *sequence) repeatGrids(n int, grid func(i, share int) (Result, error)) (Result, error) {
	return q.repeatOf((n+3)/4, n, func(i int) (Result, error) { return grid(i, min(4, n-4*i)) })
}

func (q *sequence) repeatOf(times, want int, once func(i int) (Result, error)) (Result, error) {
	parts, errs := make([]Result, times), make([]error, times)
	_ = q.each(times, func(i int) error {
		errs[i] = q.shielded(func() (err error) {
			parts[i], err = once(i)
			return err
		})
		return nil
	})
	return gather(parts, errs, want)
}

// area opens the mask; nil if there is none.
func (q *sequence) area(name string) (*Attachment, error) {
	if name == "" {
		return nil, nil //nolint:nilnil // no mask is no error
	}
	return q.attachment(&Reference{Upload: name})
}

// edits sends the picture to submit/edits, with the masked area punched out and the mask beside it.
func (q *sequence) edits(run Run, e editing, account Account, draw Drawing) (Result, error) {
	image, err := q.editable(e)
	if err != nil {
		return Result{}, err
	}
	mask, err := q.area(e.Area)
	if err != nil {
		return Result{}, err
	}
	from := provenance{run: run, gen: e.Generation, draw: draw, account: account, parent: e.Images[0].Image, action: "edit"}
	return q.repeatGrids(e.count(), func(i, share int) (Result, error) {
		from := from
		from.name = numbered("edits", i)
		return q.grid(order{step: from.name, account: account, speed: draw.Speed, command: Edits{Prompt: draw.Prompt, Image: *image, Mask: mask}}, from, share)
	})
}

func (q *sequence) editable(e editing) (*Attachment, error) {
	first := e.Images[0]
	r := Rendition{Name: first.Upload}
	if first.Image != "" {
		img, err := q.s.parts.Store.Get(q.ctx, first.Image)
		if err != nil {
			return nil, fmt.Errorf("read the picture: %w", err)
		}
		r = img.original()
	}
	if e.Area == "" {
		if r.Name == "" {
			return q.attachment(&first)
		}
		return q.s.attach(q.ctx, r)
	}
	punched, err := q.s.parts.Retoucher.Punch(q.ctx, r, e.Area)
	if err != nil {
		return nil, err
	}
	return q.attachment(&Reference{Upload: punched.Name})
}

// prompts draws from the pictures as image prompts.
func (q *sequence) prompts(run Run, e editing, account Account, draw Drawing) (Result, error) {
	pictures, err := q.attachments(e.Images)
	if err != nil {
		return Result{}, err
	}
	parent := cmp.Or(e.Images[0].Image)
	from := provenance{run: run, gen: e.Generation, draw: draw, account: account, parent: parent, action: "edit"}
	return q.repeatGrids(e.count(), func(i, share int) (Result, error) {
		from := from
		from.name = numbered("imagine", i)
		return q.grid(order{step: from.name, account: account, speed: draw.Speed, command: Imagine{Prompt: draw.Prompt, Niji: draw.Niji, Pictures: pictures}}, from, share)
	})
}
