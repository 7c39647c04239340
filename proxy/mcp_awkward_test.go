package proxy

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	protocol "github.com/modelcontextprotocol/go-sdk/mcp"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

// say sends a message as it is, and returns what comes back.
func (h *house) say(t *testing.T, body string, headers ...string) (status int, answer string) {
	t.Helper()
	r := h.toolRequest(t, "", body)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(data)
}

// What no client should send is refused at once, costs nothing, and midgate lives on.
func TestMCP_AwkwardMessages(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	call := func(params string) string {
		return `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":` + params + `}`
	}
	for name, test := range map[string]struct {
		body   string
		status int
		says   string
	}{
		"nothing":                {"", 400, ""},
		"half an object":         {"{", 400, ""},
		"a text":                 {`"draw"`, 400, ""},
		"null":                   {"null", 400, ""},
		"an empty batch":         {"[]", 400, ""},
		"a batch of nothing":     {"[null]", 400, ""},
		"no version":             {`{"id":1,"method":"ping"}`, 400, ""},
		"another version":        {`{"jsonrpc":"1.0","id":1,"method":"ping"}`, 400, ""},
		"deep":                   {call(`{"name":"draw","arguments":{"prompt":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000) + `}}`), 400, ""},
		"very deep":              {strings.Repeat("[", 1<<20), 400, ""},
		"very deep objects":      {strings.Repeat(`{"a":`, 1<<18), 400, ""},
		"an ID that is null":     {`{"jsonrpc":"2.0","id":null,"method":"tools/call","params":{"name":"draw","arguments":{"prompt":"x"}}}`, 400, ""},
		"an ID that is a list":   {`{"jsonrpc":"2.0","id":[1],"method":"ping"}`, 400, ""},
		"a call as a notice":     {`{"jsonrpc":"2.0","method":"tools/call","params":{"name":"draw","arguments":{"prompt":"x"}}}`, 400, ""},
		"no method":              {`{"jsonrpc":"2.0","id":1}`, 202, ""},
		"a method that is none":  {`{"jsonrpc":"2.0","id":1,"method":"tools/paint"}`, 400, ""},
		"no parameters":          {`{"jsonrpc":"2.0","id":1,"method":"tools/call"}`, 400, ""},
		"parameters as a list":   {call(`["draw"]`), 200, `"error"`},
		"no name":                {call(`{}`), 200, `"error"`},
		"a tool that is none":    {call(`{"name":"paint","arguments":{}}`), 200, `"error"`},
		"arguments as a list":    {call(`{"name":"draw","arguments":["a fox"]}`), 200, "The arguments must be an object."},
		"arguments as a text":    {call(`{"name":"draw","arguments":"a fox"}`), 200, "The arguments must be an object."},
		"a call that was left":   {`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1,"reason":"x"}}`, 202, ""},
		"one left without an ID": {`{"jsonrpc":"2.0","method":"notifications/cancelled","params":{}}`, 202, ""},
		"a name of megabytes":    {call(`{"name":"draw","arguments":{"prompt":"x","` + strings.Repeat("q", 1<<20) + `":1}}`), 200, "means nothing here"},
		"a picture of megabytes": {call(`{"name":"view_picture","arguments":{"picture":"` + strings.Repeat("img_", 1<<18) + `"}}`), 200, "There is no picture"},
		"words of megabytes":     {call(`{"name":"draw","arguments":{"prompt":"` + strings.Repeat("é", 1<<20) + `"}}`), 200, "must have at most 6000 characters, not 1048576"},
		"half a character":       {call(`{"name":"draw","arguments":{"prompt":"a \ud83d fox"}}`), 200, "no Unicode"},
		"numbers that are none":  {call(`{"name":"make_video","arguments":{"prompt":"x","seconds":"NaN"}}`), 200, "must be a number"},
		"a number beyond all":    {call(`{"name":"draw","arguments":{"prompt":"x","take":1e400}}`), 200, "no JSON"},
		"half a take":            {call(`{"name":"draw","arguments":{"prompt":"x","take":1.5}}`), 200, "must be a whole number"},
		"a wait below zero":      {call(`{"name":"draw","arguments":{"prompt":"x","wait_seconds":-1}}`), 200, "must be from 0 to 600"},
		"a file's path":          {call(`{"name":"edit_picture","arguments":{"picture":"file:///etc/passwd","prompt":"x"}}`), 200, "isError"},
		"another scheme":         {call(`{"name":"edit_picture","arguments":{"picture":"gopher://10.0.0.1/","prompt":"x"}}`), 200, "isError"},
		"a mapped address":       {call(`{"name":"edit_picture","arguments":{"picture":"http://[::ffff:127.0.0.1]:1/x.png","prompt":"x"}}`), 200, "does not point to a public address"},
		"a decimal address":      {call(`{"name":"edit_picture","arguments":{"picture":"http://2130706433/x.png","prompt":"x"}}`), 200, "isError"},
		"a link-local reference": {call(`{"name":"make_video","arguments":{"picture":"https://[fe80::1]/x.png"}}`), 200, "isError"},
		"a reference to a job":   {call(`{"name":"view_picture","arguments":{"picture":"job_AAAAAAAAAAAAAAAAAAAAAAAAAA"}}`), 200, "There is no picture"},
	} {
		status, answer := h.say(t, test.body)
		if status != test.status || !strings.Contains(answer, test.says) || len(answer) > 4<<10 {
			t.Errorf("%s: %d %.600s, want %d and %q", name, status, answer, test.status, test.says)
		}
	}
	h.costs(t, 0)
}

// Whatever a token is, a call that has one is answered, and progress names it as it came.
func TestMCP_AwkwardProgressTokens(t *testing.T) {
	h := newHouse(t, simulator.Config{Pace: 300 * time.Millisecond})
	for i, token := range []string{`"p"`, `""`, `7`, `-1`, `"ü \" \n"`, `null`, `1.5`, `true`, `{"a":1}`, `[1]`} {
		status, answer := h.say(t, fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"draw","arguments":{"prompt":"a mill %d"},"_meta":{"progressToken":%s}}}`, i, token))
		if status != 200 || !strings.Contains(answer, "4 pictures drawn") {
			t.Errorf("with %s: %d %.600s", token, status, answer)
		}
		if strings.HasPrefix(token, `"`) && token != `""` && !strings.Contains(answer, `"progressToken":`+token) {
			t.Errorf("with %s: no progress in %.600s", token, answer)
		}
	}
}

// Revisions that nobody knows are refused by name.
func TestMCP_AwkwardRevisions(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for _, revision := range []string{"1999-01-01", "banana", "2026-07-29", "9999-12-31", "2026-07-28 ", "2025-06-18,2025-03-26"} {
		for _, meta := range []string{"", `,"_meta":{"io.modelcontextprotocol/protocolVersion":"` + revision + `","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}`} {
			status, answer := h.say(t, `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"draw","arguments":{"prompt":"x"}`+meta+`}}`,
				"MCP-Protocol-Version", revision, "Mcp-Method", "tools/call", "Mcp-Name", "draw")
			if status != 400 {
				t.Errorf("%q: %d %.300s", revision, status, answer)
			}
		}
	}
	h.costs(t, 0)
}

// The calls of a batch are worked on at once and each is answered; a batch of very many is refused as a whole.
func TestMCP_Batches(t *testing.T) {
	h := newHouse(t, simulator.Config{Pace: 200 * time.Millisecond})
	var calls []string
	for i := range 6 {
		calls = append(calls, rpc(i+1, "draw", map[string]any{"prompt": "a mill"}), rpc(i+11, "draw", map[string]any{"prompt": fmt.Sprint("mill ", i%2), "model": "midjourney"}),
			rpc(i+21, "get_job", nil), rpc(i+31, "list_pictures", nil), rpc(i+41, "view_picture", map[string]any{"picture": "img_x"}))
	}
	status, answer := h.say(t, "["+strings.Join(calls, ",")+"]")
	seen := map[float64]bool{}
	for line := range strings.Lines(answer) {
		var m struct {
			ID     float64
			Result json.RawMessage
		}
		if data, is := strings.CutPrefix(line, "data: "); is && json.Unmarshal([]byte(data), &m) == nil && len(m.Result) > 0 {
			seen[m.ID] = true
		}
	}
	if status != 200 || len(seen) != len(calls) {
		t.Errorf("%d, and %d of %d calls are answered: %.600s", status, len(seen), len(calls), answer)
	}
	h.costs(t, 3)
	for name, body := range map[string]string{
		"calls":   "[" + strings.Repeat(rpc(1, "draw", map[string]any{"prompt": "x"})+",", 100) + rpc(2, "draw", map[string]any{"prompt": "x"}) + "]",
		"numbers": "\n [" + strings.Repeat("0,", 1<<20) + "0]",
	} {
		if status, answer := h.say(t, body); status != 400 || !strings.Contains(answer, "A batch has at most 100 messages.") {
			t.Errorf("%s: %d %.300s", name, status, answer)
		}
	}
	h.costs(t, 3)
}

// A mask that does not fit its picture, or says nothing, is refused before anything is paid.
func TestMCP_AwkwardMasks(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	a := newAgent(t, h.base+"/mcp", "sk-alice")
	drawn := a.call("draw", map[string]any{"prompt": "a fox"})
	mask := func(w, height int, alpha uint8) string {
		img := image.NewNRGBA(image.Rect(0, 0, w, height))
		draw.Draw(img, img.Bounds(), image.NewUniform(color.NRGBA{A: alpha}), image.Point{}, draw.Src)
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		return "data:image/png;base64," + base64.StdEncoding.EncodeToString(b.Bytes())
	}
	for name, args := range map[string]map[string]any{
		"of another shape": {"mask": mask(64, 16, 0)},
		"all opaque":       {"mask": mask(64, 64, 255)},
		"no picture":       {"mask": "data:image/png;base64,AAAA"},
		"beyond the edge":  {"region": []any{map[string]any{"left": 100, "top": 100, "width": 1, "height": 1}}},
		"words":            {"mask": "the hat"},
	} {
		args["picture"], args["prompt"] = drawn.Pictures[0].ID, "a hat"
		if got := a.refuse("edit_picture", args); !strings.Contains(got, "Nothing was paid.") {
			t.Errorf("%s: %q", name, got)
		}
	}
	h.costs(t, 1)
}

// dyingShelf panics when pictures are listed or shown small.
type dyingShelf struct{ Pictures }

// Images implements Pictures.
func (dyingShelf) Images(context.Context, adapter.Caller, adapter.ImageQuery) ([]adapter.Image, error) {
	panic("secret list")
}

// PreviewImages implements Pictures.
func (dyingShelf) PreviewImages(context.Context, adapter.Caller, []string, adapter.PreviewForm) ([]byte, error) {
	panic("secret preview")
}

// A panic behind any message is an error of that message: it is in a goroutine of the library's, and would end the process.
func TestMCP_APanicIsAnErrorOfItsMessage(t *testing.T) {
	h := newHouseAmid(t, simulator.Config{}, mischief{core: func(c Core) Core {
		c.Keep = dyingShelf{c.Keep}
		return c
	}})
	a := newAgent(t, h.base+"/mcp", "sk-alice")
	for range 2 {
		_, listed := a.session.ListResources(t.Context(), nil)
		_, read := a.session.ReadResource(t.Context(), &protocol.ReadResourceParams{URI: "midgate://pictures/img_AAAAAAAAAAAAAAAAAAAAAAAAAA"})
		for _, err := range []error{listed, read} {
			if err == nil || strings.Contains(err.Error(), "secret") || !strings.Contains(err.Error(), "midgate itself failed") {
				t.Errorf("err = %v, want that midgate failed", err)
			}
		}
		if got := a.refuse("list_pictures", nil); strings.Contains(got, "secret") || !strings.Contains(got, "midgate itself failed") {
			t.Errorf("a tool says %q", got)
		}
		if list, err := a.session.ListTools(t.Context(), nil); err != nil || len(list.Tools) != 10 {
			t.Errorf("the tools are %+v, %v", list, err)
		}
	}
}
