package chat

import (
	"cmp"
	"encoding/json"
	"math"
	"slices"
	"strings"

	"github.com/sashabaranov/go-openai"
	"github.com/tidwall/gjson"

	"midgate/adapter"
	"midgate/proxy/body"
)

// MaxMessages is more turns than any client keeps of a conversation.
const MaxMessages = 2000

// readMessages reads a chat's body into the request that the core takes. What Midjourney has no use for is ignored, and
// what clients write in several ways is read in all of them: go-openai's own decoding would
// fail a whole body for "stop":"a" or "max_tokens":1.0.
func readMessages(p *body.Body) (req openai.ChatCompletionRequest, err error) {
	list := p.Fields["messages"]
	if list.Type != gjson.Null && !list.IsArray() {
		return req, adapter.BadParam("messages", "invalid_type", "'messages' must be a list of messages.")
	}
	for i, m := range list.Array() {
		if i == MaxMessages {
			return req, adapter.BadParam("messages", "array_above_max_length", "'messages' must have at most %d messages.", MaxMessages)
		}
		if !m.IsObject() {
			return req, adapter.BadParam("messages", "invalid_type", "'messages' must be a list of objects with 'role' and 'content'.")
		}
		req.Messages = append(req.Messages, MessageOf(m))
	}
	TakeToolPictures(req.Messages)
	req.Model, err = p.Model()
	req.MaxTokens = LimitOf(p.Fields["max_tokens"]) //nolint:staticcheck // what clients still send
	req.MaxCompletionTokens = LimitOf(p.Fields["max_completion_tokens"])
	req.ResponseFormat = FormatOf(p.Fields["response_format"])
	req.Tools, req.ToolChoice = ToolsOf(p.Fields["tools"]), ChoiceOf(p.Fields["tool_choice"])
	if p.Fields["functions"].IsArray() && req.Tools == nil { // how tools were called before 2024
		req.Tools, req.ToolChoice = functionsOf(p.Fields["functions"]), calledOf(p.Fields["function_call"])
	}
	return req, err
}

// MessageOf reads one message: its content is a text, null, or a list of parts; an answer's pictures may stand beside
// its content.
func MessageOf(m gjson.Result) openai.ChatCompletionMessage {
	msg := openai.ChatCompletionMessage{Role: m.Get("role").String()}
	if len(m.Get("tool_calls").Array()) > 0 || m.Get("function_call").IsObject() {
		msg.ToolCalls = []openai.ToolCall{{}} // that there is one is all that is asked
	}
	content, pictures := m.Get("content"), m.Get("images").Array()
	if content.Type == gjson.String {
		if part := TextPart(content.Str); part.ImageURL != nil || len(pictures) > 0 {
			msg.MultiContent = append(msg.MultiContent, part)
		} else {
			msg.Content = part.Text
		}
	}
	parts := content.Array()
	if content.IsObject() {
		parts = []gjson.Result{content}
	}
	if content.Type == gjson.String {
		parts = nil
	}
	for _, part := range parts {
		if read, ok := partOf(part); ok {
			msg.MultiContent = append(msg.MultiContent, read)
		}
	}
	for _, v := range pictures {
		if v.Type == gjson.String { // Ollama's: base64 alone
			if text := strings.TrimSpace(v.Str); text != "" {
				msg.MultiContent = append(msg.MultiContent, PicturePart(text))
			}
		} else if read, ok := partOf(v); ok {
			msg.MultiContent = append(msg.MultiContent, read)
		}
	}
	return msg
}

// partOf reads a text or a picture of a message; a part of another kind stays as one that nothing reads. What is no part
// of what is said is left out.
func partOf(v gjson.Result) (openai.ChatMessagePart, bool) {
	if v.Type == gjson.String {
		return TextPart(v.Str), true
	}
	kind := v.Get("type").String()
	if slices.Contains(unsaid, kind) || v.Type == gjson.Null {
		return openai.ChatMessagePart{}, false
	}
	if address := pictureIn(v); address != "" {
		return PicturePart(address), true
	}
	if text := v.Get("text"); text.Type == gjson.String {
		return TextPart(text.Str), true
	}
	return openai.ChatMessagePart{Type: openai.ChatMessagePartType(cmp.Or(body.Shortened(kind, 40), "unknown"))}, true
}

// unsaid are the parts of messages that say nothing of what is wished: tools, and what a model thought.
var unsaid = []string{"tool_use", "tool_result", "tool-call", "tool-result", "thinking", "redacted_thinking", "reasoning", "refusal"}

// Where a part keeps a picture: in these members, in these of a part that says that it is a picture or a file, or in
// either kind of member of one of its objects.
var (
	pictureMembers = []string{"image_url", "imageUrl", "file_data", "file_id", "file_url"}
	plainMembers   = []string{"url", "image", "data", "b64_json"}
	pictureKinds   = []string{"image", "image_url", "input_image", "file", "input_file"}
	pictureObjects = []string{"file", "source", "image", "inline_data", "inlineData"}
)

// pictureIn is the address, the data or the ID of a picture in a part, in all the ways in which clients write one.
func pictureIn(v gjson.Result) string {
	address := firstMember(v, pictureMembers)
	if slices.Contains(pictureKinds, v.Get("type").String()) {
		address = cmp.Or(address, firstMember(v, plainMembers))
	}
	for _, name := range pictureObjects {
		if object := v.Get(name); object.IsObject() {
			address = cmp.Or(address, cmp.Or(firstMember(object, pictureMembers), firstMember(object, plainMembers)))
		}
	}
	return address
}

func firstMember(v gjson.Result, names []string) string {
	for _, name := range names {
		if text := body.MemberText(v, name); text != "" {
			return text
		}
	}
	return ""
}

// TextPart is a part of a message that is text, or the picture whose data is all that it says.
func TextPart(text string) openai.ChatMessagePart {
	if body.IsPictureData(text) {
		return PicturePart(strings.TrimSpace(text))
	}
	return openai.ChatMessagePart{Type: openai.ChatMessagePartTypeText, Text: strings.Clone(text)} // not a piece of a body of many megabytes
}

// PicturePart is a part of a message that is a picture.
func PicturePart(address string) openai.ChatMessagePart {
	return openai.ChatMessagePart{Type: openai.ChatMessagePartTypeImageURL, ImageURL: &openai.ChatMessageImageURL{URL: address}}
}

// LimitOf reads a number of tokens; what is none is no limit.
func LimitOf(v gjson.Result) int {
	f, given, err := body.NumberOf(v, "max_tokens")
	if err != nil || !given || f < 0 {
		return 0
	}
	return int(min(f, math.MaxInt32))
}

// FormatOf reads the form that an answer must have; nil for plain text.
func FormatOf(v gjson.Result) *openai.ChatCompletionResponseFormat {
	kind := v.Get("type").String()
	if !v.IsObject() || kind == "" || kind == "text" {
		return nil
	}
	f := &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatType(kind)}
	schema := v.Get("json_schema.schema")
	if !schema.Exists() {
		schema = v.Get("schema") // as /v1/responses has it
	}
	if schema.IsObject() {
		f.JSONSchema = &openai.ChatCompletionResponseFormatJSONSchema{Name: v.Get("json_schema.name").String(), Schema: json.RawMessage(schema.Raw)}
	}
	return f
}

// ToolsOf reads the tools that are functions, in the shape of chat or, flatter, of /v1/responses.
func ToolsOf(v gjson.Result) (tools []openai.Tool) {
	for _, t := range v.Array() {
		f := t.Get("function")
		if !f.IsObject() && t.Get("type").String() == "function" {
			f = t
		}
		if f.IsObject() {
			tools = append(tools, openai.Tool{Type: openai.ToolTypeFunction, Function: functionOf(f)})
		}
	}
	return tools
}

func functionsOf(v gjson.Result) (tools []openai.Tool) {
	for _, f := range v.Array() {
		tools = append(tools, openai.Tool{Type: openai.ToolTypeFunction, Function: functionOf(f)})
	}
	return tools
}

func functionOf(f gjson.Result) *openai.FunctionDefinition {
	def := &openai.FunctionDefinition{Name: f.Get("name").String()}
	if schema := f.Get("parameters"); schema.IsObject() {
		def.Parameters = json.RawMessage(schema.Raw)
	}
	return def
}

// ChoiceOf reads which tool must be called; words such as auto force none.
func ChoiceOf(v gjson.Result) any {
	name := v.Get("function.name").String()
	if name == "" && v.Get("type").String() == "function" {
		name = v.Get("name").String()
	}
	if name == "" {
		return nil
	}
	return openai.ToolChoice{Type: openai.ToolTypeFunction, Function: openai.ToolFunction{Name: name}}
}

// calledOf is choiceOf for function_call.
func calledOf(v gjson.Result) any {
	if name := v.Get("name").String(); v.IsObject() && name != "" {
		return openai.ToolChoice{Type: openai.ToolTypeFunction, Function: openai.ToolFunction{Name: name}}
	}
	return nil
}
