package jetstream

import (
	"bytes"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"midgate/adapter"
)

const childVar = "MIDGATE_TEST_DISK"

// apart runs the calling test once more in a process that may mount what it likes, and returns false there.
func apart(t *testing.T) bool {
	t.Helper()
	if os.Getenv(childVar) != "" {
		return false
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.timeout=3m")
	cmd.Env = append(os.Environ(), childVar+"=1")
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
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// fill takes all that is left of a disk.
func fill(t *testing.T, file string) {
	t.Helper()
	f, err := os.Create(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
}

func TestAFullDisk(t *testing.T) {
	t.Parallel()
	if apart(t) {
		return
	}
	disk := smallDisk(t)
	e := start(t, Config{Dir: filepath.Join(disk, "state"), Timeout: 2 * time.Second})
	run, err := e.Journal().Create(t.Context(), adapter.Job{ID: "job_1", Owner: "me", Request: []byte(`"` + strings.Repeat("x", 4096) + `"`)})
	if err != nil {
		t.Fatal(err)
	}
	fill(t, filepath.Join(disk, "ballast"))
	until(t, "a failed save", func() bool { // the last page takes a few records still
		run.N++
		began := time.Now()
		saved, err := e.Journal().Save(t.Context(), run)
		if err == nil {
			run = saved
			return false
		}
		run.N--
		if adapter.KindOf(err) != adapter.Storage {
			t.Errorf("Save on a full disk = %v, want a Storage error", err)
		}
		if took := time.Since(began); took > 15*time.Second {
			t.Errorf("Save on a full disk took %s", took)
		}
		return true
	})
	if err := e.Ready(t.Context()); err == nil {
		// Another bucket's file may have room left in its last page.
		until(t, "red readiness", func() bool { return e.Ready(t.Context()) != nil })
	}
	if got, err := e.Journal().Get(t.Context(), "job_1"); err != nil || got.N != run.N {
		t.Errorf("Get on a full disk = version %d, %v, want %d", got.N, err, run.N)
	}
	if err := os.Remove(filepath.Join(disk, "ballast")); err != nil {
		t.Fatal(err)
	}
	freed := time.Now()
	until(t, "a save once there is room again", func() bool {
		got, err := e.Journal().Get(t.Context(), "job_1")
		if err != nil {
			return false
		}
		if got.N != run.N {
			t.Fatalf("version %d is stored, want %d: the last that was acknowledged", got.N, run.N)
		}
		_, err = e.Journal().Save(t.Context(), got)
		return err == nil && e.Ready(t.Context()) == nil
	})
	if took := time.Since(freed); took > 20*time.Second {
		t.Errorf("state could be written %s after there was room again, want soon", took)
	}
}

func TestAReadOnlyFolderIsToldInOneSentence(t *testing.T) {
	t.Parallel()
	if apart(t) {
		return
	}
	disk := smallDisk(t)
	state := filepath.Join(disk, "state")
	start(t, Config{Dir: state}).Close()
	if err := syscall.Mount("", disk, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Fatal(err)
	}
	var log bytes.Buffer
	e, err := New(t.Context(), Config{Dir: state, Log: slog.New(slog.NewTextHandler(&log, nil))})
	if err == nil {
		e.Close()
		t.Fatal("New opened a folder that cannot be written")
	}
	if text := err.Error(); !strings.Contains(text, state) || !strings.Contains(text, "writ") || strings.Contains(text, "\n") {
		t.Errorf("New = %q, want one sentence that names the folder", text)
	}
}
