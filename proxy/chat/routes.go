package chat

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	"midgate/adapter/chat"
	"midgate/adapter/jsonstream"
	"midgate/proxy/images"
	"midgate/proxy/web"
)

// Routes serves OpenAI's Chat Completions.
type Routes struct {
	*web.Server
	conversations Conversations
	pictures      *images.Routes
}

// New makes the routes; pictures shows the pictures of an answer.
func New(w *web.Server, t Conversations, pictures *images.Routes) *Routes {
	return &Routes{Server: w, conversations: t, pictures: pictures}
}

// Conversations answers the turns of a conversation.
type Conversations interface {
	// Converse starts what a turn asks for; attached are the turn's own pictures.
	Converse(ctx context.Context, a adapter.Attempt, t chat.Turn, g adapter.Generation, attached []adapter.Reference) (adapter.TurnAnswer, error)
}

// Route is the path that is served here.
const Route = "/v1/chat/completions"

// Complete serves POST /v1/chat/completions: Midjourney as a chat model.
func (s *Routes) Complete(c *gin.Context) error {
	web.RequestOf(c).Words = "messages"
	p, err := s.Read(c)
	if err != nil {
		return err
	}
	ask, err := s.decode(c, p)
	if err != nil {
		return err
	}
	if ask.turn.Way == chat.TurnReply {
		return s.answerAtOnce(c, ask, Answer{Reply: &ask.turn.Reply, legacy: ask.legacy, Text: ask.turn.Reply.Text})
	}
	a, err := web.Attempt(c, p, true, ask.form) // a conversation waits as long as its job lives
	if err != nil {
		return err
	}
	talk, err := s.conversations.Converse(c.Request.Context(), a, ask.turn, ask.gen, ask.refs)
	switch {
	case err != nil:
		return err
	case talk.Ticket == nil:
		answer, err := s.showing(c.Request.Context(), web.RequestOf(c).Caller, s.Base(c), ask.form, talk.Images, chat.Answer{Note: ask.turn.Note})
		if err != nil {
			return err
		}
		return s.answerAtOnce(c, ask, answer)
	case ask.stream:
		return s.stream(c, talk.Ticket, ask.form)
	default:
		return s.Deliver(c, talk.Ticket, s.render(c, talk.Ticket.Job(), ask.form))
	}
}

// answerAtOnce answers what needs no job, in the form that was asked for.
func (s *Routes) answerAtOnce(c *gin.Context, ask turnRequest, answer Answer) error {
	head := answerHead{ID: "chatcmpl-" + rand.Text(), Created: time.Now().Unix(), Model: ask.form.Model}
	if !ask.stream {
		doc := &jsonstream.Document{}
		defer func() { _ = doc.Close() }() // files that were only read
		web.Around(doc, completionOf(head, ask.form, answer), answer.blobs())
		return s.WriteDocument(c, doc)
	}
	t := s.start(c, head, ask.form)
	defer func() { _ = t.e.End() }() // also when something panics
	if err := t.answer(answer); err != nil {
		t.e.Fail(web.Explain(err, web.ErrorContext{}))
	}
	return t.e.Close()
}

// render renders a result as a chat's answer.
func (s *Routes) render(c *gin.Context, job adapter.Job, f Echo) web.Renderer {
	caller, base := web.RequestOf(c).Caller, s.Base(c)
	return func(ctx context.Context, d *jsonstream.Document, r adapter.Result) error {
		answer, err := s.answer(ctx, caller, base, job, f, r)
		if err != nil {
			return err
		}
		web.Around(d, completionOf(headOf(job, f), f, answer), answer.blobs())
		return nil
	}
}

// Result renders a job's result as the chat that began it was answered.
func (s *Routes) Result(c *gin.Context, job adapter.Job) web.Renderer {
	var f Echo
	_ = json.Unmarshal(job.Echo, &f) // written by attempt
	return s.render(c, job, f)
}

func headOf(job adapter.Job, f Echo) answerHead {
	return answerHead{ID: "chatcmpl-" + strings.TrimPrefix(job.ID, "job_"), Created: job.Created.Unix(), Model: f.Model}
}

// answer puts a job's result into words and pictures.
func (s *Routes) answer(ctx context.Context, caller adapter.Caller, base string, job adapter.Job, f Echo, r adapter.Result) (Answer, error) {
	if f.Schema != nil && len(r.Texts) > 0 {
		return Answer{Text: chat.Described(f.Schema, r.Texts), cost: r.Cost}, nil
	}
	say := chat.Answer{Texts: r.Texts, Note: f.Note}
	if len(r.Videos) > 0 {
		say.Video = web.VideoURL(base, job.ID, r.Moving)
	}
	if r.Missing > 0 {
		say.Note = strings.TrimSpace(say.Note + "\n\n" + r.Reason)
	}
	var images []adapter.Image
	for _, id := range r.Images {
		img, err := s.Services.Pictures.Image(ctx, caller, id)
		if err != nil {
			return Answer{}, err
		}
		images = append(images, img)
	}
	answer, err := s.showing(ctx, caller, base, f, images, say)
	answer.cost = r.Cost
	return answer, err
}

// showing is an answer with pictures: a grid as one picture with links to its quarters, all others one by one.
func (s *Routes) showing(ctx context.Context, caller adapter.Caller, base string, f Echo, images []adapter.Image, say chat.Answer) (Answer, error) {
	say.URL = func(id string) string { return web.PictureURL(base, id, f.Output.Format) }
	say.Apart = f.Apart
	say.Images = images
	if len(images) == 1 && images[0].IsGrid() {
		say.Whole, say.Images = &images[0], nil
	}
	answer := Answer{Text: chat.Markdown(say), format: f.Output.Format}
	if !f.Apart {
		s.Metrics.HandedOut("url", len(images))
		return answer, nil
	}
	ids := make([]string, len(images))
	for i, img := range images {
		ids[i] = img.ID
	}
	read := f.Echo
	read.Output.Base64 = true
	var err error
	answer.images, err = s.pictures.Find(ctx, caller, read, ids)
	s.Metrics.HandedOut("b64_json", len(answer.images))
	return answer, err
}
