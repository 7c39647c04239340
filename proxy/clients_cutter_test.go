package proxy

import (
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"
)

// unhurried is a pace at which a job is still running when its submission has been seen.
const unhurried = 3 * time.Second

// moment is how long something that has begun is let go on before it is cut.
const moment = 200 * time.Millisecond

// impatience says which connections a cutter breaks. The zero value breaks none.
type impatience struct {
	submitted int           // the first ones, so many, a moment after all of them have come and their job is submitted
	begun     bool          // the first one, when its answer has begun and pauses for a moment
	after     time.Duration // that take longer, in the time of storm since the first request
	storm     time.Duration
	silence   time.Duration // on which nothing has come for so long
}

// cutter is a reverse proxy that counts what is posted, and breaks some connections.
type cutter struct {
	base string

	mu       sync.Mutex
	requests int
	first    time.Time
	statuses []int // of what came through
}

func newCutter(t *testing.T, h *house, hurry impatience) *cutter {
	t.Helper()
	target, err := url.Parse(h.base)
	if err != nil {
		t.Fatal(err)
	}
	c := &cutter{}
	through := httputil.NewSingleHostReverseProxy(target)
	through.FlushInterval = -1                    // blanks must not wait for what follows
	through.ErrorLog = log.New(io.Discard, "", 0) // the breaks are on purpose
	through.ErrorHandler = func(http.ResponseWriter, *http.Request, error) { panic(http.ErrAbortHandler) }
	through.ModifyResponse = func(r *http.Response) error {
		c.mu.Lock()
		defer c.mu.Unlock()
		c.statuses = append(c.statuses, r.StatusCode)
		return nil
	}
	front := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx, leave := context.WithCancel(r.Context())
		var watch sync.WaitGroup
		defer watch.Wait()
		defer leave()
		if r.Method != http.MethodPost { // a picture is fetched
			through.ServeHTTP(w, r)
			return
		}
		attempt := c.count()
		if attempt <= hurry.submitted {
			watch.Go(func() {
				c.untilSubmitted(ctx, h, hurry.submitted)
				leave()
			})
		}
		if hurry.begun && attempt == 1 {
			cut := time.AfterFunc(time.Hour, leave)
			defer cut.Stop()
			w = &talking{w, cut, moment}
		}
		if hurry.after > 0 {
			defer time.AfterFunc(hurry.after, func() {
				if time.Since(c.since()) < hurry.storm {
					leave()
				}
			}).Stop()
		}
		if hurry.silence > 0 {
			quiet := time.AfterFunc(hurry.silence, leave)
			defer quiet.Stop()
			w = &talking{w, quiet, hurry.silence}
		}
		through.ServeHTTP(w, r.WithContext(ctx))
	}))
	front.Config.ErrorLog = through.ErrorLog
	front.Start()
	t.Cleanup(front.Close)
	c.base = front.URL
	return c
}

// count is the number of this request.
func (c *cutter) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.requests++; c.requests == 1 {
		c.first = time.Now()
	}
	return c.requests
}

// since is when the first request came.
func (c *cutter) since() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.first
}

// seen is how much was posted.
func (c *cutter) seen() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.requests
}

// came are the statuses of the answers that came through, in their order.
func (c *cutter) came() []int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.statuses)
}

// talking sets the end of a connection anew whenever something is said.
type talking struct {
	http.ResponseWriter
	quiet   *time.Timer
	silence time.Duration
}

func (w *talking) Write(p []byte) (int, error) {
	w.quiet.Reset(w.silence)
	return w.ResponseWriter.Write(p)
}

// Unwrap lets the proxy flush.
func (w *talking) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// untilSubmitted returns a moment after so many requests have come and the upstream has accepted something.
func (c *cutter) untilSubmitted(ctx context.Context, h *house, requests int) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for len(h.sim.Ledger()) == 0 || c.seen() < requests {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
	select {
	case <-time.After(moment): // the last one may still be on its way
	case <-ctx.Done():
	}
}

func (c *cutter) generation(prompt string) order {
	return c.order("generate", map[string]any{"prompt": prompt, "model": "gpt-image-1"})
}

func (c *cutter) order(op string, body map[string]any) order {
	return order{Op: op, Base: c.base + "/v1", Key: "sk-alice", Body: body}
}
