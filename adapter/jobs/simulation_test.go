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
		for seed := from; seed < from+worlds; seed++ {
			if !yield(uint64(seed)) {
				return
			}
		}
	}
}
