package midjourney

import (
	"context"
	"net/http"
	"net/url"

	"midgate/adapter"
	"midgate/adapter/midjourney/wire"
)

// Seed implements adapter.Tools. Relays often lose the way to the origin's answer, so a failure
// says nothing about the task.
func (c *client) Seed(ctx context.Context, id string) (string, error) {
	out, err := c.tool(ctx, http.MethodGet, id, "image-seed")
	if err != nil {
		return "", err
	}
	a, ok := wire.DecodeAnswer(out.body)
	if seed := wire.TaskID(a.Result); ok && out.status == http.StatusOK && a.Number() == wire.CodeSuccess && seed != "" {
		return seed, nil
	}
	if out.status == http.StatusNotFound {
		return "", adapter.ErrNotFound
	}
	return "", adapter.Wrap(adapter.Failed, a.Cause(out.status), "The upstream did not tell the seed.")
}

// Cancel implements adapter.Tools.
func (c *client) Cancel(ctx context.Context, id string) error {
	out, err := c.cancel(ctx, id)
	switch {
	case err != nil:
		return err
	case missing(out):
		return adapter.Errorf(adapter.Unsupported, "This upstream cannot cancel jobs.")
	case out.status >= 300:
		return adapter.Wrap(adapter.Failed, badStatus(out), "The upstream did not cancel the job.")
	default:
		return nil
	}
}

// cancel asks the upstream to stop a task, and learns whether it has a route for that.
func (c *client) cancel(ctx context.Context, id string) (reply, error) {
	out, err := c.tool(ctx, http.MethodPost, id, "cancel")
	switch _, json := wire.DecodeAnswer(out.body); {
	case err != nil || challenged(out):
	case missing(out):
		c.routes.miss(featureCancel, away(out))
	case out.status == http.StatusOK, json && out.status < http.StatusInternalServerError && out.status != http.StatusUnauthorized &&
		out.status != http.StatusForbidden && out.status != http.StatusTooManyRequests:
		c.routes.learn(featureCancel, true)
	}
	return out, err
}

func (c *client) tool(ctx context.Context, method, id, verb string) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, c.shared.cfg.ReadTimeout)
	defer cancel()
	var body []byte
	if method == http.MethodPost {
		body = []byte{}
	}
	out, err := c.call(ctx, method, "/mj/task/"+url.PathEscape(id)+"/"+verb, body, maxTask)
	if err != nil {
		return out, adapter.Wrap(adapter.Unavailable, err, "The upstream does not answer.")
	}
	return out, nil
}
