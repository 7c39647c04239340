package proxy

import (
	"bytes"
	"context"
	"encoding/json"
	"image/jpeg"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	protocol "github.com/modelcontextprotocol/go-sdk/mcp"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/web"
)

// bearer sends a key with every request.
type bearer string

func (b bearer) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+string(b))
	return http.DefaultTransport.RoundTrip(r)
}

// agent is a program that uses the tools.
type agent struct {
	t       *testing.T
	session *protocol.ClientSession
}

func newAgent(t *testing.T, base, key string) agent {
	t.Helper()
	client := protocol.NewClient(&protocol.Implementation{Name: "test", Version: "1"}, nil)
	session, err := client.Connect(context.WithoutCancel(t.Context()), &protocol.StreamableClientTransport{Endpoint: base, HTTPClient: &http.Client{Transport: bearer(key)}, MaxRetries: -1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = session.Close() }) // there is no session to end
	return agent{t, session}
}

// toolAnswer is what a tool answered.
type toolAnswer struct {
	text     string
	sheet    []byte
	failed   bool
	Job      struct{ ID, Status string }
	Paid     int
	Repeated bool
	Pictures []struct {
		ID, URL, Prompt string
		Width, Height   int
		Buttons         []string
	}
	Videos []struct{ ID, URL string }
	Jobs   []struct{ ID string }
	size   int
}

func (a agent) try(tool string, args any) (toolAnswer, error) {
	res, err := a.session.CallTool(a.t.Context(), &protocol.CallToolParams{Name: tool, Arguments: args})
	if err != nil {
		return toolAnswer{}, err
	}
	return readAnswer(a.t, res), nil
}

func readAnswer(t *testing.T, res *protocol.CallToolResult) toolAnswer {
	t.Helper()
	out := toolAnswer{failed: res.IsError}
	whole, err := json.Marshal(res)
	if err != nil {
		t.Fatal(err)
	}
	out.size = len(whole)
	for i, c := range res.Content {
		switch c := c.(type) {
		case *protocol.TextContent:
			if i != 0 {
				t.Errorf("content %d is a text, want it first", i)
			}
			out.text = c.Text
		case *protocol.ImageContent:
			out.sheet = c.Data
			if _, err := jpeg.Decode(bytes.NewReader(c.Data)); err != nil || c.MIMEType != "image/jpeg" {
				t.Errorf("the picture is %s, %v", c.MIMEType, err)
			}
		default:
			t.Errorf("content %d is a %T", i, c)
		}
	}
	data, err := json.Marshal(res.Meta["midgate/result"])
	if err == nil {
		err = json.Unmarshal(data, &out)
	}
	if err != nil {
		t.Fatal(err)
	}
	var paid struct {
		Job struct {
			Paid int `json:"jobs_paid"`
		}
	}
	_ = json.Unmarshal(data, &paid) // it was read before
	out.Paid = paid.Job.Paid
	if out.size > 400<<10 || len(out.sheet) > 180<<10 {
		t.Errorf("an answer of %d bytes with a picture of %d: too large", out.size, len(out.sheet))
	}
	return out
}

// call calls a tool that must work, and goes on asking for its job until it is done.
func (a agent) call(tool string, args any) toolAnswer {
	a.t.Helper()
	got, err := a.try(tool, args)
	for err == nil && !got.failed && (got.Job.Status == "queued" || got.Job.Status == "in_progress") {
		if !strings.Contains(got.text, `get_job with {"job":"`+got.Job.ID+`"}`) {
			a.t.Fatalf("%s answers %q, want what to call", tool, got.text)
		}
		got, err = a.try("get_job", map[string]any{"job": got.Job.ID})
	}
	if err != nil || got.failed {
		a.t.Fatalf("%s(%v) = %q, %v", tool, args, got.text, err)
	}
	return got
}

// refuse calls a tool that must not work, and returns what the model is told.
func (a agent) refuse(tool string, args any) string {
	a.t.Helper()
	got, err := a.try(tool, args)
	if err != nil || !got.failed {
		a.t.Fatalf("%s(%v) = %q, %v; want an error for the model", tool, args, got.text, err)
	}
	return got.text
}

// kinds are the commands that the upstream was paid for, in order.
func (h *house) kinds() (commands []string) {
	for _, c := range h.sim.Ledger() {
		commands = append(commands, c.Kind)
	}
	return commands
}

// An agent draws, chooses, changes a region, zooms out, animates and lists: the ledger has what it asked for, no more.
func script(t *testing.T, h *house, a agent) {
	t.Helper()
	drawn := a.call("draw", map[string]any{"prompt": "a red fox in the snow", "aspect_ratio": "3:2"})
	if len(drawn.Pictures) != 4 || drawn.sheet == nil || drawn.Paid != 1 || !strings.HasPrefix(drawn.text, "4 pictures drawn in ") || len(drawn.text) > 2<<10 {
		t.Fatalf("draw = %+v", drawn)
	}
	for _, p := range drawn.Pictures {
		if !strings.Contains(drawn.text, p.ID+" ![") || !strings.Contains(drawn.text, p.URL) {
			t.Errorf("the text does not show %s at %s:\n%s", p.ID, p.URL, drawn.text)
		}
		if resp, err := http.Get(p.URL); err != nil || resp.StatusCode != 200 {
			t.Errorf("GET %s: %v", p.URL, err)
		}
	}
	chosen := drawn.Pictures[1].ID
	if seen := a.call("view_picture", map[string]any{"picture": chosen}); seen.sheet == nil || !strings.Contains(seen.text, "a red fox in the snow") {
		t.Errorf("view_picture = %+v", seen)
	}
	edited := a.call("edit_picture", map[string]any{"picture": drawn.Pictures[1].URL, "prompt": "a blue hat", "region": []any{map[string]any{"left": 30, "top": 0, "width": 40, "height": "30"}}})
	if len(edited.Pictures) != 4 || edited.Paid != 2 { // the quarter becomes a picture of its own first
		t.Errorf("edit_picture = %+v", edited)
	}
	zoomed := a.call("press_button", map[string]any{"picture": chosen, "button": "zoom_out_2x"})
	if len(zoomed.Pictures) != 4 || zoomed.Paid != 1 {
		t.Errorf("press_button = %+v", zoomed)
	}
	film := a.call("make_video", map[string]any{"picture": chosen, "prompt": "it looks up"})
	if len(film.Videos) != 1 || film.sheet == nil || !strings.Contains(film.text, film.Videos[0].URL) {
		t.Errorf("make_video = %+v", film)
	}
	words := a.call("describe_picture", map[string]any{"picture": chosen})
	if !strings.Contains(words.text, "\n4. ") {
		t.Errorf("describe_picture = %q", words.text)
	}
	blended := a.call("blend_pictures", map[string]any{"pictures": []string{drawn.Pictures[0].ID, chosen}})
	if len(blended.Pictures) != 4 {
		t.Errorf("blend_pictures = %+v", blended)
	}
	before := len(h.kinds())
	list := a.call("list_pictures", map[string]any{"limit": 5})
	if len(list.Pictures) != 5 || list.Pictures[0].ID != blended.Pictures[3].ID && !slices.ContainsFunc(blended.Pictures, func(p struct {
		ID, URL, Prompt string
		Width, Height   int
		Buttons         []string
	}) bool {
		return p.ID == list.Pictures[0].ID
	}) {
		t.Errorf("list_pictures = %+v, want the newest", list)
	}
	if jobs := a.call("get_job", nil); len(jobs.Jobs) != 6 {
		t.Errorf("get_job lists %d jobs, want the 6 that were begun:\n%s", len(jobs.Jobs), jobs.text)
	}
	again := a.call("draw", map[string]any{"prompt": " a red fox in the snow ", "aspect_ratio": "3:2", "take": 1, "wait_seconds": 30})
	if !again.Repeated || again.Pictures[0].ID != drawn.Pictures[0].ID || !strings.Contains(again.text, "take: 2") {
		t.Errorf("the same again = %+v, want the same pictures", again)
	}
	if over := a.call("cancel_job", map[string]any{"job": drawn.Job.ID}); !strings.Contains(over.text, "over already") {
		t.Errorf("cancel_job = %q", over.text)
	}
	if got := h.kinds(); len(got) != before {
		t.Errorf("looking and asking again was charged: %q", got[before:])
	}
	if got, want := strings.Join(h.kinds(), " "), "imagine upscale inpaint zoom video describe blend"; got != want {
		t.Errorf("the upstream was paid for %q, want %q", got, want)
	}
	if other := a.call("draw", map[string]any{"prompt": "a red fox in the snow", "aspect_ratio": "3:2", "take": 2}); other.Repeated || len(h.kinds()) != 8 {
		t.Errorf("take 2 = %+v, want another set", other)
	}
}

func TestMCP_AnAgentDrawsOverHTTP(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	script(t, h, newAgent(t, h.base+"/mcp", "sk-alice"))
}

// A call that may not wait is answered with its job's ID, and the job goes on.
func TestMCP_ACallDoesNotWaitLongerThanItMay(t *testing.T) {
	h := newHouse(t, simulator.Config{Pace: time.Second})
	for _, path := range []string{"/mcp?wait=0", "/v1/mcp?wait=0&images=none"} {
		a := newAgent(t, h.base+path, "sk-alice")
		got, err := a.try("draw", map[string]any{"prompt": path, "wait_seconds": 600})
		if err != nil || got.Job.ID == "" || !strings.Contains(got.text, "Nothing more is paid by waiting") {
			t.Fatalf("draw = %+v, %v", got, err)
		}
		done := newAgent(t, h.base+strings.Replace(path, "wait=0", "wait=30", 1), "sk-alice").call("get_job", map[string]any{"job": got.Job.ID})
		if len(done.Pictures) != 4 || (done.sheet == nil) != strings.Contains(path, "none") {
			t.Errorf("get_job = %+v", done)
		}
	}
}

func TestMCP_ProgressGrows(t *testing.T) {
	h := newHouse(t, simulator.Config{Pace: 4 * time.Second})
	var grown []float64
	heard := make(chan float64, 100)
	client := protocol.NewClient(&protocol.Implementation{Name: "test", Version: "1"}, &protocol.ClientOptions{ProgressNotificationHandler: func(_ context.Context, r *protocol.ProgressNotificationClientRequest) {
		heard <- r.Params.Progress
	}})
	session, err := client.Connect(t.Context(), &protocol.StreamableClientTransport{Endpoint: h.base + "/mcp", HTTPClient: &http.Client{Transport: bearer("sk-alice")}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = session.Close() }()
	params := &protocol.CallToolParams{Name: "draw", Arguments: map[string]any{"prompt": "a mill"}}
	params.SetProgressToken("p")
	if res, err := session.CallTool(t.Context(), params); err != nil || res.IsError {
		t.Fatalf("%+v, %v", res, err)
	}
	for told := true; told; { // the last ones may still be on their way to the handler
		select {
		case p := <-heard:
			grown = append(grown, p)
		default:
			told = false
		}
	}
	if len(grown) < 2 || !slices.IsSorted(grown) || len(slices.Compact(slices.Clone(grown))) != len(grown) {
		t.Errorf("progress %v, want several that grow", grown)
	}
}

// Every revision of the protocol is spoken at the one address.
func TestMCP_SpeaksEveryRevision(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for _, revision := range []string{"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"} {
		meta := ""
		if revision >= "2026" {
			meta = `,"_meta":{"io.modelcontextprotocol/protocolVersion":"` + revision + `","io.modelcontextprotocol/clientInfo":{"name":"t","version":"1"},"io.modelcontextprotocol/clientCapabilities":{}}`
		}
		status, _, answer := h.call(t, "POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"list_pictures","arguments":{}`+meta+`}}`,
			"Content-Type", "application/json", "Accept", "application/json, text/event-stream", "MCP-Protocol-Version", revision, "Mcp-Method", "tools/call", "Mcp-Name", "list_pictures")
		if status != 200 || !bytes.Contains(answer, []byte("There are no such pictures")) {
			t.Errorf("%s: %d %s", revision, status, answer)
		}
	}
	if status, _, answer := h.call(t, "POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, "Content-Type", "application/json", "Accept", "*/*", "MCP-Protocol-Version", "2027-01-01"); status < 400 {
		t.Errorf("a revision that nobody knows: %d %s", status, answer)
	}
}

// What an address switches on.
func TestMCP_Switches(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	a := newAgent(t, h.base+"/mcp?tools=draw,get_job&results=structured", "sk-alice")
	list, err := a.session.ListTools(t.Context(), nil)
	if err != nil || len(list.Tools) != 2 || list.Tools[0].OutputSchema == nil {
		t.Fatalf("the tools are %+v, %v", list, err)
	}
	res, err := a.session.CallTool(t.Context(), &protocol.CallToolParams{Name: "draw", Arguments: map[string]any{"prompt": "a mill"}})
	if err != nil || res.StructuredContent == nil || len(res.Content) != 1 {
		t.Errorf("draw = %+v, %v", res, err)
	}
	if _, err := a.try("view_picture", nil); err == nil {
		t.Error("a tool that is not offered can be called")
	}
	for _, query := range []string{"wait=-1", "wait=601", "wait=x", "images=all", "tools=paint", "results=xml"} {
		if status, _, answer := h.call(t, "POST", "/mcp?"+query, `{"jsonrpc":"2.0","id":1,"method":"ping"}`); status != 400 || !bytes.Contains(answer, []byte(`"param":"`+query[:strings.Index(query, "=")])) {
			t.Errorf("%s: %d %s", query, status, answer)
		}
	}
	if off := newHouse(t, simulator.Config{}, func(c *web.Config) { c.MCP = "off" }); true {
		if status, _, _ := off.call(t, "POST", "/mcp", `{}`); status != 404 {
			t.Errorf("switched off it answers %d", status)
		}
	}
}

// Who may speak: keys, origins, hosts, sizes.
func TestMCP_Admission(t *testing.T) {
	ping := `{"jsonrpc":"2.0","id":1,"method":"ping"}`
	ask := func(h *house, headers ...string) (int, http.Header, string) {
		status, header, answer := h.call(t, "POST", "/mcp", ping, append([]string{"Content-Type", "application/json", "Accept", "application/json, text/event-stream"}, headers...)...)
		return status, header, string(answer)
	}
	h := newHouse(t, simulator.Config{}, func(c *web.Config) { c.Origins = []string{"https://good.example"} })
	if status, header, _ := ask(h, "Authorization", "Bearer wrong"); status != 401 || header.Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("a wrong key: %d, %q", status, header.Get("WWW-Authenticate"))
	}
	if status, header, _ := ask(h, "Authorization", ""); status != 401 || header.Get("WWW-Authenticate") != "Bearer" {
		t.Errorf("no key: %d, %q", status, header.Get("WWW-Authenticate"))
	}
	for origin, want := range map[string]int{"": 200, "https://good.example": 200, "https://evil.example": 403, "null": 403, h.base: 200} {
		if status, _, answer := ask(h, "Origin", origin); status != want {
			t.Errorf("from %q: %d %s, want %d", origin, status, answer, want)
		}
	}
	if status, _, answer := ask(h, "Host", "pictures.example"); status != 200 {
		t.Errorf("behind a proxy on this machine, with a key: %d %s", status, answer)
	}
	for _, path := range []string{"/mcp", "/v1/mcp"} {
		if status, header, _ := h.call(t, "GET", path, ""); status != 405 || header.Get("Allow") != "POST" {
			t.Errorf("GET %s: %d, Allow %q", path, status, header.Get("Allow"))
		}
	}
	if status, _, answer := h.call(t, "POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"`+strings.Repeat("x", 17<<20)+`"}}`, "Content-Type", "application/json"); status != 413 {
		t.Errorf("17 MB: %d %.200s", status, answer)
	}

	open := newHouse(t, simulator.Config{}, func(c *web.Config) { c.Auth, c.Origins, c.TrustedProxies = web.AuthNone, nil, nil })
	send := func(h *house, host, origin string) int {
		r, err := http.NewRequest(http.MethodPost, h.base+"/mcp", strings.NewReader(ping))
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Accept", "application/json, text/event-stream")
		if origin != "" {
			r.Header.Set("Origin", origin)
		}
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = resp.Body.Close() }()
		_, _ = io.Copy(io.Discard, resp.Body) // only the status counts
		return resp.StatusCode
	}
	for _, host := range []string{"localhost:8080", "127.0.0.1", "[::1]:99", "midgate.localhost"} {
		if status := send(open, host, ""); status != 200 {
			t.Errorf("without keys, as %s: %d", host, status)
		}
	}
	if status := send(open, "evil.example:8080", "http://evil.example:8080"); status != 403 {
		t.Errorf("a page whose name leads here: %d", status)
	}
	if status := send(open, "localhost", "https://evil.example"); status != 403 {
		t.Errorf("a foreign page: %d", status)
	}
	trusting := newHouse(t, simulator.Config{}, func(c *web.Config) { c.Auth, c.Origins, c.TrustedProxies = web.AuthNone, nil, []string{"127.0.0.1"} })
	if status := send(trusting, "pictures.example", ""); status != 200 {
		t.Errorf("behind a trusted proxy: %d", status)
	}
}

// Every kind of mistake is told to the model, with what to do; it costs nothing.
func TestMCP_Mistakes(t *testing.T) {
	h := newHouse(t, simulator.Config{}, func(c *web.Config) { c.MCPJobs = 3 })
	a, b := newAgent(t, h.base+"/mcp", "sk-alice"), newAgent(t, h.base+"/mcp", "sk-bob")
	fox := a.call("draw", map[string]any{"prompt": "a fox"})
	img, paid := fox.Pictures[0].ID, len(h.kinds())
	for name, test := range map[string]struct {
		tool string
		args map[string]any
		says string
	}{
		"no prompt":              {"draw", nil, `'prompt' is missing. Call draw again with it corrected. Nothing was paid.`},
		"a wrong ratio":          {"draw", map[string]any{"prompt": "x", "aspect_ratio": "wide"}, `'aspect_ratio' must be like 3:2. Call draw again with it corrected. Nothing was paid.`},
		"an impossible ratio":    {"draw", map[string]any{"prompt": "x", "aspect_ratio": "0:0"}, `aspect_ratio`},
		"another face's name":    {"draw", map[string]any{"prompt": "x", "size": "1536x1024"}, `'size' means nothing here; did you mean 'aspect_ratio'?`},
		"a misspelt name":        {"draw", map[string]any{"prompt": "x", "aspectratio": "3:2"}, `did you mean 'aspect_ratio'?`},
		"a wrong type":           {"draw", map[string]any{"prompt": []any{"x"}}, `'prompt' must be a text.`},
		"too many":               {"draw", map[string]any{"prompt": "x", "image_prompts": []string{"a", "b", "c", "d", "e"}}, `'image_prompts' must have 1 to 4 elements.`},
		"no such speed":          {"draw", map[string]any{"prompt": "x", "speed": "warp"}, `'speed' must be one of relax, fast, turbo.`},
		"no such model":          {"draw", map[string]any{"prompt": "x", "model": "gpt-9"}, `The model 'gpt-9' does not exist.`},
		"take as a word":         {"draw", map[string]any{"prompt": "x", "take": "two"}, `'take' must be a number.`},
		"many at once":           {"draw", map[string]any{"prompt": "x --repeat 4"}, `prompt`},
		"no such picture":        {"view_picture", map[string]any{"picture": "img_AAAAAAAAAAAAAAAAAAAAAAAAAA"}, `There is no picture img_AAAAAAAAAAAAAAAAAAAAAAAAAA for this key. list_pictures shows what there is.`},
		"no picture at all":      {"press_button", map[string]any{"picture": "the first one", "button": "reroll"}, `There is no picture the first one for this key.`},
		"a button that is not":   {"press_button", map[string]any{"picture": img, "button": "make_square"}, `This picture has: `},
		"a private address":      {"edit_picture", map[string]any{"picture": "http://169.254.169.254/latest", "prompt": "x"}, `does not point to a public address`},
		"a private address, too": {"blend_pictures", map[string]any{"pictures": []string{img, "http://127.0.0.1:1/x.png"}}, `does not point to a public address`},
		"region and mask":        {"edit_picture", map[string]any{"picture": img, "prompt": "x", "mask": img, "region": []any{map[string]any{"left": 0, "top": 0, "width": 9, "height": 9}}}, `'mask' cannot be used together with 'region'.`},
		"a region beyond":        {"edit_picture", map[string]any{"picture": img, "prompt": "x", "region": []any{map[string]any{"left": 120, "top": 0, "width": 9, "height": 9}}}, `'region[0].left' must be from 0 to 100.`},
		"a region without size":  {"edit_picture", map[string]any{"picture": img, "prompt": "x", "region": []any{map[string]any{"left": 1, "top": 0}}}, `'region[0].width' is missing.`},
		"nothing to film":        {"make_video", nil, `'prompt', 'picture' or 'video' is needed`},
		"a length":               {"make_video", map[string]any{"prompt": "x", "seconds": 5}, `'seconds' must be one of 4, 8, 12, 16, 20.`},
		"no such video":          {"make_video", map[string]any{"video": "video_AAAAAAAAAAAAAAAAAAAAAAAAAA", "prompt": "x"}, `There is no video video_AAAAAAAAAAAAAAAAAAAAAAAAAA for this key.`},
		"no such job":            {"get_job", map[string]any{"job": "job_1"}, `There is no job job_1 for this key.`},
		"no such job to cancel":  {"cancel_job", map[string]any{"job": "job_AAAAAAAAAAAAAAAAAAAAAAAAAA"}, `There is no job job_AAAAAAAAAAAAAAAAAAAAAAAAAA for this key.`},
		"a page that is no page": {"list_pictures", map[string]any{"after": "img_AAAAAAAAAAAAAAAAAAAAAAAAAA"}, `after`},
		"more than the hour has": {"make_video", map[string]any{"prompt": "x", "seconds": 20}, `and this needs 6: the limit is 3. Nothing was paid. It is more than an hour has: ask for less, or tell the user.`},
	} {
		if got := a.refuse(test.tool, test.args); !strings.Contains(got, test.says) {
			t.Errorf("%s: %q, want %q in it", name, got, test.says)
		} else if strings.Contains(got, "/v1/") || strings.Contains(got, "midjourney.") {
			t.Errorf("%s: %q speaks of another face", name, got)
		}
	}
	for tool, args := range map[string]map[string]any{
		"view_picture": {"picture": img}, "press_button": {"picture": img, "button": "reroll"}, "get_job": {"job": fox.Job.ID}, "cancel_job": {"job": fox.Job.ID},
		"edit_picture": {"picture": img, "prompt": "x"}, "describe_picture": {"picture": img}, "make_video": {"picture": img},
	} {
		if got := b.refuse(tool, args); !strings.Contains(got, "There is no ") {
			t.Errorf("another owner's %s: %q", tool, got)
		}
	}
	if got := h.kinds(); len(got) != paid {
		t.Errorf("mistakes were paid: %q", got[paid:])
	}
	a.call("draw", map[string]any{"prompt": "two"})
	a.call("draw", map[string]any{"prompt": "three"})
	if got := a.refuse("draw", map[string]any{"prompt": "four"}); !regexp.MustCompile(`^3 jobs were paid in the last hour, the limit. Stop and tell the user; it is free again in [0-9]+ minutes.`).MatchString(got) {
		t.Errorf("beyond the hour: %q", got)
	}
	a.call("draw", map[string]any{"prompt": "two"}) // it joins
}

// What Midjourney and its servers refuse.
func TestMCP_Refusals(t *testing.T) {
	for name, test := range map[string]struct {
		fault simulator.Fault
		says  string
	}{
		"a banned word":   {simulator.Fault{Route: "submit", Kind: "banned", Times: 50}, "Rephrase it and call again; the refused try may have been charged."},
		"no account":      {simulator.Fault{Route: "submit", Kind: "no-account", Times: 50}, "Do not try again."},
		"a failed job":    {simulator.Fault{Route: "submit", Kind: "ends", Body: "Internal error", Times: 50}, "Ask the user before drawing again."},
		"a moderated one": {simulator.Fault{Route: "submit", Kind: "ends", Body: "Image denied by our moderators", Times: 50}, "Rephrase it and call again"},
		"nobody knows":    {simulator.Fault{Route: "", Kind: "drop-before", Times: 500}, "do not draw again"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, simulator.Config{})
			a := newAgent(t, h.base+"/mcp?wait=100", "sk-alice")
			h.sim.Fail(test.fault)
			got, err := a.try("draw", map[string]any{"prompt": "a mill"})
			if err != nil || !got.failed || !strings.Contains(got.text, test.says) {
				t.Errorf("%q, %v; want %q", got.text, err, test.says)
			}
			before := len(h.kinds())
			if again, err := a.try("draw", map[string]any{"prompt": "a mill"}); err != nil || name != "a banned word" && name != "no account" && len(h.kinds()) != before {
				t.Errorf("the same again at once is %q, %v and pays %d more", again.text, err, len(h.kinds())-before)
			}
		})
	}
}

// The list of tools is what was agreed, to the letter.
func TestMCP_TheListOfTools(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	_, _, answer := h.call(t, "POST", "/mcp", `{"jsonrpc":"2.0","id":1,"method":"tools/list"}`, "Content-Type", "application/json", "Accept", "application/json, text/event-stream")
	_, data, _ := strings.Cut(string(answer), "data: ")
	var b bytes.Buffer
	if err := json.Indent(&b, []byte(data), "", "  "); err != nil {
		t.Fatalf("%v: %s", err, answer)
	}
	golden(t, "mcp_tools", bytes.TrimSpace(b.Bytes()))
}

// A person attaches a picture, and begins with a prompt.
func TestMCP_PicturesCanBeAttached(t *testing.T) {
	h := newHouse(t, simulator.Config{Pixels: 512})
	a := newAgent(t, h.base+"/mcp", "sk-alice")
	drawn := a.call("draw", map[string]any{"prompt": "a red fox"})
	list, err := a.session.ListResources(t.Context(), nil)
	if err != nil || len(list.Resources) != 5 || list.Resources[1].Title != "a red fox" {
		t.Fatalf("the pictures are %+v, %v", list, err)
	}
	templates, err := a.session.ListResourceTemplates(t.Context(), nil)
	if err != nil || len(templates.ResourceTemplates) != 1 || templates.ResourceTemplates[0].URITemplate != "midgate://pictures/{id}" {
		t.Errorf("the templates are %+v, %v", templates, err)
	}
	uri := "midgate://pictures/" + drawn.Pictures[3].ID
	read, err := a.session.ReadResource(t.Context(), &protocol.ReadResourceParams{URI: uri})
	if err != nil || len(read.Contents) != 1 || read.Contents[0].MIMEType != "image/jpeg" || len(read.Contents[0].Blob) > 700<<10 {
		t.Fatalf("the picture is %+v, %v", read, err)
	}
	if img, err := jpeg.Decode(bytes.NewReader(read.Contents[0].Blob)); err != nil || img.Bounds().Dx() != 512 {
		t.Errorf("it is %v, %v", img, err)
	}
	for _, uri := range []string{uri, "midgate://pictures/img_AAAAAAAAAAAAAAAAAAAAAAAAAA", "midgate://pictures/x"} {
		if res, err := newAgent(t, h.base+"/mcp", "sk-bob").session.ReadResource(t.Context(), &protocol.ReadResourceParams{URI: uri}); err == nil {
			t.Errorf("somebody else reads %s: %+v", uri, res)
		}
	}
	if list, err := newAgent(t, h.base+"/mcp", "sk-bob").session.ListResources(t.Context(), nil); err != nil || len(list.Resources) != 1 {
		t.Errorf("somebody else's list is %+v, %v", list, err)
	}
	prompt, err := a.session.GetPrompt(t.Context(), &protocol.GetPromptParams{Name: "illustrate", Arguments: map[string]string{"text": "It was a dark night.", "style": "woodcut"}})
	if err != nil || len(prompt.Messages) != 1 {
		t.Fatalf("the prompt is %+v, %v", prompt, err)
	}
	if text := prompt.Messages[0].Content.(*protocol.TextContent).Text; !strings.Contains(text, "woodcut") || !strings.HasSuffix(text, "It was a dark night.") {
		t.Errorf("the prompt says %q", text)
	}
	if _, err := a.session.GetPrompt(t.Context(), &protocol.GetPromptParams{Name: "illustrate"}); err == nil {
		t.Error("a prompt without its text is given")
	}
	h.costs(t, 1)
}
