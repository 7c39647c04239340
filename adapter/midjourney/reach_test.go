package midjourney

import (
	"errors"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

// line is a network that can be cut, and counts what is sent over it.
type line struct {
	http.RoundTripper
	cut  bool
	mu   sync.Mutex
	sent int
}

func (l *line) RoundTrip(req *http.Request) (*http.Response, error) {
	l.mu.Lock()
	l.sent++
	l.mu.Unlock()
	if l.cut {
		return nil, errors.New("no route to host")
	}
	return l.RoundTripper.RoundTrip(req)
}

func TestWhoLooksIsToldWhetherTheUpstreamAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		sim := simulator.New(simulator.Config{Pixels: 16})
		net := &line{RoundTripper: sim.Transport()}
		r := rigOver(t, sim, net, nil)

		if got := r.fleet.Reach(t.Context(), 0); len(got) != 1 || got[0].Name != "one" || !got[0].At.IsZero() || net.sent != 0 || got[0].Cannot {
			t.Errorf("Reach(…) = %v after %d requests, want one that was not asked", got, net.sent)
		}
		for range 3 {
			if got := r.fleet.Reach(t.Context(), time.Minute); !got[0].Answered || net.sent != 2 {
				t.Errorf("Reach(…, 1m) = %v after %d requests, want an answer to one question, and one about stopping jobs", got, net.sent)
			}
		}
		net.cut = true
		<-time.After(2 * time.Minute)
		for range 3 {
			if got := r.fleet.Reach(t.Context(), time.Minute); got[0].Answered || time.Since(got[0].At) != 0 || net.sent != 3 {
				t.Errorf("Reach(…, 1m) = %v after %d requests, want silence now, after one more question", got, net.sent)
			}
		}
	})
}

func TestWhoLooksIsToldWhetherJobsCanBeStopped(t *testing.T) {
	for dialect, cannot := range map[simulator.Dialect]bool{simulator.Comet: true, simulator.NewAPI: true, simulator.TrueAI: false} {
		t.Run(string(dialect), func(t *testing.T) {
			sim := simulator.New(simulator.Config{Pixels: 16, Dialect: dialect})
			r := rigOver(t, sim, sim.Transport(), nil)
			if got := r.fleet.Reach(t.Context(), 0); got[0].Cannot {
				t.Errorf("Reach(…) = %v before anything is known, want that jobs may be stopped", got)
			}
			if got := r.fleet.Reach(t.Context(), time.Minute); got[0].Cannot != cannot {
				t.Errorf("Reach(…, 1m) = %v, want Cannot %v", got, cannot)
			}
		})
	}
}

func TestARefusalToStopIsRemembered(t *testing.T) {
	sim := simulator.New(simulator.Config{Pixels: 16})
	r := rigOver(t, sim, sim.Transport(), nil)
	if err := r.Upstream.(adapter.Tools).Cancel(t.Context(), "1"); err == nil {
		t.Error("Cancel(…) = nil, want a refusal")
	}
	if got := r.fleet.Reach(t.Context(), 0); !got[0].Cannot {
		t.Errorf("Reach(…) = %v after a refusal, want that jobs cannot be stopped", got)
	}
}
