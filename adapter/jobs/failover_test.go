package jobs_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/adaptertest/harness"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

func TestOneOfThreeUpstreamsDies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, s, service := harness.NewThree(t, map[string]int{"a": 1000000})
		first := s.Draw(t, "a red fox", 1)[0]
		if first.Upstream != "a" {
			t.Fatalf("the first picture was made at %q, want the heavy one", first.Upstream)
		}
		u.Dead["a.test"] = true
		var at []string
		for _, prompt := range []string{"one", "two", "three", "four", "five", "six", "seven", "eight"} {
			img := s.Draw(t, prompt, 1)[0]
			at = append(at, img.Upstream)
		}
		if slices.Contains(at, "a") || u.Paid("a.test") != 1 || u.Paid("b.test")+u.Paid("c.test") != 8 {
			t.Errorf("pictures were made at %q and paid %d, %d, %d; want each once at the two that live", at, u.Paid("a.test"), u.Paid("b.test"), u.Paid("c.test"))
		}
		// A follow-up goes where its picture was made, or nowhere.
		act := adapter.Act{Generation: harness.Generation(""), Image: first.ID, Action: adapter.ActVary}
		ticket, err := service.Act(t.Context(), s.Attempt("/v1/images/actions", "vary"), act)
		if err == nil {
			_, err = ticket.Wait(t.Context(), nil)
		}
		if got := harness.Refusal(t, err); got.Kind != adapter.Unavailable {
			t.Errorf("a follow-up of the dead upstream's picture = %v, want %q", got, adapter.Unavailable)
		}
		u.Dead["a.test"] = false
		s.Draw(t, "sim-slow", 1) // the breaker lets somebody through again
		ticket, err = service.Act(t.Context(), s.Attempt("/v1/images/actions", "vary again"), act)
		if img := s.Await(t, ticket, err)[0]; img.Upstream != "a" {
			t.Errorf("the follow-up was made at %q, want a", img.Upstream)
		}
		// What made a picture elsewhere follows up elsewhere.
		made := s.Draw(t, "nine", 1)[0]
		ticket, err = service.Act(t.Context(), s.Attempt("/v1/images/actions", "reroll"), adapter.Act{Generation: harness.Generation(""), Image: made.ID, Action: adapter.ActReroll})
		if img := s.Await(t, ticket, err)[0]; img.Upstream != made.Upstream {
			t.Errorf("the reroll of a picture of %q was made at %q", made.Upstream, img.Upstream)
		}
	})
}

// A full upstream is not waited for while another has a place; when all are full they are asked in turn, and whichever
// is free first gets the job.
func TestAJobGoesWhereAPlaceIs(t *testing.T) {
	full := simulator.Fault{Route: "submit", Kind: "queue-full", Times: -1}
	synctest.Test(t, func(t *testing.T) {
		u, s, _ := harness.NewThree(t, map[string]int{"a": 1000000})
		u.Sims["a.test"].Fail(full)
		u.Sims["b.test"].Fail(full)
		began := time.Now()
		img := s.Draw(t, "a red fox", 1)[0]
		if took := time.Since(began); img.Upstream != "c" || took > 20*time.Second {
			t.Errorf("the picture came from %q after %v, want c at once", img.Upstream, took)
		}
		again := full
		again.Times = 3
		u.Sims["c.test"].Fail(again)
		began = time.Now()
		img = s.Draw(t, "a blue fox", 1)[0]
		if took := time.Since(began); img.Upstream != "c" || took < 5*time.Second || took > 2*time.Minute {
			t.Errorf("the picture came from %q after %v, want c when it has a place again", img.Upstream, took)
		}
		if u.Paid("a.test")+u.Paid("b.test") != 0 || u.Paid("c.test") != 2 {
			t.Errorf("paid %d, %d, %d, want two at c", u.Paid("a.test"), u.Paid("b.test"), u.Paid("c.test"))
		}
		u.Sims["c.test"].Fail(full)
		began = time.Now()
		ticket, err := s.Generate(t.Context(), s.Attempt("/v1/images/generations", "x"), harness.Generation("a green fox"))
		if err == nil {
			_, err = ticket.Wait(t.Context(), nil)
		}
		if got, took := harness.Refusal(t, err), time.Since(began); got.Kind != adapter.Busy || took < time.Minute || took > 6*time.Minute {
			t.Errorf("Generate() = %v after %v, want %q when patience ends", got, took, adapter.Busy)
		}
	})
}

func TestNobodyTakesAJobWhenAllAreDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, s, service := harness.NewThree(t, nil)
		for host := range u.Sims {
			u.Dead[host] = true
		}
		ticket, err := service.Generate(t.Context(), s.Attempt("/v1/images/generations", "x"), harness.Generation("a fox"))
		if err == nil {
			_, err = ticket.Wait(t.Context(), nil)
		}
		if got := harness.Refusal(t, err); got.Kind != adapter.Unavailable {
			t.Errorf("Generate() = %v, want %q", got, adapter.Unavailable)
		}
	})
}

// What could not be drawn at one upstream is drawn at another, and the film that follows stays there.
func TestAFilmStaysWhereItsStillWasDrawn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		u, s, _ := harness.NewThree(t, map[string]int{"a": 1000000})
		u.Dead["a.test"] = true
		run, refused := s.MakeVideo(t, "one", adapter.VideoRequest{Generation: harness.Generation("a fox walks"), Seconds: 8})
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
		s := harness.New(t, simulator.Config{}, func(c *harness.Config) { c.InFlightAt = map[string]int{"main": 2} })
		s.Parts.Observer.InFlight = func(_ string, jobs int) { most = max(most, jobs) }
		s.Gate = s.Restarted(t)
		g := harness.Generation("many foxes")
		g.N = 10
		g.Midjourney.Grid = adapter.GridWhole
		ticket, err := s.Generate(t.Context(), s.Attempt("/v1/images/generations", "many"), g)
		if got := len(s.Await(t, ticket, err)); got != 10 || most != 2 {
			t.Errorf("%d pictures with %d jobs at once, want 10 and 2", got, most)
		}
	})
}
