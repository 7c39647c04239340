//go:build ship

package deploy

import (
	"bytes"
	"context"
	"flag"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What `make ship` has built, and what it checks that with.
var (
	bin         = flag.String("bin", "", "folder of the binaries, the image and the packages")
	crane       = flag.String("crane", "", "the crane program")
	helm        = flag.String("helm", "", "the helm program")
	kubeconform = flag.String("kubeconform", "", "the kubeconform program")
	kubernetes  = flag.String("kubernetes", "", "k8s.io/kubernetes@VERSION, whose schemas count")
)

// These tests run in a mount namespace of their own, as root: go test -exec 'unshare -m'. What they mount goes with them.

// machine is a root folder in which programs run.
type machine struct{ dir string }

// emptyMachine is a root in memory without any file.
func emptyMachine(t *testing.T) machine {
	t.Helper()
	dir := t.TempDir()
	mount(t, "tmpfs", dir, "tmpfs", 0, "")
	return machine{dir}
}

// copied is this machine's root; what is changed there is kept in memory and thrown away.
func copied(t *testing.T) machine {
	t.Helper()
	scratch := emptyMachine(t).dir
	for _, name := range []string{"upper", "work", "root"} {
		if err := os.Mkdir(filepath.Join(scratch, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	root := filepath.Join(scratch, "root")
	mount(t, "overlay", root, "overlay", 0, "lowerdir=/,upperdir="+scratch+"/upper,workdir="+scratch+"/work")
	for _, dir := range []string{"proc", "dev"} {
		mount(t, "/"+dir, filepath.Join(root, dir), "", syscall.MS_BIND, "")
	}
	mount(t, "tmpfs", filepath.Join(root, "tmp"), "tmpfs", 0, "")
	return machine{root}
}

func mount(t *testing.T, what, where, kind string, flags uintptr, options string) {
	t.Helper()
	if err := syscall.Mount(what, where, kind, flags, options); err != nil {
		t.Fatalf("mount %s: %v; `make ship` needs root", where, err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(where, syscall.MNT_DETACH) })
}

// command is a program in the machine, run by a user.
func (m machine) command(ctx context.Context, uid, gid uint32, environ []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Path, cmd.Err, cmd.Dir = args[0], nil, "/"
	cmd.Env = append([]string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}, environ...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: m.dir, Credential: &syscall.Credential{Uid: uid, Gid: gid}}
	return cmd
}

// shell runs a line as root and returns what it prints.
func (m machine) shell(t *testing.T, line string) string {
	t.Helper()
	out, err := m.command(t.Context(), 0, 0, []string{"DEBIAN_FRONTEND=noninteractive"}, "/bin/sh", "-euc", line).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return strings.TrimSpace(string(out))
}

// write puts a file into the machine, with the owner and mode of the file that was there.
func (m machine) write(t *testing.T, path, text string) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(m.dir, path), os.O_WRONLY|os.O_TRUNC|os.O_CREATE, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.WriteString(f, text)
	if closed := f.Close(); err != nil || closed != nil {
		t.Fatal(err, closed)
	}
}

// running is a midgate that runs in a machine.
type running struct {
	cmd *exec.Cmd
	log bytes.Buffer
	end chan error
}

// start starts a program and waits until an address answers 200.
func (m machine) start(t *testing.T, uid, gid uint32, environ []string, address string, args ...string) *running {
	t.Helper()
	r := &running{cmd: m.command(context.Background(), uid, gid, environ, args...), end: make(chan error, 1)}
	r.cmd.Stdout, r.cmd.Stderr = &r.log, &r.log
	if err := r.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() { r.end <- r.cmd.Wait() }()
	t.Cleanup(func() { _ = r.cmd.Process.Kill() })
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for late := time.After(time.Minute); ; {
		if status(address) == http.StatusOK {
			return r
		}
		select {
		case err := <-r.end:
			t.Fatalf("%v ended: %v\n%s", args, err, &r.log)
		case <-late:
			_ = r.cmd.Process.Kill()
			<-r.end
			t.Fatalf("%s does not answer 200\n%s", address, &r.log)
		case <-tick.C:
		}
	}
}

// stop asks a process to end, and returns its exit status.
func (r *running) stop(t *testing.T, pid int) int {
	t.Helper()
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	select {
	case <-r.end:
		return r.cmd.ProcessState.ExitCode()
	case <-time.After(time.Minute):
		t.Fatalf("it does not end\n%s", &r.log)
		return -1
	}
}

// status is what an address answers, 0 if nothing.
func status(address string) int {
	resp, err := http.Get(address)
	if err != nil {
		return 0
	}
	_ = resp.Body.Close()
	return resp.StatusCode
}

// free is a free port of this machine, as host:port.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().String()
}

// output runs a program of this machine.
func output(t *testing.T, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), args[0], args[1:]...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s%s", args, err, out, &errs)
	}
	return out
}
