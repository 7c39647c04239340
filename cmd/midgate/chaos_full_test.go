package main

import (
	"fmt"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// A gate is killed while it waits for an upstream whose queue is full. Nothing was created by then, and that is on disk: the
// job is submitted after the restart, and the repeat gets its pictures.
func TestAKillWhileTheUpstreamIsFullCostsNothing(t *testing.T) {
	t.Parallel()
	for retry := range 2 {
		t.Run(fmt.Sprint("repeated with the counter ", retry), func(t *testing.T) {
			t.Parallel()
			b := newBed(t, simulator.Config{Pace: time.Second})
			b.sim.Fail(simulator.Fault{Route: "imagine", Kind: "queue-full", Times: 3})
			s := b.generation("a patient queue", 2)
			first := make(chan struct{})
			go func() {
				defer close(first)
				if a, err := s.try(t, 0); err == nil {
					t.Errorf("the gate that was to be killed answers %d %s", a.status, a.body)
				}
			}()
			eventually(t, "the upstream has refused three times", func() bool { return b.submissions("a patient queue") == 3 })
			<-time.After(time.Second) // it is asked again after four
			b.kill()
			<-first
			b.serve()
			if d := s.must(t, retry); len(d.Data) != 2 {
				t.Errorf("the repeat gets %d pictures, want 2", len(d.Data))
			}
			if got := b.charged("a patient queue"); got != 1 {
				t.Errorf("%d charges, want 1", got)
			}
			b.settle(1)
		})
	}
}
