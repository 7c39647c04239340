package midjourney

import (
	"bytes"
	"context"
	"net/http"

	"midgate/adapter"
	"midgate/adapter/midjourney/outcomes"
	"midgate/adapter/midjourney/wire"
)

// Surveyor tells what sort of server an upstream is, by asking for a task that nobody has: it costs nothing.
// Every adapter.Upstream of a Fleet is one.
type Surveyor interface {
	// Kind names the family that the answer is typical of.
	Kind(ctx context.Context) (string, error)
	// Prefixed reports whether the server serves the path of a configured speed, and which prefix that is.
	Prefixed(ctx context.Context, s adapter.Speed) (prefix string, served bool, err error)
	// Offered tells whether jobs of a kind are taken, as far as a question shows that starts none.
	Offered(ctx context.Context, f adapter.Feature) (Offer, error)
	// Files tries to fetch one file of every host that recent tasks have files at. adapter.ErrNotFound where the server
	// has no list of them.
	Files(ctx context.Context) (map[string]error, error)
}

// Offer is what an upstream says of a kind of job.
type Offer struct {
	Known bool
	Works bool
	Words string // what a refusal says
}

var _ Surveyor = (*client)(nil)

// noTask is the ID of a task that no upstream has, nobody where it would be read.
const (
	noTask = "0000000000000000"
	nobody = "/mj/task/" + noTask + "/fetch"
)

// Kind implements Surveyor.
func (c *client) Kind(ctx context.Context) (string, error) {
	out, err := c.survey(ctx, "")
	if err != nil {
		return "", err
	}
	a, _ := wire.DecodeAnswer(out.body)
	switch {
	case out.status == http.StatusNoContent:
		return "an origin like trueai's", nil
	case out.status == http.StatusOK && len(bytes.TrimSpace(out.body)) == 0:
		return "an origin like novicezk's", nil
	case out.status == http.StatusBadRequest && a.Says("task_no_found"):
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

// Offered implements Surveyor. A route that jobs are submitted to is asked for by GET, which starts none anywhere: it is
// there where that is refused for the method, as it is with a route that every server has.
func (c *client) Offered(ctx context.Context, f adapter.Feature) (Offer, error) {
	ctx, cancel := context.WithTimeout(ctx, c.shared.cfg.ReadTimeout)
	defer cancel()
	ask := func(route string) (reply, error) {
		out, err := c.call(ctx, http.MethodGet, "/mj/submit/"+route, nil, maxTask)
		if err != nil {
			return out, adapter.Wrap(adapter.Unavailable, err, "The upstream does not answer.")
		}
		return out, nil
	}
	out, err := ask(string(f))
	if err != nil {
		return Offer{}, err
	}
	r := c.refusal(adapter.Native{Route: string(f)}, out)
	if o := outcomes.Lookup(r); r.JSON && !missing(out) && (o.NotOffered() || o.Cannot()) {
		return Offer{Known: true, Words: o.Err().Message}, nil
	}
	tells, err := ask("imagine")
	switch {
	case err != nil || tells.status != http.StatusMethodNotAllowed:
		return Offer{}, err
	case out.status == http.StatusMethodNotAllowed:
		return Offer{Known: true, Works: true}, nil
	case out.status == http.StatusNotFound:
		return Offer{Known: true, Words: "There is no such route."}, nil
	default:
		return Offer{}, nil
	}
}

// surveyed is of how many hosts a file is fetched.
const surveyed = 5

// Files implements Surveyor.
func (c *client) Files(ctx context.Context) (map[string]error, error) {
	rows, err := c.recent(ctx)
	if err != nil {
		return nil, err
	}
	found := map[string]error{}
	for _, r := range rows {
		for _, address := range append([]string{r.ImageURL}, r.ImageURLs...) {
			u, err := c.base.Parse(address)
			if err != nil || address == "" || len(found) == surveyed {
				continue
			}
			if _, asked := found[u.Host]; !asked {
				found[u.Host] = c.reaches(ctx, address)
			}
		}
	}
	return found, nil
}

// reaches begins to fetch a file.
func (c *client) reaches(ctx context.Context, address string) error {
	ctx, cancel := context.WithTimeout(ctx, c.shared.cfg.ReadTimeout)
	defer cancel()
	resp, err := c.get(ctx, address, 0)
	if err != nil {
		return err
	}
	return resp.Body.Close()
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
