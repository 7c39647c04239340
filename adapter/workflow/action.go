package workflow

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"midgate/adapter"
	"midgate/adapter/jobs"
	"midgate/adapter/prompt"
	"midgate/adapter/workflow/download"
)

// Act presses a button of one of the caller's pictures. Steps in between are made by themselves.
func (s *Service) Act(ctx context.Context, a adapter.Attempt, act adapter.Act) (adapter.Ticket, error) {
	img, err := s.lib.Image(ctx, a.Caller, act.Image)
	if err != nil {
		return nil, err
	}
	if animates(act.Action) {
		return s.Animate(ctx, a, act)
	}
	img = s.seen(ctx, a.Caller, img)
	custom(img, &act)
	if err := checkAct(img, &act); err != nil {
		return nil, err
	}
	if !act.Standing && (!worded(&act) || !slices.Contains(takesWords, act.Action)) {
		if err := s.onlyOwnVersion(img, act.Model); err != nil {
			return nil, err
		}
	}
	if act.Mask != nil { // for Vary (Region): nothing else takes one
		if err := inRegion(img, &act.Generation); err != nil {
			return nil, err
		}
	}
	draw, err := s.actDrawing(img, act)
	if err != nil {
		return nil, err
	}
	if act.Mask != nil {
		if act.Mask, err = s.lib.Mask(ctx, a.Caller, img, *act.Mask); err != nil {
			return nil, err
		}
	} else if act.Action == adapter.ActVaryRegion {
		return nil, adapter.BadParam("mask", "missing_required_parameter", "vary_region needs a mask: a PNG whose transparent (or white) area is to be redrawn.")
	}
	account, err := s.parts.Accounts.Made(ctx, a.Caller, img.Upstream)
	if err != nil {
		return nil, err
	}
	return s.jobs.Accept(ctx, a, jobs.Spec{Kind: adapter.JobAction, Model: img.Model, N: act.Count(), Request: act, Account: account, Speed: draw.Speed,
		Takes: s.pressed(img, act, draw), Quarter: act.CustomID == "" && !single(act.Action) && s.oneQuarter(act.Generation)})
}

// actDrawing is the prompt that a press's dialog gets, if it opens one: the caller's, else the picture's own.
func (s *Recipes) actDrawing(img adapter.Image, act adapter.Act) (prompt.Drawing, error) {
	g := act.Generation
	g.Model = cmp.Or(g.Model, img.Model)
	repeats := !worded(&act)
	if repeats {
		g.Prompt = img.RevisedPrompt
	}
	return s.drawing(g, prompt.Options{Image: true, Repeats: repeats})
}

// act executes a press: the quarter of a grid, then the single picture where the button is there, then the button.
func (q *Run) act(act *adapter.Act) (adapter.Result, error) {
	img, err := q.image(act.Image)
	if err != nil {
		return adapter.Result{}, fmt.Errorf("read the picture: %w", err)
	}
	account, err := q.Account()
	if err != nil {
		return adapter.Result{}, err
	}
	draw, err := q.s.actDrawing(img, *act)
	if err != nil {
		return adapter.Result{}, err
	}
	if act.CustomID != "" {
		return q.pressCustom(act, img, account, draw)
	}
	if img.IsGrid() && act.Index > 0 && act.Index <= len(img.Cells) {
		if img, err = q.image(img.Cells[act.Index-1]); err != nil {
			return adapter.Result{}, fmt.Errorf("read the quarter: %w", err)
		}
	}
	from := &Origin{Request: act.Generation, Drawing: draw, Account: account, Parent: img.ID, Action: act.Action, Version: img.Version}
	from.Request.Model = img.Model
	if act.Action == adapter.ActUpscale {
		return q.upscale(img, from, act.Force)
	}
	if single(act.Action) {
		return q.repeatOf(act.Count(), act.Count(), func(i int) (adapter.Result, error) { return q.actOn(img, act, from, i, 1) })
	}
	return q.repeatGrids(&from.Request, func(i, share int) (adapter.Result, error) { return q.actOn(img, act, from, i, share) })
}

// upscale makes a quarter a picture of its own (U); pressed again, it is the same one. Where U only separates it, the
// quarter is that picture already.
func (q *Run) upscale(img adapter.Image, from *Origin, force bool) (adapter.Result, error) {
	if !force && img.Index > 0 && adapter.Separates(img.Version) && q.s.gridMode(&from.Request) == adapter.GridSplit {
		return adapter.Result{Images: []string{img.ID}, Grid: img.Grid, Version: img.Version}, nil
	}
	if err := q.ownSingle(&img, from.Account, adapter.ActUpscale); err != nil {
		return adapter.Result{}, err
	}
	return adapter.Result{Images: []string{img.ID}, Grid: img.Grid, Version: img.Version}, nil
}

// actOn presses the button on one picture: on the grid's task for V and reroll, on the single picture's for the rest.
func (q *Run) actOn(img adapter.Image, act *adapter.Act, from *Origin, i, share int) (adapter.Result, error) {
	from = new(*from)
	from.Name = Numbered(act.Action, i)
	taskID, buttons, index := img.TaskID, img.Buttons, img.Index
	paid := false
	if !pressedOnGrid(act.Action) && img.NeedsSingle(act.Action) {
		if err := q.ownSingle(&img, from.Account, hiddenStep); err != nil {
			return adapter.Result{}, err
		}
		paid = true
	}
	if img.Single != nil && !pressedOnGrid(act.Action) {
		taskID, buttons, index = img.Single.TaskID, img.Single.Buttons, 0
	}
	if img.Bare() {
		return q.change(img, from, share)
	}
	b, ok := adapter.FindButton(buttons, act.Action, index)
	if !ok {
		b, buttons, ok = q.refreshed(from.Account, taskID, act.Action, index)
		if err := q.noteShown(&img, buttons); err != nil {
			return adapter.Result{}, err
		}
		if !ok {
			img.Buttons = cmpButtons(buttons, img.Buttons)
			return adapter.Result{}, afterPaid(unavailable("action", fmt.Sprintf("Midjourney does not offer %q for this picture", act.Action), img), paid)
		}
	}
	mask, err := q.attachment(act.Mask)
	if err != nil {
		return adapter.Result{}, err
	}
	p := buttonPress{step: from.Name, account: from.Account, taskID: taskID, button: b, speed: from.Drawing.Speed,
		prompt: dialogPrompt(act, from.Drawing), mask: mask, remix: worded(act), dialog: act.Action == adapter.ActVaryRegion || act.Action == adapter.ActZoomCustom}
	task, err := q.press(p)
	if stale(err) {
		if fresh, _, ok := q.refreshed(from.Account, taskID, act.Action, index); ok && fresh.CustomID != b.CustomID {
			p.button, p.step = fresh, from.Name+"/refreshed"
			task, err = q.press(p)
		}
	}
	if err != nil {
		if stale(err) {
			err = afterPaid(err, paid)
		}
		return adapter.Result{}, err
	}
	return q.made(task, from, share)
}

// ownZoom is the zoom that a picture's prompt has from an earlier press: a parameter is never sent twice.
var ownZoom = regexp.MustCompile(` --zoom \S+`)

// dialogPrompt is what a dialog is answered with. The press of an ordinary button that only opens one because the
// account has Remix on is answered with the pre-filled prompt, unless the caller wants another.
func dialogPrompt(act *adapter.Act, draw prompt.Drawing) string {
	switch {
	case act.Action == adapter.ActZoomCustom:
		return fmt.Sprintf("%s --zoom %s", ownZoom.ReplaceAllString(draw.Prompt, ""), trimFloat(act.Zoom))
	case act.Action == adapter.ActVaryRegion || strings.TrimSpace(act.Prompt) != "":
		return draw.Prompt
	default:
		return ""
	}
}

// single reports whether an action makes one picture, not a grid.
func single(action string) bool {
	return action == adapter.ActUpscale || action == adapter.ActUpscaleSubtle || action == adapter.ActUpscaleCreative
}

// made delivers what a press made: one picture for an upscale, a grid for everything else.
func (q *Run) made(task adapter.Task, from *Origin, share int) (adapter.Result, error) {
	if single(from.Action) {
		return q.StoreSingle(task, from)
	}
	return q.StoreGrid(&task, from, share)
}

// StoreSingle stores a single picture that a task made.
func (q *Run) StoreSingle(task adapter.Task, from *Origin) (adapter.Result, error) {
	return q.RecordStorage(task, func() (adapter.Result, error) {
		kept, err := q.fetch(download.Whole(from.Account, task), from.Name)
		if err != nil {
			return adapter.Result{}, err
		}
		img := q.record(from, task, from.Name)
		img.Source, img.Width, img.Height = kept.Name, kept.Width, kept.Height
		q.Keep(img)
		q.seeLater(img)
		return adapter.Result{Images: []string{img.ID}, Version: img.Version}, nil
	})
}

// pressCustom presses exactly that button of the record.
func (q *Run) pressCustom(act *adapter.Act, img adapter.Image, account adapter.Account, draw prompt.Drawing) (adapter.Result, error) {
	taskID := img.TaskID
	if img.Single != nil && slices.ContainsFunc(img.Single.Buttons, func(b adapter.Button) bool { return b.CustomID == act.CustomID }) {
		taskID = img.Single.TaskID
	}
	all := img.AllButtons()
	i := slices.IndexFunc(all, func(b adapter.Button) bool { return b.CustomID == act.CustomID })
	if i < 0 { // it was seen, and could not be noted
		return adapter.Result{}, unavailable("custom_id", "This picture has no button with that custom_id", img)
	}
	b := all[i]
	from := &Origin{Request: act.Generation, Drawing: draw, Account: account, Name: "button", Parent: img.ID, Action: b.Action, Version: img.Version}
	from.Request.Model = img.Model
	mask, err := q.attachment(act.Mask)
	if err != nil {
		return adapter.Result{}, err
	}
	named := *act
	named.Action = b.Action
	if b.Action == adapter.ActZoomCustom && act.Zoom <= 1 {
		named.Action = "" // the factor that its dialog is pre-filled with
	}
	prompt := dialogPrompt(&named, draw) // as it was read: the words themselves may hold a speed
	task, err := q.press(buttonPress{step: "button", account: account, taskID: taskID, button: b, speed: draw.Speed,
		prompt: prompt, mask: mask, remix: worded(act), dialog: b.Action == adapter.ActVaryRegion || b.Action == adapter.ActZoomCustom})
	if err != nil {
		return adapter.Result{}, err
	}
	if b.Action == adapter.ActUpscale {
		return q.StoreSingle(task, from)
	}
	return q.made(task, from, min(act.Count(), 4))
}
