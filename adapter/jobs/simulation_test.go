package jobs_test

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// TestWorlds runs worlds, each from a seed, and looks at each of them that nothing was paid twice, that nothing paid got
// lost, and that everybody was told the truth. WORLDS says how many; -run 'TestWorlds/seed=N' repeats one.
func TestWorlds(t *testing.T) {
	for seed := range seeds(t) {
		t.Run(fmt.Sprintf("seed=%d", seed), func(t *testing.T) {
			t.Parallel()
			if log := simulate(t, seed, lack{}); log.failed() {
				t.Errorf("the world of seed %d:\n%s", seed, log)
			}
		})
	}
}

// found are the seeds of worlds beyond the first ones in which something was wrong once.
var found = []uint64{10851, 21212, 24374, 26013, 26584, 28054, 29091, 33824, 34440, 38140, 39101, 40370, 41804, 45294, 45601, 48413, 50033, 53572, 58782,
	65282, 66067, 67061, 67633, 71711, 79553, 84117, 90134, 96603, 96661, 97183}

var oneSeed = regexp.MustCompile(`^\^?TestWorlds\$?/\^?seed=(\d+)\$?$`)

// seeds are those that are asked for.
func seeds(t *testing.T) func(yield func(uint64) bool) {
	from, worlds := 1, 300
	if n, err := strconv.Atoi(os.Getenv("WORLDS")); err == nil {
		worlds = n
	}
	if m := oneSeed.FindStringSubmatch(flag.Lookup("test.run").Value.String()); m != nil {
		n, err := strconv.Atoi(m[1])
		if err != nil {
			t.Fatal(err)
		}
		from, worlds = n, 1
	}
	return func(yield func(uint64) bool) {
		for seed := uint64(from); seed < uint64(from+worlds); seed++ {
			if !yield(seed) {
				return
			}
		}
		for _, seed := range found {
			if worlds > 1 && seed >= uint64(from+worlds) && !yield(seed) {
				return
			}
		}
	}
}
