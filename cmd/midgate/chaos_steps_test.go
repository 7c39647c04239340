package main

import (
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// A gate is killed at one point of a job's life after the other: the repeat gets the
// picture of the one job that was paid.
func TestAKillAtEachStepCostsOneJob(t *testing.T) {
	t.Parallel()
	answered := func(b *bed) bool {
		jobs := b.jobs()
		return len(jobs) == 1 && jobs[0].Status == "completed"
	}
	for name, test := range map[string]struct {
		slow  []string // routes whose first answer takes some seconds
		there func(b *bed) bool
	}{
		"while it is submitted": {[]string{"imagine"},
			func(b *bed) bool { return len(b.sim.Ledger()) == 1 }},
		"once it is submitted": {nil, func(b *bed) bool { return b.accepted() == 1 }},
		"while it is polled": {[]string{"fetch"},
			func(b *bed) bool { return b.sim.Requests().Routes["fetch"] > 0 }},
		"while the picture is fetched": {[]string{"cdn", "image"},
			func(b *bed) bool { return b.sim.Requests().Routes["cdn"]+b.sim.Requests().Routes["image"] > 0 }},
		"once it is answered": {nil, answered},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t, simulator.Config{Dialect: simulator.TrueAI, Auth: "bearer", Pace: 1500 * time.Millisecond}, "MIDGATE_UPSTREAM_PREFIXES=relax=,fast=,turbo=")
			for _, route := range test.slow {
				b.sim.Fail(simulator.Fault{Route: route, Kind: "slow", Delay: 2 * time.Second})
			}
			s := b.generation("a doomed ship", 2)
			first := make(chan struct{})
			go func() {
				defer close(first)
				_, _ = s.try(t, 0) // most of them are cut
			}()
			eventually(t, name, func() bool { return test.there(b) })
			b.kill()
			<-first
			b.serve()
			if d := s.must(t, 1); len(d.Data) != 2 {
				t.Errorf("the repeat gets %d pictures, want 2", len(d.Data))
			}
			if got := b.submissions("a doomed ship"); got != 1 {
				t.Errorf("%d submissions, want 1", got)
			}
			b.settle(1)
		})
	}
}
