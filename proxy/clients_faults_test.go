package proxy

import (
	"fmt"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/web"
)

// fault is a column about what a library does when something breaks; its cell says what it cost.
type fault struct {
	name string
	run  func(t *testing.T, library sdk, c client) string
}

// beats are the settings of a heartbeat.
func beats(first, every time.Duration) func(*web.Config) {
	return func(c *web.Config) { c.Heartbeat, c.BeatEvery = first, every }
}

var faults = []fault{
	{"cut connection", func(t *testing.T, library sdk, _ client) string {
		h := newHouse(t, simulator.Config{Pixels: 32, Pace: unhurried})
		gate := newCutter(t, h, impatience{submitted: 1})
		insist(t, library, gate.generation("a red fox")).pictures(t, 1)
		return told(gate, h)
	}},
	{"cut chat", func(t *testing.T, library sdk, _ client) string {
		h := newHouse(t, simulator.Config{Pixels: 32, Pace: unhurried})
		gate := newCutter(t, h, impatience{submitted: 1})
		if got := insist(t, library, gate.order("chat", talk("a red fox"))); !got.OK {
			t.Errorf("a chat that was cut = %+v, want a picture", got)
		}
		return told(gate, h)
	}},
	// A form that is sent again has other boundaries, and some libraries do not send files again by themselves.
	{"cut edit", func(t *testing.T, library sdk, _ client) string {
		h := newHouse(t, simulator.Config{Pixels: 32, Pace: unhurried})
		gate := newCutter(t, h, impatience{submitted: 1})
		o := gate.order("edit", map[string]any{"prompt": "in the rain"})
		o.Image = unknownPicture(t)
		insist(t, library, o).pictures(t, 1)
		return told(gate, h)
	}},
	{"cut stream of a chat", func(t *testing.T, library sdk, c client) string {
		h := newHouse(t, simulator.Config{Pixels: 32, Pace: 3 * time.Second})
		gate := newCutter(t, h, impatience{begun: true})
		o := gate.order("chatStream", talk("a red fox"))
		got := library.do(t, o)
		if got.OK != (c.name == "ai + openai") { // which repeats it while it has seen nothing but the role
			t.Errorf("a stream that was cut = %+v", got)
		}
		if !got.OK {
			got = library.do(t, o)
		}
		if !got.OK {
			t.Errorf("the same call again = %+v, want a picture", got)
		}
		return told(gate, h)
	}},
	// Every try of a call is cut, until the job is nearly done: an answer that is cut when it has been handed to the gate
	// counts as answered. How often it is cut is a matter of the library's pauses.
	{"cut every 2 s", func(t *testing.T, library sdk, _ client) string {
		h := newHouse(t, simulator.Config{Pixels: 32, Pace: 5 * time.Second})
		gate := newCutter(t, h, impatience{after: 2 * time.Second, storm: 4800 * time.Millisecond})
		insist(t, library, gate.generation("a red fox")).pictures(t, 1)
		if n := gate.seen(); n < 2 {
			t.Errorf("%d requests, want repeats", n)
		}
		return jobs(len(h.sim.Ledger()))
	}},
	{"failed job", func(t *testing.T, library sdk, c client) string {
		h := newHouse(t, simulator.Config{Pixels: 32})
		gate := newCutter(t, h, impatience{})
		failsForGood(t, library, gate.generation("a fox sim-fail"), c.gets(toldFailed))
		return told(gate, h)
	}},
	{"failed chat", func(t *testing.T, library sdk, c client) string {
		h := newHouse(t, simulator.Config{Pixels: 32})
		gate := newCutter(t, h, impatience{})
		failsForGood(t, library, gate.order("chat", talk("a fox sim-fail")), c.gets(toldFailed))
		return told(gate, h)
	}},
	{"late failure", func(t *testing.T, library sdk, c client) string {
		h := newHouse(t, simulator.Config{Pixels: 32, Pace: 4 * time.Second}, beats(300*time.Millisecond, 100*time.Millisecond))
		gate := newCutter(t, h, impatience{})
		failsLate(t, library, gate, gate.generation("a fox sim-fail"), c.gets(toldFailed))
		return jobs(len(h.sim.Ledger()))
	}},
	{"late refusal", func(t *testing.T, library sdk, c client) string {
		h := newHouse(t, simulator.Config{Pixels: 32, Pace: 4 * time.Second}, beats(300*time.Millisecond, 100*time.Millisecond))
		gate := newCutter(t, h, impatience{})
		failsLate(t, library, gate, gate.generation("a fox sim-moderated"), c.gets(toldModerated))
		return jobs(len(h.sim.Ledger()))
	}},
	{"late failure of a chat", func(t *testing.T, library sdk, c client) string {
		h := newHouse(t, simulator.Config{Pixels: 32, Pace: 4 * time.Second}, beats(300*time.Millisecond, 100*time.Millisecond))
		gate := newCutter(t, h, impatience{})
		failsLate(t, library, gate, gate.order("chat", talk("a fox sim-fail")), c.gets(toldFailed))
		return jobs(len(h.sim.Ledger()))
	}},
	{"cut after 6 s of silence", func(t *testing.T, library sdk, _ client) string {
		h := newHouse(t, simulator.Config{Pixels: 32, Pace: 7 * time.Second}, beats(2*time.Second, time.Second))
		gate := newCutter(t, h, impatience{silence: 6 * time.Second})
		library.do(t, gate.generation("a red fox")).pictures(t, 1)
		return told(gate, h)
	}},
	{"busy, then free", func(t *testing.T, library sdk, _ client) string {
		h := newHouse(t, simulator.Config{Pixels: 32})
		h.sim.Fail(simulator.Fault{Route: "imagine", Kind: "429", RetryAfter: 1})
		gate := newCutter(t, h, impatience{})
		insist(t, library, gate.generation("a red fox")).pictures(t, 1)
		return told(gate, h)
	}},
	// Some libraries ask for four pictures in four requests, which share a grid.
	{"four at once", func(t *testing.T, library sdk, c client) string {
		h := newHouse(t, simulator.Config{Pixels: 32, Pace: unhurried})
		h.sharesForLong(t)
		gate := newCutter(t, h, impatience{})
		library.do(t, gate.order("generate", four)).pictures(t, 4)
		if n := gate.seen(); n != c.asks() {
			t.Errorf("%d requests for four pictures, want %d", n, c.asks())
		}
		return told(gate, h)
	}},
	{"four at once, cut", func(t *testing.T, library sdk, c client) string {
		h := newHouse(t, simulator.Config{Pixels: 32, Pace: unhurried})
		h.sharesForLong(t)
		gate := newCutter(t, h, impatience{submitted: c.asks()})
		insist(t, library, gate.order("generate", four)).pictures(t, 4)
		return told(gate, h)
	}},
	{"four at once, failed", func(t *testing.T, library sdk, c client) string {
		h := newHouse(t, simulator.Config{Pixels: 32, Pace: unhurried})
		h.sharesForLong(t)
		gate := newCutter(t, h, impatience{})
		failsForGood(t, library, gate.order("generate", map[string]any{"prompt": "a fox sim-fail", "model": "midjourney", "n": 4}), c.gets(toldFailed))
		return jobs(len(h.sim.Ledger()))
	}},
}

// sharesForLong lets requests share a grid that a slow machine sends apart.
func (h *house) sharesForLong(t *testing.T) {
	t.Helper()
	h.cfg.ShareWindow = time.Minute
	h.reopen(t)
}

var four = map[string]any{"prompt": "a red fox", "model": "midjourney", "n": 4}

// How the errors of midgate reach the caller of a library.
var (
	toldFailed    = gained{Status: 502, Code: "upstream_error"}
	toldModerated = gained{Status: 400, Code: "moderation_blocked"}
)

// failsForGood is a call whose job fails: the library raises midgate's error.
func failsForGood(t *testing.T, library sdk, o order, want gained) {
	t.Helper()
	if got := library.do(t, o); got.OK || got.Status != want.Status || got.Code != want.Code {
		t.Errorf("a job that failed = %+v, want %d %s", got, want.Status, want.Code)
	}
}

// failsLate is a call whose job fails after its answer has begun with blanks: the library raises an error, be it of the
// broken connection or, of a library that repeats such a call, the job's own; and the same call again gets that one.
func failsLate(t *testing.T, library sdk, gate *cutter, o order, want gained) {
	t.Helper()
	got := library.do(t, o)
	if s := gate.came(); len(s) == 0 || s[0] != 200 {
		t.Errorf("the answer began with status %v, want 200", s)
	}
	if got.OK || got.Status != 0 && got.Status != want.Status {
		t.Fatalf("a job that failed late = %+v, want an error", got)
	}
	if got.Status == 0 {
		failsForGood(t, library, o, want)
	}
}

func told(c *cutter, h *house) string {
	if n := c.seen(); n != 1 {
		return fmt.Sprintf("%s of %d requests", jobs(len(h.sim.Ledger())), n)
	}
	return jobs(len(h.sim.Ledger()))
}
