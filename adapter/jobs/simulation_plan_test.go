package jobs_test

import (
	"fmt"
	"time"
)

// plan is what sort of a world a seed makes.
type plan struct {
	replicas int
	shared   bool          // the state has leases; always with several replicas
	share    time.Duration // in which grids are shared
	first    bool          // the first step's intent is recorded with the job
	places   int           // at an upstream
	line     int           // places in the queue
	timeout  time.Duration // of one answer
	groups   int           // of clients
	budget   int           // jobs that each owner may spend in all; 0: without end

	upstream bool // submissions, polls and pictures fail
	process  bool // processes die, are stopped and go on
	commits  bool // commits fail, get lost or take long
	clocks   bool // a process that starts finds its clock set

	faults time.Duration // how long
}

// calm reports whether nothing fails but what clients do, and nothing is refused for its cost: then each wish has exactly what it may cost.
func (p plan) calm() bool {
	return p.budget == 0 && !p.upstream && !p.process && !p.commits && !p.clocks
}

const (
	worldDeadline = 15 * time.Minute // of a job
	worldFaults   = 4 * time.Minute
)

func planned(d dice) plan {
	r := d.of("plan")
	p := plan{replicas: pick(r, 1, 2, 2, 3), share: pick(r, 0, time.Second, time.Second), first: r.IntN(2) == 0,
		places: pick(r, 1, 2, 4, 16), line: pick(r, 2, 8, 64), timeout: pick(r, 60*time.Second, 3*time.Minute), groups: 2 + r.IntN(3), faults: time.Minute}
	if b := d.of("budget"); b.IntN(3) == 0 {
		p.budget = 1 + b.IntN(8)
	}
	p.shared = p.replicas > 1 || r.IntN(2) == 0
	if r.IntN(2) == 0 {
		return p
	}
	p.faults = between(r, worldFaults/4, worldFaults)
	for !p.upstream && !p.process && !p.commits {
		p.upstream, p.process, p.commits = r.IntN(2) == 0, r.IntN(2) == 0, r.IntN(3) == 0
	}
	p.clocks = p.process && r.IntN(4) == 0
	return p
}

func (p plan) String() string {
	return fmt.Sprintf("%d replicas, shared %t, quarters for %s, first intent %t, %d places, %d in line, answers wait %s, budgets of %d; failing upstream %t, processes %t, commits %t, clocks %t",
		p.replicas, p.shared, p.share, p.first, p.places, p.line, p.timeout, p.budget, p.upstream, p.process, p.commits, p.clocks)
}
