package proxy

import (
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/native"
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
	h := newHouse(t, simulator.Config{Pace: 4 * time.Second})
	h.cfg.MaxInFlight, h.cfg.MaxQueue = 1, 1
	h.reopen(t)
	m := mj{h, t, "sk-alice"}
	m.submit("/mj/submit/imagine", `{"prompt":"the first"}`)
	answers := make(chan string, 2)
	for _, prompt := range []string{"one", "another"} {
		go func() {
			status, _, body := h.call(t, "POST", "/mj/submit/imagine", `{"prompt":"`+prompt+`"}`)
			var a native.SubmitJSON
			_ = json.Unmarshal(body, &a) // a wrong one is told below
			answers <- http.StatusText(status) + map[int]string{1: " accepted", 23: " full"}[a.Code]
		}()
	}
	got := map[string]int{<-answers: 1}
	got[<-answers]++
	if !maps.Equal(got, map[string]int{"OK accepted": 1, "Too Many Requests full": 1}) || len(h.sim.Ledger()) != 2 {
		t.Errorf("two more requests for one place in the queue = %v, %d jobs; want one accepted and one told that it is full", got, len(h.sim.Ledger()))
	}
}

// Clients that look at their tasks all the time cost the upstream nothing: the shared poller knows. While they ask, no time
// passes, so that whatever is asked of the upstream meanwhile is asked because of them.
func TestNativeQuestionsAreAnsweredHere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, simulator.Config{Pace: 20 * time.Second}, indoors)
		var sub native.SubmitJSON
		if a := h.indoor(t, "/mj/submit/imagine", `{"prompt":"a red fox"}`); json.Unmarshal(a.body, &sub) != nil || sub.Code != 1 {
			t.Fatalf("submission = %d %s", a.status, a.body)
		}
		polled := func() int {
			r := h.sim.Requests().Routes
			return r["fetch"] + r["list"]
		}
		seen := false
		for status := ""; status != "SUCCESS"; {
			<-time.After(time.Second) // of the bubble
			synctest.Wait()
			before := polled()
			for range 50 {
				a := h.indoor(t, "/mj/task/list-by-condition", `{"ids":["`+sub.Result.(string)+`"]}`)
				var tasks []native.TaskJSON
				if err := json.Unmarshal(a.body, &tasks); err != nil || len(tasks) != 1 {
					t.Fatalf("list = %s", a.body)
				}
				if status = tasks[0].Status; status == "IN_PROGRESS" && tasks[0].ImageURL != "" && !seen {
					seen = true
					w := httptest.NewRecorder()
					h.server.ServeHTTP(w, httptest.NewRequest(http.MethodGet, strings.TrimPrefix(tasks[0].ImageURL, h.base), nil))
					if got := w.Header().Get("Content-Type"); w.Code != 200 || !strings.HasPrefix(got, "image/") {
						t.Errorf("the preview at %s = %d %s", tasks[0].ImageURL, w.Code, got)
					}
				}
			}
			if n := polled() - before; n > 1 {
				t.Errorf("fifty questions made the upstream be asked %d times, want none of them to", n)
			}
		}
		if !seen {
			t.Error("no preview was seen")
		}
	})
}
