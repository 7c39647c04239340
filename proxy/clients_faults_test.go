package proxy

import (
	"fmt"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// fault is a column about what a library does when something breaks; its cell says what it cost.
type fault struct {
	name string
	run  func(t *testing.T, library sdk, c client) string
}

// beats are the settings of a heartbeat.
func beats(first, every time.Duration) func(*Config) {
	return func(c *Config) { c.Heartbeat, c.BeatEvery = first, every }
}

var faults = []fault{
	{"cut connection", func(t *testing.T, library sdk, _ client) string {
		h := newHouse(t, simulator.Config{Pace: unhurried})
		gate := newCutter(t, h, impatience{submitted: 1})
		insist(t, library, gate.generation("a red fox")).pictures(t, 1)
		return told(gate, h)
	}},
	{"cut chat", func(t *testing.T, library sdk, _ client) string {
		h := newHouse(t, simulator.Config{Pace: unhurried})
		gate := newCutter(t, h, impatience{submitted: 1})
		if got := insist(t, library, gate.order("chat", talk("a red fox"))); !got.OK {
			t.Errorf("a chat that was cut = %+v, want a picture", got)
		}
		return told(gate, h)
	}},
	// Every try of a call is cut until the job is done: how often that happens is a matter of the library's pauses.
	{"cut every 2 s", func(t *testing.T, library sdk, _ client) string {
		h := newHouse(t, simulator.Config{Pace: 5 * time.Second})
		gate := newCutter(t, h, impatience{after: 2 * time.Second})
		insist(t, library, gate.generation("a red fox")).pictures(t, 1)
		if n := gate.seen(); n < 2 {
			t.Errorf("%d requests, want repeats", n)
		}
		return jobs(len(h.sim.Ledger()))
	}},
	{"failed job", func(t *testing.T, library sdk, _ client) string {
		h := newHouse(t, simulator.Config{})
		gate := newCutter(t, h, impatience{})
		failsForGood(t, library, gate.generation("a fox sim-fail"))
		return told(gate, h)
	}},
	{"failed chat", func(t *testing.T, library sdk, _ client) string {
		h := newHouse(t, simulator.Config{})
		gate := newCutter(t, h, impatience{})
		failsForGood(t, library, gate.order("chat", talk("a fox sim-fail")))
		return told(gate, h)
	}},
	{"late failure", func(t *testing.T, library sdk, _ client) string {
		h := newHouse(t, simulator.Config{Pace: 3 * time.Second}, beats(300*time.Millisecond, 100*time.Millisecond))
		gate := newCutter(t, h, impatience{})
		failsLate(t, library, gate, gate.generation("a fox sim-fail"))
		return jobs(len(h.sim.Ledger()))
	}},
	{"late failure of a chat", func(t *testing.T, library sdk, _ client) string {
		h := newHouse(t, simulator.Config{Pace: 3 * time.Second}, beats(300*time.Millisecond, 100*time.Millisecond))
		gate := newCutter(t, h, impatience{})
		failsLate(t, library, gate, gate.order("chat", talk("a fox sim-fail")))
		return jobs(len(h.sim.Ledger()))
	}},
	{"cut after 6 s of silence", func(t *testing.T, library sdk, _ client) string {
		h := newHouse(t, simulator.Config{Pace: 7 * time.Second}, beats(2*time.Second, time.Second))
		gate := newCutter(t, h, impatience{silence: 6 * time.Second})
		library.do(t, gate.generation("a red fox")).pictures(t, 1)
		return told(gate, h)
	}},
	{"busy, then free", func(t *testing.T, library sdk, _ client) string {
		h := newHouse(t, simulator.Config{})
		h.sim.Fail(simulator.Fault{Route: "imagine", Kind: "429", RetryAfter: 1})
		gate := newCutter(t, h, impatience{})
		insist(t, library, gate.generation("a red fox")).pictures(t, 1)
		return told(gate, h)
	}},
	// Some libraries ask for four pictures in four requests, which share a grid.
	{"four at once", func(t *testing.T, library sdk, c client) string {
		h := newHouse(t, simulator.Config{Pace: unhurried})
		gate := newCutter(t, h, impatience{})
		library.do(t, gate.order("generate", map[string]any{"prompt": "a red fox", "model": "midjourney", "n": 4})).pictures(t, 4)
		if n := gate.seen(); n > 1 != (c.name == "ai + openai" || c.name == "langchain") {
			t.Errorf("%s asked %d times", c.name, n)
		}
		return told(gate, h)
	}},
}

// failsForGood is a call whose job fails: the library raises midgate's error.
func failsForGood(t *testing.T, library sdk, o order) {
	t.Helper()
	if got := library.do(t, o); got.OK || got.Status != 502 || got.Code != "upstream_error" {
		t.Errorf("a job that failed = %+v, want 502 upstream_error", got)
	}
}

// failsLate is a call whose job fails after its answer has begun with blanks: the library raises an error, be it of the
// broken connection or, of a library that repeats such a call, the job's own; and the same call again gets that one.
func failsLate(t *testing.T, library sdk, gate *cutter, o order) {
	t.Helper()
	got := library.do(t, o)
	if s := gate.came(); len(s) == 0 || s[0] != 200 {
		t.Errorf("the answer began with status %v, want 200", s)
	}
	if got.OK || got.Status != 0 && got.Status != 502 {
		t.Fatalf("a job that failed late = %+v, want an error", got)
	}
	if got.Status == 0 {
		failsForGood(t, library, o)
	}
}

func told(c *cutter, h *house) string {
	if n := c.seen(); n != 1 {
		return fmt.Sprintf("%s of %d requests", jobs(len(h.sim.Ledger())), n)
	}
	return jobs(len(h.sim.Ledger()))
}
