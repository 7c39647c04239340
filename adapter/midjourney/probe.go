package midjourney

import (
	"context"
	"errors"
	"net/http"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"

	"midgate/adapter"
	"midgate/adapter/midjourney/outcomes"
	"midgate/adapter/midjourney/wire"
)

// listRoute tells of many tasks at once.
const listRoute = "/mj/task/list-by-condition"

// featureTasks is the list that a lost submission is looked for in, and tasksRoute where it is; featureCancel stops tasks.
const (
	featureCancel = adapter.Feature("cancel")
	featureTasks  = adapter.Feature("task-list")
	tasksRoute    = "/mj/task/list"
)

// Has implements adapter.Upstream. Nothing is posted to a route of /mj/submit/: whatever it is, some server takes it for
// a job and bills it. Such a route counts as there until it is known that it is not.
func (c *client) Has(ctx context.Context, f adapter.Feature) (bool, error) {
	if f != adapter.FeatureList {
		return c.offers(ctx, f), ctx.Err()
	}
	for {
		if present, known := c.routes.know(f); known {
			return present, nil
		}
		_, err, joined := c.routes.asking.Do(string(f), func() (any, error) { return nil, c.probe(ctx, f, listRoute) })
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

// probe asks a route with an empty object, and learns: a refusal in JSON means that it is there.
func (c *client) probe(ctx context.Context, f adapter.Feature, path string) error {
	ctx, cancel := context.WithTimeout(ctx, c.shared.cfg.ReadTimeout)
	defer cancel()
	out, err := c.call(ctx, http.MethodPost, path, []byte("{}"), maxTask)
	if err != nil {
		return adapter.Wrap(adapter.Unavailable, err, "The upstream does not answer.")
	}
	r := c.refusal(adapter.Native{Route: string(f)}, out)
	o := outcomes.Lookup(r)
	switch {
	case out.status == http.StatusUnauthorized, r.Challenge: // says nothing of the route
		return o.Err()
	case o.NotOffered() && !missing(out): // there is a route, and nobody behind it
		c.routes.learn(f, false)
	case missing(out):
		c.routes.miss(f, away(out))
	case r.JSON && out.status != http.StatusTooManyRequests && out.status != http.StatusServiceUnavailable,
		out.status == http.StatusOK: // an empty list is an answer, too
		c.routes.learn(f, true)
	default:
		return adapter.Wrap(adapter.Unavailable, badStatus(out), "The upstream does not answer properly now.")
	}
	return nil
}

// offers reports whether a route that jobs are submitted to is there, as far as that is known: from submissions, or from
// a server that refuses to GET such a route in one way where it is there and in another where it is not.
func (c *client) offers(ctx context.Context, f adapter.Feature) bool {
	if f == adapter.FeatureEdits || f == adapter.FeatureVideo { // without them there are other ways, better known before
		_, _, _ = c.routes.asking.Do(string(f), func() (any, error) {
			if _, known := c.routes.know(f); !known && c.routes.ask(f) {
				c.compare(ctx, f)
			}
			return nil, nil //nolint:nilnil // what it found is in the routes
		})
	}
	present, known := c.routes.know(f)
	return present || !known
}

// compare asks for a route as for one that every server has, both by GET, which starts no job anywhere.
func (c *client) compare(ctx context.Context, f adapter.Feature) {
	ctx, cancel := context.WithTimeout(ctx, c.shared.cfg.ReadTimeout)
	defer cancel()
	is := func(route string) (present, missing bool) {
		out, err := c.call(ctx, http.MethodGet, "/mj/submit/"+route, nil, maxTask)
		return err == nil && out.status == http.StatusMethodNotAllowed, err == nil && out.status == http.StatusNotFound
	}
	if tells, _ := is("imagine"); !tells {
		return
	}
	if present, missing := is(string(f)); present || missing {
		c.routes.learn(f, present)
	}
}

// learnRoute notes what an answer to a submission shows of its route. It reports whether the route is certainly missing,
// so that nothing was created: it was not known to be there, and the answer is that of a server without it.
func (c *client) learnRoute(cmd adapter.Command, out reply) bool {
	f, optional := featureOf(cmd)
	if !optional || challenged(out) { // whoever keeps robots out does not know the server's routes
		return false
	}
	present, _ := c.routes.know(f)
	_, json := wire.DecodeAnswer(out.body)
	switch {
	case missing(out) && present: // the server may only be away
		return false
	case missing(out):
		c.routes.miss(f, away(out))
		return true
	case json && out.status < http.StatusInternalServerError && out.status != http.StatusUnauthorized &&
		out.status != http.StatusForbidden && out.status != http.StatusTooManyRequests:
		c.routes.learn(f, true)
	}
	return false
}

// featureOf is the optional route that a command needs.
func featureOf(cmd adapter.Command) (f adapter.Feature, optional bool) {
	f = adapter.Feature(cmd.Name()) // routes are called as commands are
	switch f {
	case adapter.FeatureEdits, adapter.FeatureVideo, adapter.FeatureShorten:
		return f, true
	default:
		return "", false
	}
}

// routes remembers which optional routes an upstream has, each for ttl.
type routes struct {
	ttl    time.Duration
	asking singleflight.Group

	mu    sync.Mutex
	known map[adapter.Feature]verdict
	asked map[adapter.Feature]time.Time // when a route was last asked for that is not known
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

// ask reports whether a route that is not known may be asked for, once in ttl.
func (r *routes) ask(f adapter.Feature) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	now := time.Now()
	if at, ok := r.asked[f]; ok && now.Sub(at) < r.ttl {
		return false
	}
	if r.asked == nil {
		r.asked = map[adapter.Feature]time.Time{}
	}
	r.asked[f] = now
	return true
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

// knownRoute is one of the routes.
type knownRoute struct {
	*routes
	f adapter.Feature
}

// Know tells what is remembered; known is false if nothing is.
func (r *knownRoute) Know() (present, known bool) { return r.know(r.f) }

// Learn remembers whether the route is there.
func (r *knownRoute) Learn(present bool) { r.learn(r.f, present) }

// Miss remembers that the route is missing; one whose server may only be away is asked for again soon.
func (r *knownRoute) Miss(away bool) { r.miss(r.f, away) }
