package proxy

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	gpt "github.com/sashabaranov/go-openai"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/chat"
	"midgate/proxy/responses"
)

var videoCases = []conformanceCase{
	{name: "§14/55 videos are created in each encoding, with all 13 members", run: func(t *testing.T, _ *house) { TestVideosAreCreatedInEveryEncoding(t) }},
	{name: "§14/56 a video is polled to its end, at the pace that its header says", sim: simulator.Config{Pace: 200 * time.Millisecond}, run: func(t *testing.T, h *house) {
		a := h.ask(t, http.MethodPost, "/v1/videos", `{"prompt":"a fox walks"}`)
		v := h.finished(t, videoIn(t, a.status, a.body).ID) // looks at openai-poll-after-ms each time
		if v.Status != "completed" || v.Progress != 100 || v.CompletedAt == nil || v.Error != nil {
			t.Errorf("video = %+v, want a completed one", v)
		}
		TestOfficialSDKMakesAVideo(t)
	}},
	{name: "§14/57 a failed video is a 200 that says so, and content that is not there no 409", run: func(t *testing.T, _ *house) { TestAFailedVideoIsAVideo(t) }},
	{name: "§14/58 content has variants and ranges, lists have pages, what was deleted is gone", run: func(t *testing.T, _ *house) { TestVideoContentAndList(t) }},
}

var talkCases = []conformanceCase{
	{name: "§14/59 a chat is read in every form that clients write", run: func(t *testing.T, h *house) {
		TestChatReadsWhatClientsWrite(t)
		body := `{"model":"midjourney","stop":"x","max_tokens":1000.0,"modalities":["text","image"],"messages":[{"role":"user","content":"a fox"}]}`
		if text := h.ask(t, http.MethodPost, chat.Route, body).chatText(t); text == "" {
			t.Error("an answer without a text")
		}
	}},
	{name: "§14/60 a chat's stream has its order, with usage only where it was asked for", sim: simulator.Config{Pace: watchable}, run: chatOrderCase},
	{name: "§14/61 a picture's link comes in one piece, images[] in a chunk of their own", sim: simulator.Config{Pace: watchable}, run: wholeLinksCase},
	{name: "§14/62 a chat's late failure begins with its error, and libraries raise it", sim: simulator.Config{Pace: watchable}, run: chatErrorCase},
	{name: "§14/63 go-openai survives a slow chat", run: slowChatCase},
	{name: "§14/64 a response's events have their order and numbers", sim: simulator.Config{Pace: time.Second}, run: responseOrderCase},
	{name: "§14/65 follow-ups use the right picture, and nobody else's", run: func(t *testing.T, _ *house) { TestFollowUpsUseTheRightPicture(t) }},
	{name: "§14/66 a response in the background is queued, followed, resumed and cancelled", run: func(t *testing.T, _ *house) { TestAResponseInTheBackground(t) }},
	{name: "§14/67 a response's error frame is nested and flat, with a number", run: func(t *testing.T, _ *house) { TestAResponseThatFailsTellsItTwice(t) }},
	{name: "§14/68 files make their round trip and are their owner's", run: filesCase},
}

const aFox = `{"role":"user","content":"a red fox"}`

func chatOrderCase(t *testing.T, h *house) {
	for usage, want := range map[string]string{
		``: "role reasoning content finish DONE", `,"stream_options":{"include_usage":true}`: "role reasoning content finish usage DONE",
		`,"stream_options":null`: "role reasoning content finish DONE",
	} {
		var kinds []string
		for _, f := range h.streamed(t, chat.Route, `{"stream":true,"messages":[`+aFox+`]`+usage+`}`) {
			if k := chunkKind(t, f); len(kinds) == 0 || kinds[len(kinds)-1] != k {
				kinds = append(kinds, k)
			}
			if f.data != "[DONE]" && strings.Contains(f.data, `"usage"`) != strings.Contains(usage, "true") {
				t.Errorf("%q: a chunk %s", usage, f.data)
			}
		}
		if got := strings.Join(kinds, " "); got != want {
			t.Errorf("%q: order %s, want %s", usage, got, want)
		}
	}
	o := order{Op: "chatFinal", Base: h.base + "/v1", Key: "sk-alice", Body: talk("a red fox, put together")}
	o.Body["stream_options"] = map[string]any{"include_usage": true}
	var made struct {
		Text, End string
		Tokens    int
	}
	if got := newSDK(t, "openai 7").do(t, o); !got.OK || json.Unmarshal(got.Value, &made) != nil || made.End != "stop" || made.Tokens == 0 || !strings.Contains(made.Text, "![") {
		t.Errorf("finalChatCompletion() = %+v", got)
	}
}

// chunkKind is the one thing that a chunk brings.
func chunkKind(t *testing.T, f frame) string {
	t.Helper()
	if f.data == "[DONE]" {
		return "DONE"
	}
	switch c := chunkOf(t, f); {
	case len(c.Choices) == 0:
		return "usage"
	case c.Choices[0].Finish != nil:
		return "finish"
	case c.Choices[0].Delta.Role != "":
		return "role"
	case c.Choices[0].Delta.Reasoning != "":
		return "reasoning"
	default:
		return "content"
	}
}

func wholeLinksCase(t *testing.T, h *house) {
	links := 0
	for _, f := range h.streamed(t, chat.Route, `{"stream":true,"n":2,"messages":[`+aFox+`]}`) {
		if strings.Count(f.data, "![") > 0 {
			links++
			if strings.Count(f.data, "](http") < strings.Count(f.data, "![") {
				t.Errorf("a link is cut: %s", f.data)
			}
		}
	}
	if links != 1 {
		t.Errorf("%d chunks with links, want all of them in one", links)
	}
	apart := 0
	for _, f := range h.streamed(t, chat.Route, `{"stream":true,"modalities":["image","text"],"messages":[`+aFox+`]}`) {
		if f.data == "[DONE]" || !strings.Contains(f.data, `"images"`) {
			if strings.Contains(f.data, "![") {
				t.Errorf("the picture is in the text, too: %s", f.data)
			}
			continue
		}
		apart++
		if d := chunkOf(t, f).Choices[0]; d.Delta.Content != nil || d.Delta.Role != "" || d.Finish != nil || len(d.Delta.Images) == 0 {
			t.Errorf("a chunk with pictures has more: %s", f.data)
		}
	}
	if apart != 1 {
		t.Errorf("%d chunks with images[], want 1", apart)
	}
}

func chatErrorCase(t *testing.T, h *house) {
	all := h.streamed(t, chat.Route, `{"stream":true,"messages":[{"role":"user","content":"a fox sim-fail"}]}`)
	if last := all[len(all)-1]; !strings.HasPrefix(last.data, `{"error":{"message":"`) {
		t.Errorf("the last frame is %s", last.data)
	}
	for _, library := range []string{"go-openai", "openai 7", "openai-go"} {
		o := order{Op: "chatStream", Base: h.base + "/v1", Key: "sk-alice", Body: talk("a fox sim-fail " + library)}
		if got := newSDK(t, library).do(t, o); got.OK || got.Message == "" {
			t.Errorf("%s: %+v, want an error", library, got)
		}
	}
	h.costs(t, 4)
}

// slowChatCase has go-openai read what a chat of twenty minutes writes, all at once.
func slowChatCase(t *testing.T, _ *house) {
	var written []byte
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, simulator.Config{Pace: 20 * time.Minute}, indoors)
		written = h.indoor(t, chat.Route, `{"stream":true,"messages":[`+aFox+`]}`).is(t, 200).body
	})
	if most := fewData(string(written)); most >= 300 || most < 3 {
		t.Errorf("%d lines between two with data, want comments, and less than go-openai's 300", most)
	}
	cfg := gpt.DefaultConfig("sk-alice")
	cfg.HTTPClient = wireOnly{written}
	stream, err := gpt.NewClientWithConfig(cfg).CreateChatCompletionStream(t.Context(), gpt.ChatCompletionRequest{Model: "midjourney"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stream.Close() }()
	text, chunks := "", 0
	for err == nil {
		var c gpt.ChatCompletionStreamResponse
		if c, err = stream.Recv(); err == nil && len(c.Choices) > 0 {
			text, chunks = text+c.Choices[0].Delta.Content, chunks+1
		}
	}
	if err.Error() != "EOF" || !strings.Contains(text, "![") {
		t.Errorf("go-openai reads %d chunks, %q and ends with %v", chunks, text, err)
	}
}

// wireOnly answers with bytes that were recorded.
type wireOnly struct{ body []byte }

func (w wireOnly) Do(*http.Request) (*http.Response, error) {
	return http.ReadResponse(bufio.NewReader(strings.NewReader("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: "+fmt.Sprint(len(w.body))+"\r\n\r\n"+string(w.body))), nil)
}

func responseOrderCase(t *testing.T, h *house) {
	all := h.streamed(t, responses.Route, drawn(`"a fox"`, `,"partial_images":2`, `,"stream":true`))
	for i, f := range all {
		if !strings.Contains(f.data, fmt.Sprintf(`"sequence_number":%d,`, i)) {
			t.Errorf("event %d is %.100s", i, f.data)
		}
	}
	if all[0].name != "response.created" || all[len(all)-1].name != "response.completed" {
		t.Errorf("from %s to %s", all[0].name, all[len(all)-1].name)
	}
	TestAResponsesStreamHasItsOrder(t)
	o := order{Op: "respondFinal", Base: h.base + "/v1", Key: "sk-alice", Body: map[string]any{
		"model": "gpt-5.4", "input": "a fox, put together", "tools": []map[string]any{{"type": "image_generation", "partial_images": 1}}}}
	var made struct {
		Status   string
		Pictures int
	}
	if got := newSDK(t, "openai 7").do(t, o); !got.OK || json.Unmarshal(got.Value, &made) != nil || made.Status != "completed" || made.Pictures != 1 {
		t.Errorf("finalResponse() = %+v", got)
	}
}

func filesCase(t *testing.T, h *house) {
	TestAFileMakesARoundTripAndIsAnEditsPicture(t)
	picture := flat(t, red)
	id := h.addFile(t, picture)
	if a := h.ask(t, http.MethodGet, "/v1/files/"+id+"/content", "").is(t, 200); !bytes.Equal(a.body, picture) {
		t.Errorf("the content has %d bytes, want the %d that were sent", len(a.body), len(picture))
	}
	for _, path := range []string{"", "/content"} {
		h.ask(t, http.MethodGet, "/v1/files/"+id+path, "", "Authorization", "Bearer sk-bob").refused(t, refusal{404, "file_id", "file_not_found"})
	}
	h.ask(t, http.MethodPost, edits, `{"prompt":"x","images":[{"file_id":"`+id+`"}]}`, "Authorization", "Bearer sk-bob").refused(t, refusal{404, "images[0].file_id", "file_not_found"})
	h.ask(t, http.MethodDelete, "/v1/files/"+id, "", "Authorization", "Bearer sk-bob").refused(t, refusal{404, "file_id", "file_not_found"})
	h.ask(t, http.MethodGet, "/v1/files", "").is(t, 200)
	h.ask(t, http.MethodDelete, "/v1/files/"+id, "").is(t, 200)
	h.ask(t, http.MethodGet, "/v1/files/"+id, "").refused(t, refusal{404, "file_id", "file_not_found"})
}
