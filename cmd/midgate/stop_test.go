package main

import (
	"encoding/json"
	"testing"
	"time"
)

// asked is a request that waits in the background.
func asked(t *testing.T, u *pair, prompt string) <-chan answer {
	t.Helper()
	got := make(chan answer, 1)
	go func() {
		a, err := tryAsk(t, u.url+"/v1/images/generations", "alices-key", `{"prompt": "`+prompt+`", "response_format": "url"}`)
		if err != nil {
			t.Errorf("the request fails: %v", err)
		}
		got <- a
	}()
	return got
}

// submitted waits until the upstream has so many jobs.
func submitted(t *testing.T, u *pair, n int) {
	t.Helper()
	eventually(t, "a submission arrives", func() bool { return len(charges(t, u.upstream)) >= n })
}

// eventually looks again and again until a condition holds.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	look := time.NewTicker(20 * time.Millisecond)
	defer look.Stop()
	limit := time.After(patience)
	for !holds() {
		select {
		case <-look.C:
		case <-limit:
			t.Fatalf("never: %s", what)
		}
	}
}

func TestTermLetsAJobFinishWithinTheGrace(t *testing.T) {
	u := startPair(t, []string{"--pace", "3s"}, "MIDGATE_UPSTREAM_SPEED=fast")
	got := asked(t, u, "a mill")
	submitted(t, u, 1)
	if status := u.gate.stop(); status != 0 {
		t.Errorf("serve ends with %d, want 0", status)
	}
	var d drawn
	if (<-got).into(t, &d); len(d.Data) != 1 {
		t.Errorf("%d pictures, want 1", len(d.Data))
	}
}

func TestTermLeavesALongJobToTheNextStart(t *testing.T) {
	u := startPair(t, []string{"--pace", "15s"}, "MIDGATE_UPSTREAM_SPEED=fast", "MIDGATE_SHUTDOWN_GRACE=1s")
	got := asked(t, u, "a mill")
	submitted(t, u, 1)
	began := time.Now()
	if status := u.gate.stop(); status != 0 {
		t.Errorf("serve ends with %d, want 0", status)
	}
	// The grace itself, and what a loaded machine adds under the race detector: less than the job takes.
	if took := time.Since(began); took > 12*time.Second {
		t.Errorf("serve took %v to end, with a grace of 1s", took)
	}
	a := <-got
	if a.status != 504 || a.header.Get("x-should-retry") != "false" {
		t.Errorf("the client gets %d, x-should-retry %q; want 504 and false: its job goes on", a.status, a.header.Get("x-should-retry"))
	}
	job := a.header.Get("midgate-job")
	if job == "" {
		t.Fatal("the answer names no job")
	}
	u.serve(t)
	eventually(t, "the job ends after the restart", func() bool {
		var j struct {
			Status string
			Result json.RawMessage
		}
		ask(t, u.url+"/v1/jobs/"+job, "alices-key", "").into(t, &j)
		return j.Status == "completed"
	})
	if bill := charges(t, u.upstream); len(bill) != 1 {
		t.Errorf("%d charges, want 1", len(bill))
	}
}
