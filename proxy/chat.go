package proxy

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

// chatRoutes serves OpenAI's Chat Completions.
type chatRoutes struct {
	*web.Server
	talker   chatTalker
	pictures *images.Routes
}

// newChatRoutes makes the routes; pictures shows the pictures of an answer.
func newChatRoutes(w *web.Server, t chatTalker, pictures *images.Routes) *chatRoutes {
	return &chatRoutes{Server: w, talker: t, pictures: pictures}
}

// Talker answers the turns of a conversation.
type chatTalker interface {
	// Converse starts what a turn asks for; attached are the turn's own pictures.
	Converse(ctx context.Context, a adapter.Attempt, t chat.Turn, g adapter.Generation, attached []adapter.Reference) (adapter.TurnAnswer, error)
}

const chatRoute = "/v1/chat/completions"

// chat serves POST /v1/chat/completions: Midjourney as a chat model (openai-surface.md §6).
func (s *chatRoutes) chat(c *gin.Context) error {
	p, err := s.Read(c)
	if err != nil {
		return err
	}
	ask, err := s.readChat(c, p)
	if err != nil {
		return err
	}
	if ask.turn.Way == chat.TurnReply {
		return s.chatAtOnce(c, ask, said{reply: &ask.turn.Reply, legacy: ask.legacy, text: ask.turn.Reply.Text})
	}
	a, err := s.Attempt(c, p, true, ask.form) // a conversation waits as long as its job lives
	if err != nil {
		return err
	}
	talk, err := s.talker.Converse(c.Request.Context(), a, ask.turn, ask.gen, ask.refs)
	switch {
	case err != nil:
		return err
	case talk.Ticket == nil:
		answer, err := s.showing(c.Request.Context(), web.RequestOf(c).Caller, s.Base(c), ask.form, talk.Images, chat.Answer{Note: ask.turn.Note})
		if err != nil {
			return err
		}
		return s.chatAtOnce(c, ask, answer)
	case ask.stream:
		return s.streamChat(c, talk.Ticket, ask.form)
	default:
		return s.Deliver(c, talk.Ticket, s.completion(c, talk.Ticket.Job(), ask.form))
	}
}

// chatAtOnce answers what needs no job, in the form that was asked for.
func (s *chatRoutes) chatAtOnce(c *gin.Context, ask chatAsk, answer said) error {
	head := chatHead{ID: "chatcmpl-" + rand.Text(), Created: time.Now().Unix(), Model: ask.form.Model}
	if !ask.stream {
		doc := &jsonstream.Document{}
		defer func() { _ = doc.Close() }() // files that were only read
		web.Around(doc, completionOf(head, ask.form, answer), answer.blobs())
		return s.WriteDocument(c, doc)
	}
	t := s.startChat(c, head, ask.form)
	defer func() { _ = t.e.End() }() // also when something panics
	if err := t.answer(answer); err != nil {
		t.e.Fail(web.Explain(err, web.ErrorContext{}))
	}
	return t.e.Close()
}

// completion renders a result as a chat's answer.
func (s *chatRoutes) completion(c *gin.Context, run adapter.Job, f chatForm) web.Renderer {
	caller, base := web.RequestOf(c).Caller, s.Base(c)
	return func(ctx context.Context, d *jsonstream.Document, r adapter.Result) error {
		answer, err := s.said(ctx, caller, base, run, f, r)
		if err != nil {
			return err
		}
		web.Around(d, completionOf(headOf(run, f), f, answer), answer.blobs())
		return nil
	}
}

// chatResult renders a run's result as the chat that began it was answered.
func (s *chatRoutes) chatResult(c *gin.Context, run adapter.Job) web.Renderer {
	var f chatForm
	_ = json.Unmarshal(run.Echo, &f) // written by attempt
	return s.completion(c, run, f)
}

func headOf(run adapter.Job, f chatForm) chatHead {
	return chatHead{ID: "chatcmpl-" + strings.TrimPrefix(run.ID, "job_"), Created: run.Created.Unix(), Model: f.Model}
}

// said puts a job's result into words and pictures.
func (s *chatRoutes) said(ctx context.Context, caller adapter.Caller, base string, run adapter.Job, f chatForm, r adapter.Result) (said, error) {
	say := chat.Answer{Texts: r.Texts, Note: f.Note}
	if len(r.Videos) > 0 {
		say.Video = web.VideoURL(base, run.ID, r.Moving)
	}
	if r.Missing > 0 {
		say.Note = strings.TrimSpace(say.Note + "\n\n" + r.Reason)
	}
	var images []adapter.Image
	for _, id := range r.Images {
		img, err := s.Services.Pictures.Image(ctx, caller, id)
		if err != nil {
			return said{}, err
		}
		images = append(images, img)
	}
	return s.showing(ctx, caller, base, f, images, say)
}

// showing is an answer with pictures: a grid as one picture with links to its quarters, all others one by one.
func (s *chatRoutes) showing(ctx context.Context, caller adapter.Caller, base string, f chatForm, images []adapter.Image, say chat.Answer) (said, error) {
	say.URL = func(id string) string { return web.PictureURL(base, id, f.Output.Format) }
	say.Apart = f.Apart
	say.Images = images
	if len(images) == 1 && images[0].IsGrid() {
		say.Whole, say.Images = &images[0], nil
	}
	answer := said{text: chat.Markdown(say), format: f.Output.Format}
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
