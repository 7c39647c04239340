package chat_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"midgate/adapter/adaptertest/harness"

	openai "github.com/sashabaranov/go-openai"

	"midgate/adapter"
	"midgate/adapter/chat"
)

const fox = "img_ABCDEFGHIJKLMNOPQRSTUVWX23"

// gridOf is an answer that shows a whole grid.
func gridOf(id string) string {
	text := "![a fox](http://h/images/" + id + ".png)\n\n"
	for i := 1; i <= 4; i++ {
		text += fmt.Sprintf("[U%d](http://h/images/%s%d.png) · ", i, id[:len(id)-2]+"Q", i+1)
	}
	return text
}

// talk is a conversation written as role, text, role, text …
func talk(said ...string) openai.ChatCompletionRequest {
	var req openai.ChatCompletionRequest
	for i := 0; i < len(said); i += 2 {
		req.Messages = append(req.Messages, openai.ChatCompletionMessage{Role: said[i], Content: said[i+1]})
	}
	return req
}

func withPictures(req openai.ChatCompletionRequest, urls ...string) openai.ChatCompletionRequest {
	last := &req.Messages[len(req.Messages)-1]
	parts := []openai.ChatMessagePart{{Type: openai.ChatMessagePartTypeText, Text: last.Content}}
	for _, u := range urls {
		parts = append(parts, openai.ChatMessagePart{Type: openai.ChatMessagePartTypeImageURL, ImageURL: &openai.ChatMessageImageURL{URL: u}})
	}
	last.Content, last.MultiContent = "", parts
	return req
}

func TestReadTurn(t *testing.T) {
	shown := "![a fox](http://h/images/" + fox + ".png)"
	after := func(text string) openai.ChatCompletionRequest {
		return talk("user", "a red fox", "assistant", shown, "user", text)
	}
	afterGrid := func(text string) openai.ChatCompletionRequest {
		return talk("user", "a red fox", "assistant", gridOf(fox), "user", text)
	}
	used := "This is about picture 1. To choose another, say its number first, such as `2` or `U2`."
	tests := map[string]struct {
		req  openai.ChatCompletionRequest
		want chat.Turn
	}{
		"a first text draws":                      {talk("user", "a red fox"), chat.Turn{Way: chat.TurnDraw, Prompt: "a red fox"}},
		"system text and tools are ignored":       {talk("system", "be nice", "user", "a red fox"), chat.Turn{Way: chat.TurnDraw, Prompt: "a red fox"}},
		"another text draws anew":                 {after("a lighthouse in a storm"), chat.Turn{Way: chat.TurnDraw, Prompt: "a lighthouse in a storm"}},
		"what follows another wish is drawn":      {after("something else: a lighthouse"), chat.Turn{Way: chat.TurnDraw, Prompt: "a lighthouse"}},
		"an instruction edits the last picture":   {after("add snow"), chat.Turn{Way: chat.TurnEdit, Prompt: "add snow", Images: []string{fox}}},
		"a polite instruction edits":              {after("Could you make the hat blue?"), chat.Turn{Way: chat.TurnEdit, Prompt: "Could you make the hat blue?", Images: []string{fox}}},
		"a number chooses from the grid":          {afterGrid("the third one with a hat"), chat.Turn{Way: chat.TurnEdit, Prompt: "with a hat", Images: []string{fox}, Index: 3}},
		"a ratio beside it is its shape":          {afterGrid("at night, 16:9"), chat.Turn{Way: chat.TurnEdit, Prompt: "at night, 16:9", Images: []string{fox}, Size: "16:9", Note: used}},
		"a number alone shows that one":           {afterGrid("2"), chat.Turn{Way: chat.TurnShow, Prompt: "2", Images: []string{fox}, Index: 2}},
		"an instruction without a picture draws":  {talk("user", "make a red fox"), chat.Turn{Way: chat.TurnDraw, Prompt: "make a red fox"}},
		"/imagine always draws":                   {after("/imagine prompt: add snow"), chat.Turn{Way: chat.TurnDraw, Prompt: "add snow"}},
		"/edit always edits":                      {after("/edit at night"), chat.Turn{Way: chat.TurnEdit, Prompt: "at night", Images: []string{fox}}},
		"/imagine draws what looks like a task":   {talk("user", "/imagine ping"), chat.Turn{Way: chat.TurnDraw, Prompt: "ping"}},
		"a path is no command":                    {talk("user", "/dev/null as a place"), chat.Turn{Way: chat.TurnDraw, Prompt: "/dev/null as a place"}},
		"a picture without a wish is described":   {withPictures(talk("user", ""), "data:x"), chat.Turn{Way: chat.TurnDescribe, Attached: []string{"data:x"}}},
		"a picture with the wish to be described": {withPictures(talk("user", "what is in this picture?"), "data:x"), chat.Turn{Way: chat.TurnDescribe, Prompt: "what is in this picture?", Attached: []string{"data:x"}}},
		"a picture with a wish is edited":         {withPictures(talk("user", "as a watercolour"), "data:x"), chat.Turn{Way: chat.TurnEdit, Prompt: "as a watercolour", Attached: []string{"data:x"}}},
		"two pictures without a wish are blended": {withPictures(talk("user", ""), "data:x", "data:y"), chat.Turn{Way: chat.TurnBlend, Attached: []string{"data:x", "data:y"}}},
		"/describe asks about the last picture":   {after("/describe"), chat.Turn{Way: chat.TurnDescribe, Images: []string{fox}}},
		"a picture sent earlier is edited": {func() openai.ChatCompletionRequest {
			r := withPictures(talk("user", "look"), "data:x")
			r.Messages = append(r.Messages, talk("assistant", "nice", "user", "make it blue").Messages...)
			return r
		}(), chat.Turn{Way: chat.TurnEdit, Prompt: "make it blue", Attached: []string{"data:x"}}},
		"an answer's picture that a client kept as data is edited": {func() openai.ChatCompletionRequest {
			r := withPictures(talk("user", "a red fox", "assistant", "here"), "data:x")
			r.Messages = append(r.Messages, talk("user", "make it blue").Messages...)
			return r
		}(), chat.Turn{Way: chat.TurnEdit, Prompt: "make it blue", Attached: []string{"data:x"}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := chat.ReadTurn(test.req, chat.Options{})
			if err != nil {
				t.Fatalf("ReadTurn() = %v", err)
			}
			if a, b := harness.AsJSON(t, got), harness.AsJSON(t, test.want); a != b {
				t.Errorf("ReadTurn() = %s\nwant %s", a, b)
			}
		})
	}
}

func TestATurnThatFollowsChangesThePictureBeforeIt(t *testing.T) {
	shown := "![](/images/" + fox + ".png)"
	for name, test := range map[string]struct {
		req  openai.ChatCompletionRequest
		want chat.Way
	}{
		"any words edit":          {talk("assistant", shown, "user", "a starry night"), chat.TurnEdit},
		"without a picture":       {talk("user", "a starry night"), chat.TurnDraw},
		"/imagine draws all same": {talk("assistant", shown, "user", "/imagine a starry night"), chat.TurnDraw},
		"a button is pressed":     {talk("assistant", shown, "user", "zoom out 2x"), chat.TurnAct},
	} {
		if got, err := chat.ReadTurn(test.req, chat.Options{Follow: true}); err != nil || got.Way != test.want {
			t.Errorf("%s: %s, %v, want %s", name, got.Way, err, test.want)
		}
	}
}

func TestSayLinksToPicturesThatTravelApart(t *testing.T) {
	img := adapter.Image{ID: fox, Prompt: "a fox"}
	say := chat.Answer{Images: []adapter.Image{img}, Apart: true, URL: func(id string) string { return "http://h/images/" + id + ".png" }}
	if got := chat.Markdown(say); strings.Contains(got, "![") || !strings.Contains(got, "[a fox](http://h/images/"+fox+".png)") {
		t.Errorf("Say() = %q, want a link and no picture", got)
	}
}

func TestReadTurnRefusesWhatSaysNothing(t *testing.T) {
	for name, req := range map[string]openai.ChatCompletionRequest{
		"no messages":     {},
		"no user message": talk("system", "x"),
		"no such picture": talk("user", "a red fox", "assistant", gridOf(fox), "user", "5"),
		"a button alone":  talk("user", "U2"),
		"an edit alone":   talk("user", "/edit at night"),
		"an empty text":   talk("user", " "),
		"an unknown one":  talk("user", "/draw a fox"),
		"one word":        talk("user", "/imaginewhatever"),
		"another command": talk("user", "/settings"),
	} {
		if _, err := chat.ReadTurn(req, chat.Options{}); harness.Refusal(t, err).Param != "messages" {
			t.Errorf("%s: %v, want an error about messages", name, err)
		}
	}
}

// tasks are clients' background requests with the stable parts of their templates.
func tasks() map[string]struct {
	req  openai.ChatCompletionRequest
	want string
} {
	history := "\n### Chat History:\n<chat_history>\nUSER: a red fox in snow at dawn\nASSISTANT: ![x](y)\n</chat_history>"
	task := func(text string) openai.ChatCompletionRequest { return talk("user", "### Task:\n"+text+history) }
	schema := &openai.ChatCompletionResponseFormat{Type: openai.ChatCompletionResponseFormatTypeJSONSchema, JSONSchema: &openai.ChatCompletionResponseFormatJSONSchema{
		Name: "title", Schema: json.RawMessage(`{"type":"object","properties":{"language":{"type":"string"},"title":{"type":"string"},"tags":{"type":"array"}},"required":["language","title"]}`)}}
	structured := talk("user", "Analyze this conversation and provide:\n1. The detected language\n2. A title\n\nUser: a red fox in snow at dawn")
	structured.ResponseFormat = schema
	forced := talk("user", "Analyze this conversation and provide:\nUser: a red fox in snow at dawn")
	forced.Tools = []openai.Tool{{Type: "function", Function: &openai.FunctionDefinition{Name: "extract", Parameters: json.RawMessage(`{"type":"object","properties":{"title":{"type":"string"}}}`)}}}
	forced.ToolChoice = map[string]any{"type": "function", "function": map[string]any{"name": "extract"}}
	tiny := talk("user", "say something nice about foxes")
	tiny.MaxTokens = 16
	memory := talk("user", "a red fox")
	memory.Tools = []openai.Tool{{Type: "function", Function: &openai.FunctionDefinition{Name: "set_memory"}}}
	return map[string]struct {
		req  openai.ChatCompletionRequest
		want string
	}{
		"open webui title":            {task("Generate a concise, 3-5 word title with an emoji summarizing the chat history."), `{"title":"A red fox in snow"}`},
		"open webui tags":             {task("Generate 1-3 broad tags categorizing the main themes"), `{"tags":["Image"]}`},
		"open webui follow-ups":       {task("Suggest 3-5 relevant follow-up questions or prompts"), `{"follow_ups":[]}`},
		"open webui queries":          {task("Analyze the chat history to determine the necessity of generating search queries"), `{"queries":[]}`},
		"open webui image prompt":     {task("Generate a detailed prompt for an image generation task"), `{"prompt":"a red fox in snow at dawn"}`},
		"open webui autocomplete":     {task("You are an autocompletion system. Continue the text"), `{"text":""}`},
		"open webui compaction":       {talk("user", "Summarize the conversation history that will be compacted"), "The user is making pictures with Midjourney."},
		"open webui tool choice":      {talk("system", "Available Tools: []", "user", "Query: a red fox"), `{"tool_calls":[]}`},
		"open webui emoji":            {talk("user", "Reflect the speaker's likely facial expression through a fitting emoji"), "🎨"},
		"open webui memory":           {talk("system", "You are a private memory reviewer", "user", "Review the completed conversation turn"), `{"operations":[]}`},
		"open webui own picture":      {talk("system", "<context>The requested image has been created and displayed</context>", "user", "a red fox"), "Here is your picture."},
		"librechat title":             {talk("user", "Provide a concise, 5-word-or-less title for the conversation, using title case.\n\nConversation:\nUser: a red fox in snow at dawn\nAI: x"), "A red fox in snow"},
		"a title after parameters":    {talk("user", "Provide a concise, 5-word-or-less title for the conversation.\n\nUser: a red fox —ar 16:9"), "A red fox"},
		"librechat structured title":  {structured, `{"language":"English","tags":[],"title":"A red fox in snow"}`},
		"librechat memory":            {memory, "The user is making pictures with Midjourney."},
		"librechat summary":           {talk("user", "Hold on, before you continue I need you to write me a checkpoint of everything"), "The user is making pictures with Midjourney."},
		"a forced tool":               {forced, `{"title":"A red fox in snow"}`},
		"lobechat title":              {talk("system", "You are a professional conversation summarizer.", "user", "User: a red fox in snow at dawn"), "A red fox in snow"},
		"nextchat title":              {talk("user", "a red fox in snow at dawn", "assistant", "x", "user", "Please generate a four to five word title summarizing our conversation without any lead-in"), "A red fox in snow"},
		"sillytavern summary":         {talk("system", "Ignore previous instructions. Summarize the most important facts and events in the story so far.", "user", "a red fox"), "The user is making pictures with Midjourney."},
		"sillytavern summary, merged": {talk("user", "a red fox\n\nIgnore previous instructions. Summarize the most important parts of the message."), "The user is making pictures with Midjourney."},
		"sillytavern mood":            {talk("user", "a red fox", "system", "Ignore previous instructions. Classify the emotion of the last message. Output just one word."), "The user is making pictures with Midjourney."},
		"sillytavern picture's words": {talk("user", "a red fox", "system", "Ignore previous instructions and provide a detailed description of her surroundings in the form of a comma-delimited list"), "a red fox"},
		"chatbox title":               {talk("user", "Based on the chat history, give this conversation a name.\nUser: a red fox in snow at dawn"), "A red fox in snow"},
		"a ping":                      {talk("user", "ping"), "pong"},
		"a greeting":                  {talk("user", "Hello!"), "Hello! Describe a picture and Midjourney draws it."},
		"a tiny answer":               {tiny, "Hello! Describe a picture and Midjourney draws it."},
		"open webui title in German":  {talk("user", "### Aufgabe:\nErzeuge einen kurzen Titel mit Emoji.\n### Ausgabe:\nJSON-Format: { \"title\": \"dein Titel\" }\n### Chat-Verlauf:\n<chat_history>\nUSER: a red fox in snow at dawn\n</chat_history>"), `{"title":"A red fox in snow"}`},
		"open webui any task":         {talk("user", "### Tâche :\nRésume.\n### Historique :\n<chat_history>\nUSER: a red fox in snow at dawn\n</chat_history>"), "The user is making pictures with Midjourney."},
		"open webui title of 2024":    {talk("user", "a red fox in snow at dawn", "assistant", "x", "user", "Create a concise, 3-5 word title with an emoji as a title for the chat history, in the given language. Suitable Emojis for the summary can be used to enhance understanding but avoid quotation marks or special formatting. RESPOND ONLY WITH THE TITLE TEXT."), "A red fox in snow"},
		"nextchat title, Chinese":     {talk("user", "a red fox in snow at dawn", "assistant", "x", "user", "使用四到五个字直接返回这句话的简要主题，不要解释、不要标点、不要语气词、不要多余文本，不要加粗，如果没有主题，请直接返回“闲聊”"), "A red fox in snow"},
		"nextchat title alone":        {talk("user", "使用四到五个字直接返回这句话的简要主题，不要解释、不要标点、不要语气词、不要多余文本，不要加粗，如果没有主题，请直接返回“闲聊”"), "Pictures"},
		"nextchat summary, Chinese":   {talk("user", "简要总结一下对话内容，用作后续的上下文提示 prompt，控制在 200 字以内"), "The user is making pictures with Midjourney."},
		"nextchat title, French":      {talk("user", "Veuillez générer un titre de quatre à cinq mots résumant notre conversation sans introduction, ponctuation ni guillemets."), "Pictures"},
		"nextchat title, German":      {talk("user", "Bitte erstelle einen Titel mit vier bis fünf Wörtern, der unsere Unterhaltung zusammenfasst, ohne Einleitung, Satzzeichen oder zusätzlichen Text."), "Pictures"},
		"nextchat title, Spanish":     {talk("user", "Devuelve un tema breve de esta frase en cuatro a cinco palabras, sin explicación, sin puntuación, sin muletillas, sin texto adicional, sin negritas. Si no hay tema, devuelve 'charlas casuales'"), "Pictures"},
		"nextchat title, Italian":     {talk("user", "Riporta il tema di questa frase in modo conciso con quattro o cinque parole, senza spiegazioni, punteggiatura, interiezioni, testo superfluo e senza grassetto."), "Pictures"},
		"nextchat title, Portuguese":  {talk("user", "Por favor, gere um título de quatro a cinco palavras resumindo nossa conversa sem qualquer introdução, pontuação, aspas, períodos, símbolos ou texto adicional."), "Pictures"},
		"nextchat title, Russian":     {talk("user", "Укажите краткую тему этого сообщения в четырех-пяти словах, без объяснений, знаков препинания, междометий, лишнего текста или выделения."), "Pictures"},
		"nextchat title, Japanese":    {talk("user", "4～5文字でこの文の簡潔な主題を返してください。説明、句読点、感嘆詞、余分なテキストは不要です。"), "Pictures"},
		"nextchat title, Korean":      {talk("user", "네 글자에서 다섯 글자로 이 문장의 간략한 주제를 반환하세요. 설명이나 문장 부호, 어미, 불필요한 텍스트, 굵은 글씨는 필요 없습니다."), "Pictures"},
		"a title by a system text":    {talk("system", "Generate a short title for the following conversation. Reply with the title only.", "user", "a red fox in the snow"), "Pictures"},
		"a title in Chinese, system":  {talk("system", "你是一名擅长会话的助理，你需要将用户的会话总结为 10 个字以内的标题，标题语言与用户的首要语言一致，不要使用标点符号和其他特殊符号", "user", "User: a red fox in snow at dawn"), "A red fox in snow"},
		"a title asked for in words":  {talk("user", "a red fox in snow at dawn", "assistant", "x", "user", "What would be a short and relevant title for this chat? You must strictly answer with only the title, no other text is allowed."), "A red fox in snow"},
		"a title of a chat":           {talk("user", "a red fox in snow at dawn", "assistant", "x", "user", "Generate a title for this chat"), "A red fox in snow"},
		"a title, in two sentences":   {talk("user", "Below is a conversation. Give it a short title.\nUser: a red fox in snow at dawn"), "A red fox in snow"},
		"a title behind a history":    {talk("user", strings.Repeat("USER: a red fox in snow at dawn, a picture\n", 500)+"Write a short title for this chat."), "A red fox in snow"},
		"a title in Russian":          {talk("user", "Придумай короткий заголовок для этого чата"), "Pictures"},
		"a title in Japanese":         {talk("user", "この会話に短いタイトルを付けてください"), "Pictures"},
		"a title in Korean":           {talk("user", "이 대화의 짧은 제목을 만들어 주세요"), "Pictures"},
		"a name for a chat":           {talk("user", "a red fox in snow at dawn", "assistant", "x", "user", "Name this chat"), "A red fox in snow"},
		"a conversation in a line":    {talk("user", "Sum up this conversation in one sentence"), "Pictures"},
		"a talk in German":            {talk("user", "Fasse unser Gespräch zusammen"), "Pictures"},
		"a title in Spanish":          {talk("user", "Ponle un título a esta conversación"), "Pictures"},
		"any title of a conversation": {talk("user", "a red fox in snow at dawn", "assistant", "x", "user", "Suggest a short title for this conversation"), "A red fox in snow"},
	}
}

func TestBackgroundRequestsAreAnsweredWithoutAJob(t *testing.T) {
	for name, test := range tasks() {
		t.Run(name, func(t *testing.T) {
			got, err := chat.ReadTurn(test.req, chat.Options{})
			if err != nil || got.Way != chat.TurnReply || got.Reply.Text != test.want {
				t.Errorf("ReadTurn() = %s %q (%s), %v, want the answer %q", got.Way, got.Reply.Text, got.Reply.Rule, err, test.want)
			}
			if strings.HasPrefix(test.want, "{") && !json.Valid([]byte(got.Reply.Text)) {
				t.Errorf("the answer %q is not JSON", got.Reply.Text)
			}
			drawn, err := chat.ReadTurn(test.req, chat.Options{DrawTasks: true})
			if err != nil || drawn.Way == chat.TurnReply {
				t.Errorf("with the switch off: %s, %v, want no answer without a job", drawn.Way, err)
			}
		})
	}
}

// Titles, chats and conversations can be drawn, whoever limits the length of answers.
func TestPicturesThatSpeakOfTitlesAreDrawn(t *testing.T) {
	for _, words := range []string{"Generate a title card for a chat show, neon letters", "movie poster with the title The Conversation", "make a comic of two cats in conversation with the title Meow", "make the title of a chat app in neon",
		"生成一张带标题和对话框的漫画海报", "two friends in conversation at a bar", "eine Unterhaltung zwischen zwei Füchsen, Titel in goldener Schrift", "会話するキツネのイラスト、タイトル入り",
		"create a title page for a chat group", "write \"title\" in a chat bubble", "create a chat app title in 3D letters", "write the title Dialogue in gold letters", "create a book page with the title \"Conversation\"",
		"Erstelle ein Gemälde mit dem Titel Gespräch im Wald", "crea un quadro dal titolo Conversazione", "生成一个聊天气泡，标题是你好", "대화라는 제목의 유화를 만들어줘", "Summarize the discussion briefly in 200 words, poster"} {
		if turn, err := chat.ReadTurn(talk("user", words), chat.Options{}); err != nil || turn.Way != chat.TurnDraw {
			t.Errorf("%q: %s %q, %v, want it drawn", words, turn.Way, turn.Reply.Rule, err)
		}
	}
	limited := talk("user", "a chat fox O in a hat")
	limited.MaxTokens = 50
	if turn, err := chat.ReadTurn(limited, chat.Options{}); err != nil || turn.Way != chat.TurnDraw {
		t.Errorf("with max_tokens: %s %q, %v, want it drawn", turn.Way, turn.Reply.Rule, err)
	}
	limited.Messages[0].Content = "Summarize in a line what was said, for the sidebar of a program that shows many of them: nothing"
	if turn, err := chat.ReadTurn(limited, chat.Options{}); err != nil || turn.Way != chat.TurnReply {
		t.Errorf("a line of text: %s, %v, want no picture", turn.Way, err)
	}
}

func TestWhatAnAnswerOffersCanBeSaid(t *testing.T) {
	img := adapter.Image{ID: fox, Prompt: "a [red] fox", Index: 1, Version: "7", Width: 4, Height: 3, Buttons: []adapter.Button{{CustomID: "x", Action: adapter.ActReroll}}}
	text := chat.Markdown(chat.Answer{Images: []adapter.Image{img}, URL: func(id string) string { return "http://h/images/" + id + ".png" }})
	first, rest, _ := strings.Cut(text, "\n\n")
	if first != "![a red fox](http://h/images/"+fox+".png)" {
		t.Errorf("the picture's line = %q", first)
	}
	offers := strings.Split(rest, "`")
	if len(offers) < 11 {
		t.Fatalf("offers = %q, want the real buttons", rest)
	}
	for i := 1; i < len(offers); i += 2 {
		turn, err := chat.ReadTurn(talk("user", "a red fox", "assistant", first, "user", offers[i]), chat.Options{})
		if err != nil || turn.Way != chat.TurnAct {
			t.Errorf("%q is offered but not understood", offers[i])
		}
	}
}

// A button works on one picture: of several that came along, on the one that the words number.
func TestAButtonOfSeveralAttachedPictures(t *testing.T) {
	second, err := chat.ReadTurn(withPictures(talk("user", "animate the second one"), "data:x", "data:y"), chat.Options{})
	if err != nil || second.Way != chat.TurnAct || len(second.Attached) != 1 || second.Attached[0] != "data:y" {
		t.Errorf("ReadTurn() = %+v, %v; want the second picture alone", second, err)
	}
	for _, words := range []string{"animate it", "animate the third one", "zoom out 2x"} {
		if turn, err := chat.ReadTurn(withPictures(talk("user", words), "data:x", "data:y"), chat.Options{}); adapter.KindOf(err) != adapter.Invalid {
			t.Errorf("%q is read as %+v, %v; want it refused", words, turn, err)
		}
	}
}
