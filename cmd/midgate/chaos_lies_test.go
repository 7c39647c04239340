package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// oddAnswers are what a submission may be answered with by a server that has lost its mind: the job may exist.
var oddAnswers = map[string]string{
	"odd one":   `{"code":1,"description":"ok","result":null,"properties":{}}`,
	"odd two":   `{"code":{"is":1},"result":[[]],"description":7}`,
	"odd three": `{"code":1,"description":"` + strings.Repeat("x", 10<<20) + `","result":"1"}`,
	"odd four":  `{"code":1,"result":` + endless,
	"odd five":  `[` + strings.Repeat("[", 300<<10),
}

// evens are prompts of jobs whose submission is answered as it should be, one for each lie.
func evens() (prompts []string) {
	for i := range len(lies) {
		prompts = append(prompts, fmt.Sprintf("even %d", i))
	}
	return prompts
}

// An upstream that reads out nonsense about its tasks has them finished all the same: every job is answered, also those
// whose submission was answered with nonsense, since the tasks can be listed.
func TestLiesAboutTasksCostNothing(t *testing.T) {
	t.Parallel()
	b := newBed(t, simulator.Config{Dialect: simulator.TrueAI, Auth: "bearer", Pace: time.Second}, "MIDGATE_UPSTREAM_PREFIXES=relax=,fast=,turbo=")
	l := b.lie(true, oddAnswers)
	prompts := append(slices.Sorted(maps.Keys(oddAnswers)), evens()...)
	atOnce(len(prompts), func(i int) {
		if d := b.generation(prompts[i], 2).must(t, 0); len(d.Data) != 2 {
			t.Errorf("%s: %d pictures, want 2", prompts[i], len(d.Data))
		}
	})
	l.bounded(t)
	if l.lists <= len(spoiling) {
		t.Errorf("%d lists were asked for, want more than there are lies", l.lists)
	}
	b.settle(len(prompts))
	b.alive()
}

// Where tasks are asked for one by one and cannot be listed, jobs are finished as well; what was answered with nonsense
// at its submission is refused in OpenAI's words and not repeated, and so is what the upstream calls a failure.
func TestLiesOfAnUpstreamWithoutAList(t *testing.T) {
	t.Parallel()
	b := newBed(t, simulator.Config{Pace: time.Second, NoList: true})
	l := b.lie(false, oddAnswers)
	refused := map[string]string{"a failure sim-fail": "upstream_error"}
	for words := range oddAnswers {
		refused[words] = "upstream_ambiguous"
	}
	prompts := append(slices.Sorted(maps.Keys(refused)), evens()...)
	atOnce(len(prompts), func(i int) {
		s := b.generation(prompts[i], 2)
		code, bad := refused[prompts[i]]
		if !bad {
			if d := s.must(t, 0); len(d.Data) != 2 {
				t.Errorf("%s: %d pictures, want 2", prompts[i], len(d.Data))
			}
			return
		}
		for retry := range 2 {
			s.mustFail(t, retry, code)
		}
	})
	l.bounded(t)
	if len(l.told) != len(lies) {
		t.Errorf("%d of %d lies were told, want all", len(l.told), len(lies))
	}
	for _, prompt := range prompts {
		if got := b.submissions(prompt); got != 1 {
			t.Errorf("%s: %d submissions, want 1", prompt, got)
		}
	}
	b.accounted(len(prompts))
	b.alive()
}

// mustFail sends a request once and wants a refusal in OpenAI's form that no SDK repeats.
func (s sent) mustFail(t *testing.T, retry int, code string) {
	t.Helper()
	a, err := s.try(t, retry)
	var body struct {
		Error map[string]any
	}
	switch {
	case err != nil:
		t.Errorf("%s: %v", s.body, err)
	case json.Unmarshal(a.body, &body) != nil || len(body.Error) != 4 || body.Error["message"] == "" || body.Error["type"] == nil:
		t.Errorf("%s = %d %s, want an error in OpenAI's form", s.body, a.status, a.body)
	case a.status < 500 || body.Error["code"] != code || a.header.Get("x-should-retry") != "false" || a.header.Get("midgate-job") == "":
		t.Errorf("%s = %d %s, x-should-retry %q; want %s with a job, not to be repeated", s.body, a.status, a.body, a.header.Get("x-should-retry"), code)
	}
}

// accounted lets the ledger judge where jobs may have failed: every charge is a submission of its own, as many as clients
// meant at most, and every task that was named is in the record of the job that made it.
func (b *bed) accounted(intents int) {
	b.t.Helper()
	jobs, ledger := b.jobs(), b.sim.Ledger()
	if len(ledger) > intents || len(jobs) != intents {
		b.t.Errorf("%d jobs and %d charges, want %d jobs and no more charges", len(jobs), len(ledger), intents)
	}
	known, unknown := map[string]bool{}, 0
	for _, j := range jobs {
		if j.Error != nil && j.Error.Code == "upstream_ambiguous" {
			unknown++
		}
		for _, st := range j.Steps {
			known[st.TaskID] = true
		}
	}
	states := map[string]bool{}
	for _, c := range ledger {
		if c.State == "" || states[c.State] {
			b.t.Errorf("the submission %q (%s) was made twice", c.State, c.Prompt)
		}
		if states[c.State] = true; !known[c.TaskID] {
			unknown--
		}
	}
	if unknown < 0 {
		b.t.Errorf("%d charges are in no job's record", -unknown)
	}
	b.reachable(jobs)
	b.t.Logf("%d jobs, %d charges of at most %d", len(jobs), len(ledger), intents)
}

// alive fails unless the gate is the process that was started, well, and without a panic in its log.
func (b *bed) alive() {
	b.t.Helper()
	select {
	case <-b.gate.ended:
		b.t.Errorf("the gate ended: %v", b.gate.failure)
	default:
	}
	if line, _ := b.gate.err.find("panic"); line != "" {
		b.t.Errorf("the gate panicked: %s", line)
	}
	if got := ask(b.t, b.url+"/readyz", "", "").status; got != http.StatusOK {
		b.t.Errorf("/readyz = %d, want 200", got)
	}
}
