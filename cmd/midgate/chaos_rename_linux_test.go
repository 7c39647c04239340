package main

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// renameAttempts bounds how often the gate is killed at a rename before one is a picture's.
const renameAttempts = 6

// The gate is killed after the bytes of a picture are on the disk and before they have their name: nothing is to be seen
// of them, and the repeat gets the picture of the one job that was paid.
func TestAKillBeforeAPictureHasItsNameCostsNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := newBed(t, simulator.Config{Pace: 500 * time.Millisecond}, "MIDGATE_PICTURES_URL=file://"+dir)
	s := b.generation("a picture without a name", 2)
	var hit rename
	for attempt := 0; ; attempt++ {
		if hit = b.killAtRename(s, attempt); strings.HasPrefix(hit.to, filepath.Join(dir, "pictures")) {
			break
		}
		t.Logf("killed at the rename of %s", hit.from)
		if attempt == renameAttempts {
			t.Fatalf("the gate was killed %d times, the last time when it renamed %+v; want a picture", attempt, hit)
		}
		b.serve()
	}
	if _, err := os.Stat(hit.to); !os.IsNotExist(err) {
		t.Errorf("%s: %v; want that it is not there yet", hit.to, err)
	}
	if left, err := os.Stat(hit.from); err != nil || left.Size() == 0 || !hit.synced {
		t.Errorf("%s: %v, synced before: %v; want all bytes on the disk", hit.from, err, hit.synced)
	}
	looked := make(chan struct{})
	b.meddle(func(_ http.ResponseWriter, r *http.Request) bool {
		if isPicture(r) {
			<-looked
		}
		return false
	})
	b.serve()
	for _, file := range []string{hit.from, hit.to} {
		if a := ask(t, b.url+"/images/"+filepath.Base(file)+".png", "", ""); a.status < 400 {
			t.Errorf("%s is served before it is fetched again: %d with %d bytes", file, a.status, len(a.body))
		}
	}
	close(looked)
	if d := s.must(t, 1); len(d.Data) != 2 {
		t.Errorf("the repeat gets %d pictures, want 2", len(d.Data))
	}
	if _, err := os.Stat(hit.to); err != nil {
		t.Errorf("after the repeat: %v", err)
	}
	if got := b.submissions("a picture without a name"); got != 1 {
		t.Errorf("%d submissions, want 1", got)
	}
	b.settle(1)
}

// rename is the system call at whose door a process was killed.
type rename struct {
	from, to string
	synced   bool // the bytes of from, before
}

// killAtRename sends the request and kills the gate when it is about to rename a file, while the picture is fetched.
func (b *bed) killAtRename(s sent, retry int) rename {
	b.t.Helper()
	asked, traced := make(chan struct{}), make(chan struct{})
	var first sync.Once
	b.meddle(func(_ http.ResponseWriter, r *http.Request) bool {
		if isPicture(r) {
			first.Do(func() { close(asked) })
			<-traced
		}
		return false
	})
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		if a, err := s.try(b.t, retry); err == nil {
			b.t.Errorf("a gate that was to be killed answers %d %s", a.status, a.body)
		}
	}()
	<-asked
	calls := b.traced()
	close(traced)
	select {
	case <-b.gate.ended:
	case <-time.After(patience):
		b.t.Fatal("the gate renames nothing")
	}
	<-gone
	return calls()
}

// isPicture reports whether r fetches a picture from the upstream.
func isPicture(r *http.Request) bool {
	return strings.HasPrefix(r.URL.Path, "/mj/image/") || strings.HasPrefix(r.URL.Path, "/cdn/")
}

// traced has the kernel kill the gate at its next rename. The call itself is not carried out: a thread that is being
// killed when it enters one leaves it at once. The result tells what it was, after the end of the gate.
func (b *bed) traced() (calls func() rename) {
	b.t.Helper()
	file := filepath.Join(b.t.TempDir(), "calls")
	said := newTranscript()
	cmd := exec.Command("strace", "-f", "-y", "-o", file, "-p", b.gate.pid(), "-e", "trace=fsync,fdatasync,rename,renameat,renameat2",
		"-e", "inject=rename,renameat,renameat2:signal=SIGKILL:when=1")
	cmd.Stderr = said
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	eventually(b.t, "the gate is traced", func() bool { line, _ := said.find(" attached"); return line != "" })
	return func() rename {
		<-ended
		log, err := os.ReadFile(file)
		if err != nil {
			b.t.Fatal(err)
		}
		return lastRename(string(log))
	}
}

// A call is logged when it begins and, if others are in between, once more when it ends.
var (
	renameCall = regexp.MustCompile(`rename(?:at2?)?\((?:AT_FDCWD[^"]*, )?"([^"]+)", (?:AT_FDCWD[^"]*, )?"([^"]+)"`)
	syncCall   = regexp.MustCompile(`f(?:data)?sync\(\d+<([^>]+)>`)
)

// lastRename finds the call that was never carried out.
func lastRename(log string) (r rename) {
	m := renameCall.FindStringSubmatchIndex(log)
	if m == nil {
		return r
	}
	r.from, r.to = log[m[2]:m[3]], log[m[4]:m[5]]
	for _, s := range syncCall.FindAllStringSubmatch(log[:m[0]], -1) {
		r.synced = r.synced || s[1] == r.from
	}
	return r
}
