package midjourney

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"midgate/adapter"
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
	if a, ok := decodeAnswer(out.body); ok { // all that was missing is the end of the answer
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
	a, ok := decodeAnswer(out.body)
	lacking := c.learnRoute(cmd, out)
	if s, known := named(cmd, a); ok && known {
		return s, nil
	}
	if ok && a.accepts() && out.status < 300 {
		return adapter.Submission{}, adapter.Wrap(adapter.Ambiguous, numbers{out.status, a.code()},
			"The upstream accepted the job without naming it.")
	}
	if !ok {
		a = answerJSON{Message: textJSON(refusalText(out))}
	}
	r := refusal{
		status: out.status, header: out.header, answer: a, json: ok, page: isPage(out), challenge: challenged(out),
		secret: c.key, passthrough: c.shared.cfg.Passthrough, command: cmd,
	}
	o, english := r.outcome()
	if lacking {
		o, english = notOffered, ""
	}
	if f, optional := featureOf(cmd); optional && o == notOffered && !missing(out) {
		c.routes.learn(f, false)
	}
	return adapter.Submission{}, r.make(o, english)
}

// named reads the submission out of an answer that accepts a job and names it.
func named(cmd adapter.Command, a answerJSON) (adapter.Submission, bool) {
	if !a.accepts() {
		return adapter.Submission{}, false
	}
	s, ok := a.accepted(cmd)
	s.At = time.Now()
	return s, ok
}

// accepts reports whether the answer's code says that there is a job.
func (a answerJSON) accepts() bool {
	return !a.openAI() && slices.Contains([]int{codeSuccess, codeQueued, codeExists}, a.code())
}

// refusalText is what a body that is not JSON has to say: nothing if it is a page.
func refusalText(out reply) string {
	if isPage(out) {
		return ""
	}
	return string(out.body[:min(len(out.body), 4<<10)])
}
