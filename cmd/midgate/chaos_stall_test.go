package main

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// stall is how long a gate stands still: longer than its clients wait, so that their repeats are there when it goes on, and
// shorter than a lease lasts.
const stall = 2800 * time.Millisecond

// stalled is how many clients meet each stall.
const stalled = 7

// A gate that stands still, as a machine under pressure or a paused virtual one does, finds originals whose clients have
// left beside their repeats, in whatever order. One job each, with or without a counter, and everybody is answered.
func TestAGateThatStandsStillCostsOneJobForEachClient(t *testing.T) {
	t.Parallel()
	for name, counts := range map[string]bool{"counted": true, "uncounted": false} {
		for half := range 2 { // ten rounds in two lots, at the same time
			t.Run(fmt.Sprint(name, half), func(t *testing.T) {
				t.Parallel()
				b := newBed(t, simulator.Config{Pace: 500 * time.Millisecond})
				for round := range 5 {
					b.standStill(counts, 2*round+half)
				}
			})
		}
	}
}

// standStill stops the gate under some clients, some of which have been heard by then: the later the round, the more. They
// are cut once or twice; nothing is drawn before, since an answer that is cut while it is written counts as given.
func (b *bed) standStill(counts bool, round int) {
	b.t.Helper()
	cutter, url := putBetween(b.t, b.url, impatience, 0)
	prompt := func(i int) string { return fmt.Sprintf("stall %d of client %d.", round, i) }
	draw := b.hold()
	defer draw()
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		<-time.After(time.Duration(round) * 40 * time.Millisecond)
		b.signal(syscall.SIGSTOP)
		<-time.After(stall)
		b.signal(syscall.SIGCONT)
	}()
	var cut sync.WaitGroup
	cut.Add(stalled)
	go func() {
		cut.Wait()
		<-stopped
		cutter.close()
		draw()
	}()
	atOnce(stalled, func(i int) {
		<-time.After(time.Duration(i) * 50 * time.Millisecond)
		s := b.generation(prompt(i), 1+i%2)
		s.url = url
		cuts := 1 + round/2%2
		for try := range cuts {
			if a, err := s.try(b.t, counted(counts, try)); err == nil {
				b.t.Errorf("%s, try %d = %d %s, want a broken connection", s.body, try, a.status, a.body)
			}
			<-time.After(time.Duration(i%3) * 200 * time.Millisecond)
		}
		cut.Done()
		s.url = b.url
		if d := s.must(b.t, counted(counts, cuts)); len(d.Data) != 1+i%2 {
			b.t.Errorf("%s: %d pictures", s.body, len(d.Data))
		}
	})
	<-stopped
	for i := range stalled {
		if got := b.charged(prompt(i)); got != 1 {
			b.t.Errorf("%d charges for %q, want 1", got, prompt(i))
		}
	}
}

// counted is the retry counter of a client's try.
func counted(counts bool, try int) int {
	if counts {
		return try
	}
	return 0
}

// hold keeps from the gate what became of its tasks, until it is let go.
func (b *bed) hold() (letGo func()) {
	gate := make(chan struct{})
	b.meddle(func(_ http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/task/") {
			return false
		}
		select {
		case <-gate:
			return false
		case <-r.Context().Done():
			return true
		}
	})
	return sync.OnceFunc(func() {
		b.meddle(nil)
		close(gate)
	})
}

func (b *bed) signal(s syscall.Signal) {
	if err := b.gate.cmd.Process.Signal(s); err != nil {
		b.t.Error(err)
	}
}

// charged counts the charges whose prompt holds some text.
func (b *bed) charged(text string) (n int) {
	for _, c := range b.sim.Ledger() {
		if strings.Contains(c.Prompt, text) {
			n++
		}
	}
	return n
}
