package main

import (
	"bytes"
	"fmt"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// mixed is the i-th of requests that cost one job each, by every way there is.
func mixed(i int, picture, address string) (path, body string) {
	switch prompt := fmt.Sprintf("a red fox, number %d", i); i % 8 {
	case 0:
		return "/v1/images/generations", fmt.Sprintf(`{"prompt": %q, "n": 4, "response_format": "url"}`, prompt)
	case 1:
		return "/v1/chat/completions", fmt.Sprintf(`{"model": "midjourney", "messages": [{"role": "user", "content": %q}]}`, prompt)
	case 2:
		return "/v1/responses", fmt.Sprintf(`{"model": "gpt-5", "input": %q, "tools": [{"type": "image_generation"}]}`, prompt)
	case 3:
		return "/v1/videos", fmt.Sprintf(`{"prompt": %q, "input_reference": {"image_url": %q}}`, prompt, address)
	case 4:
		return "/v1/images/" + picture + "/actions", fmt.Sprintf(`{"action": "vary", "index": %d, "user": "person %d", "response_format": "url"}`, i%4+1, i)
	case 5:
		return "/mj/submit/imagine", fmt.Sprintf(`{"prompt": %q}`, prompt)
	case 6:
		return "/mcp", fmt.Sprintf(`{"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": {"name": "draw", "arguments": {"prompt": %q}}}`, prompt)
	default:
		return "/v1/prompts/shorten", fmt.Sprintf(`{"prompt": %q}`, prompt)
	}
}

// Two hundred requests at once, by every route: as many are paid as the budget allows, and the others are told so.
func TestBudget_TwoHundredAtOnce(t *testing.T) {
	t.Parallel()
	keys := func(t *testing.T) string {
		file := filepath.Join(t.TempDir(), "keys.yaml")
		writeFile(t, file, fmt.Sprintf("keys: [{name: dora, hash: '%s', budget: {day: {jobs: 26}}}]", hashed("doras-key")))
		return "MIDGATE_KEYS_FILE=" + file
	}
	pace := simulator.Config{Pace: 300 * time.Millisecond}
	t.Run("one process", func(t *testing.T) {
		b := newBed(t, pace, keys(t), "MIDGATE_MAX_QUEUE=400")
		b.spendABudget(t, b.url)
	})
	t.Run("two replicas", func(t *testing.T) {
		r := newReplicas(t, pace, keys(t), "MIDGATE_MAX_QUEUE=400")
		r.spendABudget(t, r.urls[0], r.urls[1])
	})
}

// spendABudget sends two hundred requests of dora, who may have 26 jobs, to replicas in turn.
func (b *bed) spendABudget(t *testing.T, replicas ...string) {
	const budget = 26 // one of them draws what is pressed
	mill := sent{b.url, "/v1/images/generations", "doras-key", `{"prompt": "a mill", "n": 1, "midjourney": {"grid": "whole"}, "response_format": "url"}`, nil}
	first := mill.must(t, 0)
	if len(first.Data) != 1 {
		t.Fatalf("the first picture: %+v", first)
	}
	var paid, refused atomic.Int64
	atOnce(200, func(i int) {
		path, body := mixed(i, first.Data[0].ID, first.Data[0].URL)
		s := sent{replicas[i/8%len(replicas)], path, "doras-key", body, []string{"Accept", "application/json, text/event-stream"}}
		a, err := s.try(t, 0)
		for try, end := 1, time.Now().Add(patience); err == nil && a.said("storage_unavailable") && time.Now().Before(end); try++ {
			a, err = s.try(t, try) // two hundred at once may be more than a database takes in its time
		}
		told := bytes.Contains(a.body, []byte("key dora has used 26 of 26 jobs today"))
		inside := path == "/mcp" || path == "/mj/submit/imagine" // these say it in an answer of their own
		refusal := inside || a.status == 402 && a.header.Get("X-Should-Retry") == "false" &&
			bytes.Contains(a.body, []byte(" costs 1 job; resets 20")) && bytes.Contains(a.body, []byte(`"code":"insufficient_quota"`))
		switch {
		case err == nil && told && refusal:
			refused.Add(1)
		case err == nil && a.status == 200 && !told && !bytes.Contains(a.body, []byte(`"isError":true`)):
			paid.Add(1)
		default:
			t.Errorf("%s %s is answered %d %s, %v", path, body, a.status, a.body, err)
		}
	})
	eventually(t, "what was accepted is paid", func() bool { return len(b.sim.Ledger()) >= budget })
	b.balanced()
	if len(b.sim.Ledger()) != budget || paid.Load() != budget-1 || refused.Load() != 201-budget {
		t.Errorf("%d jobs paid, %d answered, %d refused; want %d, %d, %d", len(b.sim.Ledger()), paid.Load(), refused.Load(), budget, budget-1, 201-budget)
	}
}
