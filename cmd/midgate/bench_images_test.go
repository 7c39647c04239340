package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney"
	"midgate/adapter/midjourney/simulator"
)

// The workload of P5: so many jobs in flight in a closed loop, each taking 20 to 40 s.
const (
	p5Jobs = 1000
	p5Warm = 45 * time.Second
	p5Span = time.Minute
)

// directVar makes the test binary the naive client of P5, of the upstream that it names; detectorVar makes it midgate's
// own client.
const (
	directVar   = "MIDGATE_BENCH_DIRECT"
	detectorVar = "MIDGATE_BENCH_DETECTOR"
)

// BenchmarkP5FinishedImages compares the CPU per finished image with a client that submits by itself and fetches each task
// every 3 s: of midgate's detector and submit client alone, and of the whole gate, waited for over HTTP and answered with an
// address. The gate also downloads each picture, stores it, and writes its state and the records of all four quarters.
func BenchmarkP5FinishedImages(b *testing.B) {
	for range b.N {
		gate, detector, baseline := p5Gate(b), p5Client(b, detectorVar), p5Client(b, directVar)
		b.ReportMetric(gate.Seconds()*1000, "cpu-ms/image")
		b.ReportMetric(baseline.Seconds()*1000, "baseline-cpu-ms/image")
		b.ReportMetric(gate.Seconds()/baseline.Seconds(), "ratio")
		b.ReportMetric(detector.Seconds()/baseline.Seconds(), "detector-ratio")
	}
}

func p5Upstream(b *testing.B) (url string, end func()) {
	b.Helper()
	sim := simulator.New(simulator.Config{Pace: 30 * time.Second, Jitter: 1. / 3, Pixels: 64})
	up := httptest.NewServer(sim)
	return up.URL, func() { up.Close(); sim.Close() }
}

// p5Gate keeps jobs in flight through a gate of its own.
func p5Gate(b *testing.B) time.Duration {
	b.Helper()
	upstream, end := p5Upstream(b)
	defer end()
	gate, address, ended := benchGate(b, benchBinary(b), []string{
		"MIDGATE_UPSTREAM_URL=" + upstream, "MIDGATE_UPSTREAM_KEY=k", "MIDGATE_UPSTREAM_SPEED=fast", "MIDGATE_AUTH=none", "MIDGATE_LISTEN=127.0.0.1:0",
		"MIDGATE_DATA_DIR=" + b.TempDir(), "MIDGATE_MAX_IN_FLIGHT=2000", "MIDGATE_MAX_QUEUE=4000", "MIDGATE_LOG_FORMAT=json",
	})
	defer func() { _ = gate.Process.Kill(); ended() }()

	ctx, stop := context.WithCancel(b.Context())
	var images atomic.Int64
	var all sync.WaitGroup
	for i := range p5Jobs {
		all.Go(func() {
			for k := 0; ctx.Err() == nil; k++ {
				body := fmt.Sprintf(`{"prompt":"a fox %d %d","response_format":"url"}`, i, k)
				if _, err := exchanged(ctx, address+"/v1/images/generations", body); err == nil {
					images.Add(1)
				}
			}
		})
	}
	defer func() { stop(); all.Wait() }()
	return perImage(b, gate.Process.Pid, &images)
}

// p5Client has a client, in a process of its own, keep as many jobs in flight.
func p5Client(b *testing.B, which string) time.Duration {
	b.Helper()
	upstream, end := p5Upstream(b)
	defer end()
	client := exec.CommandContext(b.Context(), os.Args[0])
	client.Env = []string{which + "=" + upstream}
	out, err := client.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := client.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() { _ = client.Process.Kill(); _ = client.Wait() }()
	var images atomic.Int64
	go func() {
		for lines := bufio.NewScanner(out); lines.Scan(); {
			images.Add(1)
		}
	}()
	return perImage(b, client.Process.Pid, &images)
}

// perImage is the CPU time of a process per image that it finishes, over the span after warming up.
func perImage(b *testing.B, pid int, images *atomic.Int64) time.Duration {
	b.Helper()
	<-time.After(p5Warm)
	before, had := cpuOf(b, pid), images.Load()
	<-time.After(p5Span)
	if images.Load() == had {
		b.Fatal("no image was finished")
	}
	return (cpuOf(b, pid) - before) / time.Duration(images.Load()-had)
}

// direct is the naive client: it prints a line for each image, until it is killed.
func direct(upstream string) {
	ctx := context.Background()
	var all sync.WaitGroup
	for i := range p5Jobs {
		all.Go(func() {
			for k := 0; ; k++ {
				var sub struct{ Result string }
				data, err := exchanged(ctx, upstream+"/mj-fast/mj/submit/imagine", fmt.Sprintf(`{"prompt":"a fox %d %d"}`, i, k))
				if err != nil || json.Unmarshal(data, &sub) != nil {
					continue
				}
				var task struct{ Status string }
				for task.Status != "SUCCESS" {
					<-time.After(3 * time.Second)
					if data, err = exchanged(ctx, upstream+"/mj/task/"+sub.Result+"/fetch", ""); err == nil {
						_ = json.Unmarshal(data, &task) // asked again if it is broken
					}
				}
				fmt.Println(sub.Result)
			}
		})
	}
	all.Wait()
}

// detect is midgate's client without a gate around it: it prints a line for each image, until it is killed.
func detect(upstream string) {
	ctx := context.Background()
	fleet, err := midjourney.New(midjourney.Config{Upstreams: []midjourney.UpstreamConfig{{Name: "main", URL: upstream, Key: "k"}}})
	if err != nil {
		panic(err) // the benchmark ends without an image
	}
	var all sync.WaitGroup
	for i := range p5Jobs {
		all.Go(func() {
			for k := 0; ; k++ {
				account, err := fleet.Choose(ctx, adapter.Caller{}, adapter.Fast)
				if err != nil {
					continue
				}
				command := adapter.Imagine{Prompt: fmt.Sprintf("a fox %d %d", i, k)}
				sub, err := account.Upstream.Submit(ctx, command, adapter.Options{Speed: adapter.Fast, State: adapter.NewID("mg_")})
				if err != nil {
					continue
				}
				w := adapter.Wait{TaskID: sub.TaskID, Kind: command.Name(), Speed: adapter.Fast, Submitted: sub.At}
				if _, err := account.Waiter.Wait(ctx, w); err == nil {
					fmt.Println(sub.TaskID)
				}
			}
		})
	}
	all.Wait()
}

// exchanged sends one request and reads the whole answer; a status other than 200 is an error.
func exchanged(ctx context.Context, url, body string) ([]byte, error) {
	method := http.MethodGet
	if body != "" {
		method = http.MethodPost
	}
	r, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	r.Header.Set("Authorization", "Bearer k")
	r.Header.Set("Content-Type", "application/json")
	resp, err := p5Connections.Do(r)
	if err != nil {
		return nil, err
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	if err == nil && resp.StatusCode != http.StatusOK {
		err = errors.New(resp.Status)
	}
	return data, err
}

// p5Connections keeps a connection for each job.
var p5Connections = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: p5Jobs}}
