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

// refreshed asks the upstream once for a task's buttons as they are now.
func (q *Run) refreshed(account adapter.Account, taskID, action string, index int) (adapter.Button, []adapter.Button, bool) {
	ctx, cancel := context.WithTimeout(q.ctx, 30*time.Second)
	defer cancel()
	task, err := account.Upstream.Task(ctx, taskID)
	if err != nil {
		return adapter.Button{}, nil, false
	}
	b, ok := adapter.FindButton(task.Buttons, action, index)
	return b, task.Buttons, ok
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
	return q.grid(&jobs.StepRequest{Step: from.Name, Account: from.Account, Speed: from.Drawing.Speed, Command: adapter.Change{TaskID: img.TaskID, Verb: verb, Index: index}}, from, share)
}

func cmpButtons(fresh, old []adapter.Button) []adapter.Button {
	if len(fresh) > 0 {
		return fresh
	}
	return old
}

func trimFloat(f float64) string { return strconv.FormatFloat(f, 'f', -1, 64) }
