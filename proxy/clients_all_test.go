package proxy

import (
	"sync"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

var dialects = []simulator.Dialect{simulator.Comet, simulator.TrueAI, simulator.NewAPI}

// What the libraries do works as it is, what the dialects do differently in each of them; and what breaks on the way
// costs nothing twice. The tables in testdata say what everything costs.
func TestClients(t *testing.T) {
	t.Parallel() // it mostly waits
	done, broken := newTally(), newTally()
	// Calls that break are mostly waited for, so that many are made at once, whatever -parallel says.
	var all sync.WaitGroup
	busy, waiting := make(chan struct{}, 2), make(chan struct{}, 16)
	libraries := make([]sdk, len(clients))
	for i, c := range clients {
		libraries[i] = c.start(t)
	}
	for _, l := range libraries {
		l.do(t, order{Op: "ready"}) // nothing they can do, but then they have started
	}
	for i, c := range clients {
		library := libraries[i]
		all.Go(func() {
			busy <- struct{}{}
			defer func() { <-busy }()
			t.Run(c.name, func(t *testing.T) { c.operate(t, library, done) })
		})
		if c.on != "" {
			continue
		}
		for _, f := range faults {
			if reason, ok := c.lacks[f.name]; ok {
				broken.lack(c.name, f.name, reason)
				continue
			}
			all.Go(func() {
				waiting <- struct{}{}
				defer func() { <-waiting }()
				t.Run(c.name+", "+f.name, func(t *testing.T) { broken.add(c.name, f.name, f.run(t, library, c)) })
			})
		}
	}
	all.Wait()
	var did, broke []string
	for _, op := range operations {
		did = append(did, op.name)
	}
	for _, f := range faults {
		broke = append(broke, f.name)
	}
	done.holds(t, "operations.md", did, func(client) bool { return true })
	broken.holds(t, "broken.md", broke, func(c client) bool { return c.on == "" })
}

// operate does all operations, one after the other: an edit is of what a generation drew.
func (c client) operate(t *testing.T, library sdk, table *tally) {
	for i, dialect := range dialects[:max(c.dialects, 1)] {
		sim := simulator.Config{Dialect: dialect}
		if c.splits { // its requests for one picture each find the first one's grid under way, however late they come
			sim.Pace = time.Second
		}
		d := desk{newHouse(t, sim), c, library, c.word()}
		if c.splits {
			d.h.sharesForLong(t)
		}
		for _, op := range operations {
			if reason, ok := c.lacks[op.name]; ok {
				table.lack(c.name, op.name, reason)
				continue
			}
			if i > 0 && !op.everywhere {
				continue
			}
			before := len(d.h.sim.Ledger())
			if t.Run(string(dialect)+", "+op.name, func(t *testing.T) { op.run(t, d) }) {
				table.add(c.name, op.name, jobs(len(d.h.sim.Ledger())-before))
			}
		}
	}
}
