package simulator

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// inbox is a webhook receiver without a socket.
type inbox struct {
	mu     sync.Mutex
	events []string
	bodies []map[string]any
}

func (b *inbox) RoundTrip(r *http.Request) (*http.Response, error) {
	data, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	var task map[string]any
	if err := json.Unmarshal(data, &task); err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.events = append(b.events, fmt.Sprintf("%v %v", task["status"], task["progress"]))
	b.bodies = append(b.bodies, task)
	return &http.Response{StatusCode: 200, Body: http.NoBody, Request: r}, nil
}

var allEvents = []string{
	"NOT_START 0%", "SUBMITTED 0%", "IN_PROGRESS 0%", "IN_PROGRESS 6%", "IN_PROGRESS 15%", "IN_PROGRESS 31%",
	"IN_PROGRESS 46%", "IN_PROGRESS 62%", "IN_PROGRESS 78%", "IN_PROGRESS 93%", "SUCCESS 100%",
}

func TestWebhooks(t *testing.T) {
	doubled := []string{}
	for _, e := range allEvents {
		doubled = append(doubled, e, e)
	}
	for name, test := range map[string]struct {
		cfg    Config
		prompt string
		want   []string
	}{
		"every change":          {Config{Dialect: TrueAI}, "a cat", allEvents},
		"from a relay too":      {Config{}, "a cat", allEvents},
		"without buttons":       {Config{Dialect: NoviceZK}, "a cat", allEvents},
		"dropped by new-api":    {Config{Dialect: NewAPI}, "a cat", nil},
		"twice":                 {Config{HookDup: true}, "a cat", doubled},
		"all lost":              {Config{HookLoss: 1}, "a cat", nil},
		"instant":               {Config{}, "a cat sim-instant", []string{"SUCCESS 100%", "SUCCESS 100%"}},
		"a failure":             {Config{}, "a cat sim-fail-now", []string{"NOT_START 0%", "FAILURE "}},
		"a stuck task is quiet": {Config{}, "a cat sim-stuck", []string{"SUBMITTED 0%", "SUBMITTED 0%"}},
	} {
		t.Run(name, func(t *testing.T) {
			bubble(t, func(t *testing.T) {
				box := &inbox{}
				test.cfg.Pixels, test.cfg.HookClient = 64, &http.Client{Transport: box}
				p := newScript(t, test.cfg)
				p.submit("/mj/submit/imagine", fmt.Sprintf(`{"prompt":%q,"notifyHook":"http://hooks.test/x"}`, test.prompt))
				pass(time.Hour)
				synctest.Wait()
				if !slices.Equal(box.events, test.want) {
					t.Errorf("events = %q, want %q", box.events, test.want)
				}
			})
		})
	}
}

// TestWebhooksOutOfOrder sends the same events in another order.
func TestWebhooksOutOfOrder(t *testing.T) {
	bubble(t, func(t *testing.T) {
		box := &inbox{}
		p := newScript(t, Config{Pixels: 64, HookReorder: true, HookClient: &http.Client{Transport: box}})
		p.submit("/mj/submit/imagine", `{"prompt":"a cat","notifyHook":"http://hooks.test/x"}`)
		pass(time.Hour)
		synctest.Wait()
		if slices.Equal(box.events, allEvents) {
			t.Error("events came in order, want some swapped")
		}
		slices.Sort(box.events)
		if sorted := slices.Sorted(slices.Values(allEvents)); !slices.Equal(box.events, sorted) {
			t.Errorf("events = %q, want %q in any order", box.events, sorted)
		}
	})
}

// TestWebhookBody: a webhook brings the origin's task with its raw address and the hook itself.
func TestWebhookBody(t *testing.T) {
	bubble(t, func(t *testing.T) {
		box := &inbox{}
		p := newScript(t, Config{Pixels: 64, HookClient: &http.Client{Transport: box}})
		id := p.submit("/mj/submit/imagine", `{"prompt":"a cat","state":"tag","notifyHook":"http://hooks.test/x"}`)
		pass(time.Hour)
		synctest.Wait()
		last := box.bodies[len(box.bodies)-1]
		if last["id"] != id || last["state"] != "tag" || last["properties"].(map[string]any)["notifyHook"] != "http://hooks.test/x" {
			t.Errorf("last event = %v", last)
		}
		if got := p.picture(last).Bounds().Dx(); got != 128 {
			t.Errorf("the raw address leads to a picture %d wide, want 128", got)
		}
	})
}

// TestCloseEndsWebhooks leaves no goroutine behind; the bubble would notice.
func TestCloseEndsWebhooks(t *testing.T) {
	bubble(t, func(t *testing.T) {
		box := &inbox{}
		p := newScript(t, Config{Pixels: 64, HookClient: &http.Client{Transport: box}})
		p.submit("/mj/submit/imagine", `{"prompt":"a cat sim-slow","notifyHook":"http://hooks.test/x"}`)
		synctest.Wait()
		p.sim.Close()
		if len(box.events) != 1 {
			t.Errorf("events = %q, want the first only", box.events)
		}
	})
}
