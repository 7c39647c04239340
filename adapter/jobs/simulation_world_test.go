package jobs_test

import (
	"maps"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/adaptertest"
	"midgate/adapter/adaptertest/harness"
)

// world is replicas over one state, upstreams, clients of several kinds, and what fails.
type world struct {
	dice     dice
	plan     plan
	without  lack
	cfg      harness.Config
	log      *history
	base     *adaptertest.State
	shelf    *shelf
	ledger   *ledger
	crowd    *crowd
	replicas []*replica

	faultsEnd time.Time
	all       sync.WaitGroup
}

// simulate runs the world of a seed to its end, and returns what happened.
func simulate(t *testing.T, seed uint64, without lack) (log *history) {
	log = &history{}
	defer func() {
		if p := recover(); p != nil { // goroutines that were left, most of all
			log.wrong("panic: %v", p)
		}
	}()
	synctest.Test(t, func(*testing.T) {
		log.began = time.Now()
		d := dice{seed}
		w := &world{dice: d, plan: planned(d), without: without, log: log, shelf: &shelf{bytes: map[string][]byte{}}, crowd: newCrowd()}
		w.ledger = &ledger{w: w, tries: map[string]int{}, taken: map[string]bool{}, trouble: map[string]time.Time{}}
		w.run()
	})
	return log
}

func (w *world) run() {
	w.log.note("%s", w.plan)
	w.faultsEnd = time.Now().Add(w.plan.faults)
	w.base = adaptertest.NewState(w.plan.shared)
	w.cfg = harness.Config{
		Jobs:     harness.Jobs{JobTimeout: w.plan.timeout, JobDeadline: worldDeadline, ShareWindow: w.plan.share, MaxInFlight: w.plan.places, MaxQueue: w.plan.line, Secret: make([]byte, 32)},
		Workflow: harness.Workflow{DefaultSpeed: adapter.Fast, SpeedLimit: adapter.Turbo, Grid: adapter.GridSplit},
	}
	for i := range w.plan.replicas {
		w.replicas = append(w.replicas, &replica{})
		w.boot(i)
	}
	w.all.Go(w.nemesis)
	r := w.dice.of("groups")
	for i := range w.plan.groups {
		kind := pick(r, slices.Sorted(maps.Keys(kinds))...)
		g := group{w: w, name: kind + string(rune('A'+i)), owner: pick(r, owners...)}
		g.r = w.dice.of(g.name)
		begins := between(r, 0, 30*time.Second)
		w.all.Go(func() { <-time.After(begins); kinds[kind](g) })
	}
	w.all.Wait()
	<-time.After(time.Until(w.faultsEnd))
	w.settle()
	w.judge()
	for _, r := range w.replicas {
		if p := r.current(); p != nil {
			p.stop()
		}
	}
}

// settle waits until nothing is left to be done, as long as midgate looks for what it misses.
func (w *world) settle() {
	w.log.note("everything works again")
	for end := time.Now().Add(worldDeadline + 10*time.Minute); time.Now().Before(end); <-time.After(5 * time.Second) {
		if len(w.open()) == 0 && w.missing() == nil {
			return
		}
	}
}

// troubled reports whether a sort of fault is in the plan, and not over.
func (w *world) troubled(planned bool) bool {
	return planned && time.Now().Before(w.faultsEnd.Add(30*time.Second))
}
