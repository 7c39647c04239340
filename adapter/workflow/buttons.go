package workflow

import (
	"context"
	"strconv"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs"
)

// pressedOnGrid reports whether an action's button belongs to the grid, not to a single picture.
func pressedOnGrid(action string) bool {
	return action == adapter.ActVary || action == adapter.ActReroll
}

// shownFor is how long a finished task that shows no buttons at all is read again for them.
const shownFor = 10 * time.Second

// shown are a finished task's buttons as they are now; where there are none they may come a moment later.
func (q *Run) shown(account adapter.Account, taskID string) []adapter.Button {
	ctx, cancel := context.WithTimeout(q.ctx, 30*time.Second)
	defer cancel()
	for began := time.Now(); ; {
		task, err := account.Upstream.Task(ctx, taskID)
		if err == nil && len(task.Buttons) > 0 {
			return task.Buttons
		}
		if err != nil || time.Since(began) > shownFor || !adapter.Pause(ctx, time.Second) {
			return nil
		}
	}
}

// refreshed asks the upstream for a task's buttons as they are now.
func (q *Run) refreshed(account adapter.Account, taskID, action string, index int) (adapter.Button, []adapter.Button, bool) {
	buttons := q.shown(account, taskID)
	b, ok := adapter.FindButton(buttons, action, index)
	return b, buttons, ok
}

// noteShown gives the single picture of a quarter the buttons that came after it.
func (q *Run) noteShown(img *adapter.Image, buttons []adapter.Button) error {
	if img.Single == nil || len(img.Single.Buttons) > 0 || len(buttons) == 0 {
		return nil
	}
	own := *img.Single
	own.Buttons = buttons
	img.Single = &own
	return q.keepSingle(*img)
}

// change does U, V and reroll by number on a server without buttons.
func (q *Run) change(img adapter.Image, from *Origin, share int) (adapter.Result, error) {
	verb, index := map[string]string{adapter.ActUpscale: "UPSCALE", adapter.ActVary: "VARIATION", adapter.ActReroll: "REROLL"}[from.Action], img.Index
	if verb == "" {
		return adapter.Result{}, unavailable("action", "This upstream's pictures have no buttons", img)
	}
	if verb == "REROLL" {
		index = 1
	}
	result, err := q.grid(&jobs.StepRequest{Step: from.Name, Account: from.Account, Speed: from.Drawing.Speed, Command: adapter.Change{TaskID: img.TaskID, Verb: verb, Index: index}}, from, share)
	if err == nil {
		q.s.numbered.Store(from.Account.Name, true)
	}
	return result, err
}

func cmpButtons(fresh, old []adapter.Button) []adapter.Button {
	if len(fresh) > 0 {
		return fresh
	}
	return old
}

func trimFloat(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
