package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"midgate/adapter/midjourney/poll"
	"midgate/adapter/midjourney/simulator"
	"midgate/config"
)

// instant is a gate in this process over an upstream whose jobs are done at once, which it looks at without waiting.
func instant(b *testing.B) (gateURL, upstreamURL string) {
	b.Helper()
	sim := simulator.New(simulator.Config{Pace: time.Microsecond, Pixels: 64})
	up := httptest.NewServer(sim)
	b.Cleanup(func() { up.Close(); sim.Close() })
	cfg, err := config.Load(config.Source{Environ: []string{
		"MIDGATE_UPSTREAM_URL=" + up.URL, "MIDGATE_AUTH=none", "MIDGATE_LISTEN=127.0.0.1:0", "MIDGATE_DATA_DIR=" + b.TempDir(), "MIDGATE_SHARE_WINDOW=0",
	}})
	if err != nil {
		b.Fatal(err)
	}
	cfg.Midjourney.Poll = poll.Default()
	cfg.Midjourney.Poll.First, cfg.Midjourney.Poll.Tick = 0, 0
	g, err := open(b.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	end := background(b.Context(), func(ctx context.Context) { _ = g.serve(ctx, time.Second) })
	b.Cleanup(func() { end(); g.close() })
	return "http://" + g.listen.Addr().String(), up.URL
}

func exchange(b *testing.B, url, body string) []byte {
	b.Helper()
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(b.Context(), method, url, strings.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer k")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		b.Fatalf("%s: %d %s, %v", url, resp.StatusCode, data, err)
	}
	return data
}

// P1: what midgate adds to a job that is done at once, against a client that submits, fetches and downloads by itself.
// The bar of 1 ms is for submit and fetch alone; midgate also writes its state and syncs the picture to disk before it
// answers, which is what its promises cost.
func BenchmarkP1AddedLatency(b *testing.B) {
	gate, upstream := instant(b)
	direct := func(i int) {
		var sub struct{ Result string }
		if err := json.Unmarshal(exchange(b, upstream+"/mj/submit/imagine", fmt.Sprintf(`{"prompt":"direct %d"}`, i)), &sub); err != nil {
			b.Fatal(err)
		}
		var task struct{ ImageURL string }
		if err := json.Unmarshal(exchange(b, upstream+"/mj/task/"+sub.Result+"/fetch", ""), &task); err != nil {
			b.Fatal(err)
		}
		exchange(b, upstream+task.ImageURL[strings.Index(task.ImageURL, "/mj/"):], "")
	}
	through := func(i int) {
		exchange(b, gate+"/v1/images/generations", fmt.Sprintf(`{"prompt":"through %d","response_format":"url"}`, i))
	}
	timed := func(f func(int), i int) time.Duration {
		from := time.Now()
		f(i)
		return time.Since(from)
	}
	var own, added []time.Duration
	for i := 0; b.Loop(); i++ {
		base := timed(direct, i)
		own = append(own, base)
		added = append(added, timed(through, i)-base)
	}
	slices.Sort(own)
	slices.Sort(added)
	b.ReportMetric(float64(own[len(own)/2].Microseconds())/1000, "direct-ms")
	b.ReportMetric(float64(added[len(added)/2].Microseconds())/1000, "added-ms")
}

// P13: an idle gate asks its upstream nothing and takes less than half a percent of a core.
func BenchmarkP13Idle(b *testing.B) {
	sim := simulator.New(simulator.Config{Pixels: 64})
	up := httptest.NewServer(sim)
	defer func() { up.Close(); sim.Close() }()
	name, err := binary()
	if err != nil {
		b.Fatal(err)
	}
	gate := exec.CommandContext(b.Context(), name, "serve")
	gate.Env = []string{"MIDGATE_UPSTREAM_URL=" + up.URL, "MIDGATE_UPSTREAM_KEY=k", "MIDGATE_API_KEYS=k", "MIDGATE_LISTEN=127.0.0.1:0", "MIDGATE_DATA_DIR=" + b.TempDir(), "MIDGATE_LOG_FORMAT=text"}
	log, err := gate.StderrPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := gate.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() { _ = gate.Process.Kill(); _ = gate.Wait() }()
	seen := make([]byte, 0, 4096)
	for buf := make([]byte, 1024); !bytes.Contains(seen, []byte("midgate serves")); {
		n, err := log.Read(buf)
		if err != nil {
			b.Fatalf("the gate did not start: %v\n%s", err, seen)
		}
		seen = append(seen, buf[:n]...)
	}
	go func() { _, _ = io.Copy(io.Discard, log) }()
	var share float64
	for b.Loop() {
		before, from := cpuOf(b, gate.Process.Pid), time.Now()
		<-time.After(5 * time.Second)
		share = 100 * (cpuOf(b, gate.Process.Pid) - before).Seconds() / time.Since(from).Seconds()
	}
	asked := 0
	for _, n := range sim.Requests().Routes {
		asked += n
	}
	b.ReportMetric(share, "%core")
	b.ReportMetric(float64(asked), "upstream-requests")
	if asked > 0 {
		b.Errorf("an idle gate asked its upstream %d times", asked)
	}
}

// cpuOf is the CPU time of a process so far (proc(5), utime and stime in hundredths of a second).
func cpuOf(b *testing.B, pid int) time.Duration {
	b.Helper()
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(data[bytes.LastIndexByte(data, ')')+1:]))
	var ticks int
	for _, f := range fields[11:13] {
		n, err := strconv.Atoi(f)
		if err != nil {
			b.Fatal(err)
		}
		ticks += n
	}
	return time.Duration(ticks) * 10 * time.Millisecond
}
