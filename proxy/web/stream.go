package web

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/adapter/jsonstream"
)

// acceptance is how long a stream's status line waits for the upstream to accept the submission.
const acceptance = 10 * time.Second

// AwaitAccepted waits for the submission; that it takes long is no error.
func AwaitAccepted(ctx context.Context, t adapter.Ticket) error {
	ctx, cancel := context.WithTimeout(ctx, acceptance)
	defer cancel()
	err := t.Accepted(ctx)
	if err != nil && errors.Is(context.Cause(ctx), context.DeadlineExceeded) && adapter.KindOf(err) == adapter.Internal {
		return nil
	}
	return err
}

// EndStream tells a failure as an error event and the ticket what became of the answer.
func (s *Server) EndStream(c *gin.Context, t adapter.Ticket, e *Events, err error, tell func(APIError)) error {
	if err != nil && c.Request.Context().Err() == nil {
		v := RequestOf(c)
		x := v.explain(c, err)
		s.Tell(c, x, err)
		tell(x)
	}
	if broken := e.End(); broken != nil || c.Request.Context().Err() != nil {
		t.Abandoned()
		v := RequestOf(c)
		v.cut, v.cause = true, broken
		if broken != nil {
			panic(http.ErrAbortHandler) // half an event must not end as if the stream were whole
		}
		return nil
	}
	if adapter.KindOf(err) == adapter.Timeout || err != nil && t.Job().Status == adapter.JobCompleted {
		t.Abandoned() // the job goes on, or its result is still nobody's: a repeat gets it
		return nil
	}
	t.Answered()
	return nil
}

// Fail sends the one error event of a stream: error is an object and the first member.
func (e *Events) Fail(x APIError) {
	d := &jsonstream.Document{}
	d.Value(struct {
		Error Problem `json:"error"`
		Type  string  `json:"type"`
	}{x.Problem, "error"})
	_ = e.Send("error", d) // that the client has gone is found at the end
}
