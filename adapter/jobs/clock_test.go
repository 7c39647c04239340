package jobs

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"midgate/adapter"
)

// The times of a run that is followed here have a monotonic reading, wherever its record came from, and are the same times.
func TestTheTimesOfARunThatIsFollowedAreMonotonic(t *testing.T) {
	at := time.Now().Add(-time.Minute)
	run := adapter.Job{ID: "job_1", Revision: 1, Created: at, Deadline: at.Add(time.Hour), Deliveries: []adapter.Delivery{{State: adapter.DeliveryAbandoned, At: at}},
		Steps: []adapter.Step{{Name: "imagine", Intended: at, Submission: &adapter.Submission{TaskID: "1", At: at}}}}
	var stored adapter.Job
	if raw, err := json.Marshal(run); err != nil || json.Unmarshal(raw, &stored) != nil {
		t.Fatal(err)
	}
	stored.Revision = 2
	first, absorbed := newLive(stored), newLive(adapter.Job{ID: "job_1"})
	absorbed.absorb(stored)
	for name, l := range map[string]*live{"a record": first, "a newer record": absorbed} {
		got := l.snapshot()
		for what, x := range map[string][2]time.Time{
			"Created": {got.Created, run.Created}, "Deadline": {got.Deadline, run.Deadline}, "Delivery.At": {got.Deliveries[0].At, at},
			"Intended": {got.Steps[0].Intended, at}, "Submission.At": {got.Steps[0].Submission.At, at},
		} {
			if !monotonic(x[0]) || !x[0].Round(0).Equal(x[1].Round(0)) {
				t.Errorf("%s: %s = %v, want %v with a monotonic reading", name, what, x[0], x[1])
			}
		}
		if !got.Finished.IsZero() {
			t.Errorf("%s: Finished = %v, want none", name, got.Finished)
		}
	}
	if monotonic(stored.Deliveries[0].At) || monotonic(stored.Steps[0].Submission.At) {
		t.Error("the record itself was changed")
	}
}

func monotonic(t time.Time) bool { return strings.Contains(t.String(), " m=") }
