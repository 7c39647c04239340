package chat

import (
	"cmp"
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

// The members of a message, and of one of its parts, that hold what is said, or that are a program's own.
var (
	messageWords = []string{"role", "name", "type", "id", "status", "tool_call_id", "call_id", "metadata"}
	partWords    = []string{"type", "text", "id", "metadata", "cache_control", "providerOptions", "providerMetadata", "annotations"}
)

// readBeside are the fields of a conversation that are read, or that may have anything in them.
var readBeside = []string{"messages", "input", "instructions", "tools", "functions", "tool_choice", "function_call", "response_format", "text", "prompt", "prediction", "include"}

// OnlyInMessages refuses pictures of a conversation that stand where nobody reads them: beside its messages, in what a
// program says to the model (as OpenAI does), or beside the content or the parts of a message of the last turn. list is the
// parameter of the messages.
func OnlyInMessages(p *body.Body, list string) error {
	if name := p.StrangeName(readBeside...); name != "" {
		return adapter.BadParam(name, "unknown_upload", "The picture in '%s' is not used here: put it into the content of a message of '%s'.", name, list)
	}
	answered := false
	for i, m := range slices.Backward(p.Fields[list].Array()) {
		answered = answered || answersRaw(m)
		at := fmt.Sprintf("%s[%d]", list, i)
		switch role := m.Get("role").String(); {
		case role == openai.ChatMessageRoleSystem, role == openai.ChatMessageRoleDeveloper:
			if len(picturesOf(m)) > 0 {
				return adapter.BadParam(at, "invalid_value", "Pictures are only allowed in messages with role 'user', but '%s' with role '%s' has one.", at, role)
			}
		case answered || role != openai.ChatMessageRoleUser && role != openai.ChatMessageRoleTool:
			continue
		}
		if name := strayIn(p, m, at); name != "" {
			return adapter.BadParam(name, "unknown_upload", "The picture in '%s' is not used here: put it into the content of a message with role 'user', as a part of type 'image_url'.", name)
		}
	}
	return nil
}

// picturesOf are the addresses, the data and the IDs of the pictures that are read of a message.
func picturesOf(m gjson.Result) (read []string) {
	for _, part := range MessageOf(m).MultiContent {
		if part.ImageURL != nil {
			read = append(read, part.ImageURL.URL)
		}
	}
	return read
}

// strayIn is the name of a member of a message, or of one of its parts, that has a picture that nobody reads; empty if there
// is none.
func strayIn(p *body.Body, m gjson.Result, at string) (name string) {
	read := picturesOf(m)
	stray := func(object gjson.Result, at string, words []string) {
		if !object.IsObject() {
			return
		}
		object.ForEach(func(k, v gjson.Result) bool {
			if name == "" && !slices.Contains(words, k.String()) && p.HoldsPicture(k.String(), v, read...) {
				name = at + "." + cmp.Or(body.Shortened(k.String(), 100), "?")
			}
			return name == ""
		})
	}
	stray(m, at, append(slices.Clip(messageWords), "content"))
	content := m.Get("content")
	stray(content, at+".content", partWords)
	if content.IsArray() {
		for i, part := range content.Array() {
			stray(part, fmt.Sprintf("%s.content[%d]", at, i), partWords)
		}
	}
	return name
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
