package responses

import (
	"context"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	adapterchat "midgate/adapter/chat"
	"midgate/adapter/jsonstream"
	"midgate/proxy/chat"
	"midgate/proxy/images"
	"midgate/proxy/web"
)

// Route is the path that is served here.
const Route = "/v1/responses"

// Routes serves OpenAI's Responses.
type Routes struct {
	*web.Server
	conversations chat.Conversations
	editor        Editor
	jobs          Jobs
	followers     Followers
	pictures      *images.Routes
	chats         *chat.Routes
}

// New makes the routes; pictures shows the pictures of an answer, chats reads the turn that is answered.
func New(w *web.Server, t chat.Conversations, e Editor, j Jobs, f Followers, pictures *images.Routes, chats *chat.Routes) *Routes {
	return &Routes{Server: w, conversations: t, editor: e, jobs: j, followers: f, pictures: pictures, chats: chats}
}

// Editor starts edits: a mask makes one of a response.
type Editor interface {
	Edit(ctx context.Context, a adapter.Attempt, e adapter.Edit) (adapter.Ticket, error)
}

// Jobs knows the jobs of an owner: a response is its job.
type Jobs interface {
	Job(ctx context.Context, c adapter.Caller, id string) (adapter.Job, error)
	Cancel(ctx context.Context, c adapter.Caller, id string) (adapter.Job, error)
}

// Followers know jobs that an earlier request began.
type Followers interface {
	// Follow returns a ticket without a delivery: Answered and Abandoned must not be called.
	Follow(ctx context.Context, c adapter.Caller, jobID string) (adapter.Ticket, error)
	// Forget hides a job from those who show it under another name.
	Forget(ctx context.Context, c adapter.Caller, jobID string) error
}

// Create serves POST /v1/responses: the image_generation tool of OpenAI's newer API. A response
// is its job.
func (s *Routes) Create(c *gin.Context) error {
	web.RequestOf(c).Words = "input"
	p, err := s.ReadAnyModel(c)
	if err != nil {
		return err
	}
	ask, err := s.decode(c, p)
	if err != nil {
		return err
	}
	if ask.turn.Way == adapterchat.TurnReply {
		return s.answerAtOnce(c, ask, outcome{Answer: chat.Answer{Text: ask.turn.Reply.Text, Reply: &ask.turn.Reply}})
	}
	a, err := web.Attempt(c, p, ask.stream, ask.form)
	if err != nil {
		return err
	}
	a.Async = a.Async || ask.form.Background
	talk, err := s.converse(c.Request.Context(), a, ask)
	switch {
	case err != nil:
		return err
	case talk.Ticket == nil:
		return s.answerAtOnce(c, ask, outcome{images: talk.Images})
	case ask.stream:
		return s.stream(c, talk.Ticket, ask.form, fresh)
	case ask.form.Background:
		return s.answerQueued(c, talk.Ticket)
	default:
		return s.Deliver(c, talk.Ticket, s.render(c, talk.Ticket.Job(), ask.form, true))
	}
}

// converse starts what the turn asks for; a mask makes it an edit of that area.
func (s *Routes) converse(ctx context.Context, a adapter.Attempt, ask request) (adapter.TurnAnswer, error) {
	if ask.mask == nil {
		return s.conversations.Converse(ctx, a, ask.turn, ask.gen, ask.refs)
	}
	g := ask.gen
	g.Prompt = ask.turn.Prompt
	t, err := s.editor.Edit(ctx, a, adapter.Edit{Generation: g, Images: ask.refs, Mask: ask.mask})
	return adapter.TurnAnswer{Ticket: t}, err
}

// answerQueued answers a background request at once: the client asks for the response until it is done.
func (s *Routes) answerQueued(c *gin.Context, t adapter.Ticket) error {
	job := t.Job()
	web.Announce(c, t)
	written := false
	defer func() {
		if !written { // an answer that is cut ends in a panic
			t.Abandoned()
		}
	}()
	if err := s.write(c, job); err != nil {
		return err
	}
	written = true
	web.Handed(c, t)
	return nil
}

// answerAtOnce answers what needs no job.
func (s *Routes) answerAtOnce(c *gin.Context, ask request, o outcome) error {
	r := responseJSON{ID: atOnceID(ask.form, o), CreatedAt: time.Now().Unix(), Status: "completed", form: ask.form}
	items, err := s.items(c.Request.Context(), web.RequestOf(c).Caller, s.Base(c), r, o, true)
	if err != nil {
		return err
	}
	if ask.stream {
		defer closeItems(items)
		t := s.start(c, r, fresh)
		defer func() { _ = t.e.End() }() // also when something panics
		t.head()
		if err := t.finish(items, 0); err != nil {
			t.fail(web.Explain(err, web.ErrorContext{}))
		}
		return t.e.Close()
	}
	doc := &jsonstream.Document{}
	defer func() { _ = doc.Close() }() // files that were only read
	r.write(doc, items)
	return s.WriteDocument(c, doc)
}

// Result renders a job's result as the response that it was begun by.
func (s *Routes) Result(c *gin.Context, job adapter.Job, bytes bool) web.Renderer {
	return s.render(c, job, keptEcho(job), bytes)
}

// render renders a result as a response; without bytes its pictures are addresses only.
func (s *Routes) render(c *gin.Context, job adapter.Job, f echo, bytes bool) web.Renderer {
	caller, base := web.RequestOf(c).Caller, s.Base(c)
	return func(ctx context.Context, d *jsonstream.Document, result adapter.Result) error {
		r := responseOf(job, f)
		r.Status = "completed"
		items, err := s.items(ctx, caller, base, r, outcomeOf(job, f, result), bytes)
		if err != nil {
			return err
		}
		r.write(d, items)
		return nil
	}
}
