package midjourney

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/poll"
	"midgate/adapter/midjourney/simulator"
)

// bubble runs f with virtual time inside a benchmark, which testing/synctest offers to tests only.
func bubble(b *testing.B, f func(t *testing.T)) {
	b.Helper()
	ok := testing.RunTests(func(string, string) (bool, error) { return true, nil },
		[]testing.InternalTest{{Name: b.Name(), F: func(t *testing.T) { synctest.Test(t, f) }}})
	if !ok {
		b.Fatal("the run in virtual time failed")
	}
}

// BenchmarkD1D2D3 compares the shared poller with one question per task every 3 s: reads per image
// (D1, D2) and how late an end is seen (D3).
func BenchmarkD1D2D3(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 5000} {
		b.Run(fmt.Sprintf("inflight=%d", n), func(b *testing.B) {
			for range b.N {
				var subject, baseline figures
				bubble(b, func(t *testing.T) {
					baseline = closedLoop(t, min(n, 100), simulator.Config{}, nil, every(3*time.Second))
				})
				bubble(b, func(t *testing.T) { subject = closedLoop(t, n, simulator.Config{}, nil, polled) })
				b.ReportMetric(subject.perImage(subject.reads), "reads/image")
				b.ReportMetric(baseline.perImage(baseline.reads), "baseline-reads/image")
				b.ReportMetric(subject.perImage(subject.reads)/baseline.perImage(baseline.reads), "ratio")
				b.ReportMetric(subject.perImage(subject.ids), "ids/image")
				b.ReportMetric(float64(subject.mean().Milliseconds()), "mean-ms")
				b.ReportMetric(float64(subject.p99().Milliseconds()), "p99-ms")
				bar(b, "D1, D2: reads per image", subject.perImage(subject.reads), map[int]float64{10: 6, 100: 1, 1000: 0.1, 5000: 1. / 30}[n])
				bar(b, "D3: mean", subject.mean().Seconds(), 0.6)
				bar(b, "D3: p99", subject.p99().Seconds(), 1.1+benchLag.Seconds())
			}
		})
	}
}

// bar fails the benchmark if a figure is above its limit.
func bar(b *testing.B, what string, got, limit float64) {
	b.Helper()
	if got > limit {
		b.Errorf("%s = %.3f, want at most %.3f", what, got, limit)
	}
}

// BenchmarkD4 has webhooks of which 2 % are lost: how late an end is seen beyond the round trip,
// and reads per image against one question per task every 3 s. The bar of a tenth is of that
// baseline: a webhook's body is never believed, so each burst of them costs one read.
func BenchmarkD4(b *testing.B) {
	hooks := func(c *Config, _ *simulator.Simulator) {
		c.WebhookURL, c.Secret = "http://midgate.example", []byte("secret")
	}
	for range b.N {
		var subject, baseline figures
		bubble(b, func(t *testing.T) { baseline = closedLoop(t, 100, simulator.Config{}, nil, every(3*time.Second)) })
		bubble(b, func(t *testing.T) {
			subject = closedLoop(t, 1000, simulator.Config{HookLoss: 0.02}, hooks, polled)
		})
		b.ReportMetric(subject.perImage(subject.reads), "reads/image")
		b.ReportMetric(baseline.perImage(baseline.reads), "baseline-reads/image")
		b.ReportMetric(subject.perImage(subject.reads)/baseline.perImage(baseline.reads), "ratio")
		b.ReportMetric(float64(subject.mean().Milliseconds()), "mean-ms")
		b.ReportMetric(float64(subject.mean().Milliseconds())-float64(benchLag.Milliseconds()), "mean-beyond-r-ms")
		b.ReportMetric(float64(subject.p99().Milliseconds()), "p99-ms")
		bar(b, "D4: mean", subject.mean().Seconds(), benchLag.Seconds()+0.02)
		bar(b, "D4: p99", subject.p99().Seconds(), 0.5)
		bar(b, "D4: reads against the baseline", subject.perImage(subject.reads)/baseline.perImage(baseline.reads), 0.1)
	}
}

// BenchmarkD5 counts the ids asked per image, which is what costs the upstream, against asking for
// all tasks each second.
func BenchmarkD5(b *testing.B) {
	for range b.N {
		var subject, baseline figures
		bubble(b, func(t *testing.T) {
			all := &everything{tasks: map[string]chan adapter.Task{}}
			baseline = closedLoop(t, 1000, simulator.Config{}, nil, all.wait)
		})
		bubble(b, func(t *testing.T) { subject = closedLoop(t, 1000, simulator.Config{}, nil, polled) })
		b.ReportMetric(subject.perImage(subject.ids), "ids/image")
		b.ReportMetric(baseline.perImage(baseline.ids), "baseline-ids/image")
		b.ReportMetric(subject.perImage(subject.ids)/baseline.perImage(baseline.ids), "ratio")
		bar(b, "D5: ids against the baseline", subject.perImage(subject.ids)/baseline.perImage(baseline.ids), 0.35)
	}
}

// everything asks for all waiting tasks each second, 500 at a time.
type everything struct {
	once  sync.Once
	mu    sync.Mutex
	tasks map[string]chan adapter.Task
}

func (e *everything) wait(ctx context.Context, r *rig, s adapter.Submission, _ string) (adapter.Task, error) {
	e.once.Do(func() { go e.loop(ctx, r) })
	done := make(chan adapter.Task, 1)
	e.mu.Lock()
	e.tasks[s.TaskID] = done
	e.mu.Unlock()
	select {
	case t := <-done:
		return t, nil
	case <-ctx.Done():
		return adapter.Task{}, ctx.Err()
	}
}

func (e *everything) loop(ctx context.Context, r *rig) {
	c, ok := r.Upstream.(*client)
	for ok && sleep(ctx, time.Second) {
		e.mu.Lock()
		ids := make([]string, 0, len(e.tasks))
		for id := range e.tasks {
			ids = append(ids, id)
		}
		e.mu.Unlock()
		for len(ids) > 0 {
			n := min(500, len(ids))
			rows, err := c.List(ctx, ids[:n])
			if err != nil {
				return
			}
			e.tell(rows)
			ids = ids[n:]
		}
	}
}

func (e *everything) tell(rows map[string]poll.Row) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for id, r := range rows {
		if done, ok := e.tasks[id]; ok && r.Done() {
			done <- r.Task
			delete(e.tasks, id)
		}
	}
}

// BenchmarkD6 has no list to ask: fetches per image and how late an end is seen, against a fetch
// every 3 s. The durations of the jobs are lognormal with a median of 60 s; their progress comes in
// steps and not evenly.
func BenchmarkD6(b *testing.B) {
	for range b.N {
		var subject, baseline figures
		bubble(b, func(t *testing.T) { baseline = openLoop(t, 4000, every(3*time.Second)) })
		bubble(b, func(t *testing.T) { subject = openLoop(t, 4000, polled) })
		b.ReportMetric(subject.perImage(subject.reads), "fetches/image")
		b.ReportMetric(baseline.perImage(baseline.reads), "baseline-fetches/image")
		b.ReportMetric(subject.perImage(subject.reads)/baseline.perImage(baseline.reads), "ratio")
		b.ReportMetric(float64(subject.mean().Milliseconds()), "mean-ms")
		b.ReportMetric(float64(baseline.mean().Milliseconds()), "baseline-mean-ms")
		b.ReportMetric(float64(subject.mean())/float64(baseline.mean()), "mean-ratio")
		b.ReportMetric(float64(subject.p99().Milliseconds()), "p99-ms")
		bar(b, "D6: fetches against the baseline", subject.perImage(subject.reads)/baseline.perImage(baseline.reads), 0.6)
		bar(b, "D6: mean against the baseline", float64(subject.mean())/float64(baseline.mean()), 1)
	}
}

// openLoop starts a job every 3 s on an upstream without a list; 20 are in flight on average.
func openLoop(t *testing.T, n int, detect detector) figures {
	up := &lognormal{dice: rand.New(rand.NewPCG(1, 2)), tasks: map[string]lognormalTask{}}
	r := rigOver(t, nil, up, nil)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var mu sync.Mutex
	var f figures
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			sleep(ctx, time.Duration(i)*3*time.Second)
			s := r.submit(adapter.Imagine{Prompt: "x"}, "")
			task, err := detect(ctx, r, s, "")
			if err != nil {
				return
			}
			mu.Lock()
			defer mu.Unlock()
			f.images++
			f.late = append(f.late, time.Since(task.FinishedAt))
		})
	}
	all.Wait()
	f.reads = int(up.fetches.Load())
	r.fleet.Close()
	return f
}

// lognormal is an upstream whose jobs take as long as Midjourney's do; the simulator's all take
// about as long as each other.
type lognormal struct {
	fetches atomic.Int64
	mu      sync.Mutex
	dice    *rand.Rand
	tasks   map[string]lognormalTask
}

type lognormalTask struct {
	start time.Time
	took  time.Duration
	bend  float64
}

// RoundTrip implements http.RoundTripper.
func (u *lognormal) RoundTrip(req *http.Request) (*http.Response, error) {
	sleep(req.Context(), benchLag)
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case req.Method == http.MethodPost && strings.HasSuffix(req.URL.Path, "/imagine"):
		id := fmt.Sprint(len(u.tasks) + 1)
		took := time.Duration(60 * math.Exp(0.4*u.dice.NormFloat64()) * float64(time.Second))
		u.tasks[id] = lognormalTask{time.Now(), took, 0.7 + 0.6*u.dice.Float64()}
		return answer(200, `{"code":1,"result":"`+id+`"}`), req.Body.Close()
	case req.Method == http.MethodGet:
		u.fetches.Add(1)
		id := strings.Split(req.URL.Path, "/")[3]
		raw, err := json.Marshal(u.tasks[id].at(id, time.Now()))
		return answer(200, string(raw)), err
	default:
		return answer(404, ""), req.Body.Close()
	}
}

func (k lognormalTask) at(id string, now time.Time) map[string]any {
	share := float64(now.Sub(k.start)) / float64(k.took)
	if share >= 1 {
		return map[string]any{
			"id": id, "status": "SUCCESS", "progress": "100%", "imageUrl": "http://x.example/" + id + ".png",
			"submitTime": k.start.UnixMilli(), "finishTime": k.start.Add(k.took).UnixMilli(),
		}
	}
	step := int(100*math.Pow(share, k.bend)) / 15 * 15
	return map[string]any{"id": id, "status": "IN_PROGRESS", "progress": fmt.Sprintf("%d%%", step)}
}
