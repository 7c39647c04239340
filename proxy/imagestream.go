package proxy

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/adapter/jsonstream"
)

// acceptance is how long a stream's status line waits for the upstream to accept the submission (contract.md §5).
const acceptance = 10 * time.Second

// streamPictures answers with partial pictures while the job runs and a completed event for each picture at its end
// (openai-surface.md §1.3). kind is image_generation or image_edit.
func (s *Server) streamPictures(c *gin.Context, t Ticket, kind string, f form) error {
	v := visitOf(c)
	v.follow(t)
	c.Header("Midgate-Job", v.job)
	ctx := c.Request.Context()
	if err := accepted(ctx, t); err != nil {
		return s.undelivered(c, t, err)
	}
	e := s.startEvents(c)
	defer func() { _ = e.end() }() // also when something panics: no comment may follow the answer
	partial := partials{s: s, t: t, form: f, send: func(index int, blob *adapter.Blob) error {
		name := kind + ".partial_image"
		about := eventOf(f, blob, time.Now())
		about.Index = &index
		return e.send(name, pictureEvent(name, blob, about))
	}}
	result, err := t.Wait(ctx, func(p adapter.Progress) { partial.show(ctx, p) })
	if err == nil {
		err = s.completed(ctx, e, v.caller, kind, f, s.base(c), result)
	}
	return s.endStream(c, t, e, err, e.fail)
}

// accepted waits for the submission; that it takes long is no error.
func accepted(ctx context.Context, t Ticket) error {
	ctx, cancel := context.WithTimeout(ctx, acceptance)
	defer cancel()
	err := t.Accepted(ctx)
	if err != nil && errors.Is(context.Cause(ctx), context.DeadlineExceeded) && adapter.KindOf(err) == adapter.Internal {
		return nil
	}
	return err
}

// endStream tells a failure as an error event and the ticket what became of the answer.
func (s *Server) endStream(c *gin.Context, t Ticket, e *events, err error, tell func(explained)) error {
	if err != nil && c.Request.Context().Err() == nil {
		v := visitOf(c)
		x := explain(ofClient(c, err), asked{model: v.model, joins: repeats(c.Request.Header)})
		v.failed, v.cause = &x, cause(err)
		s.metrics.refused(x.kind)
		tell(x)
	}
	if broken := e.end(); broken != nil || c.Request.Context().Err() != nil {
		t.Abandoned()
		v := visitOf(c)
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

// fail sends the one error event of a stream: error is an object and the first member (openai-surface.md §0.5).
func (e *events) fail(x explained) {
	d := &jsonstream.Document{}
	d.Value(struct {
		Error problem `json:"error"`
		Type  string  `json:"type"`
	}{x.problem, "error"})
	_ = e.send("error", d) // that the client has gone is found at the end
}

// eventJSON is what the events of a picture stream say beside their picture.
type eventJSON struct {
	CreatedAt    int64      `json:"created_at"`
	Size         string     `json:"size"`
	Quality      string     `json:"quality"`
	Background   string     `json:"background"`
	OutputFormat string     `json:"output_format"`
	Index        *int       `json:"partial_image_index,omitempty"`
	Usage        *usageJSON `json:"usage,omitempty"`
	ID           string     `json:"id,omitempty"`
	URL          string     `json:"url,omitempty"`
	Revised      string     `json:"revised_prompt,omitempty"`
	Actions      []string   `json:"actions,omitempty"`
	Likely       []string   `json:"likely_actions,omitempty"`
}

func eventOf(f form, blob *adapter.Blob, at time.Time) eventJSON {
	return eventJSON{
		CreatedAt: at.Unix(), Size: strconv.Itoa(blob.Width) + "x" + strconv.Itoa(blob.Height), Quality: shownQuality(f.Quality),
		Background: "opaque", OutputFormat: string(orPNG(f.Output.Format)),
	}
}

// pictureEvent is one event with a picture; the blob goes over to it.
func pictureEvent(name string, blob *adapter.Blob, about eventJSON) *jsonstream.Document {
	d := &jsonstream.Document{}
	d.Text(`{"type":"` + name + `","b64_json":`)
	d.File(blob, blob.Size)
	d.Text(",")
	d.Members(about)
	d.Text("}")
	return d
}

// completed sends one event for each picture of the result.
func (s *Server) completed(ctx context.Context, e *events, caller adapter.Caller, kind string, f form, base string, r adapter.Result) error {
	f.Output.Base64 = true // events carry nothing else
	pictures, err := s.find(ctx, caller, f, r.Images)
	if err != nil {
		return err
	}
	s.metrics.handedOut("stream", len(pictures))
	for i, p := range pictures {
		name := kind + ".completed"
		about := eventOf(f, p.blob, p.image.Created)
		used := usage(f.Tokens)
		about.Usage, about.ID, about.URL = &used, p.image.ID, pictureURL(base, p.image.ID, f.Output.Format)
		about.Revised, about.Actions, about.Likely = p.image.Revised(), p.image.Offers(), p.image.Likely()
		d := pictureEvent(name, p.blob, about)
		err := e.send(name, d)
		_ = d.Close() // only read
		if err == nil {
			continue
		}
		for _, rest := range pictures[i+1:] {
			_ = rest.blob.Close() // nothing was read from it
		}
		if e.broken() {
			return nil // end says so
		}
		return err
	}
	return nil
}
