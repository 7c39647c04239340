package proxy

import (
	"encoding/base64"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/chat"
	"midgate/proxy/responses"
)

// A turn's pictures are used wherever clients put them, or refused by their own name.
func TestTurns_UseThePicturesBesideTheirWords(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	plain := base64.StdEncoding.EncodeToString(flat(t, red))
	data := "data:image/png;base64," + plain
	words := `"role":"user","content":"make it blue"`
	call := `{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]}`
	tool := `{"role":"tool","tool_call_id":"c","content":[{"type":"image_url","image_url":{"url":"` + data + `"}}]}`
	h.charges(t, chat.Route, map[string]asking{
		"Ollama's images":        {`{"messages":[{` + words + `,"images":["` + plain + `"]}]}`, 200, "/images/img_", "edits"},
		"a data URL there":       {`{"messages":[{` + words + `,"images":["` + data + `"]}]}`, 200, "/images/img_", "edits"},
		"a tool's picture":       {`{"messages":[{` + words + `},` + tool + `]}`, 200, "/images/img_", "edits"},
		"between two messages":   {`{"messages":[{"role":"user","content":"look at this"},` + call + `,` + tool + `,{` + words + `}]}`, 200, "/images/img_", "edits"},
		"a tool's, long ago":     {`{"messages":[{"role":"user","content":"look"},` + tool + `,{"role":"assistant","content":"done"},{"role":"user","content":"a castle on a hill"}]}`, 200, "/images/img_", "imagine"},
		"Vercel's attachments":   {`{"messages":[{"role":"system","content":"draw"},{"role":"user","content":"a fox in this style","experimental_attachments":[{"name":"a.png","url":"` + data + `"}]}]}`, 400, `"param":"messages[1].experimental_attachments"`, ""},
		"files":                  {`{"messages":[{"role":"user","content":"a fox in this style","files":[{"type":"image","url":"` + data + `"}]}]}`, 400, `"param":"messages[0].files"`, ""},
		"files beside":           {`{"attachments":["` + data + `"],"messages":[{"role":"user","content":"a fox in this style"}]}`, 400, `"param":"attachments"`, ""},
		"an address beside":      {`{"init_image":"https://upload.example.org/a.png","messages":[{"role":"user","content":"a fox in this style"}]}`, 400, `"param":"init_image"`, ""},
		"files of an older turn": {`{"messages":[{"role":"user","content":"look","files":["` + data + `"]},{"role":"assistant","content":"nice"},{"role":"user","content":"a castle on a hill"}]}`, 200, "/images/img_", "imagine"},
	})
	h.charges(t, responses.Route, map[string]asking{
		"a function's picture": {drawn(`[{`+words+`},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":[{"type":"input_image","image_url":"`+data+`"}]}]`, "", ""), 200, "image_generation_call", "edits"},
		"a screenshot":         {drawn(`[{`+words+`},{"type":"computer_call_output","call_id":"c","output":{"type":"computer_screenshot","image_url":"`+data+`"}}]`, "", ""), 200, "image_generation_call", "edits"},
		"a function's words":   {drawn(`[{"role":"user","content":"a castle on a hill"},{"type":"function_call_output","call_id":"c","output":"ok"}]`, "", ""), 200, "image_generation_call", "imagine"},
		"files":                {drawn(`[{`+words+`,"files":["`+data+`"]}]`, "", ""), 400, `"param":"input[0].files"`, ""},
		"a part of its own":    {drawn(`[{"role":"user","content":[{"type":"input_text","text":"a fox"},{"type":"input_audio"}]}]`, "", `,"instructions":"draw"`), 400, `"param":"input[0].content[1]"`, ""},
		"files beside":         {drawn(`"a fox"`, "", `,"attachments":["`+data+`"]`), 400, `"param":"attachments"`, ""},
	})
}

// A turn that is a button repeats the picture's own settings: others are refused, unless nothing is paid.
func TestTurns_AreNotPressedWithoutTheirSettings(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	_, _, first := h.call(t, "POST", chat.Route, `{"messages":[{"role":"user","content":"a red fox --v 7"}]}`)
	shown := answered{body: first, status: 200}.chatText(t)
	turn := func(words, more string) string {
		return `{` + more + strings.TrimPrefix(inTurn(userText("a red fox"), textOf(map[string]string{"role": "assistant", "content": shown}), userText(words)), `{`)
	}
	for _, words := range []string{"V2", "reroll", "animate 2", "upscale subtle 2", "zoom out 2x"} {
		h.charges(t, chat.Route, map[string]asking{
			words + ", an object's": {turn(words, `"midjourney":{"stylize":7},`), 400, `"param":"midjourney.stylize"`, ""},
			words + ", beside it":   {turn(words, `"stylize":7,`), 400, `"param":"stylize"`, ""},
			words + ", a seed":      {turn(words, `"midjourney":{"seed":7},`), 400, `"param":"midjourney.seed"`, ""},
			words + ", what not":    {turn(words, `"negative_prompt":"people",`), 400, `"param":"negative_prompt"`, ""},
		})
	}
	h.charges(t, chat.Route, map[string]asking{
		"a cut":                     {turn("U2", `"seed":7,`), 200, "/images/img_", ""},
		"a seed that programs send": {turn("V2", `"seed":7,`), 200, "/images/img_", "variation"},
		"a shape":                   {turn("V2", `"size":"1024x1024","midjourney":{"speed":"fast"},`), 200, "/images/img_", "variation"},
		"an edit":                   {turn("make the hat blue", `"midjourney":{"stylize":7},`), 200, "/images/img_", "edits"},
	})
}

// Settings that a program sends with every turn are those that the picture was drawn with: its buttons are pressed.
func TestTurns_ArePressedWithThePicturesOwnSettings(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	const standing = `"seed":7,"negative_prompt":"people","style":"raw","midjourney":{"stylize":7,"version":"7","chaos":3,"speed":"fast"},`
	_, _, first := h.call(t, "POST", chat.Route, `{`+standing+strings.TrimPrefix(inTurn(userText("a red fox")), `{`))
	shown := answered{body: first, status: 200}.chatText(t)
	for _, words := range []string{"V2", "reroll", "zoom out 2x", "animate 2"} {
		before := len(h.sim.Ledger())
		status, _, answer := h.call(t, "POST", chat.Route, `{`+standing+strings.TrimPrefix(inTurn(userText("a red fox"), textOf(map[string]string{"role": "assistant", "content": shown}), userText(words)), `{`))
		if status != 200 || len(h.sim.Ledger()) == before {
			t.Errorf("%s: %d %.300s, want it pressed", words, status, answer)
		}
	}
}
