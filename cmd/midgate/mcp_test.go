package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	protocol "github.com/modelcontextprotocol/go-sdk/mcp"
)

// desk is an agent that starts midgate itself.
type desk struct {
	t       *testing.T
	session *protocol.ClientSession
	errs    *transcript
}

func newDesk(t *testing.T, environ []string, args ...string) *desk {
	t.Helper()
	name, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(name, append([]string{"mcp"}, args...)...)
	cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TMPDIR=" + t.TempDir()}, environ...)
	cmd.Dir = t.TempDir()
	d := &desk{t: t, errs: newTranscript()}
	cmd.Stderr = d.errs
	client := protocol.NewClient(&protocol.Implementation{Name: "test", Version: "1"}, nil)
	d.session, err = client.Connect(context.WithoutCancel(t.Context()), &protocol.CommandTransport{Command: cmd, TerminateDuration: patience}, nil)
	if err != nil {
		t.Fatalf("%v; it says %s", err, d.errs)
	}
	t.Cleanup(d.close)
	return d
}

func (d *desk) close() {
	if err := d.session.Close(); err != nil {
		d.t.Errorf("midgate mcp ends with %v; it says %s", err, d.errs)
	}
}

// served is what a tool answered.
type served struct {
	text string
	Job  struct {
		ID, Status string
		Paid       int `json:"jobs_paid"`
	}
	Pictures []struct{ ID, URL string }
	Videos   []struct{ ID, URL string }
}

// call calls a tool, and goes on asking for its job until it is done.
func (d *desk) call(tool string, args map[string]any) (got served) {
	d.t.Helper()
	for {
		res, err := d.session.CallTool(d.t.Context(), &protocol.CallToolParams{Name: tool, Arguments: args})
		if err != nil {
			d.t.Fatalf("%s: %v; it says %s", tool, err, d.errs)
		}
		got.text = res.Content[0].(*protocol.TextContent).Text
		if res.IsError {
			d.t.Fatalf("%s: %s", tool, got.text)
		}
		data, err := json.Marshal(res.Meta["midgate/result"])
		if err == nil {
			err = json.Unmarshal(data, &got)
		}
		if err != nil {
			d.t.Fatal(err)
		}
		if got.Job.Status != "queued" && got.Job.Status != "in_progress" {
			return got
		}
		tool, args = "get_job", map[string]any{"job": got.Job.ID}
	}
}

// draws is the agent's day: it draws, chooses, changes a region, zooms out, animates and lists.
func (d *desk) draws() (drawn served) {
	d.t.Helper()
	drawn = d.call("draw", map[string]any{"prompt": "a red fox"})
	if len(drawn.Pictures) != 4 {
		d.t.Fatalf("draw = %+v", drawn)
	}
	chosen := drawn.Pictures[2].ID
	d.call("edit_picture", map[string]any{"picture": chosen, "prompt": "a hat", "region": []any{map[string]any{"left": 30, "top": 0, "width": 40, "height": 30}}})
	d.call("press_button", map[string]any{"picture": chosen, "button": "zoom_out_2x"})
	if film := d.call("make_video", map[string]any{"picture": chosen, "prompt": "it looks up"}); len(film.Videos) != 1 {
		d.t.Errorf("make_video = %+v", film)
	}
	if list := d.call("list_pictures", nil); len(list.Pictures) != 12 {
		d.t.Errorf("list_pictures has %d pictures, want 12", len(list.Pictures))
	}
	return drawn
}

// charged is what the upstream was paid for.
func charged(t *testing.T, upstream string) string {
	t.Helper()
	var ledger []struct{ Kind string }
	ask(t, upstream+"/sim/ledger", "", "").into(t, &ledger)
	var kinds []string
	for _, c := range ledger {
		kinds = append(kinds, c.Kind)
	}
	return strings.Join(kinds, " ")
}

const day = "imagine upscale inpaint zoom video"

// Through midgate mcp in front of a running midgate, with the files beside.
func TestMCP_AnAgentDrawsThroughTheBridge(t *testing.T) {
	u := startPair(t, []string{"--pace", "200ms"})
	dir := filepath.Join(t.TempDir(), "Pictures")
	d := newDesk(t, []string{"MIDGATE_KEY=alices-key"}, "--url", u.url+"?wait=30", "--save", dir)
	drawn := d.draws()
	if got := charged(t, u.upstream); got != day {
		t.Errorf("the upstream was paid for %q, want %q", got, day)
	}
	for _, p := range drawn.Pictures {
		name := filepath.Join(dir, p.ID+".png")
		if data, err := os.ReadFile(name); err != nil || !bytes.HasPrefix(data, []byte("\x89PNG")) || !strings.Contains(drawn.text, "\n"+name) {
			t.Errorf("%s: %v, or it is not in the text:\n%s", name, err, drawn.text)
		}
	}
	if films, err := filepath.Glob(filepath.Join(dir, "video_*.mp4")); err != nil || len(films) != 1 {
		t.Errorf("the videos are %q, %v", films, err)
	}
}

// Without a running midgate, it is one itself; a second one finds the folder taken and uses the first.
func TestMCP_TheBridgeIsAMidgateItself(t *testing.T) {
	u := startPair(t, []string{"--pace", "200ms"})
	u.gate.stop()
	one := newDesk(t, u.environ)
	dir := filepath.Join(t.TempDir(), "Pictures")
	two := newDesk(t, u.environ, "--save", dir)
	drawn := one.draws()
	again := two.call("draw", map[string]any{"prompt": "a red fox"})
	for i, p := range again.Pictures {
		if p != drawn.Pictures[i] {
			t.Errorf("the second one has %v, want the first one's %v at the same address", p, drawn.Pictures[i])
		}
		if data, err := os.ReadFile(filepath.Join(dir, p.ID+".png")); err != nil || !bytes.HasPrefix(data, []byte("\x89PNG")) {
			t.Errorf("the second one stores %s: %v", p.ID, err)
		}
	}
	if got := charged(t, u.upstream); got != day {
		t.Errorf("the upstream was paid for %q, want %q", got, day)
	}
	for _, e := range u.environ {
		if dir, ok := strings.CutPrefix(e, "MIDGATE_DATA_DIR="); ok {
			if info, err := os.Stat(filepath.Join(dir, socketName)); err != nil || info.Mode().Perm() != 0o600 {
				t.Errorf("the socket is %v, %v; want it for its owner alone", info, err)
			}
		}
	}
}

func TestMCP_AFolderThatAServerHasIsTaken(t *testing.T) {
	u := startPair(t, nil)
	p := start(t, u.environ, "mcp")
	if status := p.wait(); status != 1 || !strings.Contains(p.err.String(), "midgate mcp --url") || p.out.String() != "" {
		t.Errorf("%d, %q and %q", status, p.err, p.out)
	}
}

func TestMCP_RefusesWhatIsNoAddress(t *testing.T) {
	for _, address := range []string{"127.0.0.1:8080", "localhost:8080", "midgate", "ftp://midgate"} {
		_, errs, status := runHere(t, nil, "mcp", "--url", address)
		if status != 1 || !strings.Contains(errs, `--url is "`+address+`"; allowed: the address of a running midgate, such as http://localhost:8080`) {
			t.Errorf("%s: %d, %s", address, status, errs)
		}
	}
}

// lines runs the bridge over some messages and returns what it writes.
func lines(t *testing.T, h http.HandlerFunc, messages ...string) []string {
	t.Helper()
	server := httptest.NewServer(h)
	defer server.Close()
	var out bytes.Buffer
	p := program{environ: []string{"MIDGATE_KEY=k"}, in: strings.NewReader(strings.Join(messages, "\n")), out: &out, err: io.Discard}
	if status := p.run(t.Context(), []string{"mcp", "--url", server.URL}); status != 0 {
		t.Errorf("midgate mcp = %d", status)
	}
	var all []string
	for line := range strings.Lines(out.String()) {
		if !json.Valid([]byte(line)) {
			t.Errorf("standard output has %q", line)
		}
		all = append(all, strings.TrimSpace(line))
	}
	return all
}

// A call that is cut is sent again once, with the same ID; what cannot be answered is an error.
func TestMCP_TheBridgeRepeatsWhatWasCut(t *testing.T) {
	var n atomic.Int64
	cut := func(times int64) http.HandlerFunc {
		n.Store(0)
		return func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			if !strings.Contains(string(body), `"id":7`) || r.Header.Get("Authorization") != "Bearer k" || r.URL.Path != "/mcp" {
				t.Errorf("%s %q %s", r.URL, r.Header, body)
			}
			w.Header().Set("Content-Type", "text/event-stream")
			fmt.Fprint(w, ": alive\n\nevent: message\ndata: {\"jsonrpc\":\"2.0\",\"method\":\"notifications/progress\"}\n\n")
			if n.Add(1) <= times {
				_ = http.NewResponseController(w).Flush()
				panic(http.ErrAbortHandler)
			}
			fmt.Fprint(w, "data: {\"jsonrpc\":\"2.0\",\"id\":7,\"result\":{}}\n\n")
		}
	}
	call := `{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"draw"}}`
	if got := lines(t, cut(1), call); n.Load() != 2 || got[len(got)-1] != `{"jsonrpc":"2.0","id":7,"result":{}}` {
		t.Errorf("%d requests, %q", n.Load(), got)
	}
	if got := lines(t, cut(9), call); n.Load() != 2 || !strings.Contains(got[len(got)-1], `"id":7,"error"`) {
		t.Errorf("%d requests, %q", n.Load(), got)
	}
}

// The revision that was agreed on goes with what follows; the newest one's headers come from each message.
func TestMCP_TheBridgeNamesTheRevision(t *testing.T) {
	var mu sync.Mutex
	seen := map[string]string{}
	got := lines(t, func(w http.ResponseWriter, r *http.Request) {
		var m message
		_ = json.NewDecoder(r.Body).Decode(&m)
		mu.Lock()
		seen[m.Method] = r.Header.Get("MCP-Protocol-Version") + " " + r.Header.Get("Mcp-Method") + " " + r.Header.Get("Mcp-Name")
		mu.Unlock()
		if len(m.ID) == 0 {
			w.WriteHeader(http.StatusAccepted)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		if m.Method == "gone" {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprint(w, `{"error":{"message":"The API key is not valid."}}`)
			return
		}
		fmt.Fprintf(w, "{\"jsonrpc\":\"2.0\",\"id\":%s,\n\"result\":{\"protocolVersion\":\"2025-06-18\"}}", m.ID)
	}, `{"jsonrpc":"2.0","id":0,"method":"initialize"}`, ``, `{"jsonrpc":"2.0","method":"notifications/initialized"}`, `{"jsonrpc":"2.0","id":"a","method":"tools/list"}`,
		`{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"draw","_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28"}}}`, `{"jsonrpc":"2.0","id":3,"method":"gone"}`)
	for method, want := range map[string]string{"initialize": "  ", "notifications/initialized": "2025-06-18  ", "tools/list": "2025-06-18  ", "tools/call": "2026-07-28 tools/call draw"} {
		if seen[method] != want {
			t.Errorf("%s is sent with %q, want %q", method, seen[method], want)
		}
	}
	if all := strings.Join(got, " "); len(got) != 4 || !strings.Contains(all, `"id":3,"error":{"code":-32000,"message":"midgate answers 401: The API key is not valid. (MIDGATE_KEY)"}`) {
		t.Errorf("standard output: %q", got)
	}
}

func TestMCP_WhereTheToolsAre(t *testing.T) {
	for address, want := range map[string]string{
		"http://h:1": "http://h:1/mcp", "http://h:1/": "http://h:1/mcp", "http://h:1/v1": "http://h:1/mcp", "https://h/pictures/mcp?wait=9": "https://h/pictures/mcp?wait=9", "http://h?wait=1": "http://h/mcp?wait=1",
	} {
		if got := toolsAt(address); got != want {
			t.Errorf("toolsAt(%q) = %q, want %q", address, got, want)
		}
	}
}
