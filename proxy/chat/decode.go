package chat

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/gin-gonic/gin"
	"github.com/sashabaranov/go-openai"
	"github.com/tidwall/gjson"

	"midgate/adapter"
	"midgate/adapter/chat"
	"midgate/proxy/body"
	"midgate/proxy/images"
	"midgate/proxy/web"
)

// turnRequest is a request to /v1/chat/completions, decoded and checked.
type turnRequest struct {
	turn   chat.Turn
	gen    adapter.Generation
	refs   []adapter.Reference // the turn's own pictures
	form   Echo
	stream bool
	legacy bool // tools are called functions
}

// Echo is what rendering an answer needs to know of a chat's request; it is kept with the job.
type Echo struct {
	web.Echo
	Model string `json:"model"`
	Apart bool   `json:"apart,omitempty"` // pictures travel in images[], beside the text
	Usage bool   `json:"usage,omitempty"` // stream_options.include_usage
	Note  string `json:"note,omitempty"`  // what the answer begins with

	Schema json.RawMessage `json:"schema,omitempty"` // of the JSON that a description is put into
}

// decode reads everything that costs nothing to check; pictures are looked up and fetched last, and only if they are
// needed.
func (s *Routes) decode(c *gin.Context, p *body.Body) (ask turnRequest, err error) {
	if err := p.NoPictures(); err != nil {
		return ask, err
	}
	req, err := readMessages(p)
	web.RequestOf(c).Model = req.Model
	if err != nil {
		return ask, err
	}
	if err := s.Services.Models.Model(req.Model); err != nil {
		return ask, err
	}
	if err := p.Present("messages"); err != nil {
		return ask, err
	}
	if err := OnlyInMessages(p, "messages"); err != nil {
		return ask, err
	}
	o := s.Options(c)
	o.Never = callsNone(p)
	if ask.turn, err = chat.ReadTurn(req, o); err != nil {
		return ask, err
	}
	if ask.gen, ask.stream, err = readDrawing(p); err != nil {
		return ask, err
	}
	ask.legacy = p.Fields["functions"].IsArray()
	ask.form = Echo{Echo: web.EchoOf(ask.gen), Model: cmp.Or(req.Model, "midjourney"), Apart: wantsImages(p.Fields["modalities"])}
	ask.form.Tokens = PromptTokens(req)
	ask.form.Note, ask.form.Schema = ask.turn.Note, ask.turn.Schema
	ask.form.Usage = p.Fields["stream_options"].Get("include_usage").Bool()
	if ask.turn.Way == chat.TurnReply {
		return ask, nil
	}
	if ask.refs, err = s.TurnPictures(c, p, ask.turn); err != nil {
		return ask, err
	}
	if err := s.ResolveReferences(c, p, &ask.gen); err != nil {
		return ask, err
	}
	more, err := s.TurnWords(c, &ask.turn, &ask.gen)
	ask.refs = append(ask.refs, more...)
	return ask, err
}

// callsNone reports whether a client that offers tools wants no call of any: an answer in words, and no picture. Where no tool
// is offered, the choice is about nothing, and a chat model that draws goes on to draw.
func callsNone(p *body.Body) bool {
	return len(p.Fields["tools"].Array()) > 0 && p.Fields["tool_choice"].Str == "none" ||
		len(p.Fields["functions"].Array()) > 0 && p.Fields["function_call"].Str == "none"
}

// TurnWords settles our own pictures among a turn's words. An address alone asks what is to be seen there.
func (s *Routes) TurnWords(c *gin.Context, t *chat.Turn, g *adapter.Generation) (subject []adapter.Reference, err error) {
	if err := s.ReachableWords(c, &t.Extra); err != nil {
		return nil, err
	}
	words, refs, err := s.ResolveWords(c, t.Prompt, true)
	switch {
	case err != nil:
		return nil, err
	case words == "" && len(refs) == 1 && t.Way == chat.TurnDraw && len(t.Attached) == 0:
		t.Way, t.Prompt = chat.TurnDescribe, ""
		return refs, nil
	case t.Way == chat.TurnDescribe && len(t.Attached)+len(t.Images) == 0:
		return refs, nil
	}
	t.Prompt, g.References = words, append(g.References, refs...)
	return nil, nil
}

// Options is how the turns of this request's caller are read.
func (s *Routes) Options(c *gin.Context) chat.Options {
	return chat.Options{DrawTasks: s.Config.ChatTasks == "draw", Picture: func(id string) (adapter.Image, bool) {
		img, err := s.Services.Pictures.Image(c.Request.Context(), web.RequestOf(c).Caller, id)
		return img, err == nil // what cannot be looked up now is found missing when it is used
	}}
}

// readDrawing reads the settings that an image request has, of a conversation's body. Fields of the same name that mean
// something else there are left out; n is 0 where it is not given.
func readDrawing(p *body.Body) (adapter.Generation, bool, error) {
	fields := make(map[string]gjson.Result, len(p.Fields))
	for name, v := range p.Fields {
		switch {
		case name == "prompt", name == "partial_images", name == "response_format", name == "background" && v.Type != gjson.String:
		default:
			fields[name] = v
		}
	}
	fields["response_format"] = gjson.Result{Type: gjson.String, Str: "url"}
	own := &body.Body{Fields: fields, Query: p.Query, Called: p.Called}
	g, stream, err := images.ReadGeneration(own, false)
	if v := fields["n"]; v.Type == gjson.Null || v.Num == 0 && (v.Str == "" || v.Str == "0") {
		g.N = 0
	}
	return g, stream, err
}

// TurnPictures looks up the pictures that came with a turn.
func (s *Routes) TurnPictures(c *gin.Context, p *body.Body, t chat.Turn) (refs []adapter.Reference, err error) {
	if len(t.Attached) > body.MaxImages {
		return nil, adapter.BadParam("messages", "array_above_max_length", "At most %d images may be sent in one message.", body.MaxImages)
	}
	for _, text := range t.Attached {
		src := body.Source{Param: "messages", Text: text}
		p.Take(&src)
		ref, err := s.Resolve(c, src)
		if err != nil {
			return nil, err
		}
		refs = append(refs, ref)
	}
	return refs, nil
}

// wantsImages reports whether modalities ask for pictures beside the text.
func wantsImages(v gjson.Result) bool {
	return slices.ContainsFunc(v.Array(), func(m gjson.Result) bool { return m.String() == "image" })
}

// PromptTokens estimates what a conversation counts.
func PromptTokens(req openai.ChatCompletionRequest) int {
	n := 0
	for _, m := range req.Messages {
		n += web.Tokens(m.Content)
		for _, part := range m.MultiContent {
			n += web.Tokens(part.Text)
		}
	}
	return n
}
