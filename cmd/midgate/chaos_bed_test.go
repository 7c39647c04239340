package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"midgate/adapter/adaptertest"
	"midgate/adapter/jobs/ledger"
	"midgate/adapter/midjourney/simulator"
	"midgate/adapter/sqlstore"
	"midgate/config"
)

// bed is what faults are tested on: gates in processes of their own, and a simulated upstream in this one, over real
// sockets. Its ledger is the judge.
type bed struct {
	t       *testing.T
	sim     *simulator.Simulator
	address string // of the gate, the same after a restart
	environ []string
	gate    *process
	url     string
	meddler atomic.Pointer[meddler]
}

// meddler stands between a gate and its upstream: what it answers itself the upstream never sees.
type meddler func(w http.ResponseWriter, r *http.Request) (answered bool)

// meddle puts a meddler in the way, or takes it away again with nil.
func (b *bed) meddle(m meddler) { b.meddler.Store(&m) }

// ServeHTTP is the upstream as gates see it.
func (b *bed) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if m := b.meddler.Load(); m == nil || *m == nil || !(*m)(w, r) {
		b.sim.ServeHTTP(w, r)
	}
}

// newBed starts an upstream and a gate in front of it. A bed's jobs are fast ones: they take the simulator's pace.
func newBed(t *testing.T, sc simulator.Config, more ...string) *bed {
	t.Helper()
	b := &bed{t: t, address: adaptertest.Address()}
	sc.Pixels = 64
	b.sim = simulator.New(sc)
	up := httptest.NewServer(b)
	t.Cleanup(func() { up.CloseClientConnections(); up.Close(); b.sim.Close() })
	b.environ = settings([]string{
		"MIDGATE_UPSTREAM_URL=" + up.URL, "MIDGATE_UPSTREAM_KEY=upstream-key", "MIDGATE_UPSTREAM_SPEED=fast",
		"MIDGATE_API_KEYS=alice:alices-key,bob:bobs-key", "MIDGATE_LISTEN=" + b.address, "MIDGATE_DATA_DIR=" + t.TempDir(),
	}, more)
	b.serve()
	return b
}

// settings are the usual ones, and those that replace or complete them.
func settings(usual, more []string) []string {
	return append(slices.DeleteFunc(usual, func(u string) bool {
		name, _, _ := strings.Cut(u, "=")
		return slices.ContainsFunc(more, func(m string) bool { return strings.HasPrefix(m, name+"=") })
	}), more...)
}

// serve starts the gate, also again.
func (b *bed) serve() {
	b.t.Helper()
	b.gate = start(b.t, b.environ, "serve")
	if url := b.gate.url(); url != b.url {
		b.url = url // the first time: it keeps its address, and clients read this while it is served again
	}
}

// kill ends the gate as a power cut does.
func (b *bed) kill() {
	b.t.Helper()
	if err := b.gate.cmd.Process.Kill(); err != nil {
		b.t.Fatal(err)
	}
	<-b.gate.ended
}

// sent is a request as a client sends it, and sends it again.
type sent struct {
	url, path, key, body string
	header               []string // pairs
}

// generation asks alice's gate for pictures.
func (b *bed) generation(prompt string, n int, header ...string) sent {
	body := fmt.Sprintf(`{"prompt": %q, "n": %d, "response_format": "url"}`, prompt, n)
	return sent{b.url, "/v1/images/generations", "alices-key", body, header}
}

// try sends it once; retry above 0 says that an SDK counted it as a repeat.
func (s sent) try(t *testing.T, retry int) (answer, error) { return s.tryFor(t.Context(), retry) }

// tryFor does so until ctx ends: then its client has left.
func (s sent) tryFor(ctx context.Context, retry int) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+s.path, strings.NewReader(s.body))
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+s.key)
	for i := 0; i+1 < len(s.header); i += 2 {
		req.Header.Set(s.header[i], s.header[i+1])
	}
	if retry > 0 {
		req.Header.Set("X-Stainless-Retry-Count", fmt.Sprint(retry))
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	resp, err := client.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	return answer{resp.StatusCode, resp.Header, raw}, err
}

// must sends it once and wants pictures.
func (s sent) must(t *testing.T, retry int) (d drawn) {
	t.Helper()
	a, err := s.try(t, retry)
	if err != nil {
		t.Errorf("%s: %v", s.body, err)
		return d
	}
	if a.status != http.StatusOK {
		t.Errorf("%s = %d: %s", s.body, a.status, a.body)
		return d
	}
	if err := json.Unmarshal(a.body, &d); err != nil {
		t.Errorf("%s: %v in %q", s.body, err, a.body)
	}
	return d
}

// atOnce runs f n times at once and waits for all.
func atOnce(n int, f func(i int)) {
	done := make(chan struct{}, n)
	for i := range n {
		go func() {
			defer func() { done <- struct{}{} }()
			f(i)
		}()
	}
	for range n {
		<-done
	}
}

// jobJSON is what a test reads of a job.
type jobJSON struct {
	ID, Status, Kind string
	JobsPaid         int `json:"jobs_paid"`
	Steps            []struct {
		Name   string
		TaskID string `json:"task_id"`
		State  string
		Paid   bool
		Polls  int
	}
	Result *struct{ Data []struct{ URL string } }
	Error  *struct{ Code string }
}

// jobs lists all jobs of both clients.
func (b *bed) jobs() (all []jobJSON) {
	b.t.Helper()
	for _, key := range []string{"alices-key", "bobs-key"} {
		for after := ""; ; {
			var page struct {
				Data    []jobJSON
				HasMore bool   `json:"has_more"`
				LastID  string `json:"last_id"`
			}
			ask(b.t, b.url+"/v1/jobs?limit=100&after="+after, key, "").into(b.t, &page)
			all = append(all, page.Data...)
			if after = page.LastID; !page.HasMore {
				break
			}
		}
	}
	return all
}

// adoption is how long what was paid may stay unaccounted for after the last fault: it is looked for every few seconds.
const adoption = 45 * time.Second

// settle waits until every job has ended, then lets the ledger judge: no more charges than the clients meant to make,
// no submission made twice, and the pictures of every job that was paid are there for who asks.
func (b *bed) settle(intents int) {
	b.t.Helper()
	var jobs []jobJSON
	eventually(b.t, "every job has ended", func() bool {
		jobs = b.jobs()
		return !slices.ContainsFunc(jobs, func(j jobJSON) bool { return j.Status == "queued" || j.Status == "in_progress" })
	})
	ledger := b.sim.Ledger()
	lost := b.lost(ledger, jobs)
	for end := time.Now().Add(adoption); len(lost) > 0 && time.Now().Before(end); lost = b.lost(ledger, jobs) {
		<-time.After(500 * time.Millisecond)
		jobs = b.jobs()
	}
	for _, l := range lost {
		b.t.Error(l)
	}
	if len(ledger) > intents {
		b.t.Errorf("%d jobs were paid, want at most %d", len(ledger), intents)
	}
	states := map[string]bool{}
	for _, c := range ledger {
		if c.State == "" || states[c.State] {
			b.t.Errorf("the submission %q (%s %s) was made twice", c.State, c.Kind, c.Prompt)
		}
		states[c.State] = true
	}
	b.balanced()
	b.reachable(jobs)
	b.t.Logf("%d jobs, %d charges of at most %d", len(jobs), len(ledger), intents)
}

// balanced looks whether the ledger of what was spent is the sum of the jobs, with nothing held for jobs that are over.
func (b *bed) balanced() {
	b.t.Helper()
	cfg, err := config.Load(config.Source{Environ: b.environ, NoUpstream: true})
	if err != nil {
		b.t.Fatal(err)
	}
	books, err := sqlstore.Peek(b.t.Context(), cfg.State)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = books.Close() }()
	var found []string
	eventually(b.t, "the ledger is the sum of the jobs", func() bool {
		found, err = ledger.Unbalanced(b.t.Context(), books)
		return err != nil || len(found) == 0
	})
	if err != nil {
		b.t.Fatal(err)
	}
}

// lost says which charges led to nothing. A step that was finished counts although a later one of its job is of unknown
// outcome: its picture has a record.
func (b *bed) lost(ledger []simulator.Charge, jobs []jobJSON) (lost []string) {
	kept := map[string]bool{}
	of := map[string]string{}
	for _, j := range jobs {
		for _, st := range j.Steps {
			of[st.TaskID] = j.ID + " " + j.Status
			kept[st.TaskID] = kept[st.TaskID] || j.Status == "completed" || j.Error != nil && j.Error.Code == "upstream_ambiguous" && st.State == "SUCCESS"
		}
	}
	for _, c := range ledger {
		if !kept[c.TaskID] {
			lost = append(lost, fmt.Sprintf("task %s (%s) was paid and led to nothing: its job is %q", c.TaskID, c.Kind, of[c.TaskID]))
		}
	}
	return lost
}

// reachable fetches the pictures of every completed job, and reads them to the last pixel.
func (b *bed) reachable(jobs []jobJSON) {
	b.t.Helper()
	for _, j := range jobs {
		if j.Status != "completed" {
			continue
		}
		if j.Result == nil || len(j.Result.Data) == 0 {
			b.t.Errorf("job %s is completed and has no pictures", j.ID)
			continue
		}
		for _, d := range j.Result.Data {
			_, name, _ := strings.Cut(d.URL, "/images/")
			a := ask(b.t, b.url+"/images/"+name, "", "")
			if _, err := png.Decode(bytes.NewReader(a.body)); a.status != 200 || err != nil {
				b.t.Errorf("the picture %s of job %s = %d with %d bytes, %v", d.URL, j.ID, a.status, len(a.body), err)
			}
		}
	}
}
