package proxy

import (
	"encoding/json"
	"maps"
	"net/http"
	"strings"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

func TestNativeRequestsKeepToTheSpeedLimit(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	h.cfg.SpeedLimit = adapter.Fast
	h.reopen(t)
	m := mj{h, t, "sk-alice"}
	for path, body := range map[string]string{
		"/mj-turbo/mj/submit/imagine": `{"prompt":"a red fox"}`,
		"/mj/submit/imagine":          `{"prompt":"a red fox --turbo"}`,
		"/mj-fast/mj/submit/imagine":  `{"prompt":"a red fox —TURBO"}`,
	} {
		if status, answer := m.send("POST", path, body); status != 400 || !strings.Contains(string(answer), `"code":4`) || !strings.Contains(string(answer), "turbo") {
			t.Errorf("%s %s = %d %s, want 400 with code 4", path, body, status, answer)
		}
	}
	m.fetch(m.submit("/mj-relax/mj/submit/imagine", `{"prompt":"a red fox"}`))
	m.fetch(m.submit("/mj/submit/imagine", `{"prompt":"a blue fox"}`))
	if jobs := h.sim.Ledger(); len(jobs) != 2 || jobs[0].Speed != "relax" || jobs[1].Speed != "fast" {
		t.Errorf("jobs = %+v, want one relaxed and one at the default", jobs)
	}
}

// A native client waits in the same queue as everybody, and is told that it is full as relays tell it.
func TestNativeRequestsWaitForAPlace(t *testing.T) {
	h := newHouse(t, simulator.Config{Pace: time.Second})
	h.cfg.MaxInFlight, h.cfg.MaxQueue = 1, 1
	h.reopen(t)
	m := mj{h, t, "sk-alice"}
	m.submit("/mj/submit/imagine", `{"prompt":"the first"}`)
	answers := make(chan string, 2)
	for _, prompt := range []string{"one", "another"} {
		go func() {
			status, _, body := h.call(t, "POST", "/mj/submit/imagine", `{"prompt":"`+prompt+`"}`)
			var a submitJSON
			_ = json.Unmarshal(body, &a) // a wrong one is told below
			answers <- http.StatusText(status) + map[int]string{mjAccepted: " accepted", mjFull: " full"}[a.Code]
		}()
	}
	got := map[string]int{<-answers: 1}
	got[<-answers]++
	if !maps.Equal(got, map[string]int{"OK accepted": 1, "Too Many Requests full": 1}) || len(h.sim.Ledger()) != 2 {
		t.Errorf("two more requests for one place in the queue = %v, %d jobs; want one accepted and one told that it is full", got, len(h.sim.Ledger()))
	}
}

// Clients that look at their tasks all the time cost the upstream nothing: the shared poller knows.
func TestNativeQuestionsAreAnsweredHere(t *testing.T) {
	h := newHouse(t, simulator.Config{Pace: 400 * time.Millisecond})
	m := mj{h, t, "sk-alice"}
	sub := m.submit("/mj/submit/imagine", `{"prompt":"a red fox"}`)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	asked, seen := 0, false
	for status := ""; status != "SUCCESS"; asked++ {
		<-tick.C
		_, body := m.send("POST", "/mj/task/list-by-condition", `{"ids":["`+sub.Result.(string)+`"]}`)
		var tasks []nativeTaskJSON
		if err := json.Unmarshal(body, &tasks); err != nil || len(tasks) != 1 {
			t.Fatalf("list = %s", body)
		}
		if status = tasks[0].Status; status == "IN_PROGRESS" && tasks[0].ImageURL != "" && !seen {
			seen = true
			got, header, _ := h.call(t, "GET", strings.TrimPrefix(tasks[0].ImageURL, h.base), "", "Authorization", "")
			if got != 200 || !strings.HasPrefix(header.Get("Content-Type"), "image/") {
				t.Errorf("the preview at %s = %d %s", tasks[0].ImageURL, got, header.Get("Content-Type"))
			}
		}
	}
	polls := h.sim.Requests().Routes
	if n := polls["fetch"] + polls["list"]; n*2 > asked || !seen {
		t.Errorf("the upstream was asked %d times while the client asked %d times, and a preview was seen: %v", n, asked, seen)
	}
}
