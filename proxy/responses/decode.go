package responses

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"midgate/adapter"
	adapterchat "midgate/adapter/chat"
	"midgate/proxy/body"
	"midgate/proxy/chat"
	"midgate/proxy/images"
	"midgate/proxy/web"
)

// request is a request to /v1/responses, decoded and checked.
type request struct {
	turn   adapterchat.Turn
	gen    adapter.Generation
	refs   []adapter.Reference // the pictures that the turn is about, where they are not in turn.Images
	mask   *adapter.Reference
	form   echo
	stream bool
}

// decode reads everything that costs nothing to check first; pictures are looked up and fetched last.
func (s *Routes) decode(c *gin.Context, p *body.Body) (ask request, err error) {
	tool, err := imageTool(p.Fields["tools"])
	if err != nil {
		return ask, err
	}
	var read body.Steps
	read.Do(func() error { return onlyRead(p, tool) })
	read.Do(func() error { return knownChoice(p) })
	var settings *body.Body
	read.Do(func() (err error) { settings, err = toolSettings(p, tool); return })
	read.Do(func() (err error) { ask.gen, ask.stream, err = images.ReadGeneration(settings, false); return })
	read.Do(func() error { return s.settleModel(c, p, tool, &ask) })
	read.Do(p.NoPictures)
	web.RequestOf(c).Model = ask.gen.Model
	read.Do(func() (err error) { ask.form, err = readEcho(p, ask.gen); return })
	if read.Err != nil {
		return ask, read.Err
	}
	ask.form.Talk = !tool.Exists()
	ask.form.TextOnly = ask.form.Talk && breaksOnPictures(c.Request)
	req, err := s.readTalk(c, p)
	if err != nil {
		return ask, err
	}
	ask.form.Tokens = chat.PromptTokens(req)
	action := strings.ToLower(tool.Get("action").String())
	o := s.chats.Options(c)
	o.Follow = tool.Exists() && action != "generate"
	choice := readChoice(p, tool)
	o.Must, o.Never = choice == mustDraw, choice == neverDraw
	if ask.turn, err = adapterchat.ReadTurn(req, o); err != nil {
		return ask, inItem(inInput(err), p.Fields["input"])
	}
	if ask.turn.Way == adapterchat.TurnReply {
		return ask, nil
	}
	ask.form.Note, ask.form.Schema = ask.turn.Note, ask.turn.Schema
	if o.Must {
		if err := insist(&ask.turn); err != nil {
			return ask, err
		}
	}
	if err := steer(&ask.turn, action); err != nil {
		return ask, err
	}
	if ask.refs, err = s.chats.TurnPictures(c, p, ask.turn); err != nil {
		return ask, inInput(err)
	}
	if err := s.ResolveReferences(c, p, &ask.gen); err != nil {
		return ask, err
	}
	more, err := s.chats.TurnWords(c, &ask.turn, &ask.gen)
	if err != nil {
		return ask, err
	}
	ask.refs = append(ask.refs, more...)
	return ask, s.toolMask(c, p, tool, &ask)
}

// breaksOnPictures tells Vercel's AI SDK, and all that is built on it: version 5 throws at a call of a tool that its caller
// did not name, and later ones keep the whole picture as that tool's result and send it back with every turn.
func breaksOnPictures(r *http.Request) bool { return strings.Contains(r.UserAgent(), "ai-sdk/") }
