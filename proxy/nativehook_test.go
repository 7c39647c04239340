package proxy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/native"
	"midgate/proxy/web"
)

// listener is where a native client takes its notifications.
type listener struct {
	*httptest.Server
	said   chan native.TaskJSON
	refuse chan struct{} // each lets one notification be answered with 500
}

func newListener(t *testing.T) *listener {
	t.Helper()
	l := &listener{said: make(chan native.TaskJSON, 1000), refuse: make(chan struct{}, 10)}
	l.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-l.refuse:
			w.WriteHeader(http.StatusInternalServerError)
			return
		default:
		}
		var task native.TaskJSON
		if err := json.NewDecoder(r.Body).Decode(&task); err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("a notification is %s %s: %v", r.Method, r.Header.Get("Content-Type"), err)
		}
		l.said <- task
	}))
	t.Cleanup(l.Close)
	return l
}

// end is the notification of a task's end, after those of its way, which never goes back.
func (l *listener) end(t *testing.T, id string) native.TaskJSON {
	t.Helper()
	percent := -1
	for {
		task := <-l.said
		var p int
		if _, err := fmt.Sscanf(task.Progress, "%d%%", &p); err != nil || task.ID != id || p < percent {
			t.Errorf("told of %s at %q, want %s at %d%% or more", task.ID, task.Progress, id, percent)
		}
		percent = p
		if task.Status == "SUCCESS" || task.Status == "FAILURE" {
			return task
		}
	}
}

func TestANativeClientsHookIsToldByMidgate(t *testing.T) {
	h := newHouse(t, simulator.Config{Dialect: simulator.TrueAI, Pace: 200 * time.Millisecond}, func(c *web.Config) { c.FetchAllow = []string{"127.0.0.1"} })
	m, l := mj{h, t, "sk-alice"}, newListener(t)
	hook := l.URL + "/secret-of-the-client"
	sub := m.submit("/mj/submit/imagine", fmt.Sprintf(`{"prompt":"a red fox","state":"mine","notifyHook":%q}`, hook))
	end, grid := l.end(t, sub.Result.(string)), m.fetch(sub)
	a, b := marshal(t, end), marshal(t, grid)
	if end.State != "mine" || !strings.HasPrefix(end.ImageURL, h.base+"/images/img_") || len(end.Buttons) == 0 || !bytes.Equal(a, b) {
		t.Errorf("the end was told as %s, want what is fetched: %s", a, b)
	}
	single := m.fetch(m.submit("/mj/submit/action", fmt.Sprintf(`{"taskId":%q,"customId":%q}`, grid.ID, customIDOf(grid, t, "U1"))))
	// A dialog's answer is told to the hook of the button that opened it, in its state, and waiting for it is no news.
	press := m.submit("/mj/submit/action", fmt.Sprintf(`{"taskId":%q,"customId":%q,"notifyHook":%q,"state":"zoomed"}`, single.ID, customIDOf(single, t, "Custom Zoom"), hook))
	for range 2 { // the end is told again when it was not taken
		l.refuse <- struct{}{}
	}
	zoom := m.submit("/mj/submit/modal", fmt.Sprintf(`{"taskId":%q,"prompt":"a red fox --zoom 1.8"}`, press.Result))
	if end := l.end(t, zoom.Result.(string)); end.Status != "SUCCESS" || end.State != "zoomed" {
		t.Errorf("the dialog's end was told as %+v", end)
	}
	failed := m.submit("/mj/submit/imagine", fmt.Sprintf(`{"prompt":"a fox sim-fail","notifyHook":%q}`, hook))
	if end := l.end(t, failed.Result.(string)); end.Status != "FAILURE" || end.FailReason == "" {
		t.Errorf("a failure was told as %+v", end)
	}
	for _, s := range h.sim.Requests().Submissions {
		if bytes.Contains(s.Body, []byte("secret-of-the-client")) {
			t.Errorf("the upstream was given the client's hook: %s", s.Body)
		}
	}
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestANativeClientsHookReachesNoPrivateAddress(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	m, l := mj{h, t, "sk-alice"}, newListener(t)
	task := m.fetch(m.submit("/mj/submit/imagine", fmt.Sprintf(`{"prompt":"a red fox","notifyHook":%q}`, l.URL)))
	h.service.Close() // nothing is posted any more
	if task.Status != "SUCCESS" || len(l.said) != 0 {
		t.Errorf("the task is %s and %d notifications came, want SUCCESS and none", task.Status, len(l.said))
	}
}

func TestAHookThatIsNoneIsRefused(t *testing.T) {
	h := newHouse(t, simulator.Config{})
	for _, hook := range []string{"ftp://example.com/x", "example.com", "https://", "https://example.com/" + strings.Repeat("x", 2000)} {
		status, body := mj{h, t, "sk-alice"}.send("POST", "/mj/submit/imagine", fmt.Sprintf(`{"prompt":"a red fox","notifyHook":%q}`, hook))
		if status != 400 || !strings.Contains(string(body), `"code":4`) || !strings.Contains(string(body), "notifyHook") {
			t.Errorf("the hook %.30q = %d %s, want 400 with code 4", hook, status, body)
		}
	}
	if n := len(h.sim.Ledger()); n != 0 {
		t.Errorf("%d jobs were paid, want none", n)
	}
}
