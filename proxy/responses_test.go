package proxy

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	official "github.com/openai/openai-go/v3"
	officialresponses "github.com/openai/openai-go/v3/responses"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/web"
)

// answerJSON is what tests look at in a response.
type answerJSON struct {
	ID     string
	Status string
	Model  string
	Error  *struct{ Code, Message string }
	Output []struct {
		ID, Type, Status, Result, Size, Name, Arguments string
		ImageID                                         string `json:"image_id"`
		Content                                         []struct{ Type, Text string }
	}
	Usage *struct{}
}

func (h *house) respond(t *testing.T, body string, headers ...string) (int, answerJSON, []byte) {
	t.Helper()
	status, _, raw := h.call(t, http.MethodPost, "/v1/responses", body, headers...)
	var a answerJSON
	if err := json.Unmarshal(raw, &a); err != nil {
		t.Fatalf("%d %s: %v", status, raw, err)
	}
	return status, a, raw
}

// drawn is a request with the tool's settings.
func drawn(input, tool, more string) string {
	return `{"model":"gpt-5.4","input":` + input + `,"tools":[{"type":"image_generation"` + tool + `}]` + more + `}`
}

func TestAResponseIsItsRun(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	status, a, raw := h.respond(t, drawn(`"draw a fox"`, `,"size":"1024x1536","output_format":"png"`, ``))
	if status != http.StatusOK || a.Status != "completed" || a.Model != "gpt-5.4" || len(a.Output) != 1 || a.Output[0].Type != "image_generation_call" {
		t.Fatalf("%d %.400s, want one picture", status, raw)
	}
	if data, err := base64.StdEncoding.DecodeString(a.Output[0].Result); err != nil || len(data) < 50 {
		t.Errorf("result is no picture: %v", err)
	}
	var all map[string]any
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{
		"id", "object", "created_at", "error", "incomplete_details", "instructions", "model", "tools", "output", "parallel_tool_calls", "metadata",
		"tool_choice", "temperature", "top_p", "status", "background", "completed_at", "previous_response_id", "max_output_tokens", "reasoning", "store", "text", "truncation", "usage", "user",
	} {
		if _, ok := all[key]; !ok {
			t.Errorf("the key %q is missing", key)
		}
	}
	if status, _, again := h.call(t, http.MethodGet, "/v1/responses/"+a.ID, ""); status != http.StatusOK || !sameButTime(t, again, raw) {
		t.Errorf("GET = %d %.400s, want the same", status, again)
	}
	if status, _, items := h.call(t, http.MethodGet, "/v1/responses/"+a.ID+"/input_items", ""); status != http.StatusOK || !strings.Contains(string(items), `"text":"draw a fox"`) {
		t.Errorf("input_items = %d %s", status, items)
	}
	if status, _, _ := h.call(t, http.MethodGet, "/v1/responses/"+a.ID, "", "Authorization", "Bearer sk-bob"); status != http.StatusNotFound {
		t.Errorf("somebody else's response = %d, want 404", status)
	}
	if status, _, gone := h.call(t, http.MethodDelete, "/v1/responses/"+a.ID, ""); status != http.StatusOK || string(gone) != `{"id":"`+a.ID+`","object":"response","deleted":true}` {
		t.Errorf("DELETE = %d %s", status, gone)
	}
	if status, _, _ := h.call(t, http.MethodGet, "/v1/responses/"+a.ID, ""); status != http.StatusNotFound {
		t.Errorf("after DELETE = %d, want 404", status)
	}
}

// sameButTime compares two responses except for when they ended: an answer may be written before its end is recorded.
func sameButTime(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y map[string]any
	if json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	delete(x, "completed_at")
	delete(y, "completed_at")
	return fmt.Sprint(x) == fmt.Sprint(y)
}

func TestAResponseSaysWhenItWasCompleted(t *testing.T) {
	t.Parallel()
	h := newHouse(t, simulator.Config{Pace: 1500 * time.Millisecond})
	_, _, raw := h.respond(t, drawn(`"a fox"`, ``, ``))
	var at struct {
		Created   int64 `json:"created_at"`
		Completed int64 `json:"completed_at"`
	}
	if err := json.Unmarshal(raw, &at); err != nil || at.Completed <= at.Created {
		t.Errorf("created at %d and completed at %d (%v), want the job's second and a half in between", at.Created, at.Completed, err)
	}
}

// The events have the order and the numbers without gaps that OpenAI's libraries insist on.
func TestAResponsesStreamHasItsOrder(t *testing.T) {
	h := newHouse(t, simulator.Config{Pace: time.Second})
	_, all := h.stream(t, "/v1/responses", drawn(`"a fox"`, `,"partial_images":2`, `,"stream":true`))
	var order []string
	for i, f := range all {
		var e struct {
			Type   string
			Number int    `json:"sequence_number"`
			ItemID string `json:"item_id"`
		}
		if err := json.Unmarshal([]byte(f.data), &e); err != nil || e.Type != f.name || e.Number != i {
			t.Errorf("event %d is %q, type %q, number %d: %v", i, f.name, e.Type, e.Number, err)
		}
		name := strings.TrimPrefix(strings.TrimPrefix(e.Type, "response."), "image_generation_call.")
		if len(order) == 0 || order[len(order)-1] != name {
			order = append(order, name)
		}
	}
	want := "created in_progress output_item.added in_progress generating partial_image completed output_item.done completed"
	// Whether there is a preview between two looks at the upstream is a matter of luck on a busy machine.
	if got := strings.Join(order, " "); got != want && got != strings.Replace(want, "partial_image ", "", 1) {
		t.Errorf("order = %s\nwant %s", got, want)
	}
}

func TestOfficialSDKStreamsAResponse(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	stream := h.official().Responses.NewStreaming(t.Context(), officialresponses.ResponseNewParams{
		Model: "gpt-5.4", Input: officialresponses.ResponseNewParamsInputUnion{OfString: official.String("a fox")},
		Tools: []officialresponses.ToolUnionParam{{OfImageGeneration: &officialresponses.ToolImageGenerationParam{}}},
	})
	defer func() { _ = stream.Close() }()
	var last officialresponses.ResponseStreamEventUnion
	for stream.Next() {
		last = stream.Current()
	}
	if stream.Err() != nil || last.Type != "response.completed" || len(last.Response.Output) != 1 || last.Response.Output[0].AsImageGenerationCall().Result == "" {
		t.Errorf("the last event = %q, %v, want response.completed with a picture", last.Type, stream.Err())
	}
	failed := h.official().Responses.NewStreaming(t.Context(), officialresponses.ResponseNewParams{Model: "gpt-5.4", Input: officialresponses.ResponseNewParamsInputUnion{OfString: official.String("a fox sim-fail")}})
	defer func() { _ = failed.Close() }()
	for failed.Next() {
	}
	if failed.Err() == nil {
		t.Error("openai-go sees no error")
	}
}

// A follow-up is about the last picture of the response that it names, and nobody else's.
func TestFollowUpsUseTheRightPicture(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	_, first, _ := h.respond(t, drawn(`"a red fox"`, ``, ``))
	source := first.Output[0].ImageID
	message := `{"role":"user","content":[{"type":"input_text","text":"now at night"}]}`
	for name, body := range map[string]string{
		"by the response":          drawn(`"now at night"`, `,"action":"edit"`, `,"previous_response_id":"`+first.ID+`"`),
		"by the response, auto":    drawn(`"a starry sky"`, ``, `,"previous_response_id":"`+first.ID+`"`),
		"by the picture":           drawn(`[`+message+`,{"type":"image_generation_call","id":"`+first.Output[0].ID+`"}]`, ``, ``),
		"by a reference":           drawn(`[{"type":"item_reference","id":"`+first.Output[0].ID+`"},`+message+`]`, ``, ``),
		"by what the client kept":  drawn(`[{"type":"image_generation_call","id":"ig_unknown","result":"`+first.Output[0].Result+`"},`+message+`]`, ``, ``),
		"by an image of the input": drawn(`[{"role":"user","content":[{"type":"input_text","text":"now at night"},{"type":"input_image","image_url":"data:image/png;base64,`+first.Output[0].Result+`"}]}]`, ``, ``),
	} {
		t.Run(name, func(t *testing.T) {
			status, a, raw := h.respond(t, body)
			if status != http.StatusOK || len(a.Output) != 1 {
				t.Fatalf("%d %.400s", status, raw)
			}
			if r := h.image(t, a.Output[0].ImageID); r.Parent == nil || *r.Parent != source {
				t.Errorf("made of %v, want of %q", r.Parent, source)
			}
		})
	}
	_, anew, _ := h.respond(t, drawn(`"a blue bird"`, `,"action":"generate"`, `,"previous_response_id":"`+first.ID+`"`))
	if r := h.image(t, anew.Output[0].ImageID); r.Parent != nil {
		t.Errorf("action generate made it of %q, want of nothing", *r.Parent)
	}
	for name, tt := range map[string]struct {
		body, key, code, param string
		status                 int
	}{
		"an unknown response":        {drawn(`"x y"`, ``, `,"previous_response_id":"resp_ABCDEFGHIJKLMNOPQRSTUVWX22"`), "sk-alice", "previous_response_not_found", "previous_response_id", 400},
		"somebody else's response":   {drawn(`"x y"`, ``, `,"previous_response_id":"`+first.ID+`"`), "sk-bob", "previous_response_not_found", "previous_response_id", 400},
		"somebody else's picture":    {drawn(`[`+message+`,{"type":"image_generation_call","id":"`+first.Output[0].ID+`"}]`, ``, ``), "sk-bob", "image_not_found", "input", 404},
		"an edit of nothing":         {drawn(`"at night"`, `,"action":"edit"`, ``), "sk-alice", "invalid_value", "tools", 400},
		"a mask of nothing":          {drawn(`"at night"`, `,"input_image_mask":{"file_id":"file_x"}`, ``), "sk-alice", "invalid_value", "tools", 400},
		"a picture without a role":   {drawn(`[`+message+`,{"type":"input_image","image_url":"https://example.com/a.png"}]`, ``, ``), "sk-alice", "invalid_value", "input[1]", 400},
		"a text in the list":         {drawn(`[`+message+`,"and a dog"]`, ``, ``), "sk-alice", "invalid_value", "input[1]", 400},
		"a message of nobody":        {drawn(`[{"type":"message","content":"a fox"}]`, ``, ``), "sk-alice", "invalid_value", "input[0]", 400},
		"a picture beside the input": {drawn(`"a fox like this"`, ``, `,"image":"https://example.com/a.png"`), "sk-alice", "unknown_upload", "image", 400},
		"nothing at all":             {`{"model":"gpt-5.4"}`, "sk-alice", "missing_required_parameter", "input", 400},
		"an empty conversation":      {`{"model":"gpt-5.4","input":[]}`, "sk-alice", "empty_array", "input", 400},
		"too many partial pictures":  {drawn(`"a fox"`, `,"partial_images":4`, `,"stream":true`), "sk-alice", "integer_above_max_value", "partial_images", 400},
	} {
		status, _, raw := h.respond(t, tt.body, "Authorization", "Bearer "+tt.key)
		var e errorBody
		if err := json.Unmarshal(raw, &e); err != nil || status != tt.status || e.Error.Code == nil || *e.Error.Code != tt.code || e.Error.Param == nil || *e.Error.Param != tt.param {
			t.Errorf("%s: %d %s, want %d %s at %s", name, status, raw, tt.status, tt.code, tt.param)
		}
	}
}

// In the background a response is queued, followed, resumed and cancelled.
func TestAResponseInTheBackground(t *testing.T) {
	h := newHouse(t, simulator.Config{Pace: 300 * time.Millisecond})
	status, a, raw := h.respond(t, drawn(`"a fox"`, ``, `,"background":true`))
	if status != http.StatusOK || a.Status != "queued" && a.Status != "in_progress" || len(a.Output) != 0 || a.Usage != nil {
		t.Fatalf("%d %s, want it queued", status, raw)
	}
	whole := h.follow(t, a.ID, "")
	if last := whole[len(whole)-1]; last.name != "response.completed" || whole[1].name != "response.queued" {
		t.Fatalf("the stream's events: %d, the last %q", len(whole), last.name)
	}
	for _, seen := range []int{0, 3, 5} {
		rest := h.follow(t, a.ID, fmt.Sprintf("&starting_after=%d", seen))
		if len(rest) == 0 || !strings.Contains(rest[0].data, fmt.Sprintf(`"sequence_number":%d,`, seen+1)) || rest[len(rest)-1].name != "response.completed" {
			t.Errorf("after %d: %d events, the first %.100s", seen, len(rest), rest[0].data)
		}
	}
	if status, _, raw := h.call(t, http.MethodGet, "/v1/responses/"+a.ID, ""); status != http.StatusOK || !strings.Contains(string(raw), `"status":"completed","background":true`) {
		t.Errorf("GET = %d %.300s", status, raw)
	}
	slow := newHouse(t, simulator.Config{Dialect: simulator.TrueAI, Pace: time.Minute})
	_, a, _ = slow.respond(t, drawn(`"a fox"`, ``, `,"background":true`))
	if status, _, _ := slow.call(t, http.MethodHead, "/v1/responses/"+a.ID+"?stream=true", ""); status != http.StatusOK {
		t.Errorf("HEAD of a stream = %d", status)
	}
	if status, _, raw := slow.call(t, http.MethodPost, "/v1/responses/"+a.ID+"/cancel", ""); status != http.StatusOK || !strings.Contains(string(raw), `"status":"cancelled"`) {
		t.Errorf("cancel = %d %s", status, raw)
	}
}

// follow reads the rest of a response's stream.
func (h *house) follow(t *testing.T, id, query string) []frame {
	t.Helper()
	status, _, raw := h.call(t, http.MethodGet, "/v1/responses/"+id+"?stream=true"+query, "")
	if status != http.StatusOK {
		t.Fatalf("stream = %d %s", status, raw)
	}
	all, _ := frames(t, strings.NewReader(string(raw)))
	return all
}

// The error frame is nested and flat, since some libraries read the one and some the other.
func TestAResponseThatFailsTellsItTwice(t *testing.T) {
	h := newHouse(t, simulator.Config{Pace: 2 * time.Second})
	_, all := h.stream(t, "/v1/responses", drawn(`"a fox sim-fail"`, ``, `,"stream":true`))
	if len(all) < 2 {
		t.Fatalf("%d events", len(all))
	}
	e, failed := all[len(all)-2], all[len(all)-1]
	var both struct {
		Error         web.Problem
		Number        int `json:"sequence_number"`
		Code, Message string
	}
	if err := json.Unmarshal([]byte(e.data), &both); err != nil || e.name != "error" || !strings.HasPrefix(e.data, `{"error":{`) || both.Number != len(all)-2 || both.Message != both.Error.Message || both.Code != "upstream_error" {
		t.Errorf("error event = %+v", e)
	}
	if failed.name != "response.failed" || !strings.Contains(failed.data, `"status":"failed"`) || !strings.Contains(failed.data, `"error":{"code":"server_error"`) {
		t.Errorf("the last event = %+v", failed)
	}
}

func TestBackgroundRequestsAsResponsesCostNothing(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	_, pong, raw := h.respond(t, `{"model":"gpt-5.4","input":"ping"}`)
	if len(pong.Output) != 1 || pong.Output[0].Type != "message" || pong.Output[0].Content[0].Text != "pong" {
		t.Fatalf("ping = %s", raw)
	}
	_, all := h.stream(t, "/v1/responses", `{"model":"gpt-5.4","stream":true,"input":"ping"}`)
	if len(all) != 9 || all[4].name != "response.output_text.delta" || all[8].name != "response.completed" {
		t.Errorf("streamed: %v", all)
	}
	_, title, raw := h.respond(t, `{"input":"Analyze this conversation and provide:\nUser: a fox","text":{"format":{"type":"json_schema","name":"t","schema":{"type":"object","properties":{"title":{"type":"string"}}}}}}`)
	if title.Output[0].Content[0].Text != `{"title":"A fox"}` {
		t.Errorf("a title = %s", raw)
	}
	_, call, raw := h.respond(t, `{"input":"Analyze this conversation and provide:\nUser: a fox","tools":[{"type":"function","name":"t","parameters":{"type":"object","properties":{"title":{}}}}],"tool_choice":{"type":"function","name":"t"}}`)
	if call.Output[0].Type != "function_call" || call.Output[0].Name != "t" || call.Output[0].Arguments != `{"title":"A fox"}` {
		t.Errorf("a forced function = %s", raw)
	}
	if n := len(h.sim.Ledger()); n != 0 {
		t.Errorf("%d jobs, want none", n)
	}
	_, fox, _ := h.respond(t, `{"input":"a red fox"}`)
	_, hello, _ := h.respond(t, `{"input":"hello","previous_response_id":"`+fox.ID+`"}`)
	_, snow, raw := h.respond(t, `{"input":"add snow","previous_response_id":"`+hello.ID+`"}`)
	if len(snow.Output) != 2 || h.image(t, snow.Output[0].ImageID).Parent == nil || *h.image(t, snow.Output[0].ImageID).Parent != fox.Output[0].ImageID {
		t.Errorf("behind a text, add snow = %.300s", raw)
	}
}

// A client that names no tool shows text: the picture is in it too, and is the one that the next turn is about.
func TestAResponseWithoutTheToolIsAChat(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	_, fox, raw := h.respond(t, `{"model":"midjourney","input":"a red fox"}`)
	if len(fox.Output) != 2 || fox.Output[0].Type != "image_generation_call" || fox.Output[1].Type != "message" {
		t.Fatalf("%.300s, want a picture and a message", raw)
	}
	text := fox.Output[1].Content[0].Text
	if shownIn(t, text) != fox.Output[0].ImageID || !strings.Contains(text, "`zoom out 2x`") {
		t.Errorf("the text is %q, want the picture and what can be said next", text)
	}
	if _, _, again := h.call(t, http.MethodGet, "/v1/responses/"+fox.ID, ""); !sameButTime(t, again, raw) {
		t.Errorf("GET = %.300s, want the same", again)
	}
	_, all := h.stream(t, "/v1/responses", `{"model":"midjourney","stream":true,"input":[{"role":"user","content":"a red fox"},{"role":"assistant","content":`+
		strconv.Quote(text)+`},{"role":"user","content":"zoom out 2x"}]}`)
	var told string
	for _, f := range all {
		if f.name == "response.output_text.done" {
			told = f.data
		}
	}
	if zoomed := h.image(t, shownIn(t, told)); zoomed.Parent == nil || *zoomed.Parent != fox.Output[0].ImageID {
		t.Errorf("zoom out 2x shows a picture of %v, want of %s", zoomed.Parent, fox.Output[0].ImageID)
	}
}

// Vercel's AI SDK breaks on a call of a tool that its caller did not name: it gets the message only, whole and streamed,
// and what it says next is about the picture in it.
func TestAResponseForTheAISDKHasTextOnly(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	agent := []string{"User-Agent", "ai/5.0.277 ai-sdk/provider-utils/3.0.41 runtime/node.js/22"}
	_, fox, raw := h.respond(t, `{"model":"midjourney","input":"a red fox"}`, agent...)
	if len(fox.Output) != 1 || fox.Output[0].Type != "message" {
		t.Fatalf("%.300s, want a message alone", raw)
	}
	shown := shownIn(t, fox.Output[0].Content[0].Text)
	if _, _, again := h.call(t, http.MethodGet, "/v1/responses/"+fox.ID, ""); !sameButTime(t, again, raw) {
		t.Errorf("GET = %.300s, want the same", again)
	}
	_, snow, raw := h.respond(t, `{"input":"add snow","previous_response_id":"`+fox.ID+`"}`, agent...)
	if r := h.image(t, shownIn(t, snow.Output[0].Content[0].Text)); r.Parent == nil || *r.Parent != shown {
		t.Errorf("add snow = %.300s, want it made from %s", raw, shown)
	}
	streamed := h.ask(t, http.MethodPost, "/v1/responses", `{"model":"midjourney","input":"a blue owl","stream":true}`, agent...).is(t, 200).body
	if bytes.Contains(streamed, []byte("image_generation_call")) || !bytes.Contains(streamed, []byte(`"output_index":0`)) || bytes.Contains(streamed, []byte(`"output_index":1`)) {
		t.Errorf("the stream is %.600s, want one item, a message", streamed)
	}
	if _, a, raw := h.respond(t, drawn(`"a grey cat"`, ``, ``), agent...); len(a.Output) != 1 || a.Output[0].Type != "image_generation_call" {
		t.Errorf("with the tool it gets %.300s, want the picture", raw)
	}
	if got := h.charged(); got != "imagine edits imagine imagine" {
		t.Errorf("the upstream was paid for %q, want four pictures", got)
	}
}

func TestAResponseThatIsNotStored(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	_, a, _ := h.respond(t, `{"input":"a red fox","store":false}`)
	if status, _, _ := h.call(t, http.MethodGet, "/v1/responses/"+a.ID, ""); status != http.StatusNotFound {
		t.Errorf("GET with store false = %d, want 404", status)
	}
}

func TestInputItemsSayWhichPicturesCame(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	id := h.drawnID(t, "a fox")
	address := h.base + "/images/" + id + ".png"
	_, a, raw := h.respond(t, `{"input":[{"role":"user","content":[{"type":"input_text","text":"add snow"},{"type":"input_image","image_url":"`+address+`"},`+
		`{"type":"input_image","file_id":"`+id+`"},{"type":"input_image","image_url":"data:image/png;base64,`+base64.StdEncoding.EncodeToString(drawnPNG(t))+`"}]}]}`)
	if a.Status != "completed" {
		t.Fatalf("%.300s", raw)
	}
	_, _, items := h.call(t, http.MethodGet, "/v1/responses/"+a.ID+"/input_items", "")
	for _, want := range []string{`"text":"add snow"`, `"image_url":"` + address + `"`, `"file_id":"` + id + `"`} {
		if !strings.Contains(string(items), want) {
			t.Errorf("input_items = %s, want %s in it", items, want)
		}
	}
	if strings.Contains(string(items), "base64") {
		t.Errorf("input_items = %s, want no bytes", items)
	}
}
