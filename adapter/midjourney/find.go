package midjourney

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"midgate/adapter"
	"midgate/adapter/midjourney/poll"
)

// Find implements adapter.Finder: by the webhooks that came with the state, then in the list of
// recent tasks where there is one.
func (c *client) Find(ctx context.Context, state string) (adapter.Task, error) {
	if state == "" {
		return adapter.Task{}, adapter.ErrNotFound
	}
	if id, ok := c.shared.hints.seen(state); ok {
		t, err := c.Task(ctx, id)
		if err == nil && (t.State == state || t.State == "") {
			return t, nil
		}
	}
	if present, known := c.routes.know(featureTasks); known && !present {
		return adapter.Task{}, adapter.ErrNotFound
	}
	return c.search(ctx, state)
}

// search looks for a state in the list of recent tasks, which shows everybody's.
func (c *client) search(ctx context.Context, state string) (adapter.Task, error) {
	rows, err := c.recent(ctx)
	if err != nil {
		return adapter.Task{}, err
	}
	for _, r := range rows {
		if r.State == state {
			return r.Task, nil
		}
	}
	return adapter.Task{}, adapter.ErrNotFound
}

// recent reads the list of recent tasks; adapter.ErrNotFound where there is none.
func (c *client) recent(ctx context.Context) (map[string]poll.Row, error) {
	ctx, cancel := context.WithTimeout(ctx, c.shared.cfg.ReadTimeout)
	defer cancel()
	out, err := c.call(ctx, http.MethodGet, tasksRoute, nil, maxList)
	switch {
	case err != nil && !errors.Is(err, poll.ErrTooLong):
		return nil, adapter.Wrap(adapter.Unavailable, err, "The upstream does not answer.")
	case err != nil || missing(out): // a list that cannot be read to its end serves no better than none
		c.routes.miss(featureTasks, err == nil && away(out))
		return nil, adapter.ErrNotFound
	case out.status != http.StatusOK:
		return nil, adapter.Wrap(adapter.Unavailable, badStatus(out), "The upstream does not answer.")
	}
	rows, err := decodeTasks(out.body, c.key)
	if err != nil {
		return nil, errors.Join(adapter.ErrNotFound, fmt.Errorf("task list: %w", err))
	}
	return rows, nil
}
