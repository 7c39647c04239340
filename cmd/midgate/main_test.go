package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// scratch is a folder for what the tests of this package share.
var scratch string

func TestMain(m *testing.M) {
	if upstream := os.Getenv(detectorVar); upstream != "" {
		detect(upstream)
	}
	if upstream := os.Getenv(directVar); upstream != "" {
		direct(upstream)
		return
	}
	flag.Parse()
	if f := flag.Lookup("test.parallel"); f.Value.String() == strconv.Itoa(runtime.GOMAXPROCS(0)) {
		_ = f.Value.Set(strconv.Itoa(2 * runtime.GOMAXPROCS(0))) // these tests mostly wait for other processes
	}
	os.Exit(func() int {
		var err error
		if scratch, err = os.MkdirTemp("", "midgate-test-"); err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		defer func() { _ = os.RemoveAll(scratch) }()
		return m.Run()
	}())
}

// binary builds the program under test, once, under the race detector: a race in it is exit status 66.
var binary = sync.OnceValues(func() (string, error) {
	if built := os.Getenv(builtVar); built != "" {
		return built, nil
	}
	name := filepath.Join(scratch, "midgate")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-race", "-o", name, ".").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return name, nil
})

// builtVar names the program under test to a test that runs once more in a process of its own.
const builtVar = "MIDGATE_TEST_BINARY"

// patience is how long a test waits for an event of another process before it fails: far more than any takes.
const patience = 2 * time.Minute

// process is a midgate of its own.
type process struct {
	t        *testing.T
	cmd      *exec.Cmd
	out, err *transcript
	ended    chan struct{}
	failure  error // of Wait, once ended is closed
}

// start runs the binary with nothing in its environment but the given settings.
func start(t *testing.T, environ []string, args ...string) *process {
	t.Helper()
	return startBy(t, (*exec.Cmd).Start, environ, args...)
}

// startBy does so with a function in place of the command's own.
func startBy(t *testing.T, begin func(*exec.Cmd) error, environ []string, args ...string) *process {
	t.Helper()
	name, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, cmd: exec.Command(name, args...), out: newTranscript(), err: newTranscript(), ended: make(chan struct{})}
	p.cmd.Env = append([]string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TMPDIR=" + t.TempDir()}, environ...)
	p.cmd.Dir = t.TempDir()
	p.cmd.Stdout, p.cmd.Stderr = p.out, p.err
	if err := begin(p.cmd); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.failure = p.cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.ended
		if t.Failed() {
			t.Logf("midgate %s\nstdout: %s\nstderr: %s", strings.Join(args, " "), p.out, p.err)
		}
	})
	return p
}

// until waits for a line of a transcript that holds some text, and returns it.
func (p *process) until(in *transcript, text string) string {
	p.t.Helper()
	limit := time.NewTimer(patience)
	defer limit.Stop()
	for {
		line, more := in.find(text)
		if line != "" {
			return line
		}
		select {
		case <-more:
		case <-p.ended:
			if line, _ := in.find(text); line != "" {
				return line
			}
			p.t.Fatalf("midgate ended (%v) without saying %q", p.failure, text)
		case <-limit.C:
			p.t.Fatalf("midgate does not say %q", text)
		}
	}
}

// url is where a serve that was told to take a free port listens, according to its log.
func (p *process) url() string {
	p.t.Helper()
	line := p.until(p.err, `"address":"`)
	_, rest, _ := strings.Cut(line, `"address":"`)
	address, _, _ := strings.Cut(rest, `"`)
	return "http://" + address
}

// pid is the process's number, as commands take it.
func (p *process) pid() string { return strconv.Itoa(p.cmd.Process.Pid) }

// wait returns the exit status.
func (p *process) wait() int {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		p.t.Fatal("midgate does not end")
	}
	if exit, ok := errors.AsType[*exec.ExitError](p.failure); ok {
		return exit.ExitCode()
	}
	return 0
}

// stop sends SIGTERM and returns the exit status.
func (p *process) stop() int {
	p.t.Helper()
	if err := p.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		p.t.Fatal(err)
	}
	return p.wait()
}

// transcript is what a process printed so far.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // closed by the next write
}

func newTranscript() *transcript { return &transcript{more: make(chan struct{})} }

// Write implements io.Writer.
func (w *transcript) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.more)
	w.more = make(chan struct{})
	return w.text.Write(b)
}

// String is all of it.
func (w *transcript) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// find returns the first whole line that holds some text, and a channel that is closed when more was printed.
func (w *transcript) find(text string) (string, <-chan struct{}) {
	w.mu.Lock()
	defer w.mu.Unlock()
	lines := bufio.NewReader(bytes.NewReader(w.text.Bytes()))
	for {
		line, err := lines.ReadString('\n')
		if err != nil {
			return "", w.more
		}
		if strings.Contains(line, text) {
			return strings.TrimSpace(line), w.more
		}
	}
}

// runHere carries out a command line in this process and returns what it printed and its exit status.
func runHere(t *testing.T, environ []string, args ...string) (out, errs string, status int) {
	t.Helper()
	var o, e bytes.Buffer
	p := program{environ: environ, out: io.Writer(&o), err: io.Writer(&e)}
	status = p.run(context.WithoutCancel(t.Context()), args)
	return o.String(), e.String(), status
}
