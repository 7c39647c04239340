package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// tool calls a tool over HTTP and returns the event that answers it.
func tool(t *testing.T, url, query, name, args string) string {
	t.Helper()
	body := fmt.Sprintf(`{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":%q,"arguments":%s}}`, name, args)
	return string(ask(t, url+"/mcp"+query, "alices-key", body).body)
}

// A call whose midgate is killed comes again at the next one: it is paid once.
func TestMCP_ACallOutlivesSIGKILL(t *testing.T) {
	u := startPair(t, []string{"--pace", "2s"})
	if got := tool(t, u.url, "?wait=1", "draw", `{"prompt":"a mill"}`); !strings.Contains(got, "Call get_job") {
		t.Fatalf("draw = %s", got)
	}
	if err := u.gate.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	u.gate.wait()
	u.serve(t)
	if got := tool(t, u.url, "", "draw", `{"prompt":"a mill"}`); !strings.Contains(got, "4 pictures drawn") {
		t.Errorf("the same again = %.600s", got)
	}
	if got := charged(t, u.upstream); got != "imagine" {
		t.Errorf("the upstream was paid for %q, want one job", got)
	}
}

// A call that is cut comes again at another replica, which waits for the same job; so does one that comes when it is done.
func TestMCP_ACutCallIsAnsweredByAnotherReplica(t *testing.T) {
	t.Parallel()
	r := newReplicas(t, simulator.Config{Pace: 2 * time.Second})
	ctx, cut := context.WithCancel(t.Context())
	first := sent{r.urls[0], "/mcp", "alices-key", `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"draw","arguments":{"prompt":"a mill"}}}`,
		[]string{"Accept", "application/json, text/event-stream"}}
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = first.tryFor(ctx, 0) // its client leaves
	}()
	eventually(t, "the job is under way", func() bool { return len(r.sim.Ledger()) == 1 })
	cut()
	<-gone
	for _, replica := range []int{1, 2} {
		if got := tool(t, r.urls[replica], "", "draw", `{"prompt":"a mill"}`); !strings.Contains(got, "4 pictures drawn") {
			t.Errorf("the same call at replica %d = %.600s", replica, got)
		}
	}
	r.settle(1)
}
