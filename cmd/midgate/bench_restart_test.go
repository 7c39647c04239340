package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
	"midgate/adapter/sqlstore"
)

// The state of P12: so many records, so many of them of jobs that are under way.
const (
	p12Runs = 100_000
	p12Live = 5_000
)

// lookedAt is an upstream that notes which tasks were asked for.
type lookedAt struct {
	http.Handler
	mu    sync.Mutex
	tasks map[string]bool // submitted: whether they were looked at since
	left  int
	all   chan struct{} // closed when every task was
}

func (a *lookedAt) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if id, ok := strings.CutPrefix(r.URL.Path, "/mj/task/"); ok && r.Method == http.MethodGet {
		a.looked(strings.TrimSuffix(id, "/fetch"))
	}
	if strings.HasSuffix(r.URL.Path, "/list-by-condition") {
		body, _ := io.ReadAll(r.Body) // a short one is answered as such
		var list struct{ Ids []string }
		_ = json.Unmarshal(body, &list) // the same
		a.looked(list.Ids...)
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	a.Handler.ServeHTTP(w, r)
}

func (a *lookedAt) looked(ids ...string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, id := range ids {
		if seen, known := a.tasks[id]; known && !seen {
			a.tasks[id] = true
			if a.left--; a.left == 0 {
				close(a.all)
			}
		}
	}
}

// BenchmarkP12FirstPoll measures the restart of a whole gate: from the start of its process until it is ready, bar 5 s, and
// from then until each live job was asked for at the upstream, bar 2 s.
func BenchmarkP12FirstPoll(b *testing.B) {
	sim := simulator.New(simulator.Config{Pace: time.Hour, Pixels: 64})
	defer sim.Close()
	upstream := &lookedAt{Handler: sim, tasks: map[string]bool{}}
	up := httptest.NewServer(upstream)
	defer up.Close()
	name := benchBinary(b)
	dir := b.TempDir()
	environ := []string{
		"MIDGATE_UPSTREAM_URL=" + up.URL, "MIDGATE_UPSTREAM_KEY=k", "MIDGATE_UPSTREAM_SPEED=fast", "MIDGATE_AUTH=none", "MIDGATE_LISTEN=127.0.0.1:0",
		"MIDGATE_DATA_DIR=" + dir, "MIDGATE_LOG_FORMAT=json", "MIDGATE_JOB_DEADLINE=2h",
	}
	sample := p12Sample(b, name, dir, environ)
	var tasks []string
	for range p12Live {
		tasks = append(tasks, p12Task(b, up.URL))
		upstream.tasks[tasks[len(tasks)-1]] = false
	}
	p12Fill(b, dir, sample, tasks)
	b.ResetTimer()
	for range b.N {
		upstream.mu.Lock()
		for id := range upstream.tasks {
			upstream.tasks[id] = false
		}
		upstream.left, upstream.all = len(upstream.tasks), make(chan struct{})
		upstream.mu.Unlock()
		began := time.Now()
		gate, address, end := benchGate(b, name, environ)
		ready := time.Now()
		if _, err := exchanged(b.Context(), address+"/readyz", ""); err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(ready.Sub(began).Seconds(), "s-to-ready")
		select {
		case <-upstream.all:
			b.ReportMetric(time.Since(ready).Seconds(), "s-to-last-first-poll")
		case <-time.After(time.Minute):
			b.Fatalf("%d of %d tasks were never asked for", upstream.left, len(upstream.tasks))
		}
		_ = gate.Process.Kill()
		end()
	}
}

// p12Sample has a gate record a job that is under way, and returns its record.
func p12Sample(b *testing.B, name, dir string, environ []string) (sample adapter.Job) {
	b.Helper()
	gate, address, end := benchGate(b, name, environ)
	r, err := http.NewRequestWithContext(b.Context(), http.MethodPost, address+"/v1/images/generations", strings.NewReader(`{"prompt":"a fox"}`))
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Prefer", "respond-async")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	_ = resp.Body.Close() // its header says what is needed
	for job := (struct{ Status string }{}); job.Status != string(adapter.JobInProgress); {
		if err := json.Unmarshal(exchange(b, address+resp.Header.Get("Location"), ""), &job); err != nil {
			b.Fatal(err)
		}
	}
	_ = gate.Process.Kill()
	end()
	e := p12State(b, dir)
	defer func() { _ = e.Close() }()
	if err := e.Each(b.Context(), func(run adapter.Job) error { sample = run; return nil }); err != nil {
		b.Fatal(err)
	}
	return sample
}

// p12Task submits a job to the upstream.
func p12Task(b *testing.B, upstream string) string {
	b.Helper()
	var sub struct{ Result string }
	if data := exchange(b, upstream+"/mj-fast/mj/submit/imagine", `{"prompt":"a fox"}`); json.Unmarshal(data, &sub) != nil || sub.Result == "" {
		b.Fatalf("a submission is answered %s", data)
	}
	return sub.Result
}

func p12State(b *testing.B, dir string) *sqlstore.Store {
	b.Helper()
	e, err := sqlstore.Open(b.Context(), sqlstore.Config{Path: filepath.Join(dir, "midgate.db")})
	if err != nil {
		b.Fatal(err)
	}
	return e
}

// p12Fill stores copies of a job: open ones for the given tasks, and ended ones.
func p12Fill(b *testing.B, dir string, sample adapter.Job, tasks []string) {
	b.Helper()
	e := p12State(b, dir)
	defer func() { _ = e.Close() }()
	for i := 0; i < p12Runs; {
		err := e.Write(b.Context(), func(tx adapter.Tx) error {
			for range min(1000, p12Runs-i) {
				run := sample
				run.ID, run.Seed, run.Claim, run.Body = adapter.NewID("job_"), adapter.NewID(""), "", fmt.Sprintf("%064x", i)
				run.Steps = slices.Clone(sample.Steps)
				if i < len(tasks) {
					sub := *run.Steps[0].Submission
					sub.TaskID = tasks[i]
					run.Steps[0].Submission = &sub
				} else {
					run.Status, run.Finished, run.Result = adapter.JobCompleted, run.Created, &adapter.Result{Images: []string{adapter.NewID("img_")}}
				}
				if err := tx.InsertJob(b.Context(), run); err != nil {
					return err
				}
				i++
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}
