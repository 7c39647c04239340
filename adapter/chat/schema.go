package chat

import (
	"encoding/json"
	"fmt"
	"regexp"
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
}

// filled is an object with every property of a schema: the title where one is meant, else the plainest value.
func filled(schema any, about string) string {
	data, err := json.Marshal(schema)
	var s schemaJSON
	if err != nil || json.Unmarshal(data, &s) != nil {
		return "{}"
	}
	out, err := json.Marshal(s.value("", about, 0))
	if err != nil || s.Properties == nil {
		return flat("title", about)
	}
	return string(out)
}

func (s schemaJSON) value(name, about string, depth int) any {
	if len(s.Enum) > 0 {
		return s.Enum[0]
	}
	kind := fmt.Sprint(s.Type)
	switch {
	case s.Properties != nil && depth < 8:
		object := map[string]any{}
		for key, property := range s.Properties {
			object[key] = property.value(key, about, depth+1)
		}
		return object
	case strings.Contains(kind, "string"):
		return stringFor(strings.ToLower(name), about)
	case strings.Contains(kind, "array"):
		return []any{}
	case strings.Contains(kind, "integer"), strings.Contains(kind, "number"):
		return 0
	case strings.Contains(kind, "boolean"):
		return false
	case strings.Contains(kind, "object"):
		return map[string]any{}
	default:
		return stringFor(strings.ToLower(name), about)
	}
}

func stringFor(name, about string) string {
	if strings.Contains(name, "lang") {
		return "English"
	}
	return about
}
