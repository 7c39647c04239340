package proxy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
	"midgate/adapter/spend"
	"midgate/proxy/web"
)

// priced are terms under which alice has a budget, and every job a price.
func priced(budget spend.Budget) *spend.Terms {
	return &spend.Terms{
		Prices: map[string]spend.Prices{spend.DefaultName: {
			spend.Generation: {"relax": 15_000, "fast": 56_000, "turbo": 168_000}, spend.Upscale: {"": 10_000}, spend.Describe: {"": 0},
			spend.Shorten: {"": 10_000}, spend.Video: {"": 800_000}, spend.Swap: {"": 10_000},
		}},
		Policies: map[string]spend.Policy{"alice": {Budget: budget}},
	}
}

// under is a house whose keys have terms.
func under(t testing.TB, terms *spend.Terms, sim simulator.Config, change ...func(*web.Config)) *house {
	t.Helper()
	h := newHouse(t, sim, change...)
	h.parts.Terms = func() *spend.Terms { return terms }
	h.reopen(t)
	return h
}

// spent are the rows of alice's ledger by their span's name.
func (h *house) spent(t testing.TB) map[string]adapter.LedgerRow {
	t.Helper()
	rows, err := h.parts.State.Ledger(t.Context(), web.OwnerOf("alice"))
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]adapter.LedgerRow{}
	for _, row := range rows {
		name, _, _ := strings.Cut(row.Span, ":")
		by[name] = row
	}
	return by
}

// settled waits until no job is under way.
func (h *house) settled(t testing.TB) {
	t.Helper()
	look := time.NewTicker(5 * time.Millisecond)
	defer look.Stop()
	for h.service.Busy() > 0 {
		select {
		case <-look.C:
		case <-t.Context().Done():
			t.Fatal("jobs are still under way")
		}
	}
}

// TestBudget_CountsWhatWasPaid: prices are kept with the job, answers say what they cost, and what failed is given back once.
func TestBudget_CountsWhatWasPaid(t *testing.T) {
	limit := 10 * adapter.Dollar
	h := under(t, priced(spend.Budget{Month: spend.Limit{Money: &limit}}), simulator.Config{})
	status, header, body := h.call(t, "POST", "/v1/images/generations", `{"prompt": "a mill", "n": 5, "response_format": "url"}`)
	var got struct {
		Usage struct{ Cost float64 } `json:"usage"`
	}
	if err := json.Unmarshal(body, &got); err != nil || status != 200 || got.Usage.Cost != 0.112 {
		t.Fatalf("%d %s, want a cost of 0.112", status, body)
	}
	if header.Get("Midgate-Cost-Max") != "0.112" || header.Get("Midgate-Budget-Remaining") != "9.888" {
		t.Errorf("headers = %v", header)
	}
	var job struct {
		Cost     *float64
		Refunded float64
		Prices   map[string]float64
	}
	_, _, body = h.call(t, "GET", "/v1/jobs/"+header.Get("Midgate-Job"), "")
	if err := json.Unmarshal(body, &job); err != nil || job.Cost == nil || *job.Cost != 0.112 || job.Prices["generation"] != 0.056 {
		t.Errorf("the job says %s", body)
	}
	for _, chat := range []string{"/v1/chat/completions", "/v1/responses"} {
		_, _, body = h.call(t, "POST", chat, `{"model": "midjourney", "input": "a hill", "messages": [{"role": "user", "content": "a hill"}]}`)
		if err := json.Unmarshal(body, &got); err != nil || got.Usage.Cost != 0.056 {
			t.Errorf("%s is answered %s, want a cost of 0.056", chat, body)
		}
	}
	status, header, _ = h.call(t, "POST", "/v1/images/generations", `{"prompt": "a fox sim-fail", "n": 4, "response_format": "url"}`)
	if status != 502 {
		t.Fatalf("a job that fails is answered %d", status)
	}
	_, _, body = h.call(t, "GET", "/v1/jobs/"+header.Get("Midgate-Job"), "")
	if err := json.Unmarshal(body, &job); err != nil || *job.Cost != 0 || job.Refunded != 0.056 {
		t.Errorf("the failed job says %s", body)
	}
	h.settled(t)
	if row := h.spent(t)["month"]; row.Spent != (adapter.Amount{Jobs: 4, Money: 224_000}) || row.Held != (adapter.Amount{}) {
		t.Errorf("month = %+v, want 4 jobs for $0.224", row)
	}
}

// TestBudget_ModeratedJobsAsTheUpstreamSays.
func TestBudget_ModeratedJobsAsTheUpstreamSays(t *testing.T) {
	for refunds, want := range map[spend.Refunds]int{spend.RefundsAll: 0, spend.RefundsUnmoderated: 1, spend.RefundsNone: 1} {
		terms := priced(spend.Budget{})
		terms.Refunds = map[string]spend.Refunds{"main": refunds}
		h := under(t, terms, simulator.Config{})
		if status, _, body := h.call(t, "POST", "/v1/images/generations", `{"prompt": "a fox sim-moderated", "response_format": "url"}`); status != 400 {
			t.Fatalf("a moderated job is answered %d %s", status, body)
		}
		h.settled(t)
		if got := h.spent(t)["total"]; got.Spent.Jobs != want || got.Held.Jobs != 0 {
			t.Errorf("refunds %s: %+v, want %d spent", refunds, got, want)
		}
	}
}

// TestBudget_InFlight: a key has as many jobs under way as it may have.
func TestBudget_InFlight(t *testing.T) {
	terms := priced(spend.Budget{})
	terms.Policies["alice"] = spend.Policy{MaxInFlight: 2}
	h := under(t, terms, simulator.Config{Pace: 4 * time.Second})
	for i := range 2 {
		if status, _, body := h.call(t, "POST", "/v1/images/generations", fmt.Sprintf(`{"prompt": "mill %d"}`, i), "Prefer", "respond-async"); status != 202 {
			t.Fatalf("%d %s", status, body)
		}
	}
	status, header, body := h.call(t, "POST", "/v1/images/generations", `{"prompt": "mill 3"}`)
	if status != 429 || header.Get("Retry-After") == "" || !bytes.Contains(body, []byte("The key alice has 2 jobs under way")) {
		t.Errorf("the third is answered %d %s", status, body)
	}
	h.settled(t)
	if status, _, body := h.call(t, "POST", "/v1/images/generations", `{"prompt": "mill 3"}`, "Prefer", "respond-async"); status != 202 {
		t.Errorf("after they are over: %d %s", status, body)
	}
}

// TestBudget_PerUser: the people behind one key have budgets of their own, as a trusted proxy tells them apart.
func TestBudget_PerUser(t *testing.T) {
	one := 1
	terms := priced(spend.Budget{})
	terms.Policies["alice"] = spend.Policy{PerUser: spend.Budget{Day: spend.Limit{Jobs: &one}}}
	h := under(t, terms, simulator.Config{}, func(c *web.Config) {
		c.Keys[0].PerUser, c.TrustedProxies = true, []string{"127.0.0.1", "::1"}
	})
	for i, c := range []struct {
		user   string
		status int
	}{{"ann", 200}, {"ann", 402}, {"ben", 200}, {"", 200}} {
		status, _, body := h.call(t, "POST", "/v1/images/generations", fmt.Sprintf(`{"prompt": "mill %d", "response_format": "url"}`, i), "X-OpenWebUI-User-Id", c.user)
		if status != c.status || status == 402 && !bytes.Contains(body, []byte("this user of key alice has used 1 of 1 jobs today")) {
			t.Errorf("%q is answered %d %s, want %d", c.user, status, body, c.status)
		}
	}
}

// TestBudget_NotAllowed: what a key may not use costs nothing.
func TestBudget_NotAllowed(t *testing.T) {
	terms := priced(spend.Budget{})
	terms.Policies["alice"] = spend.Policy{Models: []string{"midjourney"}, Speed: "fast"}
	h := under(t, terms, simulator.Config{})
	for body, want := range map[string]int{`{"prompt": "a mill", "model": "niji-7"}`: http.StatusForbidden, `{"prompt": "a mill --turbo"}`: http.StatusBadRequest} {
		if status, _, answer := h.call(t, "POST", "/v1/images/generations", body); status != want {
			t.Errorf("%s is answered %d %s, want %d", body, status, answer, want)
		}
	}
	if _, _, list := h.call(t, "GET", "/v1/models", ""); !bytes.Contains(list, []byte(`"id":"midjourney"`)) || bytes.Contains(list, []byte(`"niji-7"`)) || bytes.Contains(list, []byte("turbo")) {
		t.Errorf("the models of a key that may use midjourney: %s", list)
	}
	if len(h.sim.Ledger()) != 0 {
		t.Errorf("%d jobs were paid", len(h.sim.Ledger()))
	}
}
