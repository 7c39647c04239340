package midjourney

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/outcomes"
	"midgate/adapter/midjourney/poll"
	"midgate/adapter/midjourney/wire"
)

// readTries is how often a read is made before it is given up, and readPause the first pause.
const (
	readTries = 3
	readPause = 500 * time.Millisecond
)

// Task implements adapter.Upstream. A refused key is not asked with again.
func (c *client) Task(ctx context.Context, id string) (adapter.Task, error) {
	for try := 1; ; try++ {
		r, err := c.Fetch(ctx, id)
		var failed *poll.Error
		switch {
		case err == nil:
			return r.Task, nil
		case errors.Is(err, adapter.ErrNotFound):
			return adapter.Task{}, err
		case errors.As(err, &failed) && (failed.Status == http.StatusUnauthorized || failed.Status == http.StatusForbidden):
			return adapter.Task{}, outcomes.Lookup(outcomes.Refusal{Status: failed.Status, Secret: c.key, Passthrough: c.shared.cfg.Passthrough}).Err()
		case try == readTries || !sleep(ctx, readPause<<(try-1)):
			return adapter.Task{}, adapter.Wrap(adapter.Unavailable, err, "The upstream does not answer.")
		}
	}
}

// Fetch asks for one task, once. adapter.ErrNotFound if the upstream itself says that there is none; ErrVague comes
// with it where the same answer could also be a hiccup: some servers have no other word for a task that they do not
// know than an empty answer. Else a *Error, also for the 404 of what stands before a server.
func (c *client) Fetch(ctx context.Context, id string) (poll.Row, error) {
	ctx, cancel := context.WithTimeout(ctx, c.shared.cfg.ReadTimeout)
	defer cancel()
	out, err := c.call(ctx, http.MethodGet, "/mj/task/"+url.PathEscape(id)+"/fetch", nil, maxTask)
	if err != nil {
		return poll.Row{}, &poll.Error{Status: out.status, Err: err}
	}
	switch {
	case unknownTask(out):
		return poll.Row{}, fmt.Errorf("fetch: %w", adapter.ErrNotFound)
	case wordless(out):
		return poll.Row{}, poll.ErrVague
	case out.status != http.StatusOK:
		return poll.Row{}, badStatus(out)
	}
	r, err := decodeTask(out.body, c.key)
	switch {
	case errors.Is(err, errNoTask) && nameless(out.body):
		return poll.Row{}, poll.ErrVague
	case err != nil:
		return poll.Row{}, &poll.Error{Status: out.status, Err: errGarbage}
	case r.ID != id:
		return poll.Row{}, &poll.Error{Status: out.status, Err: errOtherTask}
	}
	return r, nil
}

var (
	errGarbage   = errors.New("answer cannot be read")
	errOtherTask = errors.New("answer is about another task")
)

// unknownTask recognises the server's own word that it does not know a task. A gateway's 404, in JSON or not, speaks of
// a route or of a server that is away.
func unknownTask(out reply) bool {
	if out.status >= http.StatusInternalServerError {
		return false
	}
	a, ok := wire.DecodeAnswer(out.body)
	if !ok {
		return false
	}
	said := a.Says("task_no_found", "task_not_found", "任务不存在", "task not found", "task does not exist")
	refused := out.status == http.StatusNotFound && a.Description != "" && (a.Number() == wire.CodeNoAccount || a.Number() == wire.CodeValidation)
	return said || refused && !troubleBehind(out)
}

// wordless recognises an answer without any words: what an origin says of a task that it does not know, but also a
// server that is not itself for a while.
func wordless(out reply) bool {
	switch out.status {
	case http.StatusNoContent:
		return true
	case http.StatusOK:
		body := string(bytes.TrimSpace(out.body))
		return body == "" || body == "null" || body == "{}"
	default:
		return false
	}
}

// nameless reports whether an object has the place of a task's id, and none in it.
func nameless(body []byte) bool {
	_, ok := wire.Object(body)["id"]
	return ok
}

// List asks for many tasks with one call. What is absent from the answer is absent from the
// map. ErrNoRoute where the server has no such list.
func (c *client) List(ctx context.Context, ids []string) (map[string]poll.Row, error) {
	body, err := json.Marshal(map[string][]string{"ids": ids})
	if err != nil {
		return nil, fmt.Errorf("list: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, c.shared.cfg.ReadTimeout)
	defer cancel()
	out, err := c.call(ctx, http.MethodPost, listRoute, body, maxList)
	switch {
	case err != nil:
		return nil, &poll.Error{Status: out.status, Err: err}
	case away(out):
		return nil, &poll.Error{Status: out.status, Err: poll.ErrAway}
	case missing(out):
		return nil, &poll.Error{Status: out.status, Err: poll.ErrNoRoute}
	case out.status == http.StatusBadRequest && troubleBehind(out):
		return nil, &poll.Error{Status: out.status, Err: poll.ErrBehind}
	case out.status != http.StatusOK:
		return nil, badStatus(out)
	}
	rows, err := decodeTasks(out.body, c.key)
	if err != nil {
		return nil, &poll.Error{Status: out.status, Err: errGarbage}
	}
	return rows, nil
}

// troubleBehind recognises a relay's refusal that is not about the request: the relay could not
// reach its origin or read the origin's answer.
func troubleBehind(out reply) bool {
	a, ok := wire.DecodeAnswer(out.body)
	return ok && (a.Number() == wire.CodeRelay || a.Says("request_failed", "response_body", "close_"))
}

// badStatus is a read that was answered with an error.
func badStatus(out reply) *poll.Error {
	return &poll.Error{Status: out.status, Pause: outcomes.RetryAfter(out.header, 0), Err: errors.New(strings.ToLower(http.StatusText(out.status)))}
}

// missing recognises a server that lacks a route: 404, 405, a redirect, or a page in place of an
// answer. An ordinary refusal with status 404 means that the route is there.
func missing(out reply) bool {
	switch {
	case out.status == http.StatusNotFound:
		a, ok := wire.DecodeAnswer(out.body)
		return !ok || a.Code == nil || a.OpenAI() || a.Number() == http.StatusNotFound
	case out.status == http.StatusMethodNotAllowed, out.status == http.StatusNotImplemented:
		return true
	case out.status >= 300 && out.status < 400:
		return true
	default:
		return out.status < 300 && isPage(out)
	}
}

// away recognises a 404 in the words of what stands before a server that is being replaced. A page or an empty answer is
// what some servers themselves say of a route that they lack.
func away(out reply) bool {
	a, _ := wire.DecodeAnswer(out.body)
	own := isPage(out) || len(bytes.TrimSpace(out.body)) == 0 || len(a.Error) > 0 || a.Number() == http.StatusNotFound
	return out.status == http.StatusNotFound && missing(out) && !own
}

// isPage reports whether an answer is a web page.
func isPage(out reply) bool {
	return strings.Contains(out.header.Get("Content-Type"), "html") || bytes.HasPrefix(bytes.TrimSpace(out.body), []byte("<"))
}

// sleep waits; false if ctx ended before.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
