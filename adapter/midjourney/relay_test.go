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
