package jobs_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest/harness"
	"midgate/adapter/midjourney/simulator"
)

// TestWhoeverCountsHearsOfWhatWaitsIsLostAndIsGivenBack: each once, under the upstream's or the key's name.
func TestWhoeverCountsHearsOfWhatWaitsIsLostAndIsGivenBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := harness.New(t, simulator.Config{Dialect: simulator.TrueAI}, func(c *harness.Config) { c.MaxInFlight = 1 })
		var mu sync.Mutex
		var told []string
		var waits []time.Duration
		tell := func(format string, args ...any) {
			mu.Lock()
			defer mu.Unlock()
			told = append(told, fmt.Sprintf(format, args...))
		}
		s.Parts.Observer = adapter.Observer{
			Placed: func(_ string, waited time.Duration) {
				mu.Lock()
				defer mu.Unlock()
				waits = append(waits, waited)
			},
			Ambiguous: func(upstream string) { tell("lost at %s", upstream) },
			Late:      func(upstream string) { tell("found at %s", upstream) },
			Sold:      func(key, kind, speed string, _ adapter.Amount) { tell("sold %s %s", kind, speed) },
			Refunded: func(key, kind, speed string, cost adapter.Amount) {
				tell("%s is given back %d %s %s", key, cost.Jobs, kind, speed)
			},
		}
		s.Gate = s.Restarted(t)
		expect := func(when string, want ...string) {
			t.Helper()
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if !slices.Equal(told, want) {
				t.Errorf("%s: it heard %q, want %q", when, told, want)
			}
			told = nil
		}
		generate := func(prompt string) error {
			a := s.Attempt("/v1/images/generations", prompt)
			a.Caller.Name = "alice"
			ticket, err := s.Generate(t.Context(), a, harness.Generation(prompt))
			if err == nil {
				_, err = ticket.Wait(t.Context(), nil)
				ticket.Answered()
			}
			return err
		}

		s.Sim.Fail(simulator.Fault{Route: "imagine", Kind: "drop-after"})
		s.Sim.Fail(simulator.Fault{Route: "tasks", Kind: "500", Times: 25})
		if err := generate("a red fox"); adapter.KindOf(err) != adapter.Ambiguous {
			t.Fatalf("the answer is %v, want Ambiguous", err)
		}
		expect("a submission that nobody knows of", "lost at main")
		<-time.After(10 * time.Minute)
		expect("it turns up", "found at main", "sold generation fast")

		s.Sim.Fail(simulator.Fault{Route: "imagine", Kind: "ends", Body: "Banned prompt, `fox` is banned"})
		if err := generate("a green fox"); err == nil {
			t.Fatal("a task that fails has pictures")
		}
		expect("a task fails", "alice is given back 1 generation fast")

		mu.Lock()
		waits = nil
		mu.Unlock()
		first := make(chan error)
		go func() { first <- generate("a blue fox") }()
		synctest.Wait()
		if err := generate("a white fox"); err != nil {
			t.Fatal(err)
		}
		if err := <-first; err != nil {
			t.Fatal(err)
		}
		mu.Lock()
		defer mu.Unlock()
		if len(waits) != 2 || waits[0] != 0 || waits[1] < time.Second {
			t.Errorf("two submissions waited for %v for the one place, want none and some", waits)
		}
	})
}
