package responses

import (
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"midgate/adapter"
	adapterchat "midgate/adapter/chat"
	"midgate/proxy/body"
)

// drawing says what a request's choice of tools makes of its image tool.
type drawing int

const (
	mayDraw   drawing = iota
	mustDraw          // it insists on a picture
	neverDraw         // it wants none
)

// knownChoice refuses a tool_choice that is none: nobody knows what it wants.
func knownChoice(p *body.Body) error {
	choice := p.Fields["tool_choice"]
	if choice.IsObject() || !body.Says(choice) {
		return nil
	}
	_, err := p.Word("tool_choice", "none", "auto", "required")
	return err
}

// readChoice reads tool_choice and max_tool_calls.
func readChoice(p *body.Body, tool gjson.Result) drawing {
	choice := p.Fields["tool_choice"]
	choice.Str = strings.ToLower(strings.TrimSpace(choice.Str))
	if choice.Type == gjson.String && choice.Str == "none" {
		return neverDraw
	}
	if most, given, err := body.NumberOf(p.Fields["max_tool_calls"], "max_tool_calls"); err == nil && given && most <= 0 {
		return neverDraw
	}
	switch kind := choice.Get("type").String(); {
	case choice.Type == gjson.String && choice.Str == "required", kind == "image_generation":
		return mustDraw
	case !tool.Exists() || kind == "" || kind == "function": // the function that is insisted on is called
		return mayDraw
	case kind != "allowed_tools": // another tool is insisted on
		return neverDraw
	case !slices.ContainsFunc(allowed(choice), func(t gjson.Result) bool { return t.Get("type").String() == "image_generation" }):
		return neverDraw
	case choice.Get("mode").String() == "required":
		return mustDraw
	default:
		return mayDraw
	}
}

// allowed are the tools that a choice of allowed_tools names, in the shape of responses or, deeper, of chat.
func allowed(choice gjson.Result) []gjson.Result {
	if inner := choice.Get("allowed_tools"); inner.IsObject() {
		choice = inner
	}
	return choice.Get("tools").Array()
}

// insist gives who insists on a picture one: a description would be none.
func insist(t *adapterchat.Turn) error {
	switch {
	case t.Way != adapterchat.TurnDescribe:
	case t.Prompt == "":
		return adapter.BadParam("input", "empty_string", "'tool_choice' insists on a picture, but the last user message has no words: write what should be made of the picture.")
	default:
		t.Way = adapterchat.TurnEdit
	}
	return nil
}
