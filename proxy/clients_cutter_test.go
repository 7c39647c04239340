package proxy

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"sync"
	"testing"
	"time"
)

// hundredth is a pace at which a job is still running when its submission has been seen.
const hundredth = 300 * time.Millisecond

// cutter is a reverse proxy that counts requests, and breaks some connections as soon as their job is submitted.
type cutter struct {
	base string

	mu       sync.Mutex
	requests int
}

func newCutter(t *testing.T, h *house, cut func(attempt int) bool) *cutter {
	t.Helper()
	target, err := url.Parse(h.base)
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{}
	through := httputil.NewSingleHostReverseProxy(target)
	through.ErrorLog = log.New(io.Discard, "", 0) // the breaks are on purpose
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		c.requests++
		attempt := c.requests
		c.mu.Unlock()
		if cut == nil || !cut(attempt) {
			through.ServeHTTP(w, r)
			return
		}
		ctx, leave := context.WithCancel(r.Context())
		defer leave()
		go func() {
			untilSubmitted(ctx, h)
			leave()
		}()
		through.ServeHTTP(httptest.NewRecorder(), r.WithContext(ctx))
		panic(http.ErrAbortHandler)
	}))
	t.Cleanup(front.Close)
	c.base = front.URL
	return c
}

// untilSubmitted returns when the upstream has accepted something.
func untilSubmitted(ctx context.Context, h *house) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for len(h.sim.Ledger()) == 0 {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

func (c *cutter) order(prompt string) order {
	return order{Op: "generate", Base: c.base + "/v1", Key: "sk-alice", Body: map[string]any{"prompt": prompt, "model": "gpt-image-1"}}
}
