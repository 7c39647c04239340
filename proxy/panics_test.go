package proxy

import (
	"bytes"
	"context"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/adapter/midjourney"
	"midgate/adapter/midjourney/simulator"
	"midgate/proxy/body"
	"midgate/proxy/responses"
)

// dying panics in some of the places that it is asked about.
type dying struct {
	mu    sync.Mutex
	asked map[string]int
}

// here panics so many times that it is asked about a place, every other time.
func (d *dying) here(place string, times int) {
	d.mu.Lock()
	dies := d.asked[place]%2 == 0 && d.asked[place] < 2*times
	d.asked[place]++
	d.mu.Unlock()
	if dies {
		panic("secret " + place)
	}
}

// over kills who asks for the state of a task.
func (d *dying) over(rt http.RoundTripper) http.RoundTripper {
	return roundTrip(func(r *http.Request) (*http.Response, error) {
		if strings.HasSuffix(r.URL.Path, "/fetch") || strings.HasSuffix(r.URL.Path, "/list-by-condition") {
			d.here("a poll", 2)
		}
		return rt.RoundTrip(r)
	})
}

type roundTrip func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

// dyingDrawer is a Drawer some of whose callers die, by a word of the prompt.
type dyingDrawer struct {
	Models
	d *dying
}

// Generate implements Drawer.
func (p dyingDrawer) Generate(ctx context.Context, a adapter.Attempt, g adapter.Generation) (adapter.Ticket, error) {
	if strings.HasPrefix(g.Prompt, "dies before") {
		p.d.here(g.Prompt, 1)
	}
	t, err := p.Models.Generate(ctx, a, g)
	if err == nil && strings.HasPrefix(g.Prompt, "dies while it waits") {
		return dyingTicket{t, p.d, g.Prompt}, nil
	}
	return t, err
}

type dyingTicket struct {
	adapter.Ticket
	d      *dying
	prompt string
}

// Wait implements adapter.Ticket.
func (t dyingTicket) Wait(ctx context.Context, watch func(adapter.Progress)) (adapter.Result, error) {
	if err := t.Accepted(ctx); err != nil { // there is a job when it dies
		return adapter.Result{}, err
	}
	t.d.here(t.prompt, 1)
	return t.Ticket.Wait(ctx, watch)
}

// dyingLibrary is a Library that dies of pictures with certain prompts.
type dyingLibrary struct {
	Pictures
	d *dying
}

// Image implements Library.
func (l dyingLibrary) Image(ctx context.Context, c adapter.Caller, id string) (adapter.Image, error) {
	img, err := l.Pictures.Image(ctx, c, id)
	if strings.HasPrefix(img.Prompt, "dies while it renders") {
		l.d.here(img.Prompt, 1)
	}
	return img, err
}

// Handlers panic at every point of a request and the detector panics again and again (row K3 of engineering.md §3.3):
// who asked is told, the same request asked again gets the picture of the one job, and nobody else notices.
func TestPanicsCostNoJob(t *testing.T) {
	t.Parallel()
	d := &dying{asked: map[string]int{}}
	h := newHouseAmid(t, simulator.Config{Pace: 400 * time.Millisecond}, mischief{
		upstream: d.over,
		core: func(c Core) Core {
			c.Draw, c.Keep = dyingDrawer{c.Draw, d}, dyingLibrary{c.Keep, d}
			return c
		},
		observe: midjourney.Observer{Poll: func(string, string, int, time.Duration, error) { d.here("an observer", 2) }},
	})
	prompts := []string{"dies before", "dies while it waits", "dies while it renders", "dies while it waits and streams"}
	for i := range 6 {
		prompts = append(prompts, fmt.Sprintf("lives %d", i))
	}
	t.Run("all at once", func(t *testing.T) {
		for _, prompt := range prompts {
			t.Run(prompt, func(t *testing.T) {
				t.Parallel()
				if strings.HasPrefix(prompt, "dies") {
					h.dies(t, prompt)
				}
				h.lives(t, prompt)
			})
		}
	})
	if d.asked["a poll"] < 4 || d.asked["an observer"] < 4 {
		t.Errorf("%v, want that the detector died twice of each", d.asked)
	}
	h.judge(t, prompts)
}

// fallingLibrary is a Library that panics when a picture is opened.
type fallingLibrary struct {
	Pictures
	falls *atomic.Bool
}

// Bytes implements Library.
func (l fallingLibrary) Bytes(ctx context.Context, id string, f adapter.Format, compression int) (*adapter.Blob, error) {
	if l.falls.Load() {
		panic("secret picture")
	}
	return l.Pictures.Bytes(ctx, id, f, compression)
}

// Pictures are opened in goroutines of their own: a panic there is an error of the request, not the end of the process, and
// the same request asked again gets the picture of the one job.
func TestAPanicBesideAHandlerIsAnErrorOfItsRequest(t *testing.T) {
	t.Parallel()
	requests := map[string]struct{ path, body, says, done string }{
		"an answer": {generations, `{"prompt":"a lost fox","n":2,"response_format":"b64_json"}`, "Internal server error.", "b64_json"},
		"a stream":  {generations, `{"prompt":"a lost fox","n":2,"stream":true}`, "event: error", "event: image_generation.completed"},
		"responses": {responses.Route, lost["of responses"].body, "event: response.failed", lost["of responses"].done},
	}
	for name, tc := range requests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			falls := &atomic.Bool{}
			falls.Store(true)
			h := newHouseAmid(t, simulator.Config{}, mischief{core: func(c Core) Core {
				c.Keep = fallingLibrary{c.Keep, falls}
				return c
			}})
			if body, err := h.wholeStream(t, tc.path, tc.body); err != nil || !strings.Contains(body, tc.says) || strings.Contains(body, "secret") {
				t.Errorf("a request beside whose handler something panicked = %s, %v; want %q", body, err, tc.says)
			}
			falls.Store(false)
			if body, err := h.wholeStream(t, tc.path, tc.body); err != nil || !strings.Contains(body, tc.done) {
				t.Errorf("the repeat = %.200s, %v; want %s", body, err, tc.done)
			}
			if paid := len(h.sim.Ledger()); paid != 1 {
				t.Errorf("%d jobs were paid, want 1", paid)
			}
		})
	}
}

// dies asks with a request whose handler panics: it is told so with a request id, or its stream is cut.
func (h *house) dies(t *testing.T, prompt string) {
	t.Helper()
	resp, body, err := h.wish(t, prompt)
	if strings.HasSuffix(prompt, "streams") {
		if err == nil && resp.StatusCode == http.StatusOK {
			t.Errorf("a stream whose handler died ends as if it were whole: %s", body)
		}
		return
	}
	a := answered{resp.StatusCode, resp.Header, body}
	a.refused(t, refusal{http.StatusInternalServerError, "", ""})
	if id := resp.Header.Get("X-Request-Id"); !strings.HasPrefix(id, "req_") || bytes.Contains(body, []byte("secret")) {
		t.Errorf("a request whose handler died = %s, request id %q; want an id and nothing from inside", body, id)
	}
}

// lives asks as a client without a counter does, and wants a picture.
func (h *house) lives(t *testing.T, prompt string) {
	t.Helper()
	resp, body, err := h.wish(t, prompt)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s = %d %s, %v; want a picture", prompt, resp.StatusCode, body, err)
	}
	if strings.HasSuffix(prompt, "streams") {
		if !bytes.Contains(body, []byte("event: image_generation.completed")) {
			t.Errorf("%s = %s, want a completed picture", prompt, body)
		}
		return
	}
	for _, item := range (answered{resp.StatusCode, resp.Header, body}).items(t) {
		_, _, data := h.call(t, http.MethodGet, strings.TrimPrefix(*item.URL, h.base), "")
		if _, err := png.Decode(bytes.NewReader(data)); err != nil {
			t.Errorf("%s: its picture: %v", prompt, err)
		}
	}
}

// wish asks for a picture, in a stream if the prompt ends so.
func (h *house) wish(t *testing.T, prompt string) (*http.Response, []byte, error) {
	t.Helper()
	body := fmt.Sprintf(`{"prompt":%q,"response_format":"url"}`, prompt)
	if strings.HasSuffix(prompt, "streams") {
		body = fmt.Sprintf(`{"prompt":%q,"stream":true}`, prompt)
	}
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, h.base+generations, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer sk-alice")
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	data, err := io.ReadAll(resp.Body)
	return resp, data, err
}

// judge lets the ledger speak: one charge for each prompt, and each is of a job that has its picture.
func (h *house) judge(t *testing.T, prompts []string) {
	t.Helper()
	jobs, err := h.parts.State.Jobs(t.Context(), adapter.JobQuery{Owner: body.HexDigest("name:alice"), Limit: 100})
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]adapter.Job{}
	for _, j := range jobs {
		for _, st := range j.Steps {
			of[st.State] = j
		}
	}
	ledger := h.sim.Ledger()
	for _, c := range ledger {
		if j := of[c.State]; j.Status != adapter.JobCompleted || j.Result == nil || len(j.Result.Images) == 0 {
			t.Errorf("%q was paid and led to nothing: its job is %q", c.Prompt, j.Status)
		}
	}
	if len(ledger) != len(prompts) || len(jobs) != len(prompts) {
		t.Errorf("%d charges and %d jobs (%s), want %d", len(ledger), len(jobs), h.charged(), len(prompts))
	}
}
