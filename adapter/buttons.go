package adapter

import (
	"context"
	"slices"
	"strconv"
	"time"
)

// IsGrid reports whether the picture is a whole 2×2 grid.
func (i Image) IsGrid() bool { return len(i.Cells) > 0 }

// bare reports whether its server has no buttons at all: then U, V and reroll go by number (upstream-protocol.md §1.1).
func (i Image) bare() bool { return len(i.Buttons) == 0 }

// allButtons are the buttons of the picture's task and, for a quarter that became a picture of its own, of that.
func (i Image) allButtons() []Button {
	if i.Single == nil {
		return i.Buttons
	}
	return append(slices.Clone(i.Single.Buttons), i.Buttons...)
}

// afterSingle are the actions that a version's single pictures have (upstream-protocol.md §5.4): what a quarter offers
// although its own picture was not asked for yet.
func afterSingle(version string) []string {
	vary := []string{ActVarySubtle, ActVaryStrong, ActVaryRegion, ActAnimateLow, ActAnimateHigh}
	if v, err := strconv.ParseFloat(version, 64); err == nil && v >= 8 {
		return vary
	}
	return append([]string{ActUpscaleSubtle, ActUpscaleCreative, ActZoomOut2x, ActZoomOut15x, ActZoomCustom,
		ActPanLeft, ActPanRight, ActPanUp, ActPanDown}, vary...)
}

// Offers are the actions that can be asked for now, in the order of Actions: those with a button, and for the quarters
// of a grid those that their single picture will have.
func (i Image) Offers() []string {
	offered := map[string]bool{}
	if i.bare() {
		offered[ActReroll] = true
		offered[ActUpscale], offered[ActVary] = i.inGrid(), i.inGrid()
	}
	for _, b := range i.Buttons {
		offered[b.Action] = b.Action != "" && b.CustomID != ""
	}
	if i.inGrid() && !i.bare() {
		offered[ActUpscale] = true
		for _, a := range i.singleOffers() {
			offered[a] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(Actions), func(a string) bool { return !offered[a] })
}

// inGrid reports whether the picture is a grid or one of its quarters.
func (i Image) inGrid() bool { return i.IsGrid() || i.Index > 0 }

func (i Image) singleOffers() []string {
	if i.Single == nil {
		offers := afterSingle(i.Version)
		if i.Width != i.Height {
			offers = append(offers, ActMakeSquare)
		}
		return offers
	}
	var offers []string
	for _, b := range i.Single.Buttons {
		offers = append(offers, b.Action)
	}
	return offers
}

// pressedOnGrid reports whether an action's button belongs to the grid, not to a single picture.
func pressedOnGrid(action string) bool { return action == ActVary || action == ActReroll }

// needsSingle reports whether the action wants the quarter's own picture first.
func (i Image) needsSingle(action string) bool {
	_, here := FindButton(i.Buttons, action, 0)
	return i.Index > 0 && i.Single == nil && !here && !i.bare()
}

// refreshed asks the upstream once for a task's buttons as they are now.
func (q *sequence) refreshed(account Account, taskID, action string, index int) (Button, []Button, bool) {
	ctx, cancel := contextWithTimeout(q.ctx, 30*time.Second)
	defer cancel()
	task, err := account.Upstream.Task(ctx, taskID)
	if err != nil {
		return Button{}, nil, false
	}
	b, ok := FindButton(task.Buttons, action, index)
	return b, task.Buttons, ok
}

// change does U, V and reroll by number on a server without buttons.
func (q *sequence) change(img Image, from provenance, share int) (Result, error) {
	verb, index := map[string]string{ActUpscale: "UPSCALE", ActVary: "VARIATION", ActReroll: "REROLL"}[from.action], img.Index
	if verb == "" {
		return Result{}, unavailable("action", "This upstream's pictures have no buttons", img)
	}
	if verb == "REROLL" {
		index = 1
	}
	return q.grid(order{step: from.name, account: from.account, speed: from.draw.Speed, command: Change{TaskID: img.TaskID, Verb: verb, Index: index}}, from, share)
}

func contextWithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeoutCause(ctx, d, context.DeadlineExceeded)
}

func cmpButtons(fresh, old []Button) []Button {
	if len(fresh) > 0 {
		return fresh
	}
	return old
}

func trimFloat(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
