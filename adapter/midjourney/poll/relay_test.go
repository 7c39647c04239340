package poll

import (
	"testing"
	"time"
)

func TestARelayGivesItselfAwayByItsSteps(t *testing.T) {
	r := relay{tune: Default(), ttl: time.Hour}
	at := time.Now()
	for i := range 5 * 15 {
		at = at.Add(time.Second)
		r.saw(false, i%15 == 7, at)
		r.end(at)
		if i == 15*3 && r.sure(at) {
			t.Errorf("three changes make it a relay, want more of them")
		}
	}
	if !r.sure(at) {
		t.Errorf("changes every 15 s do not make it a relay")
	}
	if got := r.next(at).Sub(r.last); got != 15*time.Second {
		t.Errorf("next look %v after the last refresh, want 15s", got)
	}
	if got := r.next(r.last.Add(16 * time.Second)).Sub(r.last); got != 19*time.Second {
		t.Errorf("next look when a refresh is late: %v after the last one, want 19s", got)
	}
	if got := r.align(r.last.Add(20*time.Second), at).Sub(r.last); got != 30*time.Second {
		t.Errorf("first look %v after the last refresh, want 30s", got)
	}
	if r.sure(at.Add(2 * time.Hour)) {
		t.Errorf("it is a relay for ever, want it to be learnt anew")
	}
}

func TestOtherStepsMakeNoRelay(t *testing.T) {
	for name, c := range map[string]struct{ every, looks int }{
		"an origin with slow steps":            {18, 1},
		"an origin with quick steps":           {4, 1},
		"changes at every look, 15 s apart":    {15, 15},
		"changes every 15 s, with few between": {15, 5},
	} {
		r := relay{tune: Default(), ttl: time.Hour}
		start := time.Now()
		for i := 0; i < 10*c.every; i += c.looks {
			at := start.Add(time.Duration(i) * time.Second)
			r.saw(false, i%c.every == 0, at)
			r.end(at)
			if r.sure(at) {
				t.Errorf("%s: it counts as a relay after %d s", name, i)
				break
			}
		}
	}
}
