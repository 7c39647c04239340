package proxy

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// What the README and its topics say to paste does what it says, with the packages as they are installed.
func TestTheReadmesSnippetsRun(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		page, folder, after, begin string // the block behind this text
		then                       string // prints pictures, and the text of a chat where there is one, as the last line
		jobs                       int
	}{
		"Node": {"README.md", "openai-7", "\nNode (", "```js\n", `console.log(JSON.stringify({ pictures: result.data.map((p) => p.url) }))`, 1},
		"Vercel AI SDK": {"cmd/midgate/help/connecting.md", "ai", "## Vercel AI SDK\n", "```ts\n", `let text = ''
for await (const piece of textStream) text += piece
console.log(JSON.stringify({ pictures: images.map((i) => i.mediaType), text }))`, 2},
		"LangChain": {"cmd/midgate/help/connecting.md", "langchain", "## LangChain\n", "```ts\n", `console.log(JSON.stringify({ pictures: [url], text: (await chat.invoke('a red fox')).content }))`, 2},
	} {
		t.Run(name, func(t *testing.T) {
			h := newHouse(t, simulator.Config{Pace: unhurried / 10})
			page, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(tt.page)))
			if err != nil {
				t.Fatal(err)
			}
			_, rest, _ := strings.Cut(string(page), tt.after)
			_, rest, _ = strings.Cut(rest, tt.begin)
			code, _, found := strings.Cut(rest, "```")
			if !found {
				t.Fatalf("%s has no code behind %s", tt.page, tt.after)
			}
			code = strings.NewReplacer("http://HOST:8080", h.base, "http://127.0.0.1:8080", h.base, "your-key", "sk-alice").Replace(code) + tt.then
			dir := filepath.Join("testdata", "clients", tt.folder)
			run := exec.CommandContext(t.Context(), nodeFor(t, tt.folder), "--input-type=module", "-e", code)
			run.Dir, run.Stderr = dir, os.Stderr
			out, err := run.Output()
			if err != nil {
				t.Fatalf("%v: %s", err, code)
			}
			lines := strings.Split(strings.TrimSpace(string(out)), "\n")
			var got struct {
				Pictures []string
				Text     string
			}
			if err := json.Unmarshal([]byte(lines[len(lines)-1]), &got); err != nil || len(got.Pictures) == 0 || tt.jobs > 1 && !strings.Contains(got.Text, "](http://") {
				t.Errorf("it printed %s, want pictures, and a chat that shows one", out)
			}
			if n := len(h.sim.Ledger()); n != tt.jobs {
				t.Errorf("%d jobs, want %d", n, tt.jobs)
			}
		})
	}
}
