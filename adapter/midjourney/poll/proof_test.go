package poll

import (
	"strconv"
	"testing"
	"time"
)

func TestProof_ManyWebhooksInARowAndNoneLost(t *testing.T) {
	p, now := &proof{}, time.Now()
	for range 199 {
		p.arrived(now)
	}
	if p.holds(200, now) {
		t.Errorf("199 webhooks are 200")
	}
	p.owed("late", now)
	if !p.late("late", now.Add(time.Second)) || !p.holds(200, now.Add(time.Second)) {
		t.Errorf("a webhook that comes a second after the poller does not count")
	}
	if p.late("late", now.Add(time.Second)) || p.late("never owed", now) {
		t.Errorf("a webhook counts twice, or without being owed")
	}
	p.owed("lost", now)
	if !p.holds(200, now.Add(time.Second)) {
		t.Errorf("a webhook counts as lost after a second")
	}
	if p.holds(1, now.Add(3*time.Second)) {
		t.Errorf("a lost webhook does not end the row")
	}
	for i := range 200 {
		p.owed(strconv.Itoa(i), now)
		p.late(strconv.Itoa(i), now)
	}
	if !p.holds(200, now) || p.holds(0, now) {
		t.Errorf("holds(200), holds(0) = %v, %v; want true, and never for none", p.holds(200, now), p.holds(0, now))
	}
}
