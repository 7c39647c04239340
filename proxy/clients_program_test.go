package proxy

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// program is a library of another language in a process of its own, which reads orders and prints outcomes by the line,
// in the order in which they come.
type program struct {
	mu      sync.Mutex
	in      io.Writer
	last    int
	waiting map[int]chan gained // by the order's id; closed when the process has ended
	ended   bool
}

// startNode runs a script, with its arguments, with the packages of a folder under testdata/clients.
func startNode(t *testing.T, folder, script string, args ...string) *program {
	t.Helper()
	dir := filepath.Join("testdata", "clients", folder)
	if _, err := os.Stat(filepath.Join(dir, "node_modules")); err != nil {
		t.Fatalf("the npm packages of %s are missing: run `make prepare` (it needs npm and Node 20)", dir)
	}
	cmd := exec.CommandContext(t.Context(), nodeFor(t, folder), append([]string{filepath.Join("..", script)}, args...)...)
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
	p := &program{in: in, waiting: map[int]chan gained{}}
	var reading sync.WaitGroup
	reading.Go(func() { p.read(out) })
	t.Cleanup(func() {
		_ = in.Close()
		reading.Wait()
		_ = cmd.Wait() // ended by the end of its input, or with the test
	})
	return p
}

// plainNode are the folders whose libraries run on the Node of the machine; the others need a newer one.
var plainNode = map[string]bool{"openai-4": true, "openai-5": true, "openai-6": true, "sillytavern": true}

// isNew tells a Node on which all libraries run.
const isNew = `const [a, b] = process.versions.node.split('.').map(Number); process.exit(a > 22 || a == 22 && b >= 22 ? 0 : 1)`

// ownNodeIsNew reports whether the Node of the machine is one.
var ownNodeIsNew = sync.OnceValue(func() bool { return exec.Command("node", "-e", isNew).Run() == nil })

// nodeFor is the Node that runs the libraries of a folder: where the machine's is older than they want, a newer one has a
// folder of its own, which all share.
func nodeFor(t *testing.T, folder string) string {
	t.Helper()
	if plainNode[folder] || ownNodeIsNew() {
		return "node"
	}
	newer, err := filepath.Abs(filepath.Join("testdata", "clients", "node", "node_modules", ".bin", "node"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(newer); err != nil {
		t.Fatal("the newer Node is missing: run `make prepare`")
	}
	return newer
}

// read hands out the outcomes until the process ends.
func (p *program) read(out io.Reader) {
	lines := bufio.NewScanner(out)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var line struct {
			ID int
			gained
		}
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			line.Message = fmt.Sprintf("the client program printed %q", lines.Text())
		}
		p.mu.Lock()
		if c := p.waiting[line.ID]; c != nil {
			c <- line.gained
			delete(p.waiting, line.ID)
		}
		p.mu.Unlock()
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
	for _, c := range p.waiting {
		close(c)
	}
}

func (p *program) do(t *testing.T, o order) gained {
	t.Helper()
	outcome := make(chan gained, 1)
	p.mu.Lock()
	p.last++
	o.ID = p.last
	line, err := json.Marshal(o)
	if err == nil && !p.ended {
		p.waiting[o.ID] = outcome
		_, err = fmt.Fprintf(p.in, "%s\n", line)
	}
	ended := p.ended
	p.mu.Unlock()
	if err != nil || ended {
		t.Fatalf("the client program is gone: %v", err)
	}
	result, ok := <-outcome
	if !ok {
		t.Fatal("the client program ended before its answer")
	}
	return result
}
