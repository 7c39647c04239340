package midjourney

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

// TestAQuickJobAfterSlowOnesIsSeenSoon, whether the upstream shows progress or not.
func TestAQuickJobAfterSlowOnesIsSeenSoon(t *testing.T) {
	progress := regexp.MustCompile(`"progress":"[^"]*"`)
	for _, shown := range []bool{true, false} {
		for _, earlier := range []int{22, 25, 60} {
			for prompt, takes := range map[string]time.Duration{"sim-instant": 0, "a fox --draft": 2500 * time.Millisecond, "a bear --draft --s 50": 2500 * time.Millisecond, "sim-fail-now": 500 * time.Millisecond} {
				t.Run(fmt.Sprintf("%s after %d with progress %v", prompt, earlier, shown), func(t *testing.T) {
					synctest.Test(t, func(t *testing.T) {
						sim := simulator.New(simulator.Config{Pace: 25 * time.Second, Pixels: 16})
						r := rigOver(t, sim, roundTrip(func(req *http.Request) (*http.Response, error) {
							resp, err := sim.Transport().RoundTrip(req)
							if err != nil || shown {
								return resp, err
							}
							raw, err := io.ReadAll(resp.Body)
							raw = progress.ReplaceAll(raw, []byte(`"progress":"0%"`))
							resp.Body, resp.ContentLength = io.NopCloser(bytes.NewReader(raw)), int64(len(raw))
							return resp, err
						}), nil)
						for i := range earlier {
							r.must("imagine", r.submit(adapter.Imagine{Prompt: "a slow fox"}, fmt.Sprint(i)), fmt.Sprint(i))
						}
						start := time.Now()
						_, _ = r.await("imagine", r.submit(adapter.Imagine{Prompt: prompt}, "quick"), "quick")
						if late := time.Since(start) - takes; late > max(4*time.Second, 5*time.Second-takes) {
							t.Errorf("the end of a job of %v is seen %v late, want at most 4 s", takes, late)
						}
					})
				})
			}
		}
	}
}

// TestAMediumJobAfterSlowOnesIsSeenSoon: the first look says how far it is, or comes back.
func TestAMediumJobAfterSlowOnesIsSeenSoon(t *testing.T) {
	for _, pace := range []time.Duration{70 * time.Second, 85 * time.Second, 150 * time.Second} { // a draft takes a tenth
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, simulator.Config{Pace: pace, Jitter: .3}, nil)
			for i := range 25 {
				r.must("imagine", r.submit(adapter.Imagine{Prompt: "a slow fox"}, fmt.Sprint(i)), fmt.Sprint(i))
			}
			task := r.must("imagine", r.submit(adapter.Imagine{Prompt: "a fox --draft"}, "quick"), "quick")
			if late := time.Since(task.FinishedAt); late > 4*time.Second {
				t.Errorf("the end of a job of about %v is seen %v late, want at most 4 s", pace/10, late)
			}
		})
	}
}
