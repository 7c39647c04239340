package proxy

import (
	"net/http"
	"strings"
	"testing"

	"midgate/adapter/midjourney/simulator"
)

// A refusal leaves its connection as it was: who asks next on the same connection is answered.
func TestARefusalDoesNotEndTheConnectionsNextRequest(t *testing.T) {
	t.Parallel()
	h := newHouse(t, simulator.Config{})
	const ping = `{"jsonrpc":"2.0","id":1,"method":"ping"}`
	headers := []string{"Content-Type", "application/json", "Accept", "application/json, text/event-stream"}
	for range 300 {
		if status, _, answer := h.call(t, http.MethodPost, "/v1/nothing", ping, headers...); status != http.StatusNotFound {
			t.Fatalf("a route that is none is answered %d %s", status, answer)
		}
		if status, _, answer := h.call(t, http.MethodPost, "/mcp", ping, headers...); status != http.StatusOK || !strings.Contains(string(answer), `"result"`) {
			t.Fatalf("the request after a refusal is answered %d %q", status, answer)
		}
	}
}
