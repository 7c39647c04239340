package poll

import (
	"testing"
	"time"

	"midgate/adapter"
)

func TestTheNextLookFollowsTheProgress(t *testing.T) {
	now := time.Now()
	for name, c := range map[string]struct {
		status   adapter.Status
		progress int
		elapsed  time.Duration
		median   time.Duration
		queued   time.Duration
		want     time.Duration
	}{
		"half done":                          {adapter.InProgress, 50, 20 * time.Second, 0, 0, 20 * time.Second},
		"nearly done":                        {adapter.InProgress, 90, 27 * time.Second, 0, 0, 3 * time.Second},
		"time in the queue does not count":   {adapter.InProgress, 50, 60 * time.Second, 0, 40 * time.Second, 20 * time.Second},
		"nothing known":                      {adapter.Submitted, 0, 4 * time.Second, 0, 0, 4 * time.Second},
		"running, as long as such jobs take": {adapter.InProgress, 0, 10 * time.Second, 30 * time.Second, 0, 20 * time.Second},
		"running longer than usual":          {adapter.InProgress, 0, 60 * time.Second, 30 * time.Second, 0, 30 * time.Second},
		"not begun":                          {adapter.NotStarted, 0, 10 * time.Second, 30 * time.Second, 0, 30 * time.Second},
		"a success that lacks something":     {adapter.Success, 100, 10 * time.Second, 30 * time.Second, 0, 0},
		"progress of all without success":    {adapter.InProgress, 100, 10 * time.Second, 30 * time.Second, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			j := &job{submitted: now.Add(-c.elapsed), last: Row{Task: adapter.Task{Status: c.status, Progress: c.progress}, Queued: c.queued}}
			if got := j.rest(now, c.median).Round(time.Millisecond); got != c.want {
				t.Errorf("rest(…) = %v, want %v", got, c.want)
			}
		})
	}
}

func TestChunksGrowSlowlyAndShrinkFast(t *testing.T) {
	now := time.Now()
	c := chunk{tune: Default(), size: 100}
	c.grew(60, now) // not full
	if c.size != 100 {
		t.Errorf("size = %d after a small call, want 100", c.size)
	}
	for range 20 {
		c.grew(c.size, now)
	}
	if c.size != 500 {
		t.Errorf("size = %d after many full calls, want 500", c.size)
	}
	c.refused(500, now)
	c.grew(250, now)
	if c.size != 250 {
		t.Errorf("size = %d right after a refusal of 500, want 250", c.size)
	}
	c.grew(250, now.Add(time.Hour))
	if c.size != 300 {
		t.Errorf("size = %d an hour after the refusal, want 300", c.size)
	}
	for range 9 {
		c.slow(c.size, now)
	}
	if c.size != 50 {
		t.Errorf("size = %d after many time-outs, want 50", c.size)
	}
	for n := c.size; c.refused(n, now); n = c.size {
	}
	if c.size != 1 {
		t.Errorf("size = %d when nothing is taken, want 1", c.size)
	}
}

func TestPausesGrowAndEnd(t *testing.T) {
	now := time.Now()
	p := pause{first: 2 * time.Second, longest: 30 * time.Second}
	var last time.Duration
	for i := range 8 {
		p.failed(now, 0)
		d := p.until.Sub(now)
		low, high := doubled(2*time.Second, i+1, 30*time.Second)*3/4, doubled(2*time.Second, i+1, 30*time.Second)*5/4
		if d < low || d > high {
			t.Errorf("pause %d = %v, want %v to %v", i, d, low, high)
		}
		p.failed(now, time.Hour) // another call that failed at the same time
		if p.until.Sub(now) != d {
			t.Errorf("pause %d grew to %v by a second failure at once", i, p.until.Sub(now))
		}
		now, last = p.until, d
	}
	if last < 20*time.Second {
		t.Errorf("the last pause = %v, want about 30s", last)
	}
	p.over()
	p.failed(now, 50*time.Second)
	if d := p.until.Sub(now); d != 50*time.Second {
		t.Errorf("pause = %v when the upstream asks for 50s, want that", d)
	}
}

func TestDurationsCountOnceThereAreEnough(t *testing.T) {
	d := &durations{}
	k := jobKind{"imagine", adapter.Fast}
	for i := range durationFew - 1 {
		d.learn(k, time.Duration(20+i)*time.Second)
	}
	if shortest, median := d.typical(k); shortest != 0 || median != 0 {
		t.Errorf("typical(few) = %v, %v; want nothing", shortest, median)
	}
	for range 1000 {
		d.learn(k, 100*time.Second)
	}
	if shortest, median := d.typical(k); shortest != 90*time.Second || median != 100*time.Second {
		t.Errorf("typical(…) = %v, %v; want 90s and 100s: old ones are forgotten", shortest, median)
	}
	if shortest, _ := d.typical(jobKind{"imagine", adapter.Relax}); shortest != 0 {
		t.Errorf("typical(another speed) = %v, want nothing", shortest)
	}
}
