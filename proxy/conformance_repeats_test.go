package proxy

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/web"
)

var repeatCases = []conformanceCase{
	{name: "openai/49 a repeat joins the job that is under way", sim: simulator.Config{Pace: 2 * time.Second}, run: joinCase},
	{name: "openai/50 equal requests share a grid only while they arrive together", run: shareCase},
	{name: "openai/51 a failure after the submission is not tried again by any library", run: func(t *testing.T, h *house) {
		a := h.ask(t, http.MethodPost, generations, `{"prompt":"a fox sim-fail"}`)
		if a.is(t, 502).header.Get("X-Should-Retry") != "false" {
			t.Errorf("x-should-retry = %q, want false", a.header.Get("X-Should-Retry"))
		}
		for _, library := range []string{"openai 7", "Python, replayed", "openai-go"} {
			gate := newCutter(t, h, impatience{})
			failsForGood(t, newSDK(t, library), gate.generation("a fox sim-fail "+library), toldFailed)
			if gate.seen() != 1 {
				t.Errorf("%s sent %d requests, want 1", library, gate.seen())
			}
		}
		h.costs(t, 4)
	}},
	{name: "openai/52 a full queue is a 429 that a library tries again", sim: simulator.Config{Pace: unhurried}, run: fullCase},
	{name: "openai/53 an Idempotency-Key brings the same answer once more", run: func(t *testing.T, h *house) {
		ask := func(body, key string) answered {
			return h.ask(t, http.MethodPost, generations, body, "Idempotency-Key", key)
		}
		one, again := ask(`{"prompt":"a fox"}`, "k1").is(t, 200), ask(` { "prompt" : "a fox" } `, "k1").is(t, 200)
		if !bytes.Equal(one.body, again.body) {
			t.Errorf("the replay is %.100s, the answer was %.100s", again.body, one.body)
		}
		h.costs(t, 1)
		ask(`{"prompt":"a cat"}`, "k1").refused(t, refusal{422, "Idempotency-Key", "idempotency_key_reused"})
		ask(`{"prompt":"a fox"}`, "k2").is(t, 200)
		h.costs(t, 2)
	}},
	{name: "openai/54 a job of three minutes is answered", run: func(t *testing.T, _ *house) {
		for name, heartbeat := range map[string]time.Duration{"with a heartbeat": 50 * time.Second, "without one": 0} {
			t.Run(name, func(t *testing.T) { slowAnswer(t, heartbeat, 3*time.Minute) })
		}
	}},
}

func joinCase(t *testing.T, h *house) {
	body := `{"prompt":"a fox","response_format":"url"}`
	var one answered
	var first sync.WaitGroup
	first.Go(func() { one = h.ask(t, http.MethodPost, generations, body, "X-Stainless-Retry-Count", "0") })
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for len(h.sim.Ledger()) == 0 {
		<-tick.C
	}
	two := h.ask(t, http.MethodPost, generations, body, "X-Stainless-Retry-Count", "1")
	first.Wait()
	if a, b := one.items(t), two.items(t); a[0].ID != b[0].ID || len(a) != 1 || len(b) != 1 {
		t.Errorf("the repeat got %v, the first %v", b, a)
	}
	h.costs(t, 1)
}

// fullCase fills the only place at the upstream and the only one in the queue before it.
func fullCase(t *testing.T, h *house) {
	h.cfg.MaxInFlight, h.cfg.MaxQueue = 1, 1
	h.reopen(t)
	for _, prompt := range []string{"one", "two"} {
		h.ask(t, http.MethodPost, generations, `{"prompt":"`+prompt+`"}`, "Prefer", "respond-async").is(t, 202)
	}
	a := h.ask(t, http.MethodPost, generations, `{"prompt":"three"}`)
	a.refused(t, refusal{429, "", "rate_limit_exceeded"})
	if n, err := strconv.Atoi(a.header.Get("Retry-After")); err != nil || n < 1 || n > 8 || a.header.Get("X-Should-Retry") != "true" || a.problem(t).Type != "requests" {
		t.Errorf("retry-after %q, x-should-retry %q, type %s", a.header.Get("Retry-After"), a.header.Get("X-Should-Retry"), a.problem(t).Type)
	}
	gate := newCutter(t, h, impatience{})
	newSDK(t, "openai-go").do(t, gate.generation("a red fox")).pictures(t, 1)
	if n := gate.seen(); n < 2 {
		t.Errorf("%d requests, want one that was refused and one that was not", n)
	}
	h.costs(t, 3)
}

// shareCase runs by a clock that jumps: what is apart by more than the window is so to the millisecond.
func shareCase(t *testing.T, _ *house) {
	for name, tt := range map[string]struct {
		n, gap     int // of milliseconds
		jobs, kind int // kind: how many different pictures
	}{
		"one each, together":   {1, 0, 1, 2},
		"one each, apart":      {1, 1500, 2, 2},
		"two each, together":   {2, 0, 2, 4},
		"one each, just apart": {1, 1001, 2, 2},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := newHouse(t, simulator.Config{Pace: 20 * time.Second}, indoors)
				answers := make([]answered, 2)
				var both sync.WaitGroup
				for i := range answers {
					both.Go(func() {
						<-time.After(time.Duration(i*tt.gap+1) * time.Millisecond) // of the bubble
						answers[i] = h.indoor(t, generations, `{"prompt":"a fox","response_format":"b64_json","n":`+strconv.Itoa(tt.n)+`}`, "X-Stainless-Retry-Count", "0")
					})
				}
				both.Wait()
				distinct(t, append(answers[0].items(t), answers[1].items(t)...), tt.kind)
				h.costs(t, tt.jobs)
			})
		})
	}
}

// indoor asks a house that serves without a socket.
func (h *house) indoor(t *testing.T, path, body string, headers ...string) answered {
	t.Helper()
	r := h.request(t, path, body)
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	h.server.ServeHTTP(w, r)
	h.examineRecord(t, path, w)
	return answered{w.Code, w.Header(), w.Body.Bytes()}
}

// slowAnswer is an answer without a stream to a job that takes its time.
func slowAnswer(t *testing.T, heartbeat, job time.Duration) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, simulator.Config{Pace: job}, indoors, func(c *web.Config) { c.Heartbeat = heartbeat })
		h.cfg.JobTimeout = 590 * time.Second
		h.reopen(t)
		begun := time.Now()
		w := &clocked{ResponseRecorder: httptest.NewRecorder(), last: begun}
		h.server.ServeHTTP(w, h.request(t, generations, `{"prompt":"a fox"}`))
		h.examineRecord(t, generations, w.ResponseRecorder)
		a := answered{w.Code, w.Header(), w.Body.Bytes()}
		if took := time.Since(begun); len(a.items(t)) != 1 || took < job*9/10 {
			t.Errorf("answered after %s", took)
		}
		blanks := len(a.body) - len(strings.TrimLeft(string(a.body), " \n"))
		if heartbeat > 0 && (blanks < 2 || w.longest > heartbeat) || heartbeat == 0 && blanks > 0 {
			t.Errorf("%d blanks, at most %s of silence with a heartbeat of %s", blanks, w.longest, heartbeat)
		}
	})
}
