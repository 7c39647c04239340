package jobs_test

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"sync"
	"time"
)

// dice are what a seed decides. Each question has a name, and so the same answer whatever else was asked before.
type dice struct{ seed uint64 }

func (d dice) of(name ...any) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprint(h, name...)
	return rand.New(rand.NewPCG(d.seed, h.Sum64()))
}

// stream is a row of answers for goroutines that ask one after the other.
type stream struct {
	mu sync.Mutex
	r  *rand.Rand
}

func (s *stream) between(from, to time.Duration) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	return between(s.r, from, to)
}

func (s *stream) chance(p float64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.r.Float64() < p
}

// between draws a time, to the nanosecond: hardly ever do two things happen at once.
func between(r *rand.Rand, from, to time.Duration) time.Duration {
	return from + time.Duration(r.Int64N(int64(to-from)+1))
}

func pick[T any](r *rand.Rand, from ...T) T { return from[r.IntN(len(from))] }
