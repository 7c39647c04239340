package adapter

import (
	"context"
	"strconv"
	"time"
)

// pressedOnGrid reports whether an action's button belongs to the grid, not to a single picture.
func pressedOnGrid(action string) bool { return action == ActVary || action == ActReroll }

// refreshed asks the upstream once for a task's buttons as they are now.
func (q *recipe) refreshed(account Account, taskID, action string, index int) (Button, []Button, bool) {
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
func (q *recipe) change(img Image, from provenance, share int) (Result, error) {
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
