package responses

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/sashabaranov/go-openai"
	"github.com/tidwall/gjson"

	"midgate/adapter"
	"midgate/proxy/body"
	"midgate/proxy/chat"
)

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
		m := openai.ChatCompletionMessage{Role: openai.ChatMessageRoleUser}
		if part := chat.TextPart(input.Str); part.ImageURL != nil {
			m.MultiContent = []openai.ChatMessagePart{part}
		} else {
			m.Content = part.Text
		}
		return []openai.ChatCompletionMessage{m}, nil
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
