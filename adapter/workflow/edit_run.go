package workflow

import (
	"cmp"
	"fmt"
	"slices"

	"midgate/adapter"
	"midgate/adapter/jobs"
	"midgate/adapter/prompt"
)

// edit goes the way that was planned.
func (q *Run) edit(run adapter.Job, e editing) (adapter.Result, error) {
	account, err := q.Account()
	if err != nil {
		return adapter.Result{}, err
	}
	if e.Way == wayRegion {
		e.Size = "" // the region keeps its picture's ratio
	}
	draw, err := q.s.drawing(e.Generation, e.options())
	if err != nil {
		return adapter.Result{}, err
	}
	switch e.Way {
	case wayRegion, wayRemix:
		return q.region(run, e, account, draw)
	case wayAct:
		return q.act(run, *e.Act)
	case wayEdits:
		if q.began("imagine", adapter.ActVaryStrong) {
			return q.withoutEdits(run, e, nil)
		}
		result, err := q.edits(run, e, account, draw)
		if adapter.KindOf(err) == adapter.Unsupported {
			return q.withoutEdits(run, e, err)
		}
		return result, err
	default:
		return q.prompts(run, e, account, draw)
	}
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
func (q *Run) withoutEdits(run adapter.Job, e editing, refused error) (adapter.Result, error) {
	lacking := noRegion()
	e.Way = wayPrompts
	if id := e.Images[0].Image; id != "" {
		img, err := q.image(id)
		if err != nil {
			return adapter.Result{}, fmt.Errorf("read the picture: %w", err)
		}
		e.Way, lacking = wayWithoutEdits(img), noVaryRegion(img)
	}
	if e.Area != "" {
		lacking.Err = refused
		return adapter.Result{}, lacking
	}
	return q.edit(run, e)
}

// region repaints the masked area of a known picture, or varies it with another prompt: on the quarter's own picture.
func (q *Run) region(run adapter.Job, e editing, account adapter.Account, draw prompt.Drawing) (adapter.Result, error) {
	img, err := q.image(e.Images[0].Image)
	if err != nil {
		return adapter.Result{}, fmt.Errorf("read the picture: %w", err)
	}
	if err := q.ownSingle(&img, account, hiddenStep); err != nil {
		return adapter.Result{}, err
	}
	action := adapter.ActVaryRegion
	if e.Way == wayRemix {
		action = adapter.ActVaryStrong
	}
	taskID, buttons := img.TaskID, img.Buttons
	if img.Single != nil {
		taskID, buttons = img.Single.TaskID, img.Single.Buttons
	}
	b, ok := adapter.FindButton(buttons, action, 0)
	if !ok {
		if b, _, ok = q.refreshed(account, taskID, action, 0); !ok {
			return adapter.Result{}, unavailable("image", "Midjourney does not offer this edit for this picture", img)
		}
	}
	from := Origin{Job: run, Request: e.Generation, Drawing: draw, Account: account, Parent: img.ID, Action: action, Version: img.Version}
	return q.repeatGrids(e.Count(), func(i, share int) (adapter.Result, error) {
		from := from
		from.Name = Numbered(action, i)
		mask, err := q.area(e.Area)
		if err != nil {
			return adapter.Result{}, err
		}
		task, err := q.press(buttonPress{step: from.Name, account: account, taskID: taskID, button: b, speed: draw.Speed,
			prompt: draw.Prompt, mask: mask, dialog: action == adapter.ActVaryRegion, remix: action == adapter.ActVaryStrong})
		if err != nil {
			return adapter.Result{}, err
		}
		return q.StoreGrid(task, from, share)
	})
}

// drawGrids makes as many grids as n pictures need by one command, each under a step of its own.
func (q *Run) drawGrids(n int, step string, command adapter.Command, from Origin) (adapter.Result, error) {
	return q.repeatGrids(n, func(i, share int) (adapter.Result, error) {
		from := from
		from.Name = Numbered(step, i)
		return q.grid(jobs.StepRequest{Step: from.Name, Account: from.Account, Speed: from.Drawing.Speed, Command: command}, from, share)
	})
}

// repeatGrids makes as many grids as n pictures need.
func (q *Run) repeatGrids(n int, grid func(i, share int) (adapter.Result, error)) (adapter.Result, error) {
	return q.repeatOf((n+3)/4, n, func(i int) (adapter.Result, error) { return grid(i, min(4, n-4*i)) })
}

func (q *Run) repeatOf(times, want int, once func(i int) (adapter.Result, error)) (adapter.Result, error) {
	parts, errs := make([]adapter.Result, times), make([]error, times)
	_ = q.Each(times, func(i int) error {
		errs[i] = q.Shielded(func() (err error) {
			parts[i], err = once(i)
			return err
		})
		return nil
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
func (q *Run) edits(run adapter.Job, e editing, account adapter.Account, draw prompt.Drawing) (adapter.Result, error) {
	image, err := q.editable(e)
	if err != nil {
		return adapter.Result{}, err
	}
	mask, err := q.area(e.Area)
	if err != nil {
		return adapter.Result{}, err
	}
	from := Origin{Job: run, Request: e.Generation, Drawing: draw, Account: account, Parent: e.Images[0].Image, Action: "edit"}
	return q.drawGrids(e.Count(), "edits", adapter.Edits{Prompt: draw.Prompt, Image: *image, Mask: mask}, from)
}

func (q *Run) editable(e editing) (*adapter.Attachment, error) {
	first := e.Images[0]
	r := adapter.Rendition{Name: first.Upload}
	if first.Image != "" {
		img, err := q.image(first.Image)
		if err != nil {
			return nil, fmt.Errorf("read the picture: %w", err)
		}
		r = img.Original()
	}
	if e.Area == "" {
		if r.Name == "" {
			return q.attachment(&first)
		}
		return q.s.lib.Attach(q.ctx, r)
	}
	punched, err := q.s.parts.Retoucher.Erase(q.ctx, r, e.Area)
	if err != nil {
		return nil, err
	}
	return q.attachment(&adapter.Reference{Upload: punched.Name})
}

// prompts draws from the pictures as image prompts.
func (q *Run) prompts(run adapter.Job, e editing, account adapter.Account, draw prompt.Drawing) (adapter.Result, error) {
	pictures, err := q.Attachments(e.Images)
	if err != nil {
		return adapter.Result{}, err
	}
	parent := cmp.Or(e.Images[0].Image)
	from := Origin{Job: run, Request: e.Generation, Drawing: draw, Account: account, Parent: parent, Action: "edit"}
	return q.drawGrids(e.Count(), "imagine", adapter.Imagine{Prompt: draw.Prompt, Niji: draw.Niji, Pictures: pictures}, from)
}
