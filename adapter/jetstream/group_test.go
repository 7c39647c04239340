package jetstream

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/nats-io/nats.go"

	"midgate/adapter"
)

// lotOf makes writes as the group gathers them, for keys that hold nothing.
func lotOf(t *testing.T, e *Engine, n int) []*grouped {
	var lot []*grouped
	for i := range n {
		lot = append(lot, &grouped{ctx: t.Context(), done: make(chan struct{}), msg: &nats.Msg{
			Subject: fmt.Sprintf("$KV.%s.job_%d", e.runs.name, i),
			Data:    fmt.Appendf(nil, `{"id":"job_%d"}`, i),
			Header:  nats.Header{headerRevision: {"0"}},
		}})
	}
	return lot
}

func TestABatchTellsEveryRevision(t *testing.T) {
	e := start(t, Config{Dir: t.TempDir()})
	lot := lotOf(t, e, 50)
	if !e.runs.group.batch(t.Context(), lot) {
		t.Fatal("the batch was refused")
	}
	for i, w := range lot {
		got, err := e.Journal().Get(t.Context(), fmt.Sprint("job_", i))
		if err != nil || w.err != nil || got.Revision != w.seq {
			t.Errorf("job_%d is at revision %d, %v, want %d as the writer was told (%v)", i, got.Revision, err, w.seq, w.err)
		}
	}
}

func TestALostRaceInABatchIsNobodyElsesLoss(t *testing.T) {
	e := start(t, Config{Dir: t.TempDir()})
	if _, err := e.Journal().Create(t.Context(), adapter.Job{ID: "job_7"}); err != nil {
		t.Fatal(err)
	}
	lot := lotOf(t, e, 50)
	e.runs.group.write(lot)
	for i, w := range lot {
		if i == 7 {
			if !conflicting(w.err) {
				t.Errorf("the write that lost = %v, want a conflict", w.err)
			}
			continue
		}
		if got, err := e.Journal().Get(t.Context(), fmt.Sprint("job_", i)); w.err != nil || err != nil || got.Revision != w.seq {
			t.Errorf("job_%d = %v, then revision %d, %v, want revision %d", i, w.err, got.Revision, err, w.seq)
		}
	}
}

func TestWritersAtOnceAllLand(t *testing.T) {
	e := start(t, Config{Dir: t.TempDir()})
	var all sync.WaitGroup
	for i := range 64 {
		all.Go(func() {
			run, err := e.Journal().Create(t.Context(), adapter.Job{ID: fmt.Sprint("job_", i)})
			for err == nil && run.N < 5 {
				run.N++
				run, err = e.Journal().Save(t.Context(), run)
			}
			got, errGet := e.Journal().Get(t.Context(), fmt.Sprint("job_", i))
			if err != nil || errGet != nil || got.N != 5 || got.Revision != run.Revision {
				t.Errorf("run %d = version %d at %d, %v, %v, want 5 at %d", i, got.N, got.Revision, err, errGet, run.Revision)
			}
		})
	}
	all.Wait()
}

const killVar = "MIDGATE_TEST_KILL"

// TestAcknowledgedWritesSurviveAKill kills a process with 64 writers and looks for all that it had been told is stored.
func TestAcknowledgedWritesSurviveAKill(t *testing.T) {
	if dir := os.Getenv(killVar); dir != "" {
		writeForEver(t, dir)
		return
	}
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$")
	cmd.Env = append(os.Environ(), killVar+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	told := map[string]int{}
	lines := 0
	for s := bufio.NewScanner(out); s.Scan(); lines++ {
		var id string
		var n int
		if _, err := fmt.Sscanf(s.Text(), "stored %s %d", &id, &n); err == nil {
			told[id] = max(told[id], n)
		}
		if lines == 1000 {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	var exit *exec.ExitError
	if err := cmd.Wait(); !errors.As(err, &exit) {
		t.Fatalf("the writer ended with %v, want killed", err)
	}
	e := start(t, Config{Dir: dir})
	for id, n := range told {
		if got, err := e.Journal().Get(t.Context(), id); err != nil || got.N < n {
			t.Errorf("%s = version %d, %v, want at least %d, which was acknowledged", id, got.N, err, n)
		}
	}
	if len(told) < 64 {
		t.Errorf("%d runs were stored before the kill, want all 64 writers at work", len(told))
	}
}

// writeForEver is the process that is killed.
func writeForEver(t *testing.T, dir string) {
	e := start(t, Config{Dir: dir})
	var out sync.Mutex
	var all sync.WaitGroup
	for i := range 64 {
		all.Go(func() {
			run, err := e.Journal().Create(t.Context(), adapter.Job{ID: fmt.Sprint("job_", i), Owner: strings.Repeat("x", 500)})
			for err == nil {
				out.Lock()
				fmt.Println("stored", run.ID, run.N)
				out.Unlock()
				run.N++
				run, err = e.Journal().Save(t.Context(), run)
			}
			t.Error(err)
		})
	}
	all.Wait()
}
