package adapter_test

import (
	"errors"
	"net"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney"
	"midgate/adapter/midjourney/simulator"
)

// three are upstreams at a.test, b.test and c.test; those that are dead refuse connections.
type three struct {
	sims map[string]*simulator.Simulator
	dead map[string]bool
}

// RoundTrip implements http.RoundTripper.
func (u *three) RoundTrip(r *http.Request) (*http.Response, error) {
	if u.dead[r.URL.Host] {
		if r.Body != nil {
			_ = r.Body.Close()
		}
		return nil, &net.OpError{Op: "dial", Err: errors.New("connection refused")}
	}
	return u.sims[r.URL.Host].Transport().RoundTrip(r)
}

// paid are the hosts that have been paid jobs.
func (u *three) paid(host string) int { return len(u.sims[host].Ledger()) }

func newThree(t *testing.T, weights map[string]int) (*three, *studio, *adapter.Service) {
	t.Helper()
	u := &three{sims: map[string]*simulator.Simulator{}, dead: map[string]bool{}}
	cfg := midjourney.Config{HTTP: u, Downloads: u}
	for _, name := range []string{"a", "b", "c"} {
		host := name + ".test"
		u.sims[host] = simulator.New(simulator.Config{Pixels: 64})
		t.Cleanup(u.sims[host].Close)
		cfg.Upstreams = append(cfg.Upstreams, midjourney.UpstreamConfig{Name: name, URL: "http://" + host, Key: "k", Weight: weights[name]})
	}
	fleet, err := midjourney.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(fleet.Close)
	s := newStudio(t, simulator.Config{}, nil)
	s.parts.Accounts = fleet
	service := s.reborn(t)
	s.Service = service
	return u, s, service
}

func TestOneOfThreeUpstreamsDies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, s, service := newThree(t, map[string]int{"a": 1000000})
		first := s.draw(t, "a red fox", 1)[0]
		if first.Upstream != "a" {
			t.Fatalf("the first picture was made at %q, want the heavy one", first.Upstream)
		}
		u.dead["a.test"] = true
		var at []string
		for _, prompt := range []string{"one", "two", "three", "four", "five", "six", "seven", "eight"} {
			img := s.draw(t, prompt, 1)[0]
			at = append(at, img.Upstream)
		}
		if slices.Contains(at, "a") || u.paid("a.test") != 1 || u.paid("b.test")+u.paid("c.test") != 8 {
			t.Errorf("pictures were made at %q and paid %d, %d, %d; want each once at the two that live", at, u.paid("a.test"), u.paid("b.test"), u.paid("c.test"))
		}
		// A follow-up goes where its picture was made, or nowhere.
		act := adapter.Act{Generation: generation(""), Image: first.ID, Action: adapter.ActVary}
		ticket, err := service.Act(t.Context(), s.attempt("/v1/images/actions", "vary"), act)
		if err == nil {
			_, err = ticket.Wait(t.Context(), nil)
		}
		if got := refusal(t, err); got.Kind != adapter.Unavailable {
			t.Errorf("a follow-up of the dead upstream's picture = %v, want %q", got, adapter.Unavailable)
		}
		u.dead["a.test"] = false
		s.draw(t, "sim-slow", 1) // the breaker lets somebody through again
		ticket, err = service.Act(t.Context(), s.attempt("/v1/images/actions", "vary again"), act)
		if img := s.await(t, ticket, err)[0]; img.Upstream != "a" {
			t.Errorf("the follow-up was made at %q, want a", img.Upstream)
		}
		// What made a picture elsewhere follows up elsewhere.
		made := s.draw(t, "nine", 1)[0]
		ticket, err = service.Act(t.Context(), s.attempt("/v1/images/actions", "reroll"), adapter.Act{Generation: generation(""), Image: made.ID, Action: adapter.ActReroll})
		if img := s.await(t, ticket, err)[0]; img.Upstream != made.Upstream {
			t.Errorf("the reroll of a picture of %q was made at %q", made.Upstream, img.Upstream)
		}
	})
}

// A full upstream is not waited for while another has a place; when all are full they are asked in turn, and whichever
// is free first gets the job.
func TestAJobGoesWhereAPlaceIs(t *testing.T) {
	full := simulator.Fault{Route: "submit", Kind: "queue-full", Times: -1}
	synctest.Test(t, func(t *testing.T) {
		u, s, _ := newThree(t, map[string]int{"a": 1000000})
		u.sims["a.test"].Fail(full)
		u.sims["b.test"].Fail(full)
		began := time.Now()
		img := s.draw(t, "a red fox", 1)[0]
		if took := time.Since(began); img.Upstream != "c" || took > 20*time.Second {
			t.Errorf("the picture came from %q after %v, want c at once", img.Upstream, took)
		}
		again := full
		again.Times = 3
		u.sims["c.test"].Fail(again)
		began = time.Now()
		img = s.draw(t, "a blue fox", 1)[0]
		if took := time.Since(began); img.Upstream != "c" || took < 5*time.Second || took > 2*time.Minute {
			t.Errorf("the picture came from %q after %v, want c when it has a place again", img.Upstream, took)
		}
		if u.paid("a.test")+u.paid("b.test") != 0 || u.paid("c.test") != 2 {
			t.Errorf("paid %d, %d, %d, want two at c", u.paid("a.test"), u.paid("b.test"), u.paid("c.test"))
		}
		u.sims["c.test"].Fail(full)
		began = time.Now()
		ticket, err := s.Generate(t.Context(), s.attempt("/v1/images/generations", "x"), generation("a green fox"))
		if err == nil {
			_, err = ticket.Wait(t.Context(), nil)
		}
		if got, took := refusal(t, err), time.Since(began); got.Kind != adapter.Busy || took < time.Minute || took > 6*time.Minute {
			t.Errorf("Generate() = %v after %v, want %q when patience ends", got, took, adapter.Busy)
		}
	})
}

func TestNobodyTakesAJobWhenAllAreDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, s, service := newThree(t, nil)
		for host := range u.sims {
			u.dead[host] = true
		}
		ticket, err := service.Generate(t.Context(), s.attempt("/v1/images/generations", "x"), generation("a fox"))
		if err == nil {
			_, err = ticket.Wait(t.Context(), nil)
		}
		if got := refusal(t, err); got.Kind != adapter.Unavailable {
			t.Errorf("Generate() = %v, want %q", got, adapter.Unavailable)
		}
	})
}

// What could not be drawn at one upstream is drawn at another, and the film that follows stays there.
func TestAFilmStaysWhereItsStillWasDrawn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, s, _ := newThree(t, map[string]int{"a": 1000000})
		u.dead["a.test"] = true
		run, refused := s.film(t, "one", adapter.Film{Generation: generation("a fox walks"), Seconds: 8})
		if refused != nil {
			t.Fatal(refused)
		}
		places := map[string]bool{}
		for _, st := range run.Steps {
			places[st.Upstream] = true
		}
		if len(places) != 1 || places["a"] || len(run.Steps) != 3 {
			t.Errorf("steps = %+v, want three at one living upstream", run.Steps)
		}
	})
}

func TestEveryUpstreamHasItsOwnPlaces(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var most int
		s := newStudio(t, simulator.Config{}, func(c *adapter.Config) { c.InFlightAt = map[string]int{"main": 2} })
		s.parts.Observer.InFlight = func(_ string, jobs int) { most = max(most, jobs) }
		s.Service = s.reborn(t)
		g := generation("many foxes")
		g.N = 10
		g.Midjourney.Grid = adapter.GridWhole
		ticket, err := s.Generate(t.Context(), s.attempt("/v1/images/generations", "many"), g)
		if got := len(s.await(t, ticket, err)); got != 10 || most != 2 {
			t.Errorf("%d pictures with %d jobs at once, want 10 and 2", got, most)
		}
	})
}
