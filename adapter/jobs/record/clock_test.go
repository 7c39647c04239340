package record

import (
	"strings"
	"testing"
	"time"

	"midgate/adapter"
)

// What was read from a record carries no monotonic reading; once it is tied, every time of it does, and is the same.
func TestClock_TiesEveryTimeOfARecord(t *testing.T) {
	c := NewClock()
	at := c.Now().Add(-time.Minute).Round(0)
	run := adapter.Job{Created: at, Deadline: at, Deliveries: []adapter.Delivery{{At: at}},
		Steps: []adapter.Step{{Intended: at, Submission: &adapter.Submission{At: at}}}}
	before := run.Steps[0].Submission
	c.Tie(&run)
	for name, got := range map[string]time.Time{"created": run.Created, "deadline": run.Deadline, "delivery": run.Deliveries[0].At,
		"intended": run.Steps[0].Intended, "submitted": run.Steps[0].Submission.At} {
		if !strings.Contains(got.String(), " m=") || got.Sub(at).Abs() > time.Second {
			t.Errorf("%s = %s, want %s with a monotonic reading", name, got, at)
		}
	}
	if !run.Finished.IsZero() || !run.Steps[0].Finished.IsZero() {
		t.Error("a time that is not known became one")
	}
	if before.At != at {
		t.Error("a submission that somebody else may hold was written to")
	}
}
