package clients

import (
	"slices"
	"sync"
	"time"

	"midgate/adapter/jobs/dedup"
)

// Refusals are the attempts that were refused before they had a job: a repeat that begins one later is not ahead of them.
type Refusals struct {
	mu     sync.Mutex
	byBody map[string][]time.Time
	swept  time.Time
}

// maxNoted is how many refused attempts of one body are known: no client counts further.
const maxNoted = 64

// Note notes a refused attempt.
func (r *Refusals) Note(body string, now time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byBody == nil {
		r.byBody = map[string][]time.Time{}
	}
	recent := slices.DeleteFunc(r.byBody[body], func(at time.Time) bool { return now.Sub(at) > dedup.RepeatWindow })
	r.byBody[body] = append(recent[max(0, len(recent)-maxNoted+1):], now)
	if now.Sub(r.swept) < dedup.RepeatWindow {
		return
	}
	r.swept = now
	for other, at := range r.byBody {
		if now.Sub(at[len(at)-1]) > dedup.RepeatWindow {
			delete(r.byBody, other)
		}
	}
}

// Take returns how many of a repeat's earlier tries are known to have been refused, and forgets them.
func (r *Refusals) Take(body string, tries int, now time.Time) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	recent := slices.DeleteFunc(r.byBody[body], func(at time.Time) bool { return now.Sub(at) > dedup.RepeatWindow })
	n := min(tries, len(recent))
	if recent = recent[n:]; len(recent) > 0 {
		r.byBody[body] = recent
	} else {
		delete(r.byBody, body)
	}
	return n
}
