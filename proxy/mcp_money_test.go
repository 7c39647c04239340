package proxy

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	protocol "github.com/modelcontextprotocol/go-sdk/mcp"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/web"
)

// rpc is a call of a tool, as it goes over the wire.
func rpc(id any, tool string, args any) string {
	body, err := json.Marshal(map[string]any{"jsonrpc": "2.0", "id": id, "method": "tools/call", "params": map[string]any{"name": tool, "arguments": args}})
	if err != nil {
		panic(err)
	}
	return string(body)
}

func (h *house) toolRequest(t testing.TB, query, body string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.base+"/mcp"+query, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer sk-alice")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json, text/event-stream")
	return r
}

// toolIndoors calls a tool of a house that serves without a socket, and says how long that took.
func (h *house) toolIndoors(t *testing.T, tool string, args any) (got toolAnswer, took time.Duration) {
	t.Helper()
	begun := time.Now()
	w := httptest.NewRecorder()
	h.server.ServeHTTP(w, h.toolRequest(t, "", rpc(1, tool, args)))
	return h.resultOf(t, w.Body.Bytes()), time.Since(begun)
}

// resultOf reads the last event of an answer.
func (h *house) resultOf(t *testing.T, body []byte) toolAnswer {
	t.Helper()
	at := bytes.LastIndex(body, []byte("data: "))
	if at < 0 {
		t.Fatalf("no answer: %s", body)
	}
	var m struct{ Result protocol.CallToolResult }
	if err := json.Unmarshal(bytes.TrimSpace(body[at+6:]), &m); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return readAnswer(t, &m.Result)
}

// A job of 200 s: no call lasts longer than clients wait, and five calls of get_job are enough.
func TestMCP_ALongJobIsFetchedByShortCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, simulator.Config{Pace: 200 * time.Second}, indoors)
		got, took := h.toolIndoors(t, "draw", map[string]any{"prompt": "a mill", "speed": "fast"})
		calls := 0
		for got.Job.Status == "queued" || got.Job.Status == "in_progress" {
			if took > 55*time.Second {
				t.Errorf("a call lasts %s", took)
			}
			got, took = h.toolIndoors(t, "get_job", map[string]any{"job": got.Job.ID})
			calls++
		}
		if calls > 5 || len(got.Pictures) != 4 || took > 55*time.Second {
			t.Errorf("%d calls, the last took %s: %s", calls, took, got.text)
		}
		h.costs(t, 1)
	})
}

// The same call a while after the first one was lost is the same job; half an hour after somebody got it, it is a new one.
func TestMCP_TheSameCallLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := newHouse(t, simulator.Config{Pace: 30 * time.Second}, indoors)
		args := map[string]any{"prompt": "a mill"}
		gone, leave := contextOf(t)
		var first sync.WaitGroup
		first.Go(func() {
			h.server.ServeHTTP(httptest.NewRecorder(), h.toolRequest(t, "", rpc(1, "draw", args)).WithContext(gone))
		})
		<-time.After(time.Second)
		leave()
		first.Wait()
		<-time.After(100 * time.Second)
		again, took := h.toolIndoors(t, "draw", args)
		if !again.Repeated || len(again.Pictures) != 4 || took > time.Second {
			t.Errorf("100 s after a cut: %+v after %s", again, took)
		}
		<-time.After(10 * time.Minute)
		if later, _ := h.toolIndoors(t, "draw", args); !later.Repeated || !strings.Contains(later.text, "nothing was paid") || !strings.Contains(later.text, "take: 2") {
			t.Errorf("ten minutes later: %s", later.text)
		}
		h.costs(t, 1)
		<-time.After(21 * time.Minute)
		if new, _ := h.toolIndoors(t, "draw", args); new.Repeated {
			t.Errorf("half an hour after it was handed out: %s", new.text)
		}
		h.costs(t, 2)
	})
}

// A call is cut, at several moments, and comes again at once: it is paid once, also by the next process.
func TestMCP_ACutCallIsPaidOnce(t *testing.T) {
	for name, until := range map[string]func(t *testing.T, h *house, answer *bufio.Reader){
		"at once":                  func(*testing.T, *house, *bufio.Reader) {},
		"when it was submitted":    func(t *testing.T, h *house, _ *bufio.Reader) { h.untilPaid(t) },
		"after the header":         func(t *testing.T, _ *house, a *bufio.Reader) { readThrough(t, a, ": alive") },
		"in the middle of the end": func(t *testing.T, _ *house, a *bufio.Reader) { readThrough(t, a, `"mimeType"`) },
	} {
		for _, next := range []string{"the same process", "the next process"} {
			t.Run(name+", "+next, func(t *testing.T) {
				t.Parallel()
				h := newHouse(t, simulator.Config{Pace: 400 * time.Millisecond}, func(c *web.Config) { c.CommentEvery = 20 * time.Millisecond })
				body := rpc(1, "draw", map[string]any{"prompt": "a mill"})
				c := dial(t, strings.TrimPrefix(h.base, "http://"))
				if _, err := fmt.Fprintf(c, "POST /mcp HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk-alice\r\nContent-Type: application/json\r\nAccept: */*\r\nContent-Length: %d\r\n\r\n%s", len(body), body); err != nil {
					t.Fatal(err)
				}
				if name == "at once" {
					h.untilAccepted(t)
				}
				until(t, h, bufio.NewReader(c))
				_ = c.SetLinger(0) // a reset: nobody reads what is on its way
				_ = c.Close()
				if next == "the next process" {
					h.reopen(t)
				}
				got := newAgent(t, h.base+"/mcp", "sk-alice").call("draw", map[string]any{"prompt": "a mill"})
				if len(got.Pictures) != 4 || !got.Repeated && got.Paid != 1 {
					t.Errorf("%+v", got)
				}
				h.costs(t, 1)
			})
		}
	}
}

// Any number of equal calls, at any moments, pay once.
func TestMCP_EqualCallsPayOnce(t *testing.T) {
	h := newHouse(t, simulator.Config{Pace: 100 * time.Millisecond})
	var all sync.WaitGroup
	for i := range 12 {
		all.Go(func() {
			<-time.After(time.Duration(i) * 30 * time.Millisecond)
			if got := newAgent(t, h.base+"/mcp", "sk-alice").call("draw", map[string]any{"prompt": "a mill", "wait_seconds": i}); len(got.Pictures) != 4 {
				t.Errorf("%+v", got)
			}
		})
	}
	all.Wait()
	h.costs(t, 1)
}

func readThrough(t *testing.T, r *bufio.Reader, text string) {
	t.Helper()
	var seen strings.Builder
	for !strings.Contains(seen.String(), text) {
		b, err := r.ReadByte()
		if err != nil {
			t.Fatalf("%v after %.500s", err, seen.String())
		}
		seen.WriteByte(b)
	}
}

// untilPaid waits until the upstream was paid.
func (h *house) untilPaid(t *testing.T) {
	t.Helper()
	h.until(t, func() bool { return len(h.sim.Ledger()) > 0 })
}

// untilAccepted waits until there is a job.
func (h *house) untilAccepted(t *testing.T) {
	t.Helper()
	h.until(t, func() bool { return h.service.Busy() > 0 || len(h.sim.Ledger()) > 0 })
}

func (h *house) until(t *testing.T, is func() bool) {
	t.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	limit := time.After(20 * time.Second)
	for !is() {
		select {
		case <-tick.C:
		case <-limit:
			t.Fatal("it does not come")
		}
	}
}

// Quiet calls stay alive behind an nginx that takes silence for death.
func TestMCP_AQuietCallBehindNginx(t *testing.T) {
	t.Parallel()
	h := newHouse(t, simulator.Config{Pace: 8 * time.Second}, func(c *web.Config) { c.CommentEvery = 300 * time.Millisecond })
	address := nginx(t, strings.TrimPrefix(h.base, "http://"), "proxy_read_timeout 3s;")
	got := newAgent(t, "http://"+address+"/mcp", "sk-alice").call("draw", map[string]any{"prompt": "a mill", "speed": "fast"})
	if len(got.Pictures) != 4 || got.sheet == nil {
		t.Errorf("%+v", got)
	}
	h.costs(t, 1)
}

// When midgate stops, whoever waits gets the ID of its job at once.
func TestMCP_AStopAnswersWhoWaits(t *testing.T) {
	h := newHouse(t, simulator.Config{Pace: time.Minute})
	server := h.server.HTTP()
	address := serve(t, server)
	answer := make(chan toolAnswer, 1)
	a := newAgent(t, "http://"+address+"/mcp", "sk-alice")
	go func() {
		got, err := a.try("draw", map[string]any{"prompt": "a mill"})
		if err != nil {
			t.Error(err)
		}
		answer <- got
	}()
	h.untilPaid(t)
	go func() { _ = server.Shutdown(t.Context()) }()
	select {
	case got := <-answer:
		if !strings.Contains(got.text, "Call get_job") {
			t.Errorf("it is told %q", got.text)
		}
	case <-time.After(10 * time.Second):
		t.Error("it waits on")
	}
}

// Calls that wait cost little, and nothing is left of them when their clients have gone.
func TestMCP_ParkedCallsAreCheap(t *testing.T) {
	const n = 500
	h := newHouse(t, simulator.Config{Pace: time.Hour})
	job, err := newAgent(t, h.base+"/mcp?wait=0", "sk-alice").try("draw", map[string]any{"prompt": "a mill"})
	if err != nil {
		t.Fatal(err)
	}
	body := rpc(1, "get_job", map[string]any{"job": job.Job.ID})
	request := fmt.Sprintf("POST /mcp HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer sk-alice\r\nContent-Type: application/json\r\nAccept: */*\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	used := func() uint64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc + m.StackInuse
	}
	park := func(n int) (all []io.Closer) {
		for range n {
			c := dial(t, strings.TrimPrefix(h.base, "http://"))
			if _, err := io.WriteString(c, request); err != nil {
				t.Fatal(err)
			}
			all = append(all, c)
		}
		return all
	}
	waiting := func(n int) func() bool {
		return func() bool { return strings.Count(stacks(), "mcp.waiting.await") == n }
	}
	first := park(1)
	h.until(t, waiting(1))
	before, tasks := used(), runtime.NumGoroutine()
	all := park(n)
	h.until(t, waiting(n+1))
	if each := (int64(used()) - int64(before)) / n; each > parkedMost {
		t.Errorf("a parked call costs %d bytes, want %d at most", each, parkedMost)
	} else {
		t.Logf("a parked call costs %d bytes and %d goroutines", each, (runtime.NumGoroutine()-tasks)/n)
	}
	for _, c := range append(all, first...) {
		_ = c.Close()
	}
	h.until(t, waiting(0))
	h.until(t, func() bool { return runtime.NumGoroutine() <= tasks })
	h.costs(t, 1)
}

// stacks are the stacks of all goroutines.
func stacks() string {
	b := make([]byte, 16<<20)
	return string(b[:runtime.Stack(b, true)])
}

// contextOf is a client that leaves.
func contextOf(t *testing.T) (gone context.Context, leave func()) {
	t.Helper()
	return context.WithCancel(t.Context())
}
