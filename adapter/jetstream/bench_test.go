package jetstream

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/nats-io/nats-server/v2/server"
	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"golang.org/x/sys/unix"

	"midgate/adapter"
)

// benchRun is a run with a submission, about 1 KiB as JSON.
func benchRun(id string) adapter.Job {
	return adapter.Job{
		ID: id, Owner: strings.Repeat("a", 64), Kind: "generation", Route: "images/generations", Model: "midjourney", N: 1,
		Request: json.RawMessage(`{"prompt":"` + strings.Repeat("a lighthouse in the rain ", 12) + `"}`),
		Body:    strings.Repeat("b", 64), Seed: strings.Repeat("S", 26), Status: adapter.JobInProgress, Replica: "local",
		Created: time.Now(), Deadline: time.Now().Add(time.Hour), Expires: time.Now().Add(720 * time.Hour),
		Steps:      []adapter.Step{{Name: "imagine", State: strings.Repeat("s", 32), Upstream: "default", Intended: time.Now()}},
		Deliveries: []adapter.Delivery{{State: adapter.DeliveryWaiting, At: time.Now()}},
	}
}

func median(v []float64) float64 {
	slices.Sort(v)
	return v[len(v)/2]
}

// P11, one writer: the intent and the ID of a submission made durable, against one raw append with fdatasync. Bar: 4.
func BenchmarkP11OneWriter(b *testing.B) {
	e := start(b, Config{Dir: b.TempDir()})
	file, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	run, err := e.Journal().Create(b.Context(), benchRun("job_1"))
	if err != nil {
		b.Fatal(err)
	}
	subject := func() {
		for range 2 {
			if run, err = e.Journal().Save(b.Context(), run); err != nil {
				b.Fatal(err)
			}
		}
	}
	kilobyte := make([]byte, 1024)
	baseline := func() {
		if _, err := file.Write(kilobyte); err != nil {
			b.Fatal(err)
		}
		if err := unix.Fdatasync(int(file.Fd())); err != nil {
			b.Fatal(err)
		}
	}
	var ours, theirs, ratios []float64
	for b.Loop() {
		s, base := timed(subject), timed(baseline)
		ours, theirs, ratios = append(ours, s), append(theirs, base), append(ratios, s/base)
	}
	b.ReportMetric(median(ours), "µs/intent+id")
	b.ReportMetric(median(theirs), "baseline-µs")
	b.ReportMetric(median(ratios), "ratio")
	b.ReportMetric(0, "ns/op")
}

func timed(do func()) float64 {
	began := time.Now()
	do()
	return float64(time.Since(began).Nanoseconds()) / 1000
}

// P11, 64 writers: runs that are created, intended and given their ID, each durable, against the same number of
// appends to one file, each synced by itself. Bar: 2000 runs/s on a disk that does about 5000 fdatasyncs a second.
func BenchmarkP11Writers(b *testing.B) {
	e := start(b, Config{Dir: b.TempDir()})
	file, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	defer file.Close()
	var n atomic.Int64
	subject := func() error {
		run, err := e.Journal().Create(b.Context(), benchRun(fmt.Sprint("job_", n.Add(1))))
		for range 2 {
			if err == nil {
				run, err = e.Journal().Save(b.Context(), run)
			}
		}
		return err
	}
	var mu sync.Mutex
	kilobyte := make([]byte, 1024)
	baseline := func() error {
		mu.Lock()
		defer mu.Unlock()
		for range 3 {
			if _, err := file.Write(kilobyte); err != nil {
				return err
			}
			if err := unix.Fdatasync(int(file.Fd())); err != nil {
				return err
			}
		}
		return nil
	}
	var ours, theirs, ratios []float64
	for b.Loop() {
		s, base := runsPerSecond(b, subject), runsPerSecond(b, baseline)
		ours, theirs, ratios = append(ours, s), append(theirs, base), append(ratios, s/base)
	}
	b.ReportMetric(median(ours), "runs/s")
	b.ReportMetric(median(theirs), "baseline-runs/s")
	b.ReportMetric(median(ratios), "ratio")
	b.ReportMetric(0, "ns/op")
}

// runsPerSecond lets 64 writers do one run after the other.
func runsPerSecond(b *testing.B, one func() error) float64 {
	const writers, each = 64, 20
	began := time.Now()
	var all sync.WaitGroup
	for range writers {
		all.Go(func() {
			for range each {
				if err := one(); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
	return writers * each / time.Since(began).Seconds()
}

// P12: from the start of the process to all of 100,000 runs seen. Bar: 5 s.
func BenchmarkP12Restart(b *testing.B) {
	const runs = 100_000
	dir := b.TempDir()
	seed(b, dir, runs)
	killed := b.TempDir()
	if err := os.CopyFS(killed, os.DirFS(dir)); err != nil {
		b.Fatal(err)
	}
	stopped := b.TempDir()
	if err := os.CopyFS(stopped, os.DirFS(dir)); err != nil {
		b.Fatal(err)
	}
	indexes, err := filepath.Glob(filepath.Join(killed, "jetstream", "$G", "streams", "*", "msgs", "index.db"))
	if err != nil {
		b.Fatal(err)
	}
	for _, index := range indexes { // a killed server leaves none, or an old one
		if err := os.Remove(index); err != nil {
			b.Fatal(err)
		}
	}
	for name, dir := range map[string]string{"stopped": stopped, "killed": killed} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				e, err := New(b.Context(), Config{Dir: dir})
				if err != nil {
					b.Fatal(err)
				}
				if seen := watchAll(b, e); seen != runs {
					b.Errorf("%d runs were seen, want %d", seen, runs)
				}
				e.Close()
			}
		})
	}
}

func watchAll(b *testing.B, e *Engine) (seen int) {
	ctx, cancel := context.WithCancel(b.Context())
	_ = e.Journal().Watch(ctx, func(adapter.Job) { seen++ }, cancel)
	return seen
}

// seed stores runs faster than the engine would: nothing is synced.
func seed(b *testing.B, dir string, runs int) {
	start(b, Config{Dir: dir}).Close() // makes the buckets
	s, err := server.NewServer(&server.Options{DontListen: true, JetStream: true, StoreDir: dir, NoSigs: true, NoLog: true})
	if err != nil {
		b.Fatal(err)
	}
	s.Start()
	defer s.WaitForShutdown()
	defer s.Shutdown()
	conn, err := nats.Connect("", nats.InProcessServer(s))
	if err != nil {
		b.Fatal(err)
	}
	defer conn.Close()
	js, err := jetstream.New(conn)
	if err != nil {
		b.Fatal(err)
	}
	for i := range runs {
		run := benchRun(fmt.Sprintf("job_%026d", i))
		if i%20 != 0 { // one of twenty is live
			run.Status = adapter.JobCompleted
		}
		data, err := encode(record{Job: run})
		if err != nil {
			b.Fatal(err)
		}
		if _, err := js.PublishAsync("$KV.midgate_runs."+run.ID, data); err != nil {
			b.Fatal(err)
		}
		if i%1000 == 999 {
			<-js.PublishAsyncComplete()
		}
	}
	<-js.PublishAsyncComplete()
}
