package proxy

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	official "github.com/openai/openai-go/v3"
	gpt "github.com/sashabaranov/go-openai"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/chat"
	"midgate/proxy/images"
	"midgate/proxy/web"
)

// parley is a conversation over HTTP as a client keeps it.
type parley struct {
	h        *house
	messages []map[string]any
}

// say adds a turn, streams the answer and keeps it. It returns the answer's text.
func (p *parley) say(t *testing.T, text string) string {
	t.Helper()
	p.messages = append(p.messages, map[string]any{"role": "user", "content": text})
	body, err := json.Marshal(map[string]any{"model": "midjourney", "stream": true, "messages": p.messages})
	if err != nil {
		t.Fatal(err)
	}
	resp, all := p.h.stream(t, "/v1/chat/completions", string(body))
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%q = %d", text, resp.StatusCode)
	}
	answer := contentOf(t, all)
	p.messages = append(p.messages, map[string]any{"role": "assistant", "content": answer})
	return answer
}

// chunkOf reads one frame of a chat.
func chunkOf(t *testing.T, f frame) chat.ChunkJSON {
	t.Helper()
	var c chat.ChunkJSON
	if err := json.Unmarshal([]byte(f.data), &c); err != nil {
		t.Fatalf("frame %q: %v", f.data, err)
	}
	return c
}

// contentOf is the text of a stream.
func contentOf(t *testing.T, all []frame) string {
	t.Helper()
	var b strings.Builder
	for _, f := range all {
		if f.data == "[DONE]" {
			break
		}
		for _, choice := range chunkOf(t, f).Choices {
			if choice.Delta.Content != nil {
				b.WriteString(*choice.Delta.Content)
			}
		}
	}
	return b.String()
}

var pictureLink = regexp.MustCompile(`!\[[^\]]*\]\(http://[^/]+/images/(img_[A-Z2-7]{26})\.png\)`)

// shownIn is the ID of the one picture that an answer shows.
func shownIn(t *testing.T, answer string) string {
	t.Helper()
	m := pictureLink.FindAllStringSubmatch(answer, -1)
	if len(m) != 1 {
		t.Fatalf("the answer shows %d pictures, want one: %s", len(m), answer)
	}
	return m[0][1]
}

func (h *house) image(t *testing.T, id string) images.RecordJSON {
	t.Helper()
	status, _, body := h.call(t, http.MethodGet, "/v1/images/"+id, "")
	var r images.RecordJSON
	if err := json.Unmarshal(body, &r); err != nil || status != http.StatusOK {
		t.Fatalf("GET picture = %d %s", status, body)
	}
	return r
}

// A conversation over HTTP, streamed: each step acts on the picture before it.
func TestAConversationActsOnThePictureBeforeIt(t *testing.T) {
	for name, upstream := range map[string]simulator.Config{
		"newapi": {Dialect: simulator.NewAPI},
		"trueai": {Dialect: simulator.TrueAI}, "trueai, partner": {Dialect: simulator.TrueAI, Partner: true},
		"comet": {Dialect: simulator.Comet}, "with remix": {Remix: true}, "without a list": {NoList: true},
	} {
		t.Run(name, func(t *testing.T) {
			p := &parley{h: newHouse(t, upstream)}
			first := p.say(t, "a red fox")
			grid := shownIn(t, first)
			for i := 1; i <= 4; i++ {
				if !strings.Contains(first, fmt.Sprintf("[U%d](", i)) {
					t.Errorf("the grid's answer has no link U%d: %s", i, first)
				}
			}
			second := shownIn(t, p.say(t, "U2"))
			if r := p.h.image(t, second); r.Grid == nil || *r.Grid != grid || len(p.h.sim.Ledger()) != 1 {
				t.Errorf("U2 shows %q of grid %v after %d jobs, want a quarter of %q after one", second, r.Grid, len(p.h.sim.Ledger()), grid)
			}
			zoomed := shownIn(t, p.say(t, "zoom out 2x"))
			if r := p.h.image(t, zoomed); r.Parent == nil || *r.Parent != second {
				t.Errorf("zoom out 2x shows a picture of %v, want of %q", r.Parent, second)
			}
			snow := p.h.image(t, shownIn(t, p.say(t, "add snow")))
			if snow.Parent == nil || p.h.image(t, *snow.Parent).Grid == nil || *p.h.image(t, *snow.Parent).Grid != zoomed {
				t.Errorf("add snow shows a picture of %v, want of a quarter of %q", snow.Parent, zoomed)
			}
		})
	}
}

// drawnPNG is a picture that somebody drew elsewhere.
func drawnPNG(t *testing.T) []byte {
	t.Helper()
	img := image.NewNRGBA(image.Rect(0, 0, 96, 64))
	for x := range 96 {
		for y := range 64 {
			img.Set(x, y, color.NRGBA{uint8(2 * x), uint8(3 * y), uint8(x * y), 255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Everything that clients write is read.
func TestChatReadsWhatClientsWrite(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	data := "data:image/png;base64," + base64.StdEncoding.EncodeToString(drawnPNG(t))
	for name, body := range map[string]string{
		"string content":        `"messages":[{"role":"user","content":"a red fox"}]`,
		"parts content":         `"messages":[{"role":"user","content":[{"type":"text","text":"a red fox"}]}]`,
		"a data URL":            `"messages":[{"role":"user","content":[{"type":"text","text":"as a watercolour"},{"type":"image_url","image_url":{"url":"` + data + `"}}]}]`,
		"a bare image_url":      `"messages":[{"role":"user","content":[{"type":"text","text":"as a watercolour"},{"type":"image_url","image_url":"` + data + `"}]}]`,
		"input_image":           `"messages":[{"role":"user","content":[{"type":"input_text","text":"as a watercolour"},{"type":"input_image","image_url":"` + data + `"}]}]`,
		"parts of tools":        `"messages":[{"role":"user","content":[{"type":"text","text":"a red fox"},{"type":"tool_result","content":"12 o'clock"},null]}]`,
		"stop as a string":      `"stop":"a","messages":[{"role":"user","content":"a red fox"}]`,
		"max_tokens 1000.0":     `"max_tokens":1000.0,"messages":[{"role":"user","content":"a red fox"}]`,
		"tools":                 `"tools":[{"type":"function","function":{"name":"time"}}],"tool_choice":"auto","messages":[{"role":"user","content":"a red fox"}]`,
		"odd settings":          `"temperature":"hot","logit_bias":[],"metadata":{"a":1},"background":true,"store":null,"messages":[{"role":"user","content":"a red fox"}]`,
		"modalities":            `"modalities":["image","text"],"messages":[{"role":"user","content":"a red fox"}]`,
		"system text and turns": `"messages":[{"role":"system","content":"be nice"},{"role":"assistant","content":null},{"role":"user","content":"a red fox"}]`,
		"settings of pictures":  `"size":"1536x1024","quality":"low","midjourney":{"chaos":5},"messages":[{"role":"user","content":"a red fox"}]`,
		"response_format text":  `"response_format":{"type":"text"},"messages":[{"role":"user","content":"a red fox"}]`,
	} {
		t.Run(name, func(t *testing.T) {
			before := len(h.sim.Ledger())
			status, header, answer := h.call(t, http.MethodPost, "/v1/chat/completions", "{"+body+"}")
			if status != http.StatusOK || !strings.Contains(string(answer), "/images/img_") || header.Get("Midgate-Job") == "" {
				t.Errorf("%d %s, want a picture", status, answer)
			}
			if jobs := len(h.sim.Ledger()) - before; jobs != 1 {
				t.Errorf("%d jobs, want 1", jobs)
			}
		})
	}
}

func TestChatRefusesWhatCannotBeAnswered(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for name, tt := range map[string]struct {
		body   string
		status int
		param  string
		code   string
	}{
		"no messages":        {`{}`, 400, "messages", "missing_required_parameter"},
		"not one message":    {`{"messages":[]}`, 400, "messages", "empty_array"},
		"messages as text":   {`{"messages":"a fox"}`, 400, "messages", "invalid_type"},
		"an empty turn":      {`{"messages":[{"role":"user","content":""}]}`, 400, "messages", "empty_string"},
		"an unknown command": {`{"messages":[{"role":"user","content":"/blnd"}]}`, 400, "messages", "invalid_value"},
		"nothing to blend":   {`{"messages":[{"role":"user","content":"/blend"}]}`, 400, "messages", "invalid_value"},
		"an unknown model":   {`{"model":"gpt-4o","messages":[{"role":"user","content":"a fox"}]}`, 404, "model", "model_not_found"},
		"too many pictures":  {`{"n":11,"messages":[{"role":"user","content":"a fox"}]}`, 400, "n", "integer_above_max_value"},
		"a broken picture":   {`{"messages":[{"role":"user","content":[{"type":"text","text":"as a watercolour"},{"type":"image_url","image_url":{"url":"data:,x"}}]}]}`, 400, "messages", "invalid_value"},
	} {
		status, _, body := h.call(t, http.MethodPost, "/v1/chat/completions", tt.body)
		var e errorBody
		if err := json.Unmarshal(body, &e); err != nil || status != tt.status || e.Error.Code == nil || *e.Error.Code != tt.code {
			t.Errorf("%s: %d %s, want %d %s", name, status, body, tt.status, tt.code)
		}
	}
	if n := len(h.sim.Ledger()); n != 0 {
		t.Errorf("%d jobs of refused requests, want none", n)
	}
}

func TestBackgroundRequestsOfChatsCostNothing(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	title := `"messages":[{"role":"user","content":"Analyze this conversation and provide:\nUser: a red fox"}]`
	for name, tt := range map[string]struct{ body, want string }{
		"a title":             {`{"messages":[{"role":"user","content":"### Task:\nGenerate a concise, 3-5 word title\n### Chat History:\nUSER: a red fox"}]}`, `"content":"{\"title\":\"A red fox\"}"`},
		"structured":          {`{"response_format":{"type":"json_schema","json_schema":{"name":"t","schema":{"type":"object","properties":{"title":{"type":"string"}}}}},` + title + `}`, `"content":"{\"title\":\"A red fox\"}"`},
		"a forced tool":       {`{"tools":[{"type":"function","function":{"name":"t","parameters":{"type":"object","properties":{"title":{}}}}}],"tool_choice":{"type":"function","function":{"name":"t"}},` + title + `}`, `"function":{"name":"t","arguments":"{\"title\":\"A red fox\"}"}`},
		"a forced one of old": {`{"functions":[{"name":"t","parameters":{"type":"object","properties":{"title":{}}}}],"function_call":{"name":"t"},` + title + `}`, `"function_call":{"name":"t","arguments":"{\"title\":\"A red fox\"}"}`},
		"a ping":              {`{"messages":[{"role":"user","content":"ping"}]}`, `"content":"pong"`},
	} {
		t.Run(name, func(t *testing.T) {
			status, _, body := h.call(t, http.MethodPost, "/v1/chat/completions", tt.body)
			if status != http.StatusOK || !strings.Contains(string(body), tt.want) {
				t.Errorf("%d %s, want %s", status, body, tt.want)
			}
			_, all := h.stream(t, "/v1/chat/completions", `{"stream":true,`+tt.body[1:])
			if len(all) != 4 || !strings.Contains(all[1].data, tt.want) || all[3].data != "[DONE]" {
				t.Errorf("streamed: %v, want %s between the role and the end", all, tt.want)
			}
		})
	}
	if n := len(h.sim.Ledger()); n != 0 {
		t.Errorf("%d jobs of background requests, want none", n)
	}
	drawn := newHouse(t, simulator.Config{}, func(c *web.Config) { c.ChatTasks = "draw" })
	if status, _, body := drawn.call(t, http.MethodPost, "/v1/chat/completions", `{"messages":[{"role":"user","content":"ping"}]}`); status != http.StatusOK || len(drawn.sim.Ledger()) != 1 {
		t.Errorf("with MIDGATE_CHAT_TASKS=draw: %d %s, %d jobs, want one", status, body, len(drawn.sim.Ledger()))
	}
}

// The role first, each picture's link in one piece, then the end, with usage where asked for: with go-openai and
// openai-go.
func TestAChatStreamHasItsOrder(t *testing.T) {
	h := newHouse(t, simulator.Config{Pace: 300 * time.Millisecond})
	_, all := h.stream(t, "/v1/chat/completions", `{"stream":true,"stream_options":{"include_usage":true},"modalities":["image"],"messages":[{"role":"user","content":"a red fox"}]}`)
	var order []string
	for _, f := range all {
		if f.name != "" {
			t.Errorf("a frame of a chat is named %q", f.name)
		}
		if f.data == "[DONE]" {
			order = append(order, f.data)
			continue
		}
		kind := kindOf(t, f)
		if len(order) == 0 || order[len(order)-1] != kind {
			order = append(order, kind)
		}
	}
	if got := strings.Join(order, " "); got != "role reasoning content images finish usage [DONE]" {
		t.Errorf("order = %s", got)
	}
}

// kindOf is what a chunk is for; it complains about one that is for two things.
func kindOf(t *testing.T, f frame) string {
	t.Helper()
	c := chunkOf(t, f)
	if len(c.Choices) == 0 {
		if !strings.Contains(f.data, `"total_tokens":`) {
			t.Errorf("a chunk without choices and usage: %s", f.data)
		}
		return "usage"
	}
	if !strings.HasSuffix(f.data, `"usage":null}`) {
		t.Errorf("a chunk without usage:null: %s", f.data)
	}
	var kinds []string
	d := c.Choices[0].Delta
	for kind, there := range map[string]bool{
		"role": d.Role != "", "content": d.Content != nil && d.Role == "", "reasoning": d.Reasoning != "", "images": d.Images != nil, "finish": c.Choices[0].Finish != nil,
	} {
		if there {
			kinds = append(kinds, kind)
		}
	}
	if len(kinds) != 1 {
		t.Fatalf("a chunk for %q: %s", kinds, f.data)
	}
	return kinds[0]
}

// The first member of a late failure's frame is its error: otherwise go-openai takes the stream for ended.
func TestAChatThatFailsIsOneErrorFrame(t *testing.T) {
	h := newHouse(t, simulator.Config{Pace: 2 * time.Second})
	_, all := h.stream(t, "/v1/chat/completions", `{"stream":true,"messages":[{"role":"user","content":"a fox sim-fail"}]}`)
	if len(all) == 0 {
		t.Fatal("it failed before its stream began")
	}
	last := all[len(all)-1]
	if last.name != "" || !strings.HasPrefix(last.data, `{"error":{"message":`) {
		t.Errorf("the last frame = %+v, want an error without a name", last)
	}
	stream, err := h.gpt().CreateChatCompletionStream(t.Context(), gpt.ChatCompletionRequest{Messages: []gpt.ChatCompletionMessage{{Role: "user", Content: "a cat sim-fail"}}})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = stream.Close() }()
	for err == nil {
		_, err = stream.Recv()
	}
	if e := (*gpt.APIError)(nil); !errors.As(err, &e) || e.Message == "" {
		t.Errorf("go-openai sees %v, want the error", err)
	}
	other := h.official().Chat.Completions.NewStreaming(t.Context(), official.ChatCompletionNewParams{Model: "midjourney",
		Messages: []official.ChatCompletionMessageParamUnion{official.UserMessage("a dog sim-fail")}})
	defer func() { _ = other.Close() }()
	for other.Next() {
	}
	if other.Err() == nil {
		t.Error("openai-go sees no error")
	}
}

func TestChatWithClients(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	a, err := h.gpt().CreateChatCompletion(t.Context(), gpt.ChatCompletionRequest{Model: "midjourney", Messages: []gpt.ChatCompletionMessage{{Role: "user", Content: "a red fox"}}})
	if err != nil || !pictureLink.MatchString(a.Choices[0].Message.Content) || a.Usage.TotalTokens == 0 {
		t.Errorf("go-openai: %+v, %v", a, err)
	}
	stream := h.official().Chat.Completions.NewStreaming(t.Context(), official.ChatCompletionNewParams{Model: "midjourney", StreamOptions: official.ChatCompletionStreamOptionsParam{IncludeUsage: official.Bool(true)},
		Messages: []official.ChatCompletionMessageParamUnion{official.UserMessage("a blue fox")}})
	defer func() { _ = stream.Close() }()
	acc := official.ChatCompletionAccumulator{}
	for stream.Next() {
		acc.AddChunk(stream.Current())
	}
	if stream.Err() != nil || len(acc.Choices) != 1 || !pictureLink.MatchString(acc.Choices[0].Message.Content) || acc.Choices[0].FinishReason != "stop" || acc.Usage.TotalTokens == 0 {
		t.Errorf("openai-go: %+v, %v", acc.Choices, stream.Err())
	}
}

func TestAChatDescribesAndBlends(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	data := "data:image/png;base64," + base64.StdEncoding.EncodeToString(drawnPNG(t))
	picture := `{"type":"image_url","image_url":{"url":"` + data + `"}}`
	for name, tt := range map[string]struct{ content, kind, want string }{
		"a picture alone":      {picture, "describe", `"content":"1. `},
		"a picture and a word": {`{"type":"text","text":"/describe"},` + picture, "describe", `"content":"1. `},
		"two pictures":         {picture + `,` + picture, "blend", "/images/img_"},
		"/blend":               {`{"type":"text","text":"/blend"},` + picture + `,` + picture, "blend", "/images/img_"},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(h.sim.Ledger())
			status, _, answer := h.call(t, http.MethodPost, "/v1/chat/completions", `{"messages":[{"role":"user","content":[`+tt.content+`]}]}`)
			jobs := h.sim.Ledger()[before:]
			if status != http.StatusOK || !strings.Contains(string(answer), tt.want) || len(jobs) != 1 || jobs[0].Kind != tt.kind {
				t.Errorf("%d %s by %v, want %s by one %s", status, answer, jobs, tt.want, tt.kind)
			}
		})
	}
}

// A job that a chat began shows the chat's answer as its result.
func TestAChatsJobHasTheChatsAnswer(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	_, header, answer := h.call(t, http.MethodPost, "/v1/chat/completions", `{"messages":[{"role":"user","content":"a red fox"}]}`)
	_, _, job := h.call(t, http.MethodGet, "/v1/jobs/"+header.Get("Midgate-Job"), "")
	var j struct{ Result json.RawMessage }
	if err := json.Unmarshal(job, &j); err != nil || string(j.Result) != string(answer) {
		t.Errorf("result = %s, want %s", j.Result, answer)
	}
}

func TestChatPicturesOfOthersAreNotKnown(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	p := &parley{h: h}
	answer := p.say(t, "a red fox")
	body, err := json.Marshal(map[string]any{"messages": []map[string]any{{"role": "assistant", "content": answer}, {"role": "user", "content": "zoom out 2x"}}})
	if err != nil {
		t.Fatal(err)
	}
	status, _, got := h.call(t, http.MethodPost, "/v1/chat/completions", string(body), "Authorization", "Bearer sk-bob")
	if status != http.StatusNotFound || !strings.Contains(string(got), "image_not_found") {
		t.Errorf("somebody else's picture: %d %s, want 404", status, got)
	}
}

func TestAVideoInAChatIsALink(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	p := &parley{h: h}
	p.say(t, "a red fox")
	answer := p.say(t, "animate")
	if !regexp.MustCompile(`\(http://[^/]+/videos/video_[A-Z2-7]{26}\.mp4\)`).MatchString(answer) {
		t.Errorf("animate = %s, want a video's address", answer)
	}
}
