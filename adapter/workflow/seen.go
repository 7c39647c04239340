package workflow

import (
	"context"
	"slices"
	"time"

	"midgate/adapter"
)

// seenFor is how long it may take to read the task of a picture without buttons again, and justMade how long after its end
// a task may show none yet.
const (
	seenFor  = 10 * time.Second
	justMade = 10 * time.Second
)

// seen is a picture with the buttons that its task shows now, if it had none: some upstreams show them a while after the
// picture. Its grid and the other quarters have the same ones.
func (s *Recipes) seen(ctx context.Context, c adapter.Caller, img adapter.Image) adapter.Image {
	if !img.Bare() || img.TaskID == "" {
		return img
	}
	account, err := s.parts.Accounts.Made(ctx, c, img.Upstream)
	if err != nil {
		return img
	}
	ctx, cancel := context.WithTimeout(ctx, seenFor)
	defer cancel()
	task, err := s.dressed(ctx, account, img)
	if err != nil || len(task.Buttons) == 0 {
		return img
	}
	img.Buttons = task.Buttons
	family := []string{img.ID, img.Grid}
	if grid, err := s.lib.Image(ctx, c, img.Grid); err == nil {
		family = append(family, grid.Cells...)
	}
	slices.Sort(family)
	for _, id := range slices.Compact(append(family, img.Cells...)) {
		if id == "" {
			continue
		}
		err := s.parts.Store.Update(ctx, id, func(i *adapter.Image) {
			if i.TaskID == img.TaskID && i.Bare() {
				i.Buttons = task.Buttons
			}
		})
		if err != nil {
			s.parts.Log.Debug("buttons that came late could not be noted", "image", id, "error", err)
		}
	}
	return img
}

// seeLater has the record of a picture without buttons get those that come in the next moments, so that it tells what can
// be done with the picture.
func (q *Run) seeLater(img adapter.Image) {
	if _, numbered := q.s.numbered.Load(img.Upstream); numbered || !img.Bare() {
		return
	}
	q.Later(func(ctx context.Context) {
		if adapter.Pause(ctx, justMade/2) {
			q.s.seen(ctx, q.caller, img)
		}
	})
}

// dressed is a picture's task as it is now. One that is over since a moment may get its buttons in the next, unless its
// upstream is known to have none.
func (s *Recipes) dressed(ctx context.Context, account adapter.Account, img adapter.Image) (adapter.Task, error) {
	for {
		task, err := account.Upstream.Task(ctx, img.TaskID)
		if err != nil || len(task.Buttons) > 0 {
			return task, err
		}
		_, numbered := s.numbered.Load(img.Upstream)
		if numbered || task.FinishedAt.IsZero() || time.Since(task.FinishedAt).Abs() > justMade || !adapter.Pause(ctx, time.Second) {
			return task, nil
		}
	}
}
