package proxy

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/chat"
	"midgate/proxy/responses"
)

// asking is a request, what it is answered with, and the kinds of what it pays.
type asking struct {
	body   string
	status int
	says   string // part of the answer
	pays   string
}

func (h *house) charges(t *testing.T, route string, all map[string]asking) {
	t.Helper()
	for name, a := range all {
		before := len(h.sim.Ledger())
		status, _, answer := h.call(t, http.MethodPost, route, a.body)
		var paid []string
		for _, c := range h.sim.Ledger()[before:] {
			paid = append(paid, c.Kind)
		}
		if status != a.status || !strings.Contains(string(answer), a.says) || strings.Join(paid, " ") != a.pays {
			t.Errorf("%s: %d %.600s pays %q, want %d with %q for %q", name, status, answer, paid, a.status, a.says, a.pays)
		}
	}
}

// inTurn is a chat's body of messages.
func inTurn(all ...string) string { return `{"messages":[` + strings.Join(all, ",") + `]}` }

func userText(text string) string {
	return textOf(map[string]string{"role": "user", "content": text})
}

func userParts(parts ...string) string {
	return `{"role":"user","content":[` + strings.Join(parts, ",") + `]}`
}

func saidText(text string) string {
	return textOf(map[string]string{"type": "text", "text": text})
}

func textOf(texts map[string]string) string {
	b, err := json.Marshal(texts)
	if err != nil {
		panic(err) // texts can always be marshalled
	}
	return string(b)
}

// What stands in several messages is one wish with its pictures; what nobody said draws nothing.
var pictureLinks = regexp.MustCompile(`https?://\S+\s+`)

func TestChat_ATurnIsAllThatWasSaidSinceTheLastAnswer(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	data := "data:image/png;base64," + base64.StdEncoding.EncodeToString(drawnPNG(t))
	pic := `{"type":"image_url","image_url":{"url":"` + data + `"}}`
	h.charges(t, chat.Route, map[string]asking{
		"a wish, then its picture":          {inTurn(userText("make the sky green"), userParts(pic)), 200, "/images/img_", "edits"},
		"a picture, then its wish":          {inTurn(userParts(pic), userText("make the sky blue")), 200, "/images/img_", "edits"},
		"a tool in between":                 {inTurn(userText("make the sky red"), `{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"{}"}}]}`, `{"role":"tool","tool_call_id":"c","content":"ok"}`, userParts(pic)), 200, "/images/img_", "edits"},
		"two pictures of their own":         {inTurn(userText("combine them into one scene"), userParts(pic), userParts(pic)), 200, "/images/img_", "imagine"},
		"texts in two messages":             {inTurn(userText("a red fox"), userText("in deep snow")), 200, "/images/img_", "imagine"},
		"a quiet prompt":                    {inTurn(userText("a fox"), `{"role":"assistant","content":"hello"}`, `{"role":"system","content":"Describe the scene."}`), 200, `"finish_reason":"stop"`, ""},
		"an answer to continue":             {inTurn(userText("a fox"), `{"role":"assistant","content":"Here is"}`), 200, `"finish_reason":"stop"`, ""},
		"a quiet prompt without a person":   {inTurn(`{"role":"assistant","content":"*waves*"}`, `{"role":"system","content":"[Continue the story.]"}`), 200, `"finish_reason":"stop"`, ""},
		"/imagine with a picture to follow": {inTurn(userText("/imagine a castle"), userParts(pic)), 200, "/images/img_", "imagine"},
	})
	drawn := map[string]int{} // prompts by how many pictures of the client's go with them
	for _, c := range h.sim.Ledger() {
		drawn[c.Kind+" "+pictureLinks.ReplaceAllString(c.Prompt, "")] = len(pictureLinks.FindAllString(c.Prompt, -1))
	}
	want := map[string]int{
		"edits make the sky green": 0, "edits make the sky blue": 0, "edits make the sky red": 0,
		"imagine combine them into one scene --ar 3:2": 2, "imagine a castle": 1, "imagine a red fox in deep snow": 0,
	}
	if !maps.Equal(drawn, want) {
		t.Errorf("drawn %v, want %v", drawn, want)
	}
}

func TestResponses_ATurnIsAllThatWasSaidSinceTheLastAnswer(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	data := "data:image/png;base64," + base64.StdEncoding.EncodeToString(drawnPNG(t))
	pic := `{"role":"user","content":[{"type":"input_image","image_url":"` + data + `"}]}`
	wish := `{"role":"user","content":"make the sky green"}`
	tool := func(settings string) string { return `"tools":[{"type":"image_generation"` + settings + `}],` }
	input := func(items ...string) string { return `"input":[` + strings.Join(items, ",") + `]}` }
	h.charges(t, responses.Route, map[string]asking{
		"a wish, then its picture":       {`{` + tool("") + input(wish, pic), 200, "image_generation_call", "edits"},
		"a picture, then its wish":       {`{` + tool("") + input(pic, wish), 200, "image_generation_call", "edits"},
		"whatever the action: auto":      {`{` + tool(`,"action":"auto"`) + input(wish, pic), 200, "image_generation_call", "edits"},
		"whatever the action: edit":      {`{` + tool(`,"action":"edit"`) + input(wish, pic), 200, "image_generation_call", "edits"},
		"generate takes it as reference": {`{` + tool(`,"action":"generate"`) + input(wish, pic), 200, "image_generation_call", "imagine"},
		"whatever the choice: required":  {`{"tool_choice":"required",` + tool("") + input(wish, pic), 200, "image_generation_call", "edits"},
		"whatever the choice: the tool":  {`{"tool_choice":{"type":"image_generation"},` + tool("") + input(wish, pic), 200, "image_generation_call", "edits"},
		"a function's call in between":   {`{` + tool("") + input(wish, `{"type":"function_call","call_id":"c","name":"f","arguments":"{}"}`, `{"type":"function_call_output","call_id":"c","output":"ok"}`, pic), 200, "image_generation_call", "edits"},
		"without a tool":                 {`{` + input(wish, pic), 200, "image_generation_call", "edits"},
		"no tool may be called":          {`{"tool_choice":"none",` + tool("") + input(wish, pic), 200, `"type":"message"`, ""},
		"no tool, a text alone":          {`{"tool_choice":"none",` + tool("") + `"input":"a red fox"}`, 200, `"type":"message"`, ""},
		"no tool, asked by name":         {`{"tool_choice":"none","input":"a red fox"}`, 200, `"type":"message"`, ""},
		"small talk":                     {`{"input":"thank you so much!"}`, 200, `"type":"message"`, ""},
		"small talk, insisted on":        {`{"tool_choice":{"type":"image_generation"},` + tool("") + `"input":"thank you so much!"}`, 200, "image_generation_call", "imagine"},
	})
	for _, c := range h.sim.Ledger() {
		if c.Kind == "imagine" && strings.Contains(c.Prompt, "green") && !strings.Contains(c.Prompt, "http") {
			t.Errorf("%q was drawn without its picture", c.Prompt)
		}
	}
}

// A question about a picture that came along is answered; a wish changes it.
func TestChat_AQuestionAboutAPictureIsNoEdit(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	pic := `{"type":"image_url","image_url":{"url":"data:image/png;base64,` + base64.StdEncoding.EncodeToString(drawnPNG(t)) + `"}}`
	all := map[string]asking{}
	for _, words := range []string{"Analyze this image", "Extract all text", "Is there a cat in this image?", "Write alt text", "Return tags for this picture as JSON", "¿Qué ves en la foto?", "这张图里有什么？", "Was ist auf dem Foto zu sehen?"} {
		all[words] = asking{inTurn(userParts(saidText(words), pic)), 200, `"content":"1. `, "describe"}
	}
	for _, words := range []string{"remove the background", "could you make it darker?", "als Aquarell", "把背景换成海滩"} {
		all[words] = asking{inTurn(userParts(saidText(words), pic)), 200, "/images/img_", "edits"}
	}
	bySchema := func(words string) string {
		return `{"response_format":{"type":"json_schema","json_schema":{"name":"t","schema":{"type":"object","properties":{"tags":{"type":"array"}}}}},` + inTurn(userParts(saidText(words), pic))[1:]
	}
	all["by a schema"] = asking{bySchema("Return tags for this picture"), 200, `"content":"{\"tags\":[\"`, "describe"}
	all["a wish by a schema"] = asking{bySchema("make the sky even darker"), 200, `"content":"{\"tags\":[]}"`, ""}
	all["as JSON"] = asking{`{"response_format":{"type":"json_object"},` + inTurn(userParts(saidText("Describe it"), pic))[1:], 200, `"content":"{\"description\":\"`, "describe"}
	h.charges(t, chat.Route, all)
	h.charges(t, responses.Route, map[string]asking{
		"by a schema": {`{"text":{"format":{"type":"json_schema","name":"t","schema":{"type":"object","properties":{"alt":{"type":"string"}}}}},"input":[` +
			userParts(`{"type":"input_text","text":"Describe what is in this photo"}`, pic) + `]}`, 200, `{\"alt\":\"`, "describe"},
	})
}

// Who offers tools and wants none called gets words; a choice among no tools, as some programs send it, forbids nothing.
func TestChat_NoToolMayBeCalled(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	ask := func(settings, words string) string { return `{` + settings + inTurn(userText(words))[1:] }
	const tools = `"tools":[{"type":"function","function":{"name":"time"}}],`
	h.charges(t, chat.Route, map[string]asking{
		"none of its tools":       {ask(tools+`"tool_choice":"none",`, "a red fox"), 200, `"finish_reason":"stop"`, ""},
		"none, by a command":      {ask(tools+`"tool_choice":"none",`, "/imagine a red owl"), 200, `"finish_reason":"stop"`, ""},
		"none of its functions":   {ask(`"functions":[{"name":"time"}],"function_call":"none",`, "a red fox"), 200, `"finish_reason":"stop"`, ""},
		"any of its tools":        {ask(tools+`"tool_choice":"auto",`, "a red hen"), 200, "/images/img_", "imagine"},
		"none, and there is none": {ask(`"tool_choice":"none",`, "a red cow"), 200, "/images/img_", "imagine"},
		"none of an empty list":   {ask(`"tools":[],"tool_choice":"none",`, "a red cat"), 200, "/images/img_", "imagine"},
	})
}

// Clients' wrappings and schemas in words cost no picture of their own text.
func TestChat_WrappedWordsAreDrawnAlone(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	h.charges(t, chat.Route, map[string]asking{
		"open webui's documents":  {inTurn(userText("### Task:\nRespond to the user query using the provided context.\n<context>\n<source id=\"1\">cats</source>\n</context>\na red fox")), 200, "/images/img_", "imagine"},
		"its code interpreter":    {inTurn(userText("a red owl\n#### Tools Available\n\n1. **Code Interpreter**: `<code_interpreter type=\"code\" lang=\"python\"></code_interpreter>`")), 200, "/images/img_", "imagine"},
		"a query that is marked":  {inTurn(userText("### Task:\nUse the context.\n<context>cats</context>\n<user_query>a red hen</user_query>")), 200, "/images/img_", "imagine"},
		"a schema in its message": {inTurn(userText("a fox"), userText("Output should be in JSON format and conform to the following schema:\n\n```\n{\"type\":\"object\",\"properties\":{\"name\":{\"type\":\"string\"}}}\n```\n")), 200, `"content":"{\"name\":\"A fox\"}"`, ""},
	})
	for _, c := range h.sim.Ledger() {
		if c.Prompt != "a red fox" && c.Prompt != "a red owl" && c.Prompt != "a red hen" {
			t.Errorf("drawn: %q", c.Prompt)
		}
	}
}

// A part that holds a picture is used, however it is written; any other part of a turn is refused, and nothing paid.
func TestChat_PartsAreUsedOrRefused(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	raw := base64.StdEncoding.EncodeToString(drawnPNG(t))
	pictures := map[string]string{
		"a file":               `{"type":"file","file":{"filename":"a.png","file_data":"data:image/png;base64,` + raw + `"}}`,
		"a file without a URL": `{"type":"file","file":{"filename":"a.png","file_data":"` + raw + `"}}`,
		"an input_file":        `{"type":"input_file","filename":"a.png","file_data":"data:image/png;base64,` + raw + `"}`,
		"Anthropic's source":   `{"type":"image","source":{"type":"base64","media_type":"image/png","data":"` + raw + `"}}`,
		"an image":             `{"type":"image","image":"data:image/png;base64,` + raw + `"}`,
		"an image's data":      `{"type":"image","data":"` + raw + `","mimeType":"image/png"}`,
		"inline data":          `{"inline_data":{"mime_type":"image/png","data":"` + raw + `"}}`,
	}
	others := map[string]string{
		"a PDF":        `{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0xLjQK"}}`,
		"a text file":  `{"type":"input_file","filename":"a.txt","file_data":"data:text/plain;base64,aGVsbG8="}`,
		"a voice":      `{"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}}`,
		"a film":       `{"type":"video_url","video_url":{"url":"https://example.com/a.mp4"}}`,
		"a new kind":   `{"type":"hologram","hologram":{}}`,
		"an empty one": `{"type":"image_url"}`,
	}
	chats, replies := map[string]asking{}, map[string]asking{}
	for name, part := range pictures {
		chats[name] = asking{inTurn(userParts(saidText("make the sky green"), part)), 200, "/images/img_", "edits"}
		replies[name] = asking{`{"tools":[{"type":"image_generation"}],"input":[` + userParts(`{"type":"input_text","text":"make the sky green"}`, part) + `]}`, 200, "image_generation_call", "edits"}
	}
	for name, part := range others {
		chats[name] = asking{inTurn(userParts(saidText("make the sky green"), part)), 400, "invalid_request_error", ""}
		replies[name] = asking{`{"input":[` + userParts(`{"type":"input_text","text":"a red fox"}`, part) + `]}`, 400, "invalid_request_error", ""}
		chats["before: "+name] = asking{inTurn(userParts(saidText("a fox"), part), `{"role":"assistant","content":"no"}`, userText("a red fox "+name)), 200, "/images/img_", "imagine"}
	}
	h.charges(t, chat.Route, chats)
	h.charges(t, responses.Route, replies)
}

// Pictures beside the text are data URLs: clients take what stands there for base64.
func TestChat_PicturesBesideTheTextAreData(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for name, settings := range map[string]string{"whole": "", "as JPEG": `"output_format":"jpeg",`, "three": `"n":3,`, "at once": ""} {
		messages := `"messages":[` + userText("a red fox "+name) + `]`
		if name == "at once" { // a quarter of a grid that was drawn before
			_, _, before := h.call(t, http.MethodPost, chat.Route, `{`+messages+`}`)
			var c chat.CompletionJSON
			if err := json.Unmarshal(before, &c); err != nil {
				t.Fatal(err)
			}
			shown := textOf(map[string]string{"role": "assistant", "content": *c.Choices[0].Message.Content}) // as it came
			messages = `"messages":[` + userText("a fox") + `,` + shown + `,` + userText("2") + `]`
		}
		status, _, body := h.call(t, http.MethodPost, chat.Route, `{"modalities":["text","image"],`+settings+messages+`}`)
		var c chat.CompletionJSON
		if err := json.Unmarshal(body, &c); err != nil || status != http.StatusOK || len(c.Choices[0].Message.Images) == 0 {
			t.Fatalf("%s: %d %.300s, %v", name, status, body, err)
		}
		var streamed []chat.ImageJSON
		_, all := h.stream(t, chat.Route, `{"stream":true,"modalities":["text","image"],`+settings+messages+`}`)
		for _, f := range all {
			if f.data != "[DONE]" && len(chunkOf(t, f).Choices) > 0 {
				streamed = append(streamed, chunkOf(t, f).Choices[0].Delta.Images...)
			}
		}
		if len(streamed) != len(c.Choices[0].Message.Images) {
			t.Errorf("%s: %d pictures in the stream, want %d", name, len(streamed), len(c.Choices[0].Message.Images))
		}
		for _, img := range append(c.Choices[0].Message.Images, streamed...) {
			head, data, _ := strings.Cut(img.ImageURL.URL, ",")
			bytesOf, err := base64.StdEncoding.DecodeString(data)
			magic, kind := []byte("\x89PNG"), "data:image/png;base64"
			if name == "as JPEG" {
				magic, kind = []byte("\xff\xd8"), "data:image/jpeg;base64"
			}
			if err != nil || head != kind || !bytes.HasPrefix(bytesOf, magic) {
				t.Errorf("%s: a picture begins with %.60s, %v", name, img.ImageURL.URL, err)
			}
		}
	}
}

// Small talk and pointing words after a picture are never drawn.
func TestChat_SmallTalkAfterAPictureIsFree(t *testing.T) {
	p := &parley{h: newHouse(t, simulator.Config{})}
	p.say(t, "a red fox")
	for _, words := range []string{"thanks, love it!", "ok", "what can you do?", "how much did that cost me?", "left one", "hmm", "danke", "谢谢", "ありがとう", "고마워요", "¿qué puedes hacer?", "спасибо!", "merci beaucoup", "obrigado", "che bello!"} {
		if answer := p.say(t, words); pictureLink.MatchString(answer) || answer == "" {
			t.Errorf("%q is answered with %q, want a line of text", words, answer)
		}
	}
	if n := len(p.h.sim.Ledger()); n != 1 {
		t.Errorf("%d charges, want the first picture's alone", n)
	}
	for _, words := range []string{"5", "the seventh one", "第九张", "U6"} {
		body, err := json.Marshal(map[string]any{"messages": append(p.messages[:2:2], map[string]any{"role": "user", "content": words})})
		if err != nil {
			t.Fatal(err)
		}
		p.h.charges(t, chat.Route, map[string]asking{words: {string(body), 400, `"param":"messages"`, ""}})
	}
}

// What is wrong with the words or the pictures of a turn is said of the parameter that holds them.
func TestTurns_AreBlamedByTheirOwnParameter(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for route, wrong := range map[string][2]string{
		chat.Route:               {`{"messages":[{"role":"user","content":%q}]}`, `"param":"messages"`},
		"/v1/responses":          {`{"input":%q,"tools":[{"type":"image_generation"}]}`, `"param":"input"`},
		"/v1/images/generations": {`{"prompt":%q}`, `"param":"prompt"`},
	} {
		for _, said := range []string{"a fox --chaos 900", "a fox --repeat 3"} {
			h.charges(t, route, map[string]asking{said: {fmt.Sprintf(wrong[0], said), 400, wrong[1], ""}})
		}
	}
}

// Words without a number act on the first quarter of a grid, and the answer says so.
func TestChat_SaysWhichQuarterWasTaken(t *testing.T) {
	p := &parley{h: newHouse(t, simulator.Config{})}
	p.say(t, "a red fox")
	for _, words := range []string{"make the sky green", "mach es dunkler", "rendila più chiara"} {
		if answer := p.say(t, words); !strings.Contains(answer, "`U2`") || !pictureLink.MatchString(answer) {
			t.Errorf("%q does not say which picture it took: %s", words, answer)
		}
	}
	if answer := p.say(t, "U2"); strings.Contains(answer, "`2`") {
		t.Errorf("a chosen picture is told to be chosen: %s", answer)
	}
}
