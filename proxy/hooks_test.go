package proxy

import (
	"strings"
	"sync"
	"testing"

	"midgate/adapter"
)

// hinted remembers what came to the token "ours".
type hinted struct {
	mu     sync.Mutex
	bodies []string
}

func (h *hinted) Hint(token string, body []byte) error {
	if token != "ours" {
		return adapter.ErrNotFound
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.bodies = append(h.bodies, string(body))
	return nil
}

func TestWebhooks(t *testing.T) {
	for name, tt := range map[string]struct {
		method, path, body string
		status             int
		taken              int
	}{
		"a hint is passed on":           {"POST", "/hooks/ours", `{"id":"1"}`, 204, 1},
		"another address is unknown":    {"POST", "/hooks/theirs", `{"id":"1"}`, 404, 0},
		"a body of 64 KB is taken":      {"POST", "/hooks/ours", strings.Repeat("x", 64<<10), 204, 1},
		"a larger one is not":           {"POST", "/hooks/ours", strings.Repeat("x", 64<<10+1), 413, 0},
		"no other method":               {"PUT", "/hooks/ours", `{}`, 405, 0},
		"reading is no webhook":         {"GET", "/hooks/ours", "", 405, 0},
		"a path below is nothing":       {"POST", "/hooks/ours/x", `{}`, 404, 0},
		"nothing is not even a webhook": {"POST", "/hooks/", `{}`, 404, 0},
	} {
		t.Run(name, func(t *testing.T) {
			h := &hinted{}
			core := newFake().core()
			core.Hooks = h
			s := newServerOf(t, core)
			w := send(s, tt.method, tt.path, tt.body, "Authorization", "")
			if w.Code != tt.status || len(h.bodies) != tt.taken {
				t.Errorf("%s %s = %d with %d hints, want %d with %d: %s", tt.method, tt.path, w.Code, len(h.bodies), tt.status, tt.taken, w.Body)
			}
			if tt.taken > 0 && h.bodies[0] != tt.body {
				t.Errorf("the hint has %d bytes, want %d", len(h.bodies[0]), len(tt.body))
			}
			if strings.Contains(w.Body.String(), "theirs") {
				t.Errorf("the answer shows a token: %s", w.Body)
			}
		})
	}
}

func TestWithoutWebhooksTheirAddressIsUnknown(t *testing.T) {
	if w := send(newServer(t, newFake()), "POST", "/hooks/ours", `{}`); w.Code != 404 {
		t.Errorf("POST /hooks/ours = %d, want 404", w.Code)
	}
}
