package midjourney

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"midgate/adapter"
	"midgate/adapter/midjourney/poll"
)

// The most that is read of an answer, in bytes: a server that never stops must not fill the memory.
const (
	maxTask = 1 << 20
	maxList = 32 << 20
)

var errSwitched = errors.New("answer changes the protocol")

// client speaks to one upstream with one key. It implements adapter.Upstream, adapter.Finder and
// adapter.Tools.
type client struct {
	*upstream
	key string
}

var (
	_ adapter.Upstream = (*client)(nil)
	_ adapter.Finder   = (*client)(nil)
	_ adapter.Tools    = (*client)(nil)
)

// shared is what all clients of a Fleet have in common.
type shared struct {
	cfg       Config
	api       *http.Client
	jobs      *http.Client // of submissions
	downloads *http.Client
	hints     *hints
	log       *slog.Logger
}

// newRequest makes a request with the one header that carries the key. There is no GetBody: the
// transport must never be able to send a submission twice.
func (c *client) newRequest(ctx context.Context, method, path string, body io.Reader, size int64) (*http.Request, error) {
	req, err := http.NewRequestWithContext(ctx, method, c.base.String()+path, body)
	if err != nil {
		return nil, fmt.Errorf("make request: %w", err)
	}
	req.GetBody = nil
	if body != nil {
		req.ContentLength = size
		req.Header.Set("Content-Type", "application/json")
	}
	req.Header.Set("Accept", "application/json")
	req.Header.Set("User-Agent", "midgate")
	c.authorize(req)
	return req, nil
}

func (c *client) authorize(req *http.Request) {
	if c.key == "" {
		return
	}
	switch c.cfg.Auth {
	case AuthSecret:
		req.Header.Set("mj-api-secret", c.key)
	case AuthRaw:
		req.Header.Set("Authorization", c.key)
	default:
		req.Header.Set("Authorization", "Bearer "+c.key)
	}
}

// reply is an answer that was read to its end.
type reply struct {
	status int
	header http.Header
	body   []byte
}

// call sends a small request and reads the whole answer.
func (c *client) call(ctx context.Context, method, path string, body []byte, limit int64) (reply, error) {
	var src io.Reader
	if body != nil {
		src = io.NopCloser(strings.NewReader(string(body))) // hides the type from NewRequest's GetBody
	}
	req, err := c.newRequest(ctx, method, path, src, int64(len(body)))
	if err != nil {
		return reply{}, err
	}
	return c.do(c.shared.api, req, limit)
}

// do sends a request and reads the answer up to limit bytes.
func (c *client) do(over *http.Client, req *http.Request, limit int64) (reply, error) {
	resp, err := over.Do(req)
	c.reach.note(req.Context(), err)
	if err != nil {
		return reply{}, hideURL(err)
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode == http.StatusSwitchingProtocols { // what follows is no answer, and has no end that ctx brings about
		return reply{status: resp.StatusCode}, errSwitched
	}
	raw, err := io.ReadAll(io.LimitReader(resp.Body, limit+1))
	out := reply{resp.StatusCode, resp.Header, bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))} // some servers begin with a byte order mark
	switch {
	case err != nil:
		return out, fmt.Errorf("read answer: %w", err)
	case int64(len(raw)) > limit:
		return out, poll.ErrTooLong
	default:
		return out, nil
	}
}

// hideURL drops what http.Client wraps around an error: the address with its query.
func hideURL(err error) error {
	if u, ok := errors.AsType[*url.Error](err); ok {
		return u.Err
	}
	return err
}

// path builds a route behind the prefix of a speed. Polls carry none: task ids are the same behind
// every prefix.
func (u *upstream) path(speed adapter.Speed, route string) (string, error) {
	if speed == "" {
		speed = u.cfg.Speed
	}
	prefix, ok := u.cfg.Prefixes[speed]
	if !ok {
		return "", adapter.Errorf(adapter.Unsupported, "This upstream does not offer the speed %q.", string(speed))
	}
	if route == swapRoute {
		return prefix + "/mj/" + route, nil
	}
	return prefix + "/mj/submit/" + route, nil
}
