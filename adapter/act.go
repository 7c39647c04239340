package adapter

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Act presses a button of one of the caller's pictures (contract.md §5). Steps in between are made by themselves.
func (s *Studio) Act(ctx context.Context, a Attempt, act Act) (Ticket, error) {
	img, err := s.lib.Image(ctx, a.Caller, act.Image)
	if err != nil {
		return nil, err
	}
	if animates(act.Action) {
		return s.Animate(ctx, a, act)
	}
	img = s.seen(ctx, a.Caller, img)
	if err := checkAct(img, &act); err != nil {
		return nil, err
	}
	draw, err := s.actDrawing(img, act)
	if err != nil {
		return nil, err
	}
	if act.Mask != nil {
		if act.Mask, err = s.lib.maskFor(ctx, a.Caller, img, *act.Mask); err != nil {
			return nil, err
		}
	} else if act.Action == ActVaryRegion {
		return nil, BadParam("mask", "missing_required_parameter", "vary_region needs a mask: a PNG whose transparent (or white) area is to be redrawn.")
	}
	account, err := s.parts.Accounts.Made(ctx, a.Caller, img.Upstream)
	if err != nil {
		return nil, err
	}
	return s.jobs.Accept(ctx, a, work{kind: KindAction, model: img.Model, n: act.count(), request: act, account: account, speed: draw.Speed,
		quarter: act.CustomID == "" && !single(act.Action) && s.oneQuarter(act.Generation)})
}

// checkAct refuses an action that this picture does not have, and completes a grid's quarter from its index.
func checkAct(img Image, act *Act) error {
	if act.CustomID != "" {
		i := slices.IndexFunc(img.allButtons(), func(b Button) bool { return b.CustomID == act.CustomID })
		if i < 0 {
			return unavailable("custom_id", "This picture has no button with that custom_id", img)
		}
		if b := img.allButtons()[i]; animates(b.Action) {
			return BadParam("custom_id", "invalid_value", "This button makes a video: ask for the action %q instead.", b.Action)
		}
		return nil
	}
	if act.Action == "" {
		return BadParam("action", "missing_required_parameter", "An action is needed: one of %s.", strings.Join(Actions, ", "))
	}
	if !slices.Contains(Actions, act.Action) {
		return BadParam("action", "invalid_value", "Unknown action %q: it must be one of %s.", act.Action, strings.Join(Actions, ", "))
	}
	if act.Index < 0 || act.Index > 4 {
		return BadParam("index", "invalid_value", "index must be 1 to 4: top left, top right, bottom left, bottom right.")
	}
	if img.IsGrid() && act.Index == 0 && act.Action != ActReroll {
		return BadParam("index", "missing_required_parameter", "This picture is a whole grid: %s needs an index from 1 to 4, or ask for one of its quarters.", act.Action)
	}
	if act.Action == ActZoomCustom && (act.Zoom <= 1 || act.Zoom > 2) {
		return BadParam("zoom", "invalid_value", "zoom_custom needs a zoom above 1 and at most 2, for example 1.8.")
	}
	if !img.mayHave(act.Action) {
		return unavailable("action", fmt.Sprintf("Midjourney does not offer %q for this picture", act.Action), img)
	}
	return nil
}

func unavailable(param, why string, img Image) *Error {
	return BadParam(param, "action_unavailable", "%s. Available now: %s.", why, cmp.Or(strings.Join(img.Offers(), ", "), "none"))
}

// afterPaid says of a press that turned out to be impossible that its U was paid, and is there.
func afterPaid(err error, paid bool) error {
	e, ok := errors.AsType[*Error](err)
	if !ok || !paid {
		return err
	}
	told := *e
	told.Message = "One job was paid to make this quarter a picture of its own, which shows what can be done with it. " + e.Message
	return &told
}

// actDrawing is the prompt that a press's dialog gets, if it opens one: the caller's, else the picture's own.
func (s *Recipes) actDrawing(img Image, act Act) (Drawing, error) {
	g := act.Generation
	g.Model = cmp.Or(g.Model, img.Model)
	if strings.TrimSpace(g.Prompt) == "" {
		g.Prompt = img.RevisedPrompt
	}
	return s.drawing(g, DrawOptions{Image: true})
}

// act executes a press: the quarter of a grid, then the single picture where the button is there, then the button.
func (q *recipe) act(run Run, act Act) (Result, error) {
	img, err := q.s.parts.Store.Get(q.ctx, act.Image)
	if err != nil {
		return Result{}, fmt.Errorf("read the picture: %w", err)
	}
	account, err := q.account()
	if err != nil {
		return Result{}, err
	}
	draw, err := q.s.actDrawing(img, act)
	if err != nil {
		return Result{}, err
	}
	if act.CustomID != "" {
		return q.pressCustom(run, act, img, account, draw)
	}
	if img.IsGrid() && act.Index > 0 && len(img.Cells) == 4 {
		if img, err = q.s.parts.Store.Get(q.ctx, img.Cells[act.Index-1]); err != nil {
			return Result{}, fmt.Errorf("read the quarter: %w", err)
		}
	}
	from := provenance{run: run, gen: act.Generation, draw: draw, account: account, parent: img.ID, action: act.Action, version: img.Version}
	from.gen.Model = img.Model
	if act.Action == ActUpscale {
		return q.upscale(img, from, act.Force)
	}
	if single(act.Action) {
		return q.repeatOf(act.count(), act.count(), func(i int) (Result, error) { return q.actOn(img, act, from, i, 1) })
	}
	return q.repeatGrids(act.count(), func(i, share int) (Result, error) { return q.actOn(img, act, from, i, share) })
}

// upscale makes a quarter a picture of its own (U); pressed again, it is the same one. Where U only separates it, the
// quarter is that picture already.
func (q *recipe) upscale(img Image, from provenance, force bool) (Result, error) {
	if !force && img.Index > 0 && separates(img.Version) && q.s.gridMode(from.gen) == GridSplit {
		return Result{Images: []string{img.ID}, Grid: img.Grid}, nil
	}
	if err := q.ownSingle(&img, from.account, ActUpscale); err != nil {
		return Result{}, err
	}
	return Result{Images: []string{img.ID}, Grid: img.Grid}, nil
}

// actOn presses the button on one picture: on the grid's task for V and reroll, on the single picture's for the rest.
func (q *recipe) actOn(img Image, act Act, from provenance, i, share int) (Result, error) {
	from.name = numbered(act.Action, i)
	taskID, buttons, index := img.TaskID, img.Buttons, img.Index
	paid := false
	if !pressedOnGrid(act.Action) && img.needsSingle(act.Action) {
		if err := q.ownSingle(&img, from.account, prelude); err != nil {
			return Result{}, err
		}
		paid = true
	}
	if img.Single != nil && !pressedOnGrid(act.Action) {
		taskID, buttons, index = img.Single.TaskID, img.Single.Buttons, 0
	}
	if img.bare() {
		return q.change(img, from, share)
	}
	b, ok := FindButton(buttons, act.Action, index)
	if !ok {
		if b, buttons, ok = q.refreshed(from.account, taskID, act.Action, index); !ok {
			img.Buttons = cmpButtons(buttons, img.Buttons)
			return Result{}, afterPaid(unavailable("action", fmt.Sprintf("Midjourney does not offer %q for this picture", act.Action), img), paid)
		}
	}
	mask, err := q.attachment(act.Mask)
	if err != nil {
		return Result{}, err
	}
	p := pressing{step: from.name, account: from.account, taskID: taskID, button: b, speed: from.draw.Speed,
		prompt: dialogPrompt(act, from.draw), mask: mask, dialog: act.Action == ActVaryRegion || act.Action == ActZoomCustom}
	task, err := q.press(p)
	if stale(err) {
		if fresh, _, ok := q.refreshed(from.account, taskID, act.Action, index); ok && fresh.CustomID != b.CustomID {
			p.button, p.step = fresh, from.name+"/refreshed"
			task, err = q.press(p)
		}
	}
	if err != nil {
		if stale(err) {
			err = afterPaid(err, paid)
		}
		return Result{}, err
	}
	return q.made(task, from, share)
}

// ownZoom is the zoom that a picture's prompt has from an earlier press: a parameter is never sent twice.
var ownZoom = regexp.MustCompile(` --zoom \S+`)

// dialogPrompt is what a dialog is answered with. The press of an ordinary button that only opens one because the
// account has Remix on is answered with the pre-filled prompt, unless the caller wants another.
func dialogPrompt(act Act, draw Drawing) string {
	switch {
	case act.Action == ActZoomCustom:
		return fmt.Sprintf("%s --zoom %s", ownZoom.ReplaceAllString(draw.Prompt, ""), trimFloat(act.Zoom))
	case act.Action == ActVaryRegion || strings.TrimSpace(act.Prompt) != "":
		return draw.Prompt
	default:
		return ""
	}
}

// single reports whether an action makes one picture, not a grid.
func single(action string) bool {
	return action == ActUpscale || action == ActUpscaleSubtle || action == ActUpscaleCreative
}

// made delivers what a press made: one picture for an upscale, a grid for everything else.
func (q *recipe) made(task Task, from provenance, share int) (Result, error) {
	if single(from.action) {
		return q.deliverOne(task, from)
	}
	return q.deliver(task, from, share)
}

// deliverOne stores a single picture that a task made.
func (q *recipe) deliverOne(task Task, from provenance) (Result, error) {
	return q.storing(task, func() (Result, error) {
		kept, err := q.fetch(whole(from.account, task), from.name)
		if err != nil {
			return Result{}, err
		}
		img := q.record(from, task, from.name)
		img.Source, img.Width, img.Height = kept.Name, kept.Width, kept.Height
		if err := q.keep(img); err != nil {
			return Result{}, err
		}
		return Result{Images: []string{img.ID}}, nil
	})
}

// pressCustom presses exactly that button of the record.
func (q *recipe) pressCustom(run Run, act Act, img Image, account Account, draw Drawing) (Result, error) {
	taskID := img.TaskID
	if img.Single != nil && slices.ContainsFunc(img.Single.Buttons, func(b Button) bool { return b.CustomID == act.CustomID }) {
		taskID = img.Single.TaskID
	}
	all := img.allButtons()
	b := all[slices.IndexFunc(all, func(b Button) bool { return b.CustomID == act.CustomID })]
	from := provenance{run: run, gen: act.Generation, draw: draw, account: account, name: "button", parent: img.ID, action: b.Action, version: img.Version}
	from.gen.Model = img.Model
	mask, err := q.attachment(act.Mask)
	if err != nil {
		return Result{}, err
	}
	prompt := ""
	if strings.TrimSpace(act.Prompt) != "" {
		prompt = draw.Prompt // as it was read: the words themselves may hold a speed
	}
	task, err := q.press(pressing{step: "button", account: account, taskID: taskID, button: b, speed: draw.Speed,
		prompt: prompt, mask: mask, dialog: b.Action == ActVaryRegion || b.Action == ActZoomCustom})
	if err != nil {
		return Result{}, err
	}
	if b.Action == ActUpscale {
		return q.deliverOne(task, from)
	}
	return q.made(task, from, 1)
}
