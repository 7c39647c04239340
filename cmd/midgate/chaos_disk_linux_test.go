package main

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// apart runs the calling test once more in a process that may mount what it likes, and returns false there.
func apart(t *testing.T) bool {
	t.Helper()
	if os.Getenv(builtVar) != "" {
		return false
	}
	name, err := binary()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.timeout=4m")
	cmd.Env = append(os.Environ(), builtVar+"="+name)
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	return true
}

func TestAReadOnlyFolderIsToldAtTheStart(t *testing.T) {
	t.Parallel()
	if apart(t) {
		return
	}
	data := t.TempDir()
	b := newBed(t, simulator.Config{Pace: time.Second}, "MIDGATE_DATA_DIR="+data)
	b.generation("while it could be written", 1).must(t, 0)
	b.kill()
	if err := syscall.Mount(data, data, "", syscall.MS_BIND, ""); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = syscall.Unmount(data, syscall.MNT_DETACH) }()
	if err := syscall.Mount("", data, "", syscall.MS_REMOUNT|syscall.MS_BIND|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	p := start(t, b.environ, "serve")
	status := p.wait()
	said := strings.TrimSpace(p.err.String())
	if status != 1 || strings.Contains(said, "\n") || !strings.Contains(said, "MIDGATE_DATA_DIR cannot be written") {
		t.Errorf("serve on a read-only folder ends with %d, saying %q; want 1 and one sentence", status, said)
	}
	if got := len(b.sim.Ledger()); got != 1 {
		t.Errorf("%d charges, want the first one's only", got)
	}
}
