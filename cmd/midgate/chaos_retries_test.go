package main

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
	"time"

	official "github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"midgate/adapter/midjourney/simulator"
)

// impatience is how long a connection lives in the storm.
const impatience = 2 * time.Second

// repeater is how a client library repeats a call whose connection broke.
type repeater struct {
	tries   int
	counts  bool // x-stainless-retry-count says which try it is
	pauses  time.Duration
	headers []string
}

// Every client repeats through something that cuts each connection after 2 s. Whether its last try is late enough to be
// answered or not: one job each, and the picture is there. Nothing is drawn while a client is cut that does not count its
// tries: an answer that is lost on its way counts as given.
func TestRetryStormsCostOneJobEach(t *testing.T) {
	t.Parallel()
	b := newBed(t, simulator.Config{Pace: time.Second})
	_, url := putBetween(t, b.url, impatience, 0)
	draw := b.hold()
	defer draw()
	python := []string{"X-Stainless-Lang", "python", "X-Stainless-Async", "false", "X-Stainless-Read-Timeout", "600", "User-Agent", "OpenAI/Python 2.9.0"}
	node := []string{"X-Stainless-Lang", "js", "X-Stainless-Runtime", "node", "User-Agent", "OpenAI/JS 6.10.0"}
	clients := map[string]repeater{
		"Python's client":           {3, true, 500 * time.Millisecond, python},
		"npm openai":                {3, true, 500 * time.Millisecond, node},
		"Vercel's SDK, uncounted":   {3, false, 2 * time.Second, nil},
		"LangChain, uncounted":      {4, false, time.Second, nil},
		"one with Idempotency-Key":  {10, false, 100 * time.Millisecond, []string{"Idempotency-Key", "storm"}},
		"an eager one with a count": {10, true, 10 * time.Millisecond, nil},
	}
	names := make([]string, 0, len(clients))
	var uncounted sync.WaitGroup
	for name, c := range clients {
		names = append(names, name)
		if !c.known() {
			uncounted.Add(1)
		}
	}
	go func() {
		uncounted.Wait()
		draw()
	}()
	atOnce(len(names)+1, func(i int) {
		if i == len(names) {
			officialClient(t, url)
			return
		}
		c := clients[names[i]]
		s := b.generation("a storm for "+names[i], 2, c.headers...)
		s.url = url
		c.insist(t, s)
		if !c.known() {
			uncounted.Done()
		}
	})
	for i := range names { // whoever asks again is answered without a further job
		s := b.generation("a storm for "+names[i], 2, clients[names[i]].headers...)
		if d := s.must(t, 1); len(d.Data) != 2 {
			t.Errorf("%s: %d pictures in the end, want 2", names[i], len(d.Data))
		}
	}
	if got := len(b.sim.Ledger()); got != len(names)+1 {
		t.Errorf("%d charges for %d clients", got, len(names)+1)
	}
	b.settle(len(names) + 1)
}

// known reports whether its tries say that they are tries of one request.
func (c repeater) known() bool { return c.counts || slices.Contains(c.headers, "Idempotency-Key") }

// insist sends a request as often as its client does.
func (c repeater) insist(t *testing.T, s sent) {
	for try := range c.tries {
		retry := 0
		if c.counts {
			retry = try
		}
		if a, err := s.try(t, retry); err == nil {
			if a.status != http.StatusOK {
				t.Errorf("%s, try %d = %d %s", s.body, try, a.status, a.body)
			}
			return
		}
		<-time.After(c.pauses)
	}
}

// officialClient is the real thing: two repeats of its own.
func officialClient(t *testing.T, url string) {
	c := official.NewClient(option.WithBaseURL(url+"/v1/"), option.WithAPIKey("alices-key"))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	pictures, err := c.Images.Generate(ctx, official.ImageGenerateParams{Prompt: "a storm for openai-go", N: official.Int(2)})
	if err == nil && len(pictures.Data) != 2 {
		t.Errorf("openai-go got %d pictures, want 2", len(pictures.Data))
	}
	t.Log("openai-go:", fmt.Sprint(err))
}

// Behind something that never waits long enough, the answer is fetched by whoever asks again.
func TestAnAnswerThatWasCutIsGivenToTheNextRequest(t *testing.T) {
	t.Parallel()
	b := newBed(t, simulator.Config{Pace: 3 * time.Second}, "MIDGATE_SHARE_WINDOW=0")
	_, url := putBetween(t, b.url, time.Second, 0)
	s := b.generation("a mill, cut", 1)
	s.url = url
	if a, err := s.try(t, 0); err == nil {
		t.Fatalf("the cut request = %d %s, want a broken connection", a.status, a.body)
	}
	b.gate.until(b.gate.err, `"status":499`) // a repeat that overtakes the news of the cut would be a new wish
	s.url = b.url
	var first, second string
	if d := s.must(t, 0); len(d.Data) == 1 {
		first = d.Data[0].ID
	}
	if got := len(b.sim.Ledger()); got != 1 {
		t.Errorf("%d charges for one call and its uncounted repeat, want 1", got)
	}
	if d := s.must(t, 0); len(d.Data) == 1 { // the first one was answered: this is a new wish
		second = d.Data[0].ID
	}
	if first == "" || first == second || len(b.sim.Ledger()) != 2 {
		t.Errorf("a further call got %q after %q with %d charges, want another picture of a second job", second, first, len(b.sim.Ledger()))
	}
	b.settle(2)
}

// A proxy may bring an original after its own repeat: they are one call. A third equal request is another.
func TestAnOriginalThatArrivesAfterItsRepeatCostsNothing(t *testing.T) {
	t.Parallel()
	b := newBed(t, simulator.Config{Pace: 3 * time.Second})
	s := b.generation("a late letter", 2)
	atOnce(2, func(i int) {
		if i == 1 {
			eventually(t, "the repeat has its job", func() bool { return b.accepted() == 1 })
		}
		if d := s.must(t, 1-i); len(d.Data) != 2 {
			t.Errorf("%d pictures, want 2", len(d.Data))
		}
	})
	if got := len(b.sim.Ledger()); got != 1 {
		t.Errorf("%d charges for one call, want 1", got)
	}
	s.must(t, 0)
	b.settle(2)
	if got := len(b.sim.Ledger()); got != 2 {
		t.Errorf("%d charges for two calls, want 2", got)
	}
}
