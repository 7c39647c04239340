package proxy

import (
	"context"
	"errors"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
)

// previewer is a ticket that can open the previews that Wait reports; an *adapter.Ticket is one.
type previewer interface {
	Preview(ctx context.Context, p adapter.Progress, f adapter.Format, compression int) (*adapter.Blob, error)
}

// acceptance is how long a stream's status line waits for the upstream to accept the submission (contract.md §5).
const acceptance = 10 * time.Second

// streamPictures answers with partial pictures while the job runs and a completed event for each picture at its end
// (openai-surface.md §1.3). kind is image_generation or image_edit.
func (s *Server) streamPictures(c *gin.Context, t Ticket, kind string, f form) error {
	v := visitOf(c)
	v.job = t.Run().ID
	c.Header("Midgate-Job", v.job)
	ctx := c.Request.Context()
	if err := accepted(ctx, t); err != nil {
		return s.undelivered(c, t, err)
	}
	e := s.startEvents(c)
	defer func() { _ = e.end() }() // also when something panics: no comment may follow the answer
	partial := partials{s: s, t: t, e: e, kind: kind, form: f}
	result, err := t.Wait(ctx, func(p adapter.Progress) { partial.show(ctx, p) })
	if err == nil {
		err = s.completed(ctx, e, v.caller, kind, f, s.base(c), result)
	}
	return s.endStream(c, t, e, err)
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
func (s *Server) endStream(c *gin.Context, t Ticket, e *events, err error) error {
	if err != nil && c.Request.Context().Err() == nil {
		s.streamError(c, e, err)
	}
	if broken := e.end(); broken != nil || c.Request.Context().Err() != nil {
		t.Abandoned()
		v := visitOf(c)
		v.cut, v.cause = true, broken
		return nil
	}
	if adapter.KindOf(err) == adapter.Timeout {
		t.Abandoned() // the job goes on: a repeat joins it
		return nil
	}
	t.Answered()
	return nil
}

// streamError is the one error event of a stream: error is an object and the first member (openai-surface.md §0.5).
func (s *Server) streamError(c *gin.Context, e *events, err error) {
	v := visitOf(c)
	x := explain(ofClient(c, err), asked{model: v.model, joins: repeats(c.Request.Header)})
	v.failed, v.cause = &x, cause(err)
	s.metrics.refused(x.kind)
	d := &document{}
	d.json(struct {
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
}

func eventOf(f form, blob *adapter.Blob, at time.Time) eventJSON {
	return eventJSON{
		CreatedAt: at.Unix(), Size: strconv.Itoa(blob.Width) + "x" + strconv.Itoa(blob.Height), Quality: shownQuality(f.Quality),
		Background: "opaque", OutputFormat: string(orPNG(f.Output.Format)),
	}
}

// pictureEvent is one event with a picture; the blob goes over to it.
func pictureEvent(name string, blob *adapter.Blob, about eventJSON) *document {
	d := &document{}
	d.text.WriteString(`{"type":"` + name + `","b64_json":`)
	d.picture(blob)
	d.text.WriteByte(',')
	d.members(about)
	d.text.WriteByte('}')
	return d
}

// partials shows the first distinct previews, at most as many as were asked for.
type partials struct {
	s    *Server
	t    Ticket
	e    *events
	kind string
	form form

	shown int
	last  string // address of the preview shown last
}

// show sends a preview if it is a new one and one is still wanted. A preview that cannot be had is left out.
func (p *partials) show(ctx context.Context, now adapter.Progress) {
	opener, ok := p.t.(previewer)
	if !ok || p.shown >= p.form.Output.Partials || now.Preview == "" || now.Preview == p.last || now.Percent >= 99 { // the last is the picture itself
		return
	}
	p.last = now.Preview
	blob, err := opener.Preview(ctx, now, orPNG(p.form.Output.Format), p.form.Output.Compression)
	if err != nil {
		p.s.log.Debug("a preview could not be shown", "error", err)
		return
	}
	name := p.kind + ".partial_image"
	about := eventOf(p.form, blob, time.Now())
	index := p.shown
	about.Index = &index
	d := pictureEvent(name, blob, about)
	defer func() { _ = d.Close() }() // only read
	if p.e.send(name, d) == nil {
		p.shown++
	}
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
		about.Revised, about.Actions = p.image.RevisedPrompt, p.image.Offers()
		d := pictureEvent(name, p.blob, about)
		err := e.send(name, d)
		_ = d.Close() // only read
		if err != nil {
			for _, rest := range pictures[i+1:] {
				_ = rest.blob.Close() // nothing was read from it
			}
			return nil // the connection is gone: end says so
		}
	}
	return nil
}
