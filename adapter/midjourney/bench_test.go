package midjourney

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

// The workload: so many jobs in flight in a closed loop, each taking 20 to
// 40 s, an upstream that holds every answer 40 ms. Time is virtual, so a run takes seconds.
const (
	benchWarm = 45 * time.Second
	benchSpan = 100 * time.Second
	benchLag  = 40 * time.Millisecond
)

// figures of a run: what was read per image, and how late its end was seen.
type figures struct {
	images, reads, ids int
	late               []time.Duration
}

func (f figures) perImage(n int) float64 { return float64(n) / float64(max(f.images, 1)) }

func (f figures) mean() time.Duration {
	var sum time.Duration
	for _, d := range f.late {
		sum += d
	}
	return sum / time.Duration(max(len(f.late), 1))
}

func (f figures) p99() time.Duration {
	if len(f.late) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(f.late))
	return sorted[len(sorted)*99/100]
}

// detector waits for a task and returns it.
type detector func(ctx context.Context, r *rig, s adapter.Submission, state string) (adapter.Task, error)

// polled is the poller under test.
func polled(ctx context.Context, r *rig, s adapter.Submission, state string) (adapter.Task, error) {
	return r.Waiter.Wait(ctx, adapter.Wait{
		TaskID: s.TaskID, State: state, Kind: "imagine", Speed: adapter.Fast, Submitted: s.At,
		Watch: func(adapter.Task) {}, Polled: func() {},
	})
}

// every asks for one task alone, at fixed intervals: what relays' clients do.
func every(d time.Duration) detector {
	return func(ctx context.Context, r *rig, s adapter.Submission, _ string) (adapter.Task, error) {
		for {
			if !sleep(ctx, d) {
				return adapter.Task{}, ctx.Err()
			}
			if t, err := r.Upstream.Task(ctx, s.TaskID); err != nil || t.Done() {
				return t, err
			}
		}
	}
}

// closedLoop keeps n jobs in flight and counts over the span after warming up.
func closedLoop(t *testing.T, n int, sc simulator.Config, change func(*Config, *simulator.Simulator), detect detector) figures {
	sc.Pace, sc.Jitter, sc.Lag, sc.Pixels = 30*time.Second, 1./3, benchLag, 16
	var fleet *Fleet
	sc.HookClient = &http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) {
		return hooked(fleet, req)
	})}
	sim := simulator.New(sc)
	r := rigOver(t, sim, sim.Transport(), func(c *Config) {
		if change != nil {
			change(c, sim)
		}
	})
	fleet = r.fleet
	ctx, cancel := context.WithTimeout(t.Context(), benchWarm+benchSpan)
	defer cancel()
	var mu sync.Mutex
	var f figures
	began := time.Now()
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			sleep(ctx, time.Duration(i)*30*time.Second/time.Duration(n))
			for k := 0; ctx.Err() == nil; k++ {
				state := fmt.Sprintf("%d-%d", i, k)
				s, err := r.Upstream.Submit(ctx, adapter.Imagine{Prompt: "a fox " + state}, adapter.Options{Speed: adapter.Fast, State: state})
				if err != nil {
					break
				}
				task, err := detect(ctx, r, s, state)
				if err != nil {
					break
				}
				if now := time.Now(); now.Sub(began) > benchWarm {
					mu.Lock()
					f.images++
					f.late = append(f.late, now.Sub(task.FinishedAt))
					mu.Unlock()
				}
			}
		})
	}
	sleep(ctx, benchWarm)
	before := readsOf(sim)
	all.Wait()
	after := readsOf(sim)
	f.reads, f.ids = after.reads-before.reads, after.ids-before.ids
	r.fleet.Close()
	sim.Close()
	return f
}

func readsOf(sim *simulator.Simulator) (f figures) {
	got := sim.Requests()
	f.reads = got.Routes["list"] + got.Routes["fetch"]
	for _, n := range got.IDs {
		f.ids += n
	}
	return f
}

// hooked delivers a webhook straight to the fleet.
func hooked(f *Fleet, req *http.Request) (*http.Response, error) {
	defer func() { _ = req.Body.Close() }()
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	_, token, _ := strings.Cut(req.URL.Path, "/hooks/")
	if err := f.Hint(token, body); err != nil {
		return answer(404, ""), nil
	}
	return answer(200, ""), nil
}
