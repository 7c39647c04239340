package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
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

// smallDisk mounts 16 MiB of their own.
func smallDisk(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("midgate", dir, "tmpfs", 0, "size=16m"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// fill takes all that is left of a disk.
func fill(t *testing.T, file string) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
}

func TestAFullDiskIsToldAndNothingIsSubmitted(t *testing.T) {
	t.Parallel()
	if apart(t) {
		return
	}
	disk := smallDisk(t)
	b := newBed(t, simulator.Config{Pace: 2 * time.Second}, "MIDGATE_DATA_DIR="+filepath.Join(disk, "data"))
	b.generation("before the flood", 1).must(t, 0)
	ballast := filepath.Join(disk, "ballast")
	fill(t, ballast)
	paid := len(b.sim.Ledger())
	var a answer
	eventually(t, "a request is refused", func() bool { // the last page takes a few records still
		var err error
		before := len(b.sim.Ledger())
		if a, err = b.generation("in the flood", 1, "Prefer", "respond-async").try(t, 0); err != nil {
			t.Fatal(err)
		}
		if a.status == 503 {
			paid = before
		}
		return a.status == 503
	})
	var body struct {
		Error struct{ Message, Code string }
	}
	if err := json.Unmarshal(a.body, &body); err != nil || body.Error.Code != "storage_unavailable" || !strings.Contains(body.Error.Message, "nothing was submitted") {
		t.Errorf("a request on a full disk = %s, want storage_unavailable in plain words", a.body)
	}
	if got := len(b.sim.Ledger()); got != paid {
		t.Errorf("%d charges after a refusal, want %d", got, paid)
	}
	eventually(t, "readiness is red", func() bool { return ask(t, b.url+"/readyz", "", "").status == 503 })
	if got := ask(t, b.url+"/healthz", "", "").status; got != 200 {
		t.Errorf("/healthz = %d, want 200: the process itself is well", got)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	eventually(t, "there is room again", func() bool { return ask(t, b.url+"/readyz", "", "").status == 200 })
	before := len(b.sim.Ledger())
	b.generation("after the flood", 1).must(t, 0)
	b.settle(before + 1) // those of the last page, too
}

// The state has room and the pictures have none: what was paid is stored as soon as there is room again, and nothing
// more is paid until then.
func TestAFullPictureStoreIsToldAndNothingIsSubmitted(t *testing.T) {
	t.Parallel()
	if apart(t) {
		return
	}
	disk := smallDisk(t)
	b := newBed(t, simulator.Config{Pace: 2 * time.Second}, "MIDGATE_PICTURES_URL=file://"+filepath.Join(disk, "pictures"))
	b.generation("before the flood", 1).must(t, 0)
	paid := make(chan drawn, 1)
	go func() { paid <- b.generation("in the flood", 2).must(t, 0) }()
	eventually(t, "a job is under way", func() bool { return len(b.sim.Ledger()) == 2 })
	ballast := filepath.Join(disk, "ballast")
	fill(t, ballast)
	b.gate.until(b.gate.err, `"msg":"a picture could not be fetched; trying again"`)
	if got := ask(t, b.url+"/readyz", "", "").status; got != 503 {
		t.Errorf("/readyz = %d, want 503", got)
	}
	a, err := b.generation("one more", 1).try(t, 0)
	if err != nil || a.status != 503 || !strings.Contains(string(a.body), "storage_unavailable") || !strings.Contains(string(a.body), "nothing was submitted") {
		t.Errorf("a request without room for its picture = %d %s, %v; want storage_unavailable in plain words", a.status, a.body, err)
	}
	if got := len(b.sim.Ledger()); got != 2 {
		t.Errorf("%d charges without room for pictures, want 2", got)
	}
	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if d := <-paid; len(d.Data) != 2 {
		t.Errorf("the paid job gave %d pictures, want 2", len(d.Data))
	}
	b.generation("one more", 1).must(t, 1) // the repeat of what failed before it was paid
	b.settle(3)
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
