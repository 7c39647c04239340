package midjourney

import (
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// line is a network that can be cut, and counts what is sent over it.
type line struct {
	http.RoundTripper
	cut  bool
	sent int
}

func (l *line) RoundTrip(req *http.Request) (*http.Response, error) {
	l.sent++
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

		if got := r.fleet.Reach(t.Context(), 0); len(got) != 1 || got[0].Name != "one" || !got[0].At.IsZero() || net.sent != 0 {
			t.Errorf("Reach(…) = %v after %d requests, want one that was not asked", got, net.sent)
		}
		for range 3 {
			if got := r.fleet.Reach(t.Context(), time.Minute); !got[0].Answered || net.sent != 1 {
				t.Errorf("Reach(…, 1m) = %v after %d requests, want an answer to one question", got, net.sent)
			}
		}
		net.cut = true
		<-time.After(2 * time.Minute)
		for range 3 {
			if got := r.fleet.Reach(t.Context(), time.Minute); got[0].Answered || time.Since(got[0].At) != 0 || net.sent != 2 {
				t.Errorf("Reach(…, 1m) = %v after %d requests, want silence now, after one more question", got, net.sent)
			}
		}
	})
}
