package proxy

import (
	"encoding/json"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// agentClients are the clients of the agents' protocol, each with what its users get of an answer.
var agentClients = []struct {
	name, folder, script string
	picture, data        bool // a picture's block, and the answer as data
}{
	{"sdk 1.32", "mcp", "sdk", true, true},
	{"client 2.4", "mcp", "client", true, true},
	{"ai-sdk/mcp 2.0", "mcp", "ai", true, true},
	{"openai/agents 0.20", "mcp", "agents", true, false},
	{"mcp-remote 0.15", "mcp", "remote", true, true},
	{"langchain adapters 1.1", "mcp-langchain", "langchain", true, true},
	{"mastra/mcp 2.0", "mcp-mastra", "mastra", true, true},
}

// agentStep is what a client got of one answer.
type agentStep struct {
	Tool          string
	Waits         bool // the job was not done
	Text          string
	Picture, Data bool
}

// runAgent runs a client of agents.mjs.
func runAgent(t *testing.T, folder string, args ...string) (steps []agentStep) {
	t.Helper()
	dir := filepath.Join("testdata", "clients", folder)
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil {
		t.Fatalf("the npm packages of %s are missing: run `make prepare`", dir)
	}
	// A module is resolved from where it stands: the script goes where the packages are.
	script, err := os.ReadFile(filepath.Join("testdata", "clients", "agents.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), nodeFor(t, filepath.Base(dir)), append([]string{"--input-type=module", "-e", string(script), "agents.mjs"}, args...)...)
	run.Dir, run.Stderr = dir, os.Stderr
	run.Env = append(os.Environ(), "HOME="+t.TempDir(), "MCP_REMOTE_CONFIG_DIR="+t.TempDir(), "OPENAI_API_KEY=none")
	out, err := run.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &steps); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return steps
}

// Each client draws, waits, zooms out, edits a region and makes a video; its model gets the text and the picture.
func TestAgentClients(t *testing.T) {
	rows := make([]string, len(agentClients))
	t.Run("clients", func(t *testing.T) {
		for i, c := range agentClients {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				h := newHouse(t, simulator.Config{Pace: 300 * time.Millisecond})
				steps := runAgent(t, c.folder, c.script, h.base+"/mcp", "sk-alice")
				var tools []string
				for _, s := range steps {
					if s.Waits {
						continue
					}
					tools = append(tools, s.Tool)
					if s.Text == "" || s.Picture != c.picture || s.Data != c.data {
						t.Errorf("%s gives %q, a picture %v, data %v; want a picture %v, data %v", s.Tool, s.Text, s.Picture, s.Data, c.picture, c.data)
					}
				}
				if got := strings.Join(tools, " "); !steps[0].Waits || got != "get_job press_button edit_picture make_video" {
					t.Errorf("it called %q, waiting %v", got, steps[0].Waits)
				}
				paid := strings.Join(h.kinds(), ", ")
				if paid != "imagine, upscale, zoom, inpaint, video" {
					t.Errorf("it cost %q", paid)
				}
				got := []string{"text"}
				if c.picture {
					got = append(got, "picture")
				}
				if c.data {
					got = append(got, "data")
				}
				rows[i] = "| " + c.name + " | " + strings.Join(got, ", ") + " | " + paid + " |"
			})
		}
	})
	table := "| client of the agents' protocol | gets of each answer | draw, get_job, press_button, edit_picture, make_video cost |\n|---|---|---|\n" + strings.Join(rows, "\n") + "\n"
	path := filepath.Join("testdata", "clients", "agents.md")
	if *update {
		if err := os.WriteFile(path, []byte(table), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, err := os.ReadFile(path); err != nil || table != string(want) {
		t.Errorf("agents.md = \n%swant\n%s%v", table, want, err)
	}
}

// cutting is a proxy that cuts the first call of a tool once the upstream was paid, and tells how many it saw.
func cutting(t *testing.T, h *house) (address string, calls *atomic.Int64) {
	t.Helper()
	calls = &atomic.Int64{}
	front := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Mcp-Method") == "tools/call" && calls.Add(1) == 1 {
			heard := make(chan struct{})
			go func() {
				defer close(heard)
				h.untilPaid(t)
			}()
			defer func() {
				<-heard
				if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
					_ = conn.(*net.TCPConn).SetLinger(0) // a reset
					_ = conn.Close()
				}
			}()
			ctx, cut := contextOf(t)
			go func() { <-heard; cut() }()
			r = r.WithContext(ctx)
			h.server.ServeHTTP(discarded{http.Header{}}, r)
			return
		}
		h.server.ServeHTTP(w, r)
	})}
	return serve(t, front), calls
}

// discarded is a connection to nobody.
type discarded struct{ header http.Header }

func (d discarded) Header() http.Header         { return d.header }
func (d discarded) Write(p []byte) (int, error) { return len(p), nil }
func (d discarded) WriteHeader(int)             {}
func (d discarded) Flush()                      {}

// Mastra sends a call that was cut again by itself, at once: it is paid once, and its model gets the pictures.
func TestMastraPaysOnceBehindAProxyThatCuts(t *testing.T) {
	t.Parallel()
	h := newHouse(t, simulator.Config{Pace: 500 * time.Millisecond})
	address, calls := cutting(t, h)
	steps := runAgent(t, "mcp-mastra", "mastra", "http://"+address+"/mcp", "sk-alice", "a mill")
	if len(steps) != 1 || !steps[0].Picture || !strings.Contains(steps[0].Text, "4 pictures") || calls.Load() != 2 {
		t.Errorf("after %d calls: %+v", calls.Load(), steps)
	}
	h.costs(t, 1)
}

// The protocol's own inspector finds nothing to say about the tools, and can use one.
func TestTheInspectorFindsNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t, simulator.Config{})
	dir := filepath.Join("testdata", "clients", "mcp-inspector")
	inspect := func(args ...string) string {
		t.Helper()
		run := exec.CommandContext(t.Context(), nodeFor(t, filepath.Base(dir)), append([]string{"node_modules/.bin/mcp-inspector", "--cli", h.base + "/mcp", "--transport", "http", "--header", "Authorization: Bearer sk-alice"}, args...)...)
		run.Dir = dir
		run.Env = append(os.Environ(), "HOME="+t.TempDir())
		var complaints strings.Builder
		run.Stderr = &complaints
		out, err := run.Output()
		if err != nil || strings.Contains(complaints.String(), "arning") {
			t.Errorf("%q: %v: %s %s", args, err, complaints.String(), out)
		}
		return string(out)
	}
	if list := inspect("--method", "tools/list", "--strict"); strings.Count(list, `"inputSchema"`) != 10 {
		t.Errorf("it lists %s", list)
	}
	if drawn := inspect("--method", "tools/call", "--tool-name", "draw", "--tool-arg", "prompt=a mill"); !strings.Contains(drawn, "4 pictures drawn") || !strings.Contains(drawn, "image/jpeg") {
		t.Errorf("draw = %.500s", drawn)
	}
	h.costs(t, 1)
}

// The programs of `midgate help agents` connect as they stand.
func TestTheReadmesAgentsConnect(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "cmd", "midgate", "help", "agents.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "## Programs: AI SDK")
	_, rest, _ = strings.Cut(rest, "```ts\n")
	code, _, found := strings.Cut(rest, "```")
	if !found {
		t.Fatal("the page has no such code")
	}
	for name, c := range map[string]struct{ folder, library, then string }{
		"ai":     {"mcp", "@ai-sdk/mcp", `console.log(Object.keys(await ai.tools()).length); await ai.close()`},
		"mastra": {"mcp-mastra", "@mastra/mcp", `console.log(Object.keys(await mastra.listTools()).length); await mastra.disconnect()`},
		"chain":  {"mcp-langchain", "@langchain/mcp-adapters", `console.log((await chain.getTools()).length); await chain.close()`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, simulator.Config{})
			var own []string
			for line := range strings.Lines(code) {
				if strings.Contains(line, c.library) || strings.HasPrefix(line, "const "+name+" ") {
					own = append(own, line)
				}
			}
			program := strings.NewReplacer("http://HOST:8080", h.base, "your-key", "sk-alice").Replace(strings.Join(own, "")) + c.then + "; process.exit(0)"
			dir := filepath.Join("testdata", "clients", c.folder)
			run := exec.CommandContext(t.Context(), nodeFor(t, filepath.Base(dir)), "--input-type=module", "-e", program)
			run.Dir, run.Stderr = dir, os.Stderr
			if out, err := run.Output(); err != nil || strings.TrimSpace(string(out)) != "10" {
				t.Errorf("%v: it prints %q, want 10 tools:\n%s", err, out, program)
			}
		})
	}
}

// No chat program that shows apps can be run here: the page is shown by the SDK's own host bridge, in Chromium. It waits
// for the job, shows four pictures, and a button in it presses Midjourney's.
func TestTheAppShowsPicturesAndPressesTheirButtons(t *testing.T) {
	t.Parallel()
	h := newHouse(t, simulator.Config{Pace: 500 * time.Millisecond})
	dir := filepath.Join("testdata", "clients", "mcp-app")
	script, err := os.ReadFile(filepath.Join("testdata", "clients", "apphost.mjs"))
	if err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), nodeFor(t, filepath.Base(dir)), "--input-type=module", "-e", string(script), "apphost.mjs", h.base+"/mcp", "sk-alice")
	run.Dir, run.Stderr = dir, os.Stderr
	out, err := run.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var saw struct {
		Type, Label, Says, Height string
		Pictures                  int
		Changed                   bool
		Problems                  []string
	}
	if err := json.Unmarshal(out, &saw); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if saw.Type != "text/html;profile=mcp-app" || saw.Pictures != 4 || saw.Label != "Picture 1: a red fox" || !saw.Changed || saw.Says != "" || saw.Height == "" || len(saw.Problems) > 0 {
		t.Errorf("it saw %+v", saw)
	}
	if got := strings.Join(h.kinds(), " "); got != "imagine upscale vary_strong" {
		t.Errorf("it cost %q", got)
	}
}
