package midjourney

import (
	"context"
	"errors"
	"net/http"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/outcomes"
	"midgate/adapter/midjourney/wire"
)

// maxState is how many characters a state may have: trueai refuses longer ones.
const maxState = 255

// errUnstarted tells the breaker that a submission did not reach the upstream.
var errUnstarted = errors.New("no connection")

// Submit implements adapter.Upstream: one request, never a second one.
func (c *client) Submit(ctx context.Context, cmd adapter.Command, opts adapter.Options) (adapter.Submission, error) {
	if len(opts.State) > maxState {
		return adapter.Submission{}, adapter.Errorf(adapter.Internal, "A submission's state is too long.")
	}
	done, err := c.breaker.Allow()
	if err != nil {
		return adapter.Submission{}, adapter.Wrap(adapter.Unavailable, err, "The upstream cannot be reached.")
	}
	start := time.Now()
	s, err := c.submit(ctx, cmd, opts)
	took := time.Since(start)
	if errors.Is(err, errUnstarted) {
		done(errUnstarted)
	} else {
		done(nil)
	}
	c.shared.cfg.Observe.Submit(c.cfg.Name, cmd.Name(), took, err)
	if err != nil {
		c.shared.cfg.Observe.Error(c.cfg.Name, adapter.KindOf(err))
	}
	return s, err
}

func (c *client) submit(ctx context.Context, cmd adapter.Command, opts adapter.Options) (adapter.Submission, error) {
	ctx, cancel := context.WithTimeout(ctx, c.shared.cfg.SubmitTimeout)
	defer cancel()
	route, b, err := compose(cmd, opts, c.hook(opts.State))
	if err != nil {
		return adapter.Submission{}, err
	}
	path, err := c.path(opts.Speed, route)
	if err != nil {
		return adapter.Submission{}, err
	}
	src := b.Reader(ctx)
	t := &tracer{}
	req, err := c.newRequest(t.watch(ctx), http.MethodPost, path, src, b.Size())
	if err != nil {
		return adapter.Submission{}, adapter.Wrap(adapter.Internal, err, "The submission could not be made.")
	}
	out, err := c.do(c.shared.jobs, req, maxTask)
	if err == nil {
		return c.outcome(cmd, out)
	}
	if a, ok := wire.DecodeAnswer(out.body); ok { // all that was missing is the end of the answer
		if s, ok := named(cmd, a); ok {
			return s, nil
		}
	}
	return adapter.Submission{}, unanswered(err, src.Failed(), t, out)
}

// unanswered classifies a submission that got no complete answer: certainly not arrived if no byte
// of it was sent or the request could never be completed, else unknown.
func unanswered(err, body error, t *tracer, out reply) *adapter.Error {
	switch {
	case body != nil:
		return adapter.Wrap(adapter.Storage, body, "A picture of the request could not be read.")
	case out.status == 0 && t.unsent(err):
		return adapter.Wrap(adapter.Unavailable, errors.Join(errUnstarted, err), "The upstream cannot be reached.")
	case errors.Is(err, context.DeadlineExceeded):
		return adapter.Wrap(adapter.Ambiguous, err, "The upstream did not answer in time: nobody knows whether the job was started.")
	default:
		return adapter.Wrap(adapter.Ambiguous, err, "The connection to the upstream broke: nobody knows whether the job was started.")
	}
}

// outcome reads a complete answer to a submission. Its code decides, whatever the status:
// a task that is named exists, and whoever took the answer for a refusal would submit again.
func (c *client) outcome(cmd adapter.Command, out reply) (adapter.Submission, error) {
	a, ok := wire.DecodeAnswer(out.body)
	lacking := c.learnRoute(cmd, out)
	if s, known := named(cmd, a); ok && known {
		return s, nil
	}
	if ok && a.Accepts() && out.status < 300 {
		return adapter.Submission{}, adapter.Wrap(adapter.Ambiguous, a.Cause(out.status),
			"The upstream accepted the job without naming it.")
	}
	r := c.refusal(cmd, out)
	if !ok {
		r.Answer = wire.Answer{Message: wire.Text(refusalText(out))}
	}
	o := outcomes.Lookup(r)
	if lacking {
		o = outcomes.NotOffered(r)
	}
	if f, optional := featureOf(cmd); optional && o.NotOffered() && !missing(out) {
		c.routes.learn(f, false)
	}
	return adapter.Submission{}, o.Err()
}

// refusal is a complete answer that accepted nothing, or does not tell, as outcomes are looked up with it.
func (c *client) refusal(cmd adapter.Command, out reply) outcomes.Refusal {
	a, ok := wire.DecodeAnswer(out.body)
	return outcomes.Refusal{
		Status: out.status, Header: out.header, Answer: a, JSON: ok, Page: isPage(out), Challenge: challenged(out),
		Secret: c.key, Passthrough: c.shared.cfg.Passthrough, Command: cmd, FollowUp: parent(cmd) != "", Away: away(out),
	}
}

// challenged recognises an answer of something that keeps robots out.
func challenged(out reply) bool { return outcomes.Challenged(out.status, out.header, out.body) }

// refusalText is what a body that is not JSON has to say: nothing if it is a page.
func refusalText(out reply) string {
	if isPage(out) {
		return ""
	}
	return string(out.body[:min(len(out.body), 4<<10)])
}
