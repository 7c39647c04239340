package harness

import (
	"errors"
	"net"
	"net/http"
	"testing"

	"midgate/adapter/midjourney"
	"midgate/adapter/midjourney/simulator"
)

// Three are upstreams at a.test, b.test and c.test; those that are dead refuse connections.
type Three struct {
	Sims map[string]*simulator.Simulator
	Dead map[string]bool
}

// RoundTrip implements http.RoundTripper.
func (u *Three) RoundTrip(r *http.Request) (*http.Response, error) {
	if u.Dead[r.URL.Host] {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	}
	return u.Sims[r.URL.Host].Transport().RoundTrip(r)
}

// Paid is how many jobs a host has been paid.
func (u *Three) Paid(host string) int { return len(u.Sims[host].Ledger()) }

// NewThree starts a gate over three upstreams.
func NewThree(t *testing.T, weights map[string]int) (*Three, *Harness, *Gate) {
	t.Helper()
	u := &Three{Sims: map[string]*simulator.Simulator{}, Dead: map[string]bool{}}
	cfg := midjourney.Config{HTTP: u, Downloads: u}
	for _, name := range []string{"a", "b", "c"} {
		host := name + ".test"
		u.Sims[host] = simulator.New(simulator.Config{Pixels: 64})
		t.Cleanup(u.Sims[host].Close)
		cfg.Upstreams = append(cfg.Upstreams, midjourney.UpstreamConfig{Name: name, URL: "http://" + host, Key: "k", Weight: weights[name]})
	}
	fleet, err := midjourney.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fleet.Close)
	s := New(t, simulator.Config{}, nil)
	s.Parts.Accounts = fleet
	service := s.Restarted(t)
	s.Gate = service
	return u, s, service
}
