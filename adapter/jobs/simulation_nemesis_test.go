package jobs_test

import (
	"time"
)

// nemesis lets things fail until the world's faults are over. Then everything works again.
func (w *world) nemesis() {
	r := w.dice.of("nemesis")
	var deeds []func()
	if w.plan.upstream {
		for _, what := range []string{"lost", "full", "away", "polls", "gone", "pictures"} {
			deeds = append(deeds, func() {
				d := between(r, 2*time.Second, 40*time.Second)
				w.log.note("upstreams: %s for %s", what, d)
				w.ledger.fail(what, w.within(d))
			})
		}
	}
	if w.plan.process {
		kill := func() {
			w.end(r.IntN(len(w.replicas)), between(r, time.Second, 15*time.Second), r.IntN(40), r.IntN(4) == 0)
		}
		freeze := func() { w.freeze(r.IntN(len(w.replicas)), between(r, 500*time.Millisecond, 12*time.Second)) }
		deeds = append(deeds, kill, kill, freeze, freeze)
	}
	if w.plan.commits {
		for i := range 4 {
			deeds = append(deeds, func() {
				w.spoilCommits(r.IntN(len(w.replicas)), i, between(r, 300*time.Millisecond, 9*time.Second), r.IntN(3))
			})
		}
	}
	for len(deeds) > 0 && time.Now().Before(w.faultsEnd) {
		<-time.After(between(r, 500*time.Millisecond, 15*time.Second))
		pick(r, deeds...)()
	}
}

// within is the end of a fault that lasts that long, or until all faults end.
func (w *world) within(d time.Duration) time.Time {
	end := time.Now().Add(d)
	if end.After(w.faultsEnd) {
		return w.faultsEnd
	}
	return end
}

// end lets a replica's process end, at once, at one of its next awaits or by SIGTERM, and another one start.
func (w *world) end(i int, away time.Duration, awaits int, politely bool) {
	p := w.replicas[i].current()
	if p == nil {
		return
	}
	w.all.Go(func() {
		switch {
		case politely:
			w.log.note("%s is stopped", p.name)
			p.stop()
		case awaits == 0:
			w.log.note("%s is killed", p.name)
			p.kill()
		default:
			p.mu.Lock()
			p.awaits = awaits
			p.mu.Unlock()
			select {
			case <-p.dying:
			case <-time.After(20 * time.Second):
				w.log.note("%s is killed", p.name)
				p.kill()
			}
		}
		r := w.replicas[i]
		r.mu.Lock()
		mine := r.now == p
		if mine {
			r.now = nil
		}
		r.mu.Unlock()
		if mine {
			<-time.After(away)
			w.boot(i)
		}
	})
}

func (w *world) freeze(i int, d time.Duration) {
	if p := w.replicas[i].current(); p != nil {
		w.log.note("%s stands still for %s", p.name, d)
		w.all.Go(func() { p.freeze(d) })
	}
}

// spoilCommits lets what a process commits go wrong for a while.
func (w *world) spoilCommits(i, how int, d time.Duration, after int) {
	p := w.replicas[i].current()
	if p == nil {
		return
	}
	d = time.Until(w.within(d))
	w.log.note("%s: commits %s for %s", p.name, []string{"fail", "get lost", "cannot be made", "take 3 s"}[how], d)
	mend := p.broke.Mend
	switch how {
	case 0:
		p.broke.Break(errDatabase, after)
	case 1:
		p.broke.LoseAnswers(errDatabase)
	case 2:
		p.broke.BreakAll(errDatabase)
	case 3:
		select {
		case p.slow <- struct{}{}:
			mend = func() { <-p.slow }
		default:
			return
		}
	}
	w.all.Go(func() { <-time.After(d); mend() })
}
