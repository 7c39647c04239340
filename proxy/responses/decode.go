package responses

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/sashabaranov/go-openai"
	"github.com/tidwall/gjson"

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
	ask.form.Note = ask.turn.Note
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

// imageTool is the request's image_generation tool; without one its settings are all defaults.
func imageTool(tools gjson.Result) (tool gjson.Result, err error) {
	for _, t := range tools.Array() {
		switch {
		case t.Get("type").String() != "image_generation":
		case !tool.Exists():
			tool = t
		case t.Raw != tool.Raw:
			return tool, adapter.BadParam("tools", "invalid_value", "There are two image_generation tools: one can be used, so send its settings in one of them.")
		}
	}
	return tool, nil
}

// ofTalk are the fields of a request that are no settings of a drawing, or mean something else there.
var ofTalk = []string{"input", "instructions", "tools", "tool_choice", "model", "prompt", "background", "partial_images", "text", "metadata", "conversation"}

// toolSettings are the settings of a drawing, which stand in the tool; they may stand beside it, as other routes have them.
func toolSettings(p *body.Body, tool gjson.Result) (own *body.Body, err error) {
	fields := map[string]gjson.Result{}
	for name, v := range p.Fields {
		if !slices.Contains(ofTalk, name) {
			fields[name] = v
		}
	}
	tool.ForEach(func(k, v gjson.Result) bool {
		switch name := k.String(); {
		case name == "prompt" || name == "stream" || name == "model" || !body.Says(v):
		case v.String() == "auto" && body.Says(fields[name]):
		case body.Says(fields[name]) && fields[name].String() != "auto" && fields[name].String() != v.String():
			err = adapter.BadParam(body.Shortened(name, 100), "duplicate_parameter", "'%s' is in the tool and beside it, with different values: send one of them.", body.Shortened(name, 100))
		default:
			fields[name] = v
		}
		return err == nil
	})
	fields["response_format"] = gjson.Result{Type: gjson.String, Str: "b64_json"}
	return &body.Body{Fields: fields}, err
}

// onlyRead refuses what a tool has and nobody reads: it would be left out of the picture.
func onlyRead(p *body.Body, tool gjson.Result) (err error) {
	tool.ForEach(func(k, v gjson.Result) bool {
		name := k.String()
		if name != "input_image_mask" && name != "midjourney" && !images.IsSetting(name) && p.HoldsPicture(name, v) || strings.HasPrefix(name, "input_image") && name != "input_image_mask" && body.Says(v) {
			name = "tools." + body.Shortened(name, 100)
			err = adapter.BadParam(name, "unknown_upload", "The picture in '%s' is not used here: put it into a message of 'input'; 'input_image_mask' is read from the tool.", name)
		}
		return err == nil
	})
	if conversation := p.Fields["conversation"]; err == nil && body.Says(conversation) {
		err = adapter.BadParam("conversation", "conversation_not_found", "There is no conversation with this ID: midgate keeps none. Send its messages in 'input', or go on with 'previous_response_id'.")
	}
	return err
}

// imageDeployment is the header in which Azure's clients name the model of a response's image tool.
const imageDeployment = "X-Ms-Oai-Image-Generation-Deployment"

// settleModel settles the model: the tool's, else the request's where it is one of ours, else the plain one. A response's
// own model is a text model that means nothing here.
func (s *Routes) settleModel(c *gin.Context, p *body.Body, tool gjson.Result, ask *request) error {
	named, err := p.Model()
	if err != nil {
		return err
	}
	wanted, err := body.TextOf(tool.Get("model"), "tools.model")
	if err != nil {
		return err
	}
	if wanted != "" {
		ask.gen.Model = strings.Clone(body.Shortened(wanted, 256))
		return ofTool(s.Services.Models.Model(ask.gen.Model))
	}
	for _, name := range []string{c.GetHeader(imageDeployment), named} {
		if name != "" && len(name) <= 256 && s.Services.Models.Model(name) == nil {
			ask.gen.Model = strings.Clone(name)
			return nil
		}
	}
	ask.gen.Model = ""
	return nil
}

// ofTool says of a model that it is the tool's.
func ofTool(err error) error {
	e, ok := errors.AsType[*adapter.Error](err)
	if !ok {
		return err
	}
	own := *e
	own.Param = "tools.model"
	return &own
}

// steer obeys the tool's action: generate draws anew, whatever was shown before, with the pictures of its own turn as
// references; edit needs one.
func steer(t *adapterchat.Turn, action string) error {
	switch {
	case action == "generate" && t.Way != adapterchat.TurnReply && t.Prompt != "":
		t.Way, t.Images, t.Action, t.Note = adapterchat.TurnDraw, nil, "", ""
	case action == "edit" && len(t.Images)+len(t.Attached) == 0:
		return adapter.BadParam("tools", "invalid_value", "The tool's action is 'edit', but there is no picture in 'input' or behind 'previous_response_id'.")
	}
	return nil
}

// toolMask looks up the tool's input_image_mask; the pictures that the turn is about become the edit's own.
func (s *Routes) toolMask(c *gin.Context, p *body.Body, tool gjson.Result, ask *request) error {
	src, err := body.SourceOf(tool.Get("input_image_mask"), "tools.input_image_mask")
	if err != nil || src.Text == "" {
		return err
	}
	if len(ask.refs) == 0 && len(ask.turn.Images) > 0 {
		img, err := ask.turn.Picture(func(id string) (adapter.Image, error) {
			return s.Services.Pictures.Image(c.Request.Context(), web.RequestOf(c).Caller, id)
		})
		if err != nil {
			return err
		}
		ask.refs = append(ask.refs, adapter.Reference{Image: img.ID})
	}
	if len(ask.refs) == 0 {
		return adapter.BadParam("tools", "invalid_value", "There is an 'input_image_mask', but no picture in 'input' or behind 'previous_response_id'.")
	}
	p.Take(&src)
	ref, err := s.Resolve(c, src)
	ask.mask = &ref
	return err
}

// inInput says "input" where a conversation's own error says "messages".
func inInput(err error) error {
	e, ok := errors.AsType[*adapter.Error](err)
	if !ok || e.Param != "messages" {
		return err
	}
	own := *e
	own.Param = "input"
	own.Message = strings.ReplaceAll(own.Message, "messages must", "input must")
	return &own
}

// unreadPart is the parameter of a part of a message that nobody reads.
var unreadPart = regexp.MustCompile(`^messages\[\d+\]\.content\[(\d+)\]$`)

// inItem says of a part that is not read in which item of input it stands: a conversation has other numbers.
func inItem(err error, input gjson.Result) error {
	e, ok := errors.AsType[*adapter.Error](err)
	if !ok {
		return err
	}
	m := unreadPart.FindStringSubmatch(e.Param)
	if m == nil {
		return err
	}
	at, _ := strconv.Atoi(m[1]) // digits
	own := *e
	own.Param = "input"
	for i, item := range slices.Backward(input.Array()) {
		parts := chat.MessageOf(item).MultiContent
		if item.Get("role").String() == openai.ChatMessageRoleUser && at < len(parts) && parts[at].ImageURL == nil && parts[at].Type != openai.ChatMessagePartTypeText {
			own.Param = fmt.Sprintf("input[%d].content[%d]", i, at)
		}
		if item.Get("role").String() == openai.ChatMessageRoleAssistant {
			break
		}
	}
	own.Message = strings.ReplaceAll(own.Message, e.Param, own.Param)
	return &own
}

// readTalk reads input, and what stands before it, as a conversation.
func (s *Routes) readTalk(c *gin.Context, p *body.Body) (req openai.ChatCompletionRequest, err error) {
	if text, _ := body.TextOf(p.Fields["instructions"], "instructions"); text != "" {
		req.Messages = append(req.Messages, openai.ChatCompletionMessage{Role: openai.ChatMessageRoleSystem, Content: text})
	}
	previous, err := p.Text("previous_response_id")
	if err != nil {
		return req, err
	}
	if previous != "" {
		images, err := s.shownBy(c, previous)
		if err != nil {
			return req, err
		}
		req.Messages = append(req.Messages, showed(images...))
	}
	if err := p.Present("input"); err != nil {
		return req, err
	}
	if err := chat.OnlyInMessages(p, "input"); err != nil {
		return req, err
	}
	items, err := s.inputItems(c, p.Fields["input"])
	chat.TakeToolPictures(items)
	req.Messages = append(req.Messages, items...)
	req.MaxCompletionTokens = chat.LimitOf(p.Fields["max_output_tokens"])
	req.ResponseFormat = chat.FormatOf(p.Fields["text"].Get("format"))
	req.Tools, req.ToolChoice = chat.ToolsOf(p.Fields["tools"]), chat.ChoiceOf(p.Fields["tool_choice"])
	return req, err
}

// inputItems reads input: a text, or messages and earlier pictures in any order. What is no message and no picture
// means nothing here. Pictures stand before the wish, wherever they came.
func (s *Routes) inputItems(c *gin.Context, input gjson.Result) (messages []openai.ChatCompletionMessage, err error) {
	if input.Type == gjson.String {
		return []openai.ChatCompletionMessage{{Role: openai.ChatMessageRoleUser, Content: chat.PlainText(input.Str)}}, nil
	}
	var late []openai.ChatCompletionMessage // pictures since the last wish
	wish := -1                              // where the last turn of the person begins
	answered := true
	for i, item := range input.Array() {
		if i == chat.MaxMessages {
			return nil, adapter.BadParam("input", "array_above_max_length", "'input' must have at most %d items.", chat.MaxMessages)
		}
		switch kind := item.Get("type").String(); {
		case !item.IsObject(), item.Get("role").String() == "" && (kind == "message" || strings.HasPrefix(kind, "input_")):
			return nil, adapter.BadParam(fmt.Sprintf("input[%d]", i), "invalid_value", "An item of 'input' must be a message with a 'role', whose 'content' holds texts and pictures, or an earlier answer's.")
		case item.Get("role").String() != "":
			m := chat.MessageOf(item)
			switch {
			case m.Role == openai.ChatMessageRoleUser:
				answered = answered || len(late) > 0
				messages, late = append(messages, late...), nil
				if answered {
					wish, answered = len(messages), false
				}
			case m.Role == openai.ChatMessageRoleAssistant:
				answered = true
			}
			messages = append(messages, m)
		case strings.HasSuffix(kind, "_call_output"):
			if m := chat.ToolMessage(item.Get("output")); len(m.MultiContent) > 0 {
				messages = append(messages, m)
			}
		case kind == "image_generation_call", kind == "item_reference", kind == "":
			m, err := s.earlierPicture(c, item)
			if err != nil {
				return nil, err
			}
			if len(m.MultiContent) > 0 || m.Content != "" {
				late = append(late, m)
			}
		}
	}
	if wish < 0 {
		return append(messages, late...), nil
	}
	return append(messages[:wish:wish], append(late, messages[wish:]...)...), nil
}

// earlierPicture is a picture of an earlier answer, by its ID, or by what the client kept of it.
func (s *Routes) earlierPicture(c *gin.Context, item gjson.Result) (m openai.ChatCompletionMessage, err error) {
	id := item.Get("id").String()
	if !strings.HasPrefix(id, "ig_") && item.Get("type").String() != "image_generation_call" {
		return m, nil // a reference to a message
	}
	image, err := s.pictureOf(c, id)
	if err != nil {
		return m, err
	}
	if image != "" {
		return showed(image), nil
	}
	if result := item.Get("result"); result.Type == gjson.String && result.Str != "" {
		return openai.ChatCompletionMessage{Role: openai.ChatMessageRoleAssistant, MultiContent: []openai.ChatMessagePart{chat.PicturePart(result.Str)}}, nil
	}
	return m, &adapter.Error{Kind: adapter.NotFound, Code: "image_not_found", Param: "input", Message: "There is no picture with this ID among the pictures of this key, and the item has no 'result'."}
}

// showed is an answer that showed pictures of ours, as adapter.ReadTurn finds them.
func showed(ids ...string) openai.ChatCompletionMessage {
	var b strings.Builder
	for _, id := range ids {
		b.WriteString("![](/images/" + id + ".png)\n")
	}
	return openai.ChatCompletionMessage{Role: openai.ChatMessageRoleAssistant, Content: b.String()}
}
