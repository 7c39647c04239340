package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// behind puts something between the gate and its upstream that can be taken away, and starts the gate anew.
func (b *bed) behind() (cut func(), back func()) {
	b.t.Helper()
	const setting = "MIDGATE_UPSTREAM_URL="
	for i, v := range b.environ {
		if to, ok := strings.CutPrefix(v, setting); ok {
			way, url := putBetween(b.t, to, 0, 0)
			b.environ[i] = setting + url
			b.gate.stop()
			b.serve()
			return way.close, func() { putBetweenAt(b.t, strings.TrimPrefix(url, "http://"), to, 0, 0) }
		}
	}
	b.t.Fatal("the gate has no upstream")
	return nil, nil
}

// said is what a request was refused with.
func (a answer) said(code string) bool { return strings.Contains(string(a.body), `"code":"`+code+`"`) }

// While nobody listens at the upstream's address requests are refused at once, since nothing can have been submitted, and
// jobs under way go on when it is back.
func TestAnUpstreamThatIsDownCostsNothing(t *testing.T) {
	t.Parallel()
	b := newBed(t, simulator.Config{Pace: 5 * time.Second})
	down, up := b.behind()
	before := make(chan drawn, 1)
	go func() { before <- b.generation("before it went down", 2).must(t, 0) }()
	eventually(t, "a job is under way", func() bool { return b.accepted() == 1 })
	down()
	began := time.Now()
	for range 8 {
		a, err := b.generation("while it is down", 1).try(t, 0)
		if err != nil || a.status != http.StatusServiceUnavailable || !a.said("overloaded") {
			t.Errorf("a request while the upstream is down = %d %s, %v; want 503 overloaded", a.status, a.body, err)
		}
	}
	if took := time.Since(began); took > 30*time.Second { // one that is waited for takes 15 s
		t.Errorf("eight refusals took %s, want each at once", took)
	}
	up()
	if d := <-before; len(d.Data) != 2 {
		t.Errorf("%d pictures of the job that was under way, want 2", len(d.Data))
	}
	eventually(t, "the upstream is used again", func() bool {
		a, err := b.generation("after it came back", 1, "Idempotency-Key", "back").try(t, 0)
		return err == nil && a.status == http.StatusOK
	})
	b.settle(2)
}

// A job that the upstream keeps for longer than it is followed ends with a clear answer, and its picture is fetched all
// the same when it is made at last.
func TestAJobThatTakesTooLongIsKeptForTheRepeat(t *testing.T) {
	t.Parallel()
	b := newBed(t, simulator.Config{Pace: time.Second}, "MIDGATE_JOB_TIMEOUT=3s", "MIDGATE_JOB_DEADLINE=4s")
	for _, prompt := range []string{"a crane sim-slow", "a crane sim-stuck"} {
		var last answer
		for retry := range 2 { // the first is over after the time for one answer, the second after that for the job
			a, err := b.generation(prompt, 2).try(t, retry)
			if err != nil || a.status != http.StatusGatewayTimeout || !a.said("timeout") || a.header.Get("midgate-job") == "" {
				t.Errorf("%s, try %d = %d %s, %v; want a 504 that names the job", prompt, retry, a.status, a.body, err)
			}
			last = a
		}
		if got := last.header.Get("x-should-retry"); got != "false" {
			t.Errorf("%s: x-should-retry = %q after the deadline, want false", prompt, got)
		}
	}
	slow := b.generation("a crane sim-slow", 2)
	eventually(t, "the slow job's picture is there", func() bool {
		a, err := slow.try(t, 0)
		return err == nil && a.status == http.StatusOK
	})
	if got := len(b.sim.Ledger()); got != 2 {
		t.Errorf("%d charges, want 2: one for each prompt", got)
	}
}

// The upstream was restarted and knows a job no more: its client is told, nothing is submitted again. Another
// submission is answered after a long silence: while the connection lives it is waited for.
func TestAJobThatTheUpstreamLostIsToldAndNotRepeated(t *testing.T) {
	t.Parallel()
	b := newBed(t, simulator.Config{Pace: 10 * time.Second})
	b.sim.Fail(simulator.Fault{Route: "imagine", Kind: "slow", Match: "a slow answer", Delay: 30 * time.Second})
	slow := make(chan drawn, 1)
	answered := make(chan answer, 1)
	go func() {
		a, err := b.generation("a lost valley", 2).try(t, 0)
		if err != nil {
			t.Errorf("the request broke: %v", err)
		}
		answered <- a
	}()
	eventually(t, "the job is under way", func() bool { return b.accepted() == 1 })
	for _, task := range b.sim.Tasks() {
		b.sim.Forget(task.ID)
	}
	go func() { slow <- b.generation("a slow answer", 2).must(t, 0) }()
	a := <-answered
	if a.status != http.StatusBadGateway || !a.said("upstream_error") || a.header.Get("x-should-retry") != "false" {
		t.Errorf("a lost job = %d %s, x-should-retry %q; want 502 upstream_error and false", a.status, a.body, a.header.Get("x-should-retry"))
	}
	if again, err := b.generation("a lost valley", 2).try(t, 1); err != nil || again.status != a.status {
		t.Errorf("its repeat = %d, %v, want the same failure", again.status, err)
	}
	if d := <-slow; len(d.Data) != 2 {
		t.Errorf("%d pictures after a silence of 30s, want 2", len(d.Data))
	}
	for _, prompt := range []string{"a lost valley", "a slow answer"} {
		if got := b.submissions(prompt); got != 1 {
			t.Errorf("%s: %d submissions, want 1", prompt, got)
		}
	}
	if got := len(b.sim.Ledger()); got != 2 {
		t.Errorf("%d charges, want 2", got)
	}
}
