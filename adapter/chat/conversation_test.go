package chat_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	openai "github.com/sashabaranov/go-openai"

	"midgate/adapter"
	"midgate/adapter/adaptertest/harness"
	"midgate/adapter/chat"
)

const (
	hen = "img_HENHENHENHENHENHENHENHENHE"
	owl = "img_OWLOWLOWLOWLOWLOWLOWLOWLOW"
)

func picture(url string) openai.ChatCompletionMessage {
	return openai.ChatCompletionMessage{Role: "user", MultiContent: []openai.ChatMessagePart{{Type: openai.ChatMessagePartTypeImageURL, ImageURL: &openai.ChatMessageImageURL{URL: url}}}}
}

func said(role, text string) openai.ChatCompletionMessage {
	return openai.ChatCompletionMessage{Role: role, Content: text}
}

func messages(all ...openai.ChatCompletionMessage) openai.ChatCompletionRequest {
	return openai.ChatCompletionRequest{Messages: all}
}

// All that is said since the last answer is one turn: nothing of it is lost, and nothing of it is read twice.
func TestRead_ARunOfUserMessagesIsOneTurn(t *testing.T) {
	called := said("assistant", "")
	called.ToolCalls = []openai.ToolCall{{ID: "call_1"}}
	for name, test := range map[string]struct {
		req      openai.ChatCompletionRequest
		way      chat.Way
		prompt   string
		attached int
	}{
		"a wish and then its picture":       {messages(said("user", "make the sky green"), picture("data:x")), chat.TurnEdit, "make the sky green", 1},
		"a picture and then its wish":       {messages(picture("data:x"), said("user", "make the sky green")), chat.TurnEdit, "make the sky green", 1},
		"pictures in messages of their own": {messages(said("user", "combine them into one scene"), picture("data:x"), picture("data:y"), picture("data:z")), chat.TurnEdit, "combine them into one scene", 3},
		"two pictures and no word":          {messages(picture("data:x"), picture("data:y")), chat.TurnBlend, "", 2},
		"texts in two messages":             {messages(said("user", "a red fox"), said("user", "in deep snow")), chat.TurnDraw, "a red fox\nin deep snow", 0},
		"a tool's answer in between":        {messages(said("user", "make the sky green"), said("tool", "12 o'clock"), picture("data:x")), chat.TurnEdit, "make the sky green", 1},
		"a tool's call and answer":          {messages(said("user", "make the sky green"), called, said("tool", "12 o'clock"), picture("data:x")), chat.TurnEdit, "make the sky green", 1},
		"a client's text in between":        {messages(said("user", "a red fox"), said("system", "be brief"), said("user", "in deep snow")), chat.TurnDraw, "a red fox\nin deep snow", 0},
		"what came before an answer":        {messages(said("user", "a red fox"), said("assistant", "![](/images/"+fox+".png)"), said("user", "a lighthouse"), said("user", "in a storm")), chat.TurnDraw, "a lighthouse\nin a storm", 0},
	} {
		turn, err := chat.ReadTurn(test.req, chat.Options{})
		if err != nil || turn.Way != test.way || turn.Prompt != test.prompt || len(turn.Attached) != test.attached {
			t.Errorf("%s: %s %q with %d pictures, %v; want %s %q with %d", name, turn.Way, turn.Prompt, len(turn.Attached), err, test.way, test.prompt, test.attached)
		}
	}
}

// What a client sends after the last answer by itself draws nothing.
func TestReadTurn_NothingIsDrawnWhenNobodySaidAnything(t *testing.T) {
	shown := "![](/images/" + fox + ".png)"
	for name, req := range map[string]openai.ChatCompletionRequest{
		"a quiet prompt":        talk("user", "a red fox", "assistant", shown, "system", "Describe the scene in one sentence."),
		"an impersonation":      talk("user", "a red fox", "assistant", shown, "system", "[Write your next reply from the point of view of User.]"),
		"an answer to continue": talk("user", "a red fox", "assistant", "Here is"),
		"a summary":             talk("user", "a red fox", "assistant", shown, "developer", "Summarize the chat so far."),
		"a greeting of its own": talk("system", "You are Ann.", "assistant", "*Ann waves*", "system", "Write a caption."),
		"a tool's answer":       talk("user", "a red fox", "assistant", shown, "tool", "done"),
	} {
		turn, err := chat.ReadTurn(req, chat.Options{})
		if err != nil || turn.Way != chat.TurnReply || turn.Reply.Text == "" {
			t.Errorf("%s: %s %q, %v, want a short answer", name, turn.Way, turn.Reply.Text, err)
		}
	}
}

// A client's wrapping is not drawn: the person's own words are.
func TestReadTurn_TakesTheWordsOutOfTheirWrapping(t *testing.T) {
	rag := "### Task:\nRespond to the user query using the provided context, incorporating inline citations in the format [id] **only when the <source> tag includes an explicit id attribute**.\n\n### Guidelines:\n- If you don't know the answer, clearly state that.\n\n<context>\n<source id=\"1\" name=\"foxes.pdf\">Foxes are small. Make the sky green.\n### Chat History:</source>\n</context>\n"
	code := "\n#### Tools Available\n\n1. **Code Interpreter**: `<code_interpreter type=\"code\" lang=\"python\"></code_interpreter>`\n   - You have access to a Python shell."
	newer := "\n\n#### Code Interpreter\n\nYou have access to a Python code interpreter via: `<code_interpreter type=\"code\" lang=\"python\"></code_interpreter>`\n"
	lobe := "\n\n<!-- SYSTEM CONTEXT (NOT PART OF USER QUERY) -->\n<context.instruction>following part contains context</context.instruction>\n<files_info></files_info>\n<!-- END SYSTEM CONTEXT -->"
	cherry := "Please answer the question based on the reference materials\n\n## My question is:\n\na red fox in snow\n\n## Reference Materials:\n\n[]\n"
	for name, wrapped := range map[string]string{
		"documents":                      rag + "\na red fox in snow",
		"documents, the query marked":    rag + "\n<user_query>\na red fox in snow\n</user_query>\n",
		"a code interpreter":             "a red fox in snow" + code,
		"a newer code interpreter":       "a red fox in snow" + newer,
		"documents and code interpreter": rag + "a red fox in snow" + code,
		"lobechat":                       "a red fox in snow" + lobe,
		"cherry studio":                  cherry,
	} {
		if turn, err := chat.ReadTurn(talk("user", wrapped), chat.Options{}); err != nil || turn.Way != chat.TurnDraw || turn.Prompt != "a red fox in snow" {
			t.Errorf("%s: %s %q, %v, want the words alone", name, turn.Way, turn.Prompt, err)
		}
		edit := strings.ReplaceAll(wrapped, "a red fox in snow", "make it darker")
		turn, err := chat.ReadTurn(talk("user", "a red fox", "assistant", "![](/images/"+fox+".png)", "user", edit), chat.Options{})
		if err != nil || turn.Way != chat.TurnEdit || turn.Prompt != "make it darker" {
			t.Errorf("%s: %s %q, %v, want the change alone", name, turn.Way, turn.Prompt, err)
		}
	}
}

// Undo goes back one picture at a time, over what was only chosen as over what was made.
func TestReadTurn_GoesBack(t *testing.T) {
	show := func(id string) string { return "![](http://h/images/" + id + ".png)" }
	story := []string{"user", "a red fox", "assistant", gridOf(fox), "user", "2", "assistant", show(hen), "user", "add snow", "assistant", show(owl)}
	for name, test := range map[string]struct {
		more []string
		want string
	}{
		"once":         {[]string{"user", "undo"}, hen},
		"twice":        {[]string{"user", "undo", "assistant", show(hen), "user", "undo"}, fox},
		"to the grid":  {[]string{"user", "show me all four"}, fox},
		"from a video": {[]string{"user", "animate", "assistant", "[▶](http://h/videos/video_ABCDEFGHIJKLMNOPQRSTUVWX23.mp4)", "user", "go back"}, owl},
	} {
		turn, err := chat.ReadTurn(talk(append(slices.Clip(story), test.more...)...), chat.Options{})
		if err != nil || turn.Way != chat.TurnShow || len(turn.Images) != 1 || turn.Images[0] != test.want || turn.Index != 0 {
			t.Errorf("%s: %s of %v, %v, want %s", name, turn.Way, turn.Images, err, test.want)
		}
	}
	grids := []string{"user", "a red fox", "assistant", gridOf(fox), "user", "make it blue", "assistant", gridOf(owl), "user"}
	turn, err := chat.ReadTurn(talk(append(slices.Clip(grids), "go back to the first picture")...), chat.Options{})
	if err != nil || turn.Way != chat.TurnShow || len(turn.Images) != 1 || turn.Images[0] != fox || turn.Index != 0 {
		t.Errorf("to the first of two grids: %s of %v, %d, %v, want the first grid", turn.Way, turn.Images, turn.Index, err)
	}
	turn, err = chat.ReadTurn(talk(append(slices.Clip(grids), "2", "assistant", show(hen), "user", "go back to the first one")...), chat.Options{})
	if err != nil || turn.Way != chat.TurnShow || len(turn.Images) != 1 || turn.Images[0] != owl || turn.Index != 1 {
		t.Errorf("to the first of four: %s of %v, %d, %v, want quarter 1 of the last grid", turn.Way, turn.Images, turn.Index, err)
	}
	for _, first := range [][]string{{"user", "a red fox", "assistant", show(fox), "user", "undo"}, {"user", "a red fox", "assistant", gridOf(fox), "user", "zurück"}} {
		if turn, err := chat.ReadTurn(talk(first...), chat.Options{}); err != nil || turn.Way != chat.TurnReply {
			t.Errorf("%q: %s, %v, want to be told that there is nothing", first, turn.Way, err)
		}
	}
}

// A picture that comes with words that cannot use one is asked about: nothing would be made of it.
func TestReadTurn_AsksAboutAPictureThatAButtonCannotUse(t *testing.T) {
	film := []string{"user", "a red fox", "assistant", "![](http://h/images/" + fox + ".png)", "user", "animate", "assistant", "[▶](http://h/videos/video_ABCDEFGHIJKLMNOPQRSTUVWX23.mp4)", "user"}
	for _, words := range []string{"continue the video", "extend it", "undo", "go back", "undo, but with a hat"} {
		alone, err := chat.ReadTurn(talk(append(slices.Clip(film), words)...), chat.Options{})
		if err != nil || alone.Way == chat.TurnReply || alone.Way == chat.TurnDraw {
			t.Errorf("%q alone: %s, %v", words, alone.Way, err)
		}
		turn, err := chat.ReadTurn(withPictures(talk(append(slices.Clip(film), words)...), "data:x"), chat.Options{})
		if err != nil || turn.Way != chat.TurnReply && len(turn.Attached) == 0 {
			t.Errorf("%q with a picture: %s of %v without it, %v", words, turn.Way, turn.Images, err)
		}
	}
}

// A record tells what the messages of some clients do not: that a picture is a grid, or a quarter of one.
func TestReadTurn_KnowsPicturesByTheirRecords(t *testing.T) {
	records := map[string]adapter.Image{fox: {ID: fox, Cells: []string{"a", "b", "c", "d"}}, hen: {ID: hen, Grid: fox}, owl: {ID: owl, Parent: hen}}
	o := chat.Options{Picture: func(id string) (adapter.Image, bool) {
		img, ok := records[id]
		return img, ok
	}}
	for _, test := range []struct {
		shown, words string
		want         chat.Turn
	}{
		{fox, "the third one", chat.Turn{Way: chat.TurnShow, Images: []string{fox}, Index: 3}},
		{hen, "the third one", chat.Turn{Way: chat.TurnShow, Images: []string{fox}, Index: 3}},
		{owl, "undo", chat.Turn{Way: chat.TurnShow, Images: []string{owl}, Action: chat.ActBack}},
		{fox, "make it blue", chat.Turn{Way: chat.TurnEdit, Images: []string{fox}}},
	} {
		turn, err := chat.ReadTurn(talk("assistant", "![](/images/"+test.shown+".png)", "user", test.words), o)
		note := turn.Note
		turn.Prompt, turn.Note = "", ""
		if a, b := harness.AsJSON(t, turn), harness.AsJSON(t, test.want); err != nil || a != b {
			t.Errorf("%q after %s: %s, %v, want %s", test.words, test.shown, a, err, b)
		}
		if told := test.shown == fox && test.want.Way == chat.TurnEdit; strings.Contains(note, "picture 1") != told {
			t.Errorf("%q after %s is told %q; that picture 1 was taken: want %t", test.words, test.shown, note, told)
		}
	}
}

// What a picture was drawn from is told by its record, free; where none knows it, the picture is described.
func TestReadTurn_TellsTheWordsOfAPicture(t *testing.T) {
	o := chat.Options{Picture: func(id string) (adapter.Image, bool) {
		return adapter.Image{ID: fox, Prompt: "a red fox --ar 3:2"}, id == fox
	}}
	for _, words := range []string{"what prompt did you use?", "Welchen Prompt hast du benutzt?", "你用的什么提示词？"} {
		turn, err := chat.ReadTurn(talk("user", "draw", "assistant", gridOf(fox), "user", words), o)
		if err != nil || turn.Way != chat.TurnReply || !strings.Contains(turn.Reply.Text, "`a red fox --ar 3:2`") {
			t.Errorf("%q: %s %q, %v, want the prompt", words, turn.Way, turn.Reply.Text, err)
		}
		turn, err = chat.ReadTurn(talk("user", "draw", "assistant", gridOf(hen), "user", words), o)
		if err != nil || turn.Way != chat.TurnDescribe {
			t.Errorf("%q of another picture: %s, %v, want it described", words, turn.Way, err)
		}
	}
}

// Where one of four is acted on and nobody said which, the answer says so, in the language of the words.
func TestReadTurn_SaysWhichPictureWasTaken(t *testing.T) {
	for words, want := range map[string]string{
		"make it darker": "picture 1", "zoom out": "picture 1", "describe it": "picture 1", "mach es dunkler": "Bild 1", "把天空变成绿色": "第 1 张", "más oscuro": "imagen 1",
		"reroll": "", "U2": "", "the second one with a hat": "", "undo": "",
	} {
		turn, err := chat.ReadTurn(talk("user", "a red fox", "assistant", "![](/images/"+hen+".png)", "user", "draw a dragon", "assistant", gridOf(fox), "user", words), chat.Options{})
		if err != nil || (want == "") != !strings.Contains(turn.Note, "1") || !strings.Contains(turn.Note, want) {
			t.Errorf("%q: note %q, %v, want %q", words, turn.Note, err, want)
		}
	}
}

// A schema in words is no list of prompts: it is answered by the schema, as where response_format has it.
func TestReadTurn_ASchemaInWordsIsAnsweredByIt(t *testing.T) {
	asked := "Output should be in JSON format and conform to the following schema:\n\n```\n{\"type\":\"object\",\"properties\":{\"title\":{\"type\":\"string\"},\"tags\":{\"type\":\"array\"},\"year\":{\"type\":\"integer\"}},\"required\":[\"title\"]}\n```\n"
	want := `{"tags":[],"title":"A red fox in snow","year":0}`
	for name, req := range map[string]openai.ChatCompletionRequest{
		"in one text":             talk("user", "a red fox in snow at dawn\n\n"+asked),
		"in a message of its own": messages(said("user", "a red fox in snow at dawn"), said("user", asked)),
		"in a part of its own": messages(openai.ChatCompletionMessage{Role: "user", MultiContent: []openai.ChatMessagePart{
			{Type: openai.ChatMessagePartTypeText, Text: "a red fox in snow at dawn"}, {Type: openai.ChatMessagePartTypeText, Text: asked}}}),
		"of a picture that came along": messages(said("user", "a red fox in snow at dawn"), picture("data:x"), said("user", asked)),
	} {
		turn, err := chat.ReadTurn(req, chat.Options{})
		if err != nil || turn.Way != chat.TurnReply || turn.Reply.Text != want {
			t.Errorf("%s: %s %q, %v, want %s", name, turn.Way, turn.Reply.Text, err, want)
		}
	}
}

// A question about a picture that came along is answered by looking at it, also where the answer must be JSON; what a
// client asks of a conversation on its own account, and a wish for a picture, are not.
func TestReadTurn_AQuestionAboutAPictureIsAnsweredInJSON(t *testing.T) {
	schema := `{"type":"object","properties":{"description":{"type":"string"},"tags":{"type":"array"}}}`
	bySchema := func(req openai.ChatCompletionRequest) openai.ChatCompletionRequest {
		req.ResponseFormat = &openai.ChatCompletionResponseFormat{Type: "json_schema", JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{Schema: json.RawMessage(schema)}}
		return req
	}
	asObject := func(req openai.ChatCompletionRequest) openai.ChatCompletionRequest {
		req.ResponseFormat = &openai.ChatCompletionResponseFormat{Type: "json_object"}
		return req
	}
	inWords := said("user", "Output should be in JSON format and conform to the following schema:\n\n```\n"+schema+"\n```\n")
	forced := bySchema(messages(said("user", "Describe this"), picture("data:x")))
	forced.ToolChoice = openai.ToolChoice{Type: "function", Function: openai.ToolFunction{Name: "f"}}
	for name, c := range map[string]struct {
		req    openai.ChatCompletionRequest
		way    chat.Way
		schema string
	}{
		"by a schema":                {bySchema(messages(said("user", "Describe what is in this photo"), picture("data:x"))), chat.TurnDescribe, schema},
		"by a schema in words":       {messages(said("user", "Was ist auf dem Foto?"), picture("data:x"), inWords), chat.TurnDescribe, schema},
		"any object":                 {asObject(messages(said("user", "list the objects"), picture("data:x"))), chat.TurnDescribe, "{}"},
		"without words":              {bySchema(messages(picture("data:x"))), chat.TurnDescribe, schema},
		"in words alone":             {messages(said("user", "Describe this"), picture("data:x")), chat.TurnDescribe, ""},
		"no question":                {bySchema(messages(said("user", "make the sky green"), picture("data:x"))), chat.TurnReply, ""},
		"no picture":                 {bySchema(messages(said("user", "Describe what is in this photo"))), chat.TurnReply, ""},
		"a title":                    {bySchema(messages(said("user", "### Task:\nGenerate a concise title summarizing the chat history."), picture("data:x"))), chat.TurnReply, ""},
		"a tool that is insisted on": {forced, chat.TurnReply, ""},
	} {
		turn, err := chat.ReadTurn(c.req, chat.Options{})
		if err != nil || turn.Way != c.way || string(turn.Schema) != c.schema {
			t.Errorf("%s: %s by %s, %v, want %s by %s", name, turn.Way, turn.Schema, err, c.way, c.schema)
		}
	}
}

func TestDescribed(t *testing.T) {
	prompts := []string{"a red fox in the snow, pine trees, soft light --ar 3:2", "a fox"}
	for schema, want := range map[string]string{
		"{}": `{"description":"a red fox in the snow, pine trees, soft light","tags":["a red fox in the snow","pine trees","soft light"]}`,
		`{"properties":{"alt_text":{"type":"string"},"title":{"type":"string"},"language":{"type":"string"},"count":{"type":"integer"}}}`: `{"alt_text":"a red fox in the snow, pine trees, soft light","count":0,"language":"English","title":"A red fox in the"}`,
		`{"properties":{"tags":{"type":"array","items":{"type":"string"}},"boxes":{"type":"array","items":{"type":"object"}}}}`:           `{"boxes":[],"tags":["a red fox in the snow","pine trees","soft light"]}`,
		`{"properties":{"image":{"type":"object","properties":{"caption":{"type":["string","null"]}}}}}`:                                  `{"image":{"caption":"a red fox in the snow, pine trees, soft light"}}`,
	} {
		if got := chat.Described(json.RawMessage(schema), prompts); got != want {
			t.Errorf("%s: %s, want %s", schema, got, want)
		}
	}
	if got := chat.Described(json.RawMessage("{}"), nil); !json.Valid([]byte(got)) {
		t.Errorf("no prompts are %s, want JSON", got)
	}
}

func TestReadTurn_WhoInsistsOnAPictureGetsOne(t *testing.T) {
	for _, words := range []string{"thanks, love it!", "hello there", "hmm"} {
		if turn, err := chat.ReadTurn(talk("user", words), chat.Options{Must: true}); err != nil || turn.Way != chat.TurnDraw {
			if turn.Reply.Rule != "greeting" { // a client's test of its connection
				t.Errorf("%q: %s, %v, want a picture", words, turn.Way, err)
			}
		}
		if turn, err := chat.ReadTurn(talk("user", "a red fox", "user", words), chat.Options{Never: true}); err != nil || turn.Way != chat.TurnReply {
			t.Errorf("%q: %s, %v, want none", words, turn.Way, err)
		}
	}
}
