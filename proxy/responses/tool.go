package responses

import (
	"errors"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/tidwall/gjson"

	"midgate/adapter"
	adapterchat "midgate/adapter/chat"
	"midgate/proxy/body"
	"midgate/proxy/images"
	"midgate/proxy/web"
)

// imageTool is the request's image_generation tool; without one its settings are all defaults.
func imageTool(tools gjson.Result) (tool gjson.Result, err error) {
	for _, t := range tools.Array() {
		switch {
		case !t.IsObject() && body.Says(t):
			return tool, adapter.BadParam("tools", "invalid_type", "'tools' must be a list of objects, such as [{\"type\": \"image_generation\"}].")
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
	return &body.Body{Fields: fields, Query: p.Query, Called: p.Called}, err
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
	if template := p.Fields["prompt"]; err == nil && body.Says(template) {
		p.Call("prompt", "prompt") // not the words, which stand in 'input'
		err = adapter.BadParam("prompt", "invalid_value", "midgate keeps no prompt templates: send the words in 'input' and 'instructions'.")
	}
	return err
}

// imageDeployment is the header in which Azure's clients name the model of a response's image tool.
const imageDeployment = "X-Ms-Oai-Image-Generation-Deployment"

// settleModel settles the model: the tool's, else that of Azure's header, else the request's where it is one of ours, else
// the plain one. A response's own model is a text model that means nothing here; a deployment in the header is meant to
// draw, so one that nobody knows is refused as in a path.
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
	deployment := strings.TrimSpace(c.GetHeader(imageDeployment))
	for _, name := range []string{deployment, named} {
		if name != "" && len(name) <= 256 && s.Services.Models.Model(name) == nil {
			ask.gen.Model = strings.Clone(name)
			return nil
		}
	}
	ask.gen.Model = ""
	if deployment != "" {
		return body.UnknownDeployment(deployment, "", strings.ToLower(imageDeployment))
	}
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
