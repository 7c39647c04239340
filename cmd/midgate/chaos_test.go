package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

func TestTwentyJobsSurviveAKill(t *testing.T) {
	t.Parallel()
	b := newBed(t, simulator.Config{Pace: time.Second})
	letGo := b.hold()
	atOnceKilled := make(chan struct{})
	go func() {
		defer close(atOnceKilled)
		atOnce(20, func(i int) {
			if a, err := b.generation(fmt.Sprintf("hill %d", i), 2).try(t, 0); err == nil && a.status == 200 {
				t.Errorf("request %d was answered by a gate that was to be killed", i)
			}
		})
	}()
	eventually(t, "twenty jobs are under way", func() bool {
		return len(slices.DeleteFunc(b.jobs(), func(j jobJSON) bool { return j.Status != "in_progress" })) == 20
	})
	b.kill()
	letGo()
	<-atOnceKilled
	b.serve()
	seen := make(chan string, 40)
	atOnce(20, func(i int) {
		d := b.generation(fmt.Sprintf("hill %d", i), 2).must(t, 1)
		if len(d.Data) != 2 {
			t.Errorf("retry %d gets %d pictures, want 2", i, len(d.Data))
		}
		for _, p := range d.Data {
			seen <- p.ID
		}
	})
	close(seen)
	ids := map[string]bool{}
	for id := range seen {
		ids[id] = true
	}
	if len(ids) != 40 || len(b.sim.Ledger()) != 20 {
		t.Errorf("%d pictures of %d imagines, want 40 of 20", len(ids), len(b.sim.Ledger()))
	}
	b.settle(20)
}

// What may have been accepted is submitted once, and the client is told not to repeat it.
func TestAnAnswerOfTheUpstreamThatIsLostCostsOneJob(t *testing.T) {
	t.Parallel()
	b := newBed(t, simulator.Config{Pace: time.Second})
	faults := map[string]simulator.Fault{
		"answer lost after acceptance":   {Kind: "drop-after"},
		"connection dropped before":      {Kind: "drop-before"},
		"an internal error":              {Kind: "500"},
		"an internal error, accepted":    {Kind: "500", Accepted: true},
		"a page of a proxy in between":   {Kind: "502-html"},
		"a page of a proxy and accepted": {Kind: "502-html", Accepted: true},
		"a silence that ends in a reset": {Kind: "drop-after", Delay: 30 * time.Second},
		"half an answer":                 {Kind: "cut"},
		"no task id":                     {Kind: "no-id"},
		"garbage":                        {Kind: "garbage", Accepted: true},
		"an empty answer":                {Kind: "empty", Accepted: true},
	}
	names, prompts := make([]string, 0, len(faults)), map[string]string{}
	for name, f := range faults {
		prompts[name] = fmt.Sprintf("case %d of many", len(names))
		f.Route, f.Match = "imagine", prompts[name]
		b.sim.Fail(f)
		names = append(names, name)
	}
	accepted := 0
	for _, f := range faults {
		if f.Accepted || f.Kind == "drop-after" || f.Kind == "cut" || f.Kind == "no-id" {
			accepted++
		}
	}
	atOnce(len(names), func(i int) {
		s := b.generation(prompts[names[i]], 1)
		for retry := range 2 {
			a, err := s.try(t, retry)
			if err != nil {
				t.Errorf("%s: %v", names[i], err)
				return
			}
			var body struct {
				Error struct{ Message, Code string }
			}
			if err := json.Unmarshal(a.body, &body); err != nil || a.status != 502 || body.Error.Code != "upstream_ambiguous" || len(body.Error.Message) < 20 {
				t.Errorf("%s, try %d = %d %s, want a clear 502 upstream_ambiguous", names[i], retry, a.status, a.body)
			}
			if got := a.header.Get("x-should-retry"); got != "false" {
				t.Errorf("%s: x-should-retry = %q, want false", names[i], got)
			}
			if a.header.Get("midgate-job") == "" {
				t.Errorf("%s: the answer names no job", names[i])
			}
		}
	})
	for _, name := range names {
		if got := b.submissions(prompts[name]); got != 1 {
			t.Errorf("%s: %d submissions, want 1", name, got)
		}
	}
	if got := len(b.sim.Ledger()); got != accepted {
		t.Errorf("%d charges, want %d", got, accepted)
	}
}

// submissions counts the submissions whose body holds some text.
func (b *bed) submissions(text string) (n int) {
	for _, s := range b.sim.Requests().Submissions {
		if strings.Contains(string(s.Body), text) {
			n++
		}
	}
	return n
}

// Where there is a list of tasks, what was accepted is found by its state and answered.
func TestALostAnswerIsFoundInTheTaskList(t *testing.T) {
	t.Parallel()
	b := newBed(t, simulator.Config{Dialect: simulator.TrueAI, Auth: "bearer", Pace: time.Second}, "MIDGATE_UPSTREAM_PREFIXES=relax=,fast=,turbo=")
	kinds := []string{"drop-after", "cut", "no-id"}
	atOnce(len(kinds), func(i int) {
		prompt := "found after " + kinds[i]
		b.sim.Fail(simulator.Fault{Route: "imagine", Kind: kinds[i], Match: prompt})
		if d := b.generation(prompt, 1).must(t, 0); len(d.Data) != 1 {
			t.Errorf("%s: %d pictures, want 1", kinds[i], len(d.Data))
		}
	})
	b.settle(len(kinds))
}

func TestLostPollsCostNothing(t *testing.T) {
	t.Parallel()
	b := newBed(t, simulator.Config{Pace: 2 * time.Second})
	for _, route := range []string{"fetch", "list", "list-by-ids"} {
		for _, kind := range []string{"500", "502-html", "drop-before", "truncated", "garbage", "empty", "cut"} {
			b.sim.Fail(simulator.Fault{Route: route, Kind: kind, Times: 1})
		}
	}
	atOnce(6, func(i int) { b.generation(fmt.Sprintf("lake %d", i), 1, "Idempotency-Key", fmt.Sprint(i)).must(t, 0) })
	b.settle(6)
	for _, j := range b.jobs() {
		if j.JobsPaid != 1 || len(j.Steps) != 1 || j.Steps[0].Polls < 1 || !j.Steps[0].Paid {
			t.Errorf("job %+v, want one paid step with its polls", j)
		}
	}
}

func TestFourRequestsAtOnceShareAGrid(t *testing.T) {
	t.Parallel()
	b := newBed(t, simulator.Config{Pace: 2 * time.Second}, "MIDGATE_SHARE_WINDOW=5s")
	ids := make([]string, 8)
	atOnce(8, func(i int) {
		s := b.generation("a shared tree", 1)
		if i >= 4 {
			s.key = "bobs-key"
		}
		if d := s.must(t, 0); len(d.Data) == 1 {
			ids[i] = d.Data[0].ID
		}
	})
	slices.Sort(ids)
	if different := len(slices.Compact(ids)); different != 8 || len(b.sim.Ledger()) != 2 {
		t.Errorf("%d different pictures of %d imagines, want 8 of 2: one for each owner", different, len(b.sim.Ledger()))
	}
	b.settle(2)
}

func TestAHeartbeatKeepsAnAnswerAlive(t *testing.T) {
	t.Parallel()
	b := newBed(t, simulator.Config{Pace: 7 * time.Second}, "MIDGATE_HEARTBEAT=2s")
	cutter, url := putBetween(t, b.url, 0, 6*time.Second)
	atOnce(2, func(i int) {
		if i == 0 {
			s := b.generation("a patient heron", 1)
			s.url = url
			if d := s.must(t, 0); len(d.Data) != 1 {
				t.Errorf("%d pictures, want 1", len(d.Data))
			}
			return
		}
		s := b.generation("a heron sim-fail", 1)
		s.url = url
		if a, err := s.try(t, 0); err == nil {
			t.Errorf("a job that failed after the heartbeat began = %d %q, want a broken answer", a.status, a.body)
		} else if a.status != http.StatusOK || strings.TrimSpace(string(a.body)) != "" {
			t.Errorf("before it broke the answer was %d %q, want 200 and blanks", a.status, a.body)
		}
		for retry := range 2 { // with a counter and without one
			if a, err := s.try(t, retry); err != nil || a.status != 502 || a.header.Get("x-should-retry") != "false" {
				t.Errorf("the same request again = %d %s, %v; want the job's own 502", a.status, a.body, err)
			}
		}
	})
	if cutter.cut() != 0 {
		t.Errorf("%d connections fell silent for 6s", cutter.cut())
	}
	if got := len(b.sim.Ledger()); got != 2 {
		t.Errorf("%d charges, want 2", got)
	}
}
