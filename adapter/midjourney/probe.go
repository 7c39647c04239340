package midjourney

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"midgate/adapter"
)

// features are the optional routes.
var features = map[adapter.Feature]string{
	adapter.FeatureEdits:   "/mj/submit/edits",
	adapter.FeatureVideo:   "/mj/submit/video",
	adapter.FeatureShorten: "/mj/submit/shorten",
	adapter.FeatureAction:  "/mj/submit/action",
	adapter.FeatureChange:  "/mj/submit/change",
	adapter.FeatureList:    "/mj/task/list-by-condition",
	featureTasks:           "/mj/task/list",
}

// featureTasks is the list that a lost submission is looked for in; it is never asked with {}.
const featureTasks adapter.Feature = "task-list"

// Has implements adapter.Upstream: it asks the route with an empty object, which no server takes
// for a job. A refusal in JSON means that the route is there (engineering.md §3.2).
func (c *client) Has(ctx context.Context, f adapter.Feature) (bool, error) {
	path, ok := features[f]
	if !ok {
		return false, nil
	}
	for {
		if present, known := c.routes.know(f); known {
			return present, nil
		}
		_, err, joined := c.routes.asking.Do(string(f), func() (any, error) { return nil, c.probe(ctx, f, path) })
		switch {
		case err == nil:
			continue
		case ctx.Err() != nil:
			return false, ctx.Err()
		case joined && errors.Is(err, context.Canceled): // the one who asked for all of us has left
			continue
		default:
			return false, err
		}
	}
}

// probe asks and learns.
func (c *client) probe(ctx context.Context, f adapter.Feature, path string) error {
	ctx, cancel := context.WithTimeout(ctx, c.shared.cfg.ReadTimeout)
	defer cancel()
	out, err := c.call(ctx, http.MethodPost, path, []byte("{}"), maxTask)
	if err != nil {
		return adapter.Wrap(adapter.Unavailable, err, "The upstream does not answer.")
	}
	a, ok := decodeAnswer(out.body)
	r := refusal{status: out.status, header: out.header, answer: a, json: ok, page: isPage(out), challenge: challenged(out),
		secret: c.key, passthrough: c.shared.cfg.Passthrough, command: adapter.Native{Route: string(f)}}
	o, english := r.outcome()
	switch {
	case out.status == http.StatusUnauthorized, r.challenge: // says nothing of the route
		return r.make(o, english)
	case o == notOffered && !missing(out): // there is a route, and nobody behind it
		c.routes.learn(f, false)
	case missing(out):
		c.routes.miss(f, away(out))
	case ok && out.status != http.StatusTooManyRequests && out.status != http.StatusServiceUnavailable,
		out.status == http.StatusOK: // an empty list is an answer, too
		c.routes.learn(f, true)
	default:
		return adapter.Wrap(adapter.Unavailable, badStatus(out), "The upstream does not answer properly now.")
	}
	return nil
}

// routes remembers which optional routes an upstream has, each for ttl.
type routes struct {
	ttl    time.Duration
	asking singleflight.Group

	mu    sync.Mutex
	known map[adapter.Feature]verdict
}

type verdict struct {
	present bool
	until   time.Time
}

// know tells what is remembered; known is false if nothing is.
func (r *routes) know(f adapter.Feature) (present, known bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	v, ok := r.known[f]
	if !ok || time.Now().After(v.until) {
		return false, false
	}
	return v.present, true
}

func (r *routes) learn(f adapter.Feature, present bool) {
	if r != nil {
		r.keep(f, present, r.ttl)
	}
}

// missFor is how long a route counts as missing that may only be away.
const missFor = time.Minute

// miss learns that a route is missing; one whose server may only be away is asked for again soon.
func (r *routes) miss(f adapter.Feature, away bool) {
	if away {
		r.keep(f, false, min(missFor, r.ttl))
		return
	}
	r.keep(f, false, r.ttl)
}

func (r *routes) keep(f adapter.Feature, present bool, ttl time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil {
		r.known = map[adapter.Feature]verdict{}
	}
	r.known[f] = verdict{present, time.Now().Add(ttl)}
}
