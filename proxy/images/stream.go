package images

import (
	"context"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/adapter/jsonstream"
	"midgate/proxy/web"
)

// stream answers with partial pictures while the job runs and a completed event for each picture at its end.
// kind is image_generation or image_edit.
func (s *Routes) stream(c *gin.Context, t adapter.Ticket, kind string, f web.Echo) error {
	v := web.RequestOf(c)
	web.Announce(c, t)
	ctx := c.Request.Context()
	if err := web.AwaitAccepted(ctx, t); err != nil {
		return s.Undelivered(c, t, err)
	}
	e := s.StartEvents(c)
	defer func() { _ = e.End() }() // also when something panics: no comment may follow the answer
	partial := NewPartials(s.Log, t, f, 0, func(index int, blob *adapter.Blob) error {
		name := kind + ".partial_image"
		about := EventOf(f, blob, time.Now())
		about.Index = &index
		return e.Send(name, pictureEvent(name, blob, about))
	})
	result, err := t.Wait(ctx, func(p adapter.Progress) { partial.Show(ctx, p) })
	if err == nil {
		err = s.completed(ctx, e, v.Caller, kind, f, s.Base(c), result)
	}
	return s.EndStream(c, t, e, err, e.Fail)
}

// EventJSON is what the events of a picture stream say beside their picture.
type EventJSON struct {
	CreatedAt    int64      `json:"created_at"`
	Size         string     `json:"size"`
	Quality      string     `json:"quality"`
	Background   string     `json:"background"`
	OutputFormat string     `json:"output_format"`
	Index        *int       `json:"partial_image_index,omitempty"`
	Usage        *UsageJSON `json:"usage,omitempty"`
	ID           string     `json:"id,omitempty"`
	URL          string     `json:"url,omitempty"`
	Revised      string     `json:"revised_prompt,omitempty"`
	Actions      []string   `json:"actions,omitempty"`
	Likely       []string   `json:"likely_actions,omitempty"`
}

// EventOf is what an event says of one picture.
func EventOf(f web.Echo, blob *adapter.Blob, at time.Time) EventJSON {
	return EventJSON{
		CreatedAt: at.Unix(), Size: strconv.Itoa(blob.Width) + "x" + strconv.Itoa(blob.Height), Quality: ShownQuality(f.Quality),
		Background: "opaque", OutputFormat: string(web.OrPNG(f.Output.Format)),
	}
}

// pictureEvent is one event with a picture; the blob goes over to it.
func pictureEvent(name string, blob *adapter.Blob, about EventJSON) *jsonstream.Document {
	d := &jsonstream.Document{}
	d.Text(`{"type":"` + name + `","b64_json":`)
	d.File(blob, blob.Size)
	d.Text(",")
	d.Members(about)
	d.Text("}")
	return d
}

// completed sends one event for each picture of the result.
func (s *Routes) completed(ctx context.Context, e *web.Events, caller adapter.Caller, kind string, f web.Echo, base string, r adapter.Result) error {
	f.Cost = r.Cost
	f.Output.Base64 = true // events carry nothing else
	pictures, err := s.Find(ctx, caller, f, r.Images)
	if err != nil {
		return err
	}
	s.Metrics.HandedOut("stream", len(pictures))
	for i, p := range pictures {
		name := kind + ".completed"
		about := EventOf(f, p.Blob, p.Image.Created)
		used := usage(f)
		about.Usage, about.ID, about.URL = &used, p.Image.ID, web.PictureURL(base, p.Image.ID, f.Output.Format)
		about.Revised, about.Actions, about.Likely = p.Image.Revised(), p.Image.Offers(), p.Image.Likely()
		d := pictureEvent(name, p.Blob, about)
		err := e.Send(name, d)
		_ = d.Close() // only read
		if err == nil {
			continue
		}
		for _, rest := range pictures[i+1:] {
			_ = rest.Blob.Close() // nothing was read from it
		}
		if e.Broken() {
			return nil // end says so
		}
		return err
	}
	return nil
}
