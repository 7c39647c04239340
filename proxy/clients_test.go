package proxy

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// order is one operation that a client is told to do.
type order struct {
	Op    string         `json:"op"`
	Base  string         `json:"base"` // with /v1
	Key   string         `json:"key"`
	Body  map[string]any `json:"body"`
	Image string         `json:"image,omitempty"` // files to upload
	Mask  string         `json:"mask,omitempty"`
}

// gained is what a client made of the answer.
type gained struct {
	OK      bool            `json:"ok"`
	Value   json.RawMessage `json:"value"`
	Status  int             `json:"status"`
	Code    string          `json:"code"`
	Param   string          `json:"param"`
	Message string          `json:"message"`
}

// shown is a picture as a client has it in the end, downloaded where it got an address.
type shown struct {
	URL   *string `json:"url"`
	B64   bool    `json:"b64"`
	Start string  `json:"start"` // the first eight bytes
	SHA   string  `json:"sha"`
}

const pngStart = "89504e470d0a1a0a"

// pictures are the value of an operation that ends in pictures, which must be different PNGs.
func (o gained) pictures(t *testing.T, n int) []shown {
	t.Helper()
	var all []shown
	if !o.OK {
		t.Fatalf("the client got %d %s: %s", o.Status, o.Code, o.Message)
	}
	if err := json.Unmarshal(o.Value, &all); err != nil || len(all) != n {
		t.Fatalf("the client has %s, want %d pictures", o.Value, n)
	}
	distinct := map[string]bool{}
	for _, p := range all {
		if p.Start != pngStart {
			t.Errorf("a picture begins with %s, want a PNG", p.Start)
		}
		distinct[p.SHA] = true
	}
	if len(distinct) != n {
		t.Errorf("%d different pictures, want %d", len(distinct), n)
	}
	return all
}

// A sdk is a client library that can be told what to do.
type sdk interface {
	do(t *testing.T, o order) gained
}

// program is a library of another language in a process of its own, which reads orders and prints outcomes by the line.
type program struct {
	mu  sync.Mutex
	in  io.Writer
	out *bufio.Scanner
}

// startNode runs a script with the packages of a folder under testdata/clients. The folder may bring its own Node.
func startNode(t *testing.T, folder, script string) *program {
	t.Helper()
	dir := filepath.Join("testdata", "clients", folder)
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil {
		t.Fatalf("the npm packages of %s are missing: run `make prepare` (it needs npm and Node 20)", dir)
	}
	node := filepath.Join("node_modules", ".bin", "node")
	if _, err := os.Stat(filepath.Join(dir, node)); err != nil {
		node = "node"
	} else {
		node = "./" + node
	}
	cmd := exec.CommandContext(t.Context(), node, filepath.Join("..", script))
	cmd.Dir, cmd.Stderr = dir, os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatalf("Node is needed for the client tests: %v", err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = cmd.Wait() // ended by the end of its input, or with the test
	})
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	return &program{in: in, out: lines}
}

func (p *program) do(t *testing.T, o order) (result gained) {
	t.Helper()
	p.mu.Lock()
	defer p.mu.Unlock()
	line, err := json.Marshal(o)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(p.in, "%s\n", line); err != nil {
		t.Fatalf("the client program ended: %v", err)
	}
	if !p.out.Scan() {
		t.Fatalf("the client program ended before its answer: %v", p.out.Err())
	}
	if err := json.Unmarshal(p.out.Bytes(), &result); err != nil {
		t.Fatalf("the client program printed %q", p.out.Text())
	}
	return result
}

// tally collects the cells of the table of clients and operations.
type tally struct {
	mu    sync.Mutex
	cells map[[2]string][]string
}

func (y *tally) add(client, operation, cell string) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.cells[[2]string{client, operation}] = append(y.cells[[2]string{client, operation}], cell)
}

// holds compares the table with the one that is kept; -update rewrites it.
func (y *tally) holds(t *testing.T, file string, clients, operations []string) {
	t.Helper()
	got := y.table(clients, operations)
	path := filepath.Join("testdata", "clients", file)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s = \n%swant\n%s", file, got, want)
	}
}

// table is the whole in Markdown. Where the dialects differ, a cell has one value for each.
func (y *tally) table(clients, operations []string) string {
	var b strings.Builder
	b.WriteString("| client | " + strings.Join(operations, " | ") + " |\n|---|" + strings.Repeat("---|", len(operations)) + "\n")
	for _, c := range clients {
		b.WriteString("| " + c + " |")
		for _, o := range operations {
			cells := y.cells[[2]string{c, o}]
			if cell := strings.Join(cells, " / "); len(cells) > 0 && strings.Count(cell, cells[0]) == len(cells) {
				b.WriteString(" " + cells[0] + " |")
			} else {
				b.WriteString(" " + first(cell, "–") + " |")
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}
