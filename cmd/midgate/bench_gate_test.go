package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// benchBinary builds the program as users have it: binary is built under the race detector.
func benchBinary(b *testing.B) string {
	b.Helper()
	name := filepath.Join(b.TempDir(), "midgate")
	if out, err := exec.CommandContext(b.Context(), "go", "build", "-buildvcs=false", "-o", name, ".").CombinedOutput(); err != nil {
		b.Fatalf("go build: %v\n%s", err, out)
	}
	return name
}

// benchGate starts a gate in a process of its own, as it is built for users, under another program if one is named; it
// accepts connections once it says its address.
func benchGate(b *testing.B, name string, environ []string, under ...string) (gate *exec.Cmd, address string, end func()) {
	b.Helper()
	line := append(under, name, "serve")
	gate = exec.CommandContext(b.Context(), line[0], line[1:]...)
	gate.Env = environ
	gate.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // to be ended with what it runs
	log, err := gate.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := gate.Start(); err != nil {
		b.Fatal(err)
	}
	var started struct{ Address string }
	for lines := bufio.NewScanner(log); started.Address == "" && lines.Scan(); {
		_ = json.Unmarshal(lines.Bytes(), &started) // other lines have no address
	}
	var drained sync.WaitGroup
	drained.Go(func() { _, _ = io.Copy(io.Discard, log) })
	return gate, "http://" + started.Address, func() { drained.Wait(); _ = gate.Wait() }
}
