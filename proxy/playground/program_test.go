package playground

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// binary makes a midgate that looks for races, once for all tests.
var binary = sync.OnceValues(func() (string, error) {
	path := filepath.Join(programs, "midgate")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-race", "-o", path, "midgate/cmd/midgate").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return path, nil
})

// programs is where it is.
var programs string

func TestMain(m *testing.M) {
	var err error
	if programs, err = os.MkdirTemp("", "playground"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(programs)
	os.Exit(code)
}

func build(t *testing.T) string {
	t.Helper()
	path, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// begin starts a midgate, waits until it says where it is, and ends it with the test.
func begin(t *testing.T, binary string, says *regexp.Regexp, environ []string, args ...string) string {
	t.Helper()
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context())) // it ends after the test's last word
	cmd := exec.CommandContext(ctx, binary, args...)
	cmd.Env = append([]string{"GORACE=halt_on_error=1"}, environ...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	cmd.WaitDelay = 20 * time.Second
	said := &announcement{says: says, found: make(chan string, 1)}
	cmd.Stdout, cmd.Stderr = said, said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	t.Cleanup(func() {
		stop()
		var exit *exec.ExitError
		if err := <-ended; errors.As(err, &exit) && exit.ExitCode() == 66 { // the race detector's
			t.Errorf("midgate %s had a race", args[0])
		}
		if t.Failed() {
			t.Logf("midgate %s said:\n%s", args[0], said)
		}
	})
	select {
	case at := <-said.found:
		return at
	case err := <-ended:
		ended <- err
		t.Fatalf("midgate %s ended before it said where it is: %v", args[0], err)
	}
	return ""
}

// announcement keeps what a program prints, and looks in it for where the program is.
type announcement struct {
	says  *regexp.Regexp
	found chan string

	mu   sync.Mutex
	text strings.Builder
	done bool
}

func (a *announcement) Write(p []byte) (int, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.text.Write(p)
	if a.done {
		return len(p), nil
	}
	if m := a.says.FindStringSubmatch(a.text.String()); m != nil {
		a.found <- m[1]
		a.done = true
	}
	return len(p), nil
}

func (a *announcement) String() string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.text.String()
}
