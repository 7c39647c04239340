package midjourney

import (
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

// TestARelaysRhythmIsLearnt runs jobs against copies that are refreshed every 15 s: few questions,
// and each end is seen soon after the refresh that brings it.
func TestARelaysRhythmIsLearnt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, simulator.Config{Dialect: simulator.NewAPI, Pace: 40 * time.Second, Jitter: 0.5}, nil)
		r.together(10, "a fox", r.happy) // learns
		before := readsOf(r.sim)
		var worst time.Duration
		r.together(20, "a hen", func(task adapter.Task, err error) {
			r.happy(task, err)
			worst = max(worst, time.Since(task.FinishedAt))
		})
		after := readsOf(r.sim)
		if n := after.reads - before.reads; n > 20 {
			t.Errorf("%d reads for 20 jobs of a minute, want at most 20: between two refreshes there is nothing to see", n)
		}
		if worst > 22*time.Second {
			t.Errorf("an end was seen %v late, want at most a refresh and a few seconds", worst)
		}
	})
}

func TestAnOriginIsNotTakenForARelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, simulator.Config{Pace: 150 * time.Second}, nil) // a step every 18 s
		for range 5 {
			r.together(1, "a fox", r.happy)
		}
		p, ok := r.Waiter.(*poller)
		if !ok || p.relay.sure(time.Now()) {
			t.Errorf("an origin with slow steps counts as a relay")
		}
	})
}

func TestARelayGivesItselfAwayByItsSteps(t *testing.T) {
	r := relay{tune: DefaultPoll(), ttl: time.Hour}
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
