package responses

import (
	"context"
	"log/slog"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/adapter/jsonstream"
	"midgate/proxy/images"
	"midgate/proxy/web"
)

// fresh is the last number that a client has seen of a stream that begins.
const fresh = -1

// eventStream sends a response's events in OpenAI's order, numbered from 0 without gaps. A
// stream that is taken up again leaves out what the client has seen.
type eventStream struct {
	log  *slog.Logger
	e    *web.Events
	r    responseJSON
	next int
	seen int   // the last number that the client has; fresh for none
	lost error // why an event could not be sent: its pictures cannot be read, and nothing but that may follow
}

// stream answers with events while the job runs. Of a stream that is taken up again the ticket is nobody's.
func (s *Routes) stream(c *gin.Context, t adapter.Ticket, f echo, seen int) error {
	v := web.RequestOf(c)
	job := t.Job()
	web.Announce(c, t)
	ctx := c.Request.Context()
	if seen == fresh && !f.Background {
		if err := web.AwaitAccepted(ctx, t); err != nil {
			return s.Undelivered(c, t, err)
		}
	}
	r := responseOf(job, f)
	r.Status, r.Error, r.EndedAt = string(adapter.JobInProgress), nil, 0
	stream := s.start(c, r, seen)
	defer func() { _ = stream.e.End() }() // also when something panics: no comment may follow the answer
	stream.head()
	draws := job.Kind != adapter.JobDescription && job.Kind != adapter.JobVideo && !f.TextOnly // the first item is a picture
	if draws {
		stream.begin(0, beginning(pictureItem(stream.suffix(), 0)), pictureItem(stream.suffix(), 0))
	}
	result, err := t.Wait(ctx, stream.previews(ctx, t, draws))
	if err == nil {
		err = s.finish(ctx, v.Caller, s.Base(c), t.Job(), stream, result, draws)
	}
	return s.EndStream(c, t, stream.e, err, stream.fail)
}

func (s *Routes) finish(ctx context.Context, c adapter.Caller, base string, job adapter.Job, t *eventStream, result adapter.Result, draws bool) error {
	t.r = responseOf(job, t.r.form)
	items, err := s.items(ctx, c, base, t.r, outcomeOf(job, t.r.form, result), true)
	if err != nil {
		return err
	}
	defer closeItems(items)
	announced := 0
	if draws {
		announced = 1
	}
	return t.finish(items, announced)
}

func (s *Routes) start(c *gin.Context, r responseJSON, seen int) *eventStream {
	return &eventStream{log: s.Log, e: s.StartEvents(c), r: r, seen: seen}
}

func (t *eventStream) suffix() string { return t.r.ID[len("resp_"):] }

// send writes one event: its type, its number, and what rest writes.
func (t *eventStream) send(kind string, rest func(d *jsonstream.Document)) {
	if t.lost != nil {
		return
	}
	number := t.next
	t.next++
	if number <= t.seen {
		return
	}
	d := &jsonstream.Document{} // its pictures belong to the items
	d.Text(`{"type":"` + kind + `","sequence_number":` + strconv.Itoa(number) + `,`)
	rest(d)
	d.Text("}")
	if err := t.e.Send(kind, d); err != nil && !t.e.Broken() { // that the client has gone is found at the end
		t.lost = err
		t.next = number
	}
}

// state sends an event with the whole response.
func (t *eventStream) state(kind string, items []item) {
	t.send(kind, func(d *jsonstream.Document) {
		d.Text(`"response":`)
		t.r.write(d, items)
	})
}

// head sends how every response begins.
func (t *eventStream) head() {
	status := t.r.Status
	if t.r.form.Background {
		t.r.Status = string(adapter.JobQueued)
	} else {
		t.r.Status = string(adapter.JobInProgress)
	}
	t.state("response.created", nil)
	if t.r.form.Background {
		t.state("response.queued", nil)
		t.r.Status = string(adapter.JobInProgress)
	}
	t.state("response.in_progress", nil)
	t.r.Status = status
}

// placeJSON says which item an event is about.
type placeJSON struct {
	Index int    `json:"output_index"`
	ID    string `json:"item_id"`
}

func (t *eventStream) about(kind string, place any) {
	t.send(kind, func(d *jsonstream.Document) { d.Members(place) })
}

// begin announces an item; a picture is then being drawn.
func (t *eventStream) begin(i int, announced any, id string) {
	t.about("response.output_item.added", struct {
		Index int `json:"output_index"`
		Item  any `json:"item"`
	}{i, announced})
	if _, ok := announced.(beginningJSON); ok {
		t.about("response.image_generation_call.in_progress", placeJSON{i, id})
		t.about("response.image_generation_call.generating", placeJSON{i, id})
	}
}

// finish sends the items, of which the first were announced before, and then the whole response.
func (t *eventStream) finish(items []item, announced int) error {
	t.next = max(t.next, t.seen+1)
	for i := range items {
		if i >= announced {
			t.begin(i, items[i].begun(), items[i].id)
		}
		t.done(i, &items[i])
	}
	if t.lost != nil {
		return t.lost
	}
	if err := rewind(items); err != nil {
		return adapter.Wrap(adapter.Storage, err, "A picture of this answer cannot be read at the moment.")
	}
	t.r.Status = string(adapter.JobCompleted)
	t.state("response.completed", items)
	return t.lost
}

// fail sends the error, nested and flat: clients differ in which of them they read.
func (t *eventStream) fail(x web.APIError) {
	t.lost, t.next = nil, max(t.next, t.seen+1)
	d := &jsonstream.Document{}
	d.Value(struct {
		Error   web.Problem `json:"error"`
		Type    string      `json:"type"`
		Number  int         `json:"sequence_number"`
		Code    *string     `json:"code"`
		Message string      `json:"message"`
		Param   *string     `json:"param"`
	}{x.Problem, "error", t.next, x.Problem.Code, x.Problem.Message, x.Problem.Param})
	t.next++
	_ = t.e.Send("error", d) // that the client has gone is found at the end
	t.r.Status, t.r.Error = string(adapter.JobFailed), errorOf(x)
	t.state("response.failed", nil)
}

// previews shows the first distinct previews, at most as many as were asked for.
func (t *eventStream) previews(ctx context.Context, ticket adapter.Ticket, draws bool) func(adapter.Progress) {
	if !draws {
		return nil
	}
	head := t.next
	shown := max(0, t.seen+1-head)
	t.next = max(t.next, t.seen+1)
	id := pictureItem(t.suffix(), 0)
	p := images.NewPartials(t.log, ticket, t.r.form.Echo, shown, func(index int, blob *adapter.Blob) error {
		t.send("response.image_generation_call.partial_image", func(d *jsonstream.Document) {
			d.Members(placeJSON{0, id})
			d.Text(`,"partial_image_index":` + strconv.Itoa(index) + `,"partial_image_b64":`)
			d.File(blob, blob.Size)
			about := images.EventOf(t.r.form.Echo, blob, time.Now())
			d.Text(",")
			d.Members(struct {
				Size         string `json:"size"`
				Quality      string `json:"quality"`
				Background   string `json:"background"`
				OutputFormat string `json:"output_format"`
			}{about.Size, about.Quality, about.Background, about.OutputFormat})
		})
		return nil
	})
	return func(now adapter.Progress) { p.Show(ctx, now) }
}
