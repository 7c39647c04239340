package mcp

import (
	"encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func same(text string) string { return strings.TrimPrefix(text, "https://mid.example/images/") }

// What means the same is the same; what does not is not.
func TestDigest_IsOfTheMeaning(t *testing.T) {
	digest := func(tool, args string) string {
		t.Helper()
		a, err := toolNamed(tool).readArguments(json.RawMessage(args))
		if err != nil {
			t.Fatalf("%s(%s): %v", tool, args, err)
		}
		return a.digest(same)
	}
	for _, equal := range [][3]string{
		{"press_button", `{"picture":"img_A","button":"vary_strong"}`, `{"picture":"img_A","button":"Vary (Strong)"}`},
		{"draw", `{"prompt":"a fox"}`, `{"wait_seconds":9,"prompt":" a fox ","take":1,"speed":null,"model":""}`},
		{"draw", `{"prompt":"a fox","take":2}`, `{"prompt":"a fox","take":"2"}`},
		{"draw", `{"prompt":"a fox","image_prompts":["img_A"]}`, `{"prompt":"a fox","image_prompts":"https://mid.example/images/img_A"}`},
		{"draw", `{"prompt":"a fox","speed":"fast"}`, `{"prompt":"a fox","speed":"FAST"}`},
		{"make_video", `{"prompt":"x"}`, `{"prompt":"x","seconds":4,"motion":"low","loop":false}`},
		{"edit_picture", `{"picture":"img_A","prompt":"x","region":[{"left":1,"top":2,"width":3,"height":4}]}`, `{"picture":"https://mid.example/images/img_A","prompt":"x","region":"[{\"left\":\"1%\",\"top\":2,\"width\":3,\"height\":4,\"shape\":\"rectangle\"}]"}`},
	} {
		if digest(equal[0], equal[1]) != digest(equal[0], equal[2]) {
			t.Errorf("%s and %s are not the same", equal[1], equal[2])
		}
	}
	for _, other := range [][3]string{
		{"draw", `{"prompt":"a fox"}`, `{"prompt":"a fox","take":2}`},
		{"draw", `{"prompt":"a fox"}`, `{"prompt":"A fox"}`},
		{"draw", `{"prompt":"a fox"}`, `{"prompt":"a fox","aspect_ratio":"1:1"}`},
		{"make_video", `{"prompt":"x"}`, `{"prompt":"x","seconds":8}`},
	} {
		if digest(other[0], other[1]) == digest(other[0], other[2]) {
			t.Errorf("%s and %s are the same", other[1], other[2])
		}
	}
}

// Whatever a model sends is understood or refused by name, and never a panic.
func TestArguments_AreReadOrRefused(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tool := rapid.SampledFrom(tools).Draw(t, "tool")
		var names []string
		for name := range tool.schema.Properties {
			names = append(names, name)
		}
		value := rapid.OneOf(rapid.Just[any](nil), rapid.Map(rapid.String(), func(s string) any { return s }), rapid.Map(rapid.Float64Range(-1e300, 1e300), func(f float64) any { return f }),
			rapid.Map(rapid.Bool(), func(b bool) any { return b }), rapid.Just[any]([]any{}), rapid.Just[any]([]any{nil, 1.0, "x"}), rapid.Just[any](map[string]any{"left": "x"}),
			rapid.Just[any]([]any{map[string]any{"left": 1.0, "top": 1.0, "width": 1.0, "height": "1"}}), rapid.Just[any]("[1]"), rapid.Just[any]("3:2"))
		args := rapid.MapOf(rapid.OneOf(rapid.SampledFrom(append(names, "prompt")), rapid.String()), value).Draw(t, "args")
		raw, err := json.Marshal(args)
		if err != nil {
			t.Fatal(err)
		}
		a, err := tool.readArguments(raw)
		if err == nil {
			a.digest(same)
			a.holes()
			a.texts("pictures")
			a.waits()
		}
	})
	for _, raw := range []string{"", "null", "{}"} {
		if _, err := toolNamed("get_job").readArguments(json.RawMessage(raw)); err != nil {
			t.Errorf("%q: %v", raw, err)
		}
	}
	for _, raw := range []string{"[]", `"x"`, "{", "3"} {
		if _, err := toolNamed("get_job").readArguments(json.RawMessage(raw)); err == nil {
			t.Errorf("%q is taken", raw)
		}
	}
}

// Every tool does something, and says what it is.
func TestTools_AreAllThere(t *testing.T) {
	if len(tools) != 10 || len(does) != 10 {
		t.Fatalf("%d tools, %d of them do something", len(tools), len(does))
	}
	for _, tool := range tools {
		a := tool.Annotations
		if does[tool.Name] == nil || a == nil || a.OpenWorldHint == nil || *a.OpenWorldHint || a.DestructiveHint == nil || !a.IdempotentHint {
			t.Errorf("%s: does nothing, or lacks a hint: %+v", tool.Name, a)
		}
	}
}
