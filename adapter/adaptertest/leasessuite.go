package adaptertest

import (
	"context"
	"testing"

	"midgate/adapter"
)

// Replicas are leases as two replicas see them, and a way to end the first.
type Replicas struct {
	Here, There adapter.Leases
	// Kill makes the first replica disappear as a killed process does: it releases nothing.
	Kill func()
}

// LeasesFactory makes leases that nobody holds.
type LeasesFactory func(t *testing.T) Replicas

// Leases runs the conformance suite of adapter.Leases. The factory is called once per case; the cases
// run in parallel.
func Leases(t *testing.T, factory LeasesFactory) {
	for name, check := range map[string]func(*testing.T, Replicas){
		"one of two replicas gets a name":                  leasesExclusive,
		"of many at once one gets a name":                  leasesRace,
		"names are independent":                            leasesIndependent,
		"a replica takes its own name again":               leasesOwn,
		"a name is free when its holder's context ends":    leasesReleased,
		"a dead holder's name lapses and is taken":         leasesLapse,
		"a name is kept for longer than it would lapse in": leasesKept,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, factory(t))
		})
	}
}

// hold asks for a name and says whether it was given.
func hold(t *testing.T, ctx context.Context, l adapter.Leases, name, replica string) (<-chan struct{}, bool) {
	t.Helper()
	lost, held, err := l.Hold(ctx, name, replica)
	ok(t, "Hold", err)
	return lost, held
}

func holder(t *testing.T, l adapter.Leases, name string) string {
	t.Helper()
	who, err := l.Holder(bounded(t), name)
	ok(t, "Holder", err)
	return who
}

func leasesExclusive(t *testing.T, r Replicas) {
	if who := holder(t, r.Here, "poller.main"); who != "" {
		t.Errorf("Holder of a free name = %q, want nobody", who)
	}
	if _, held := hold(t, t.Context(), r.Here, "poller.main", "one"); !held {
		t.Fatal("a free name was not given")
	}
	if _, held := hold(t, t.Context(), r.There, "poller.main", "two"); held {
		t.Fatal("a name that is held was given to another")
	}
	for _, l := range []adapter.Leases{r.Here, r.There} {
		if who := holder(t, l, "poller.main"); who != "one" {
			t.Errorf("Holder = %q, want one", who)
		}
	}
}

func leasesRace(t *testing.T, r Replicas) {
	won := make(chan bool, 10)
	for i := range 10 {
		go func() {
			_, held, err := []adapter.Leases{r.Here, r.There}[i%2].Hold(t.Context(), "name", string(rune('a'+i)))
			won <- held && err == nil
		}()
	}
	winners := 0
	for range 10 {
		if <-won {
			winners++
		}
	}
	if winners != 1 {
		t.Errorf("%d replicas hold the name, want 1", winners)
	}
}

func leasesIndependent(t *testing.T, r Replicas) {
	for name, l := range map[string]adapter.Leases{"one": r.Here, "two": r.There} {
		if _, held := hold(t, t.Context(), l, "replica."+name, name); !held {
			t.Errorf("%s did not get its own name", name)
		}
	}
}

func leasesOwn(t *testing.T, r Replicas) {
	before, _ := hold(t, t.Context(), r.Here, "name", "one")
	after, held := hold(t, t.Context(), r.There, "name", "one")
	if !held {
		t.Fatal("a replica that was restarted did not get its own name")
	}
	arrives(t, "the end of the former holding", before)
	select {
	case <-after:
		t.Error("the new holding is lost")
	default:
	}
}

func leasesReleased(t *testing.T, r Replicas) {
	ctx, cancel := context.WithCancel(t.Context())
	if _, held := hold(t, ctx, r.Here, "name", "one"); !held {
		t.Fatal("a free name was not given")
	}
	cancel()
	eventually(t, "the released name", func() bool {
		_, held := hold(t, t.Context(), r.There, "name", "two")
		return held
	})
}

func leasesLapse(t *testing.T, r Replicas) {
	lost, _ := hold(t, t.Context(), r.Here, "name", "one")
	r.Kill()
	eventually(t, "the dead replica's name", func() bool {
		_, held := hold(t, t.Context(), r.There, "name", "two")
		return held
	})
	arrives(t, "the loss", lost)
	if who := holder(t, r.There, "name"); who != "two" {
		t.Errorf("Holder = %q, want two", who)
	}
}

// leasesKept holds two names, lets the second lapse, and asks whether the first is still held: no clock is needed.
func leasesKept(t *testing.T, r Replicas) {
	kept, _ := hold(t, t.Context(), r.There, "kept", "two")
	hold(t, t.Context(), r.Here, "lapsing", "one")
	r.Kill()
	eventually(t, "the name that lapses", func() bool {
		_, held := hold(t, t.Context(), r.There, "lapsing", "two")
		return held
	})
	select {
	case <-kept:
		t.Error("the name that was kept is lost")
	default:
	}
	if who := holder(t, r.There, "kept"); who != "two" {
		t.Errorf("Holder = %q, want two", who)
	}
}
