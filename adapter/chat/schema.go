package chat

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	openai "github.com/sashabaranov/go-openai"
)

// structured answers requests that want JSON by a schema, or insist on a tool: every required key is there.
func structured(req openai.ChatCompletionRequest, text, about string) (CannedReply, bool) {
	if name := forcedTool(req.ToolChoice); name != "" {
		for _, t := range req.Tools {
			if t.Function != nil && t.Function.Name == name {
				return CannedReply{Rule: "a forced tool", Tool: name, Text: filled(t.Function.Parameters, about)}, true
			}
		}
		return CannedReply{Rule: "a forced tool", Tool: name, Text: "{}"}, true
	}
	f := req.ResponseFormat
	if f == nil {
		return CannedReply{}, false
	}
	switch f.Type {
	case openai.ChatCompletionResponseFormatTypeJSONSchema:
		var schema any
		if f.JSONSchema != nil {
			schema = f.JSONSchema.Schema
		}
		return CannedReply{Rule: "structured output", Text: filled(schema, about)}, true
	case openai.ChatCompletionResponseFormatTypeJSONObject:
		for _, r := range rules {
			if r.in == inUser && r.fits(req, text, 0) {
				return CannedReply{Rule: r.name, Text: asObject(r.answer.text(about, lastLine(text)))}, true
			}
		}
		return CannedReply{Rule: "structured output", Text: flat("title", about)}, true
	default:
		return CannedReply{}, false
	}
}

// asksInJSON reports whether a turn asks about a picture that came along and wants the answer as JSON, and by which schema.
// What a client asks of a conversation on its own account is no such question.
func (c Conversation) asksInJSON(req openai.ChatCompletionRequest, o Options) (Turn, bool) {
	if len(c.Attached) == 0 || forcedTool(req.ToolChoice) != "" {
		return Turn{}, false
	}
	schema, ok := schemaOf(req.ResponseFormat, c.raw)
	if !ok || slices.ContainsFunc(rules, func(r rule) bool { return r.fits(req, c.Words, len(c.Attached)) }) || asksForTitle(c.Words) {
		return Turn{}, false
	}
	t, err := c.decide("", o)
	t.Schema = schema
	return t, err == nil && t.Way == TurnDescribe
}

// longestSchema is how much of a schema is kept with a job, in bytes.
const longestSchema = 4 << 10

// schemaOf is the schema that an answer must fit: {} where any object does. Too long a one is none.
func schemaOf(f *openai.ChatCompletionResponseFormat, text string) (schema json.RawMessage, ok bool) {
	switch m := schemaText.FindStringSubmatch(text); {
	case m != nil && json.Valid([]byte(m[1])):
		schema = json.RawMessage(m[1])
	case f == nil:
		return nil, false
	case f.Type == openai.ChatCompletionResponseFormatTypeJSONSchema && f.JSONSchema != nil && f.JSONSchema.Schema != nil:
		data, err := json.Marshal(f.JSONSchema.Schema)
		if err != nil {
			return nil, false
		}
		schema = data
	case f.Type == openai.ChatCompletionResponseFormatTypeJSONSchema, f.Type == openai.ChatCompletionResponseFormatTypeJSONObject:
		schema = json.RawMessage("{}")
	default:
		return nil, false
	}
	return schema, len(schema) <= longestSchema
}

// Described puts a description's prompts into an object that fits a schema: the first into its texts, its parts into its lists.
func Described(schema json.RawMessage, prompts []string) string {
	var s schemaJSON
	if len(prompts) == 0 || json.Unmarshal(schema, &s) != nil || s.Properties == nil {
		s = schemaJSON{Properties: map[string]schemaJSON{"description": {Type: "string"}, "tags": {Type: "array"}}}
	}
	var a content
	if len(prompts) > 0 {
		words, _, _ := strings.Cut(" "+prompts[0], " --") // without parameters
		a = content{title: titleOf(strings.TrimSpace(strings.SplitN(words, ",", 2)[0])), text: strings.TrimSpace(words)}
		for part := range strings.SplitSeq(words, ",") {
			if part = strings.Trim(part, " .;:"); part != "" && len(a.parts) < mostTags {
				a.parts = append(a.parts, part)
			}
		}
	}
	out, err := json.Marshal(s.value("", a, 0))
	if err != nil {
		return "{}"
	}
	return string(out)
}

// mostTags is how many parts of a description are said one by one.
const mostTags = 10

// schemaText is how genkit asks a model for JSON that knows no response_format.
var schemaText = regexp.MustCompile("(?s)(?:Output should be in JSON format and )?conform to the following schema:?\\s*```(?:json)?\\s*(\\{.*\\})\\s*```")

// schemaInText answers a text that has the schema of its answer in it: what stands in braces there is no list of prompts.
func schemaInText(text, about string) (CannedReply, bool) {
	m := schemaText.FindStringSubmatch(text)
	if m == nil || !json.Valid([]byte(m[1])) {
		return CannedReply{}, false
	}
	return CannedReply{Rule: "structured output, in words", Text: filled(json.RawMessage(m[1]), about)}, true
}

func asObject(text string) string {
	if strings.HasPrefix(text, "{") {
		return text
	}
	return flat("title", text)
}

// forcedTool is the name of the tool that must be called; empty if none must.
func forcedTool(choice any) string {
	data, err := json.Marshal(choice)
	if err != nil {
		return ""
	}
	var forced struct {
		Function struct {
			Name string `json:"name"`
		} `json:"function"`
		Name string `json:"name"`
	}
	if json.Unmarshal(data, &forced) != nil {
		return ""
	}
	if forced.Function.Name != "" {
		return forced.Function.Name
	}
	return forced.Name
}

// schemaJSON is the part of a JSON schema that an answer is made from.
type schemaJSON struct {
	Type       any                   `json:"type"`
	Properties map[string]schemaJSON `json:"properties"`
	Enum       []any                 `json:"enum"`
	Items      *schemaJSON           `json:"items"`
}

// content is what there is to fill a schema with: a title and, of a picture that was looked at, its description.
type content struct {
	title, text string
	parts       []string
}

// filled is an object with every property of a schema: the title where one is meant, else the plainest value.
func filled(schema any, about string) string {
	data, err := json.Marshal(schema)
	var s schemaJSON
	if err != nil || json.Unmarshal(data, &s) != nil {
		return "{}"
	}
	out, err := json.Marshal(s.value("", content{title: about}, 0))
	if err != nil || s.Properties == nil {
		return flat("title", about)
	}
	return string(out)
}

func (s schemaJSON) value(name string, a content, depth int) any {
	if len(s.Enum) > 0 {
		return s.Enum[0]
	}
	kind := fmt.Sprint(s.Type)
	switch {
	case s.Properties != nil && depth < 8:
		object := map[string]any{}
		for key, property := range s.Properties {
			object[key] = property.value(key, a, depth+1)
		}
		return object
	case strings.Contains(kind, "string"):
		return a.stringFor(strings.ToLower(name))
	case strings.Contains(kind, "array"):
		if a.parts != nil && (s.Items == nil || len(s.Items.Enum) == 0 && strings.Contains(fmt.Sprint(s.Items.Type), "string")) {
			return a.parts
		}
		return []any{}
	case strings.Contains(kind, "integer"), strings.Contains(kind, "number"):
		return 0
	case strings.Contains(kind, "boolean"):
		return false
	case strings.Contains(kind, "object"):
		return map[string]any{}
	default:
		return a.stringFor(strings.ToLower(name))
	}
}

func (a content) stringFor(name string) string {
	switch {
	case strings.Contains(name, "lang"):
		return "English"
	case a.text == "" || strings.Contains(name, "title") || strings.Contains(name, "name"):
		return a.title
	default:
		return a.text
	}
}
