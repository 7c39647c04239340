package chat

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sashabaranov/go-openai"
	"github.com/tidwall/gjson"

	"midgate/adapter"
	"midgate/proxy/body"
)

// A turn's pictures stand in the content of its messages, or in 'images'. Tools answer with pictures, too, and programs put
// them into members of their own: what cannot be used is refused, since the turn would be paid for without it.

// readInMessages are the members of a message that are read, or that say nothing of what is wished.
var readInMessages = []string{"role", "content", "images", "name", "type", "id", "status", "tool_calls", "tool_call_id", "function_call", "call_id", "output", "metadata"}

// readBeside are the fields of a conversation that are read, or that may have anything in them.
var readBeside = []string{"messages", "input", "instructions", "tools", "functions", "tool_choice", "function_call", "response_format", "text", "prompt", "prediction", "include"}

// OnlyInMessages refuses pictures of a conversation that stand where nobody reads them: beside its messages, or beside the
// content of one of the last turn. list is the parameter of the messages.
func OnlyInMessages(p *body.Body, list string) error {
	if name := p.StrangeName(readBeside...); name != "" {
		return adapter.BadParam(name, "unknown_upload", "The picture in '%s' is not used here: put it into the content of a message of '%s'.", name, list)
	}
	all := p.Fields[list].Array()
	for i, m := range slices.Backward(all) {
		if answersRaw(m) {
			break
		}
		if role := m.Get("role").String(); role != openai.ChatMessageRoleUser && role != openai.ChatMessageRoleTool {
			continue
		}
		name := ""
		m.ForEach(func(k, v gjson.Result) bool {
			if !slices.Contains(readInMessages, k.String()) && p.HoldsPicture(k.String(), v) {
				name = fmt.Sprintf("%s[%d].%s", list, i, body.Shortened(k.String(), 100))
			}
			return name == ""
		})
		if name != "" {
			return adapter.BadParam(name, "unknown_upload", "The picture in '%s' is not used here: put it into the message's content, as a part of type 'image_url'.", name)
		}
	}
	return nil
}

// answersRaw reports whether a message is an answer, which ends the turn before: a tool's call is none.
func answersRaw(m gjson.Result) bool {
	if m.Get("role").String() != openai.ChatMessageRoleAssistant {
		return false
	}
	calls := len(m.Get("tool_calls").Array()) > 0 || m.Get("function_call").IsObject()
	content := m.Get("content")
	return !calls || content.Type == gjson.String && strings.TrimSpace(content.Str) != "" || len(content.Array()) > 0 && content.IsArray()
}

// ToolMessage is what a tool answered, as /v1/responses has it.
func ToolMessage(output gjson.Result) openai.ChatCompletionMessage {
	msg := openai.ChatCompletionMessage{Role: openai.ChatMessageRoleTool}
	parts := output.Array()
	if output.IsObject() {
		parts = []gjson.Result{output}
	}
	for _, part := range parts {
		if read, ok := partOf(part); ok && part.IsObject() {
			msg.MultiContent = append(msg.MultiContent, read)
		}
	}
	return msg
}

// TakeToolPictures gives the pictures that tools answered with since the last answer to the person's last message: the turn
// is about them.
func TakeToolPictures(messages []openai.ChatCompletionMessage) {
	var pictures []openai.ChatMessagePart
	last := -1
	for i, m := range slices.Backward(messages) {
		switch {
		case m.Role == openai.ChatMessageRoleUser && last < 0:
			last = i
		case m.Role == openai.ChatMessageRoleTool, m.Role == openai.ChatMessageRoleFunction:
			var own []openai.ChatMessagePart
			for _, part := range m.MultiContent {
				if part.ImageURL != nil {
					own = append(own, part)
				}
			}
			pictures = append(own, pictures...)
		}
		if m.Role == openai.ChatMessageRoleAssistant && (len(m.ToolCalls) == 0 || m.Content != "" || len(m.MultiContent) > 0) {
			break
		}
	}
	if last < 0 || len(pictures) == 0 {
		return
	}
	m := &messages[last]
	if len(m.MultiContent) == 0 {
		m.MultiContent = []openai.ChatMessagePart{TextPart(m.Content)}
		m.Content = ""
	}
	m.MultiContent = append(slices.Clip(m.MultiContent), pictures...)
}
