package midjourney

import (
	"bytes"
	"context"
	"net/http"
	"strings"

	"midgate/adapter"
)

// Surveyor tells what sort of server an upstream is, by asking for a task that nobody has: it costs nothing.
// Every adapter.Upstream of a Fleet is one.
type Surveyor interface {
	// Kind names the family that the answer is typical of.
	Kind(ctx context.Context) (string, error)
	// Prefixed reports whether the server serves the path of a configured speed, and which prefix that is.
	Prefixed(ctx context.Context, s adapter.Speed) (prefix string, served bool, err error)
}

var _ Surveyor = (*client)(nil)

// nobody is a task that no upstream has.
const nobody = "/mj/task/0000000000000000/fetch"

// Kind implements Surveyor.
func (c *client) Kind(ctx context.Context) (string, error) {
	out, err := c.survey(ctx, "")
	if err != nil {
		return "", err
	}
	a, _ := decodeAnswer(out.body)
	switch {
	case out.status == http.StatusNoContent:
		return "an origin like trueai's", nil
	case out.status == http.StatusOK && len(bytes.TrimSpace(out.body)) == 0:
		return "an origin like novicezk's", nil
	case out.status == http.StatusBadRequest && strings.Contains(a.words(), "task_no_found"):
		return "a relay of the new-api family", nil
	default:
		return "unknown", nil
	}
}

// Prefixed implements Surveyor.
func (c *client) Prefixed(ctx context.Context, s adapter.Speed) (string, bool, error) {
	prefix, ok := c.cfg.Prefixes[s]
	if !ok {
		return "", false, nil
	}
	out, err := c.survey(ctx, prefix)
	if err != nil {
		return prefix, false, err
	}
	return prefix, unknownTask(out) || wordless(out) || out.status == http.StatusOK && !isPage(out), nil
}

func (c *client) survey(ctx context.Context, prefix string) (reply, error) {
	ctx, cancel := context.WithTimeout(ctx, c.shared.cfg.ReadTimeout)
	defer cancel()
	out, err := c.call(ctx, http.MethodGet, prefix+nobody, nil, maxTask)
	if err != nil {
		return out, adapter.Wrap(adapter.Unavailable, err, "The upstream does not answer.")
	}
	return out, nil
}
