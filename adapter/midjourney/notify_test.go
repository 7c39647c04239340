package midjourney

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"midgate/adapter"
	"midgate/adapter/midjourney/simulator"
)

// hookRig is a rig whose simulator posts its webhooks straight into the fleet.
func hookRig(t *testing.T, sc simulator.Config) *rig {
	t.Helper()
	var r *rig
	sc.HookClient = &http.Client{Transport: roundTrip(func(req *http.Request) (*http.Response, error) { return hooked(r.fleet, req) })}
	r = newRig(t, sc, func(c *Config) { c.WebhookURL, c.Secret = "https://midgate.example/", []byte("secret") })
	return r
}

func TestAWebhookEndsTheWaitAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := hookRig(t, simulator.Config{Pace: 60 * time.Second, Lag: 40 * time.Millisecond})
		r.together(5, "a fox", func(task adapter.Task, err error) {
			r.happy(task, err)
			if late := time.Since(task.FinishedAt); late > 150*time.Millisecond {
				t.Errorf("the end was seen %v late, want at once", late)
			}
		})
	})
}

func TestWithoutLossesThePollerSlowsDownAndRecovers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := hookRig(t, simulator.Config{Pace: 20 * time.Second})
		r.together(250, "a fox", r.happy)
		var seen []time.Time
		s := r.submit(adapter.Imagine{Prompt: "a hen"}, "slow")
		_, err := r.Waiter.Wait(t.Context(), adapter.Wait{
			TaskID: s.TaskID, State: "slow", Kind: "imagine", Submitted: s.At, Polled: func() { seen = append(seen, time.Now()) },
		})
		if err != nil {
			t.Fatal(err)
		}
		for i := 1; i < len(seen)-1; i++ { // the last one is the webhook's
			if d := seen[i].Sub(seen[i-1]); d < 5*time.Second {
				t.Errorf("two looks are %v apart, want at least 5s", d)
			}
		}
	})
}

// TestForgedWebhooksAreRefused: a webhook counts only at an address that was made with our secret.
func TestForgedWebhooksAreRefused(t *testing.T) {
	r := hookRig(t, simulator.Config{})
	good := token([]byte("secret"), "state-1")
	other := token([]byte("secret"), "state-2")
	left, mac, _ := strings.Cut(good, ".")
	_, otherMAC, _ := strings.Cut(other, ".")
	for name, tok := range map[string]string{
		"empty": "", "a dot": ".", "no proof": left, "an empty proof": left + ".", "another state's proof": left + "." + otherMAC,
		"a longer proof": good + "AA", "a shorter proof": good[:len(good)-4], "another secret": token([]byte("Secret"), "state-1"),
		"padding": left + "=." + mac, "garbage": "%%%.%%%", "very long": strings.Repeat("A", 1<<16),
	} {
		t.Run(name, func(t *testing.T) {
			if err := r.fleet.Hint(tok, []byte(`{"id":"1","status":"SUCCESS"}`)); !errors.Is(err, adapter.ErrNotFound) {
				t.Errorf("Hint(%.40q) = %v, want %v", tok, err, adapter.ErrNotFound)
			}
		})
	}
	if err := r.fleet.Hint(good, []byte(`not JSON`)); err != nil {
		t.Errorf("Hint(a good token, garbage) = %v, want no error", err)
	}
	if _, ok := r.fleet.shared.hints.seen("state-1"); ok {
		t.Errorf("a forged webhook left a trace")
	}
}

// TestABodyIsBelievedNothing: whoever knows a task's token can make us ask, not more.
func TestABodyIsBelievedNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := hookRig(t, simulator.Config{Pace: 30 * time.Second})
		s := r.submit(adapter.Imagine{Prompt: "a fox"}, "s")
		stop := make(chan struct{})
		var forger sync.WaitGroup
		forger.Go(func() {
			body := fmt.Sprintf(`{"id":%q,"status":"SUCCESS","state":"s","imageUrl":"http://evil.example/x.png"}`, s.TaskID)
			for {
				select {
				case <-stop:
					return
				case <-time.After(10 * time.Millisecond):
					_ = r.fleet.Hint(token([]byte("secret"), "s"), []byte(body))
				}
			}
		})
		task := r.must("imagine", s, "s")
		close(stop)
		forger.Wait()
		if strings.Contains(task.ImageURL, "evil") || time.Since(s.At) < 30*time.Second {
			t.Errorf("Wait(…) = %+v after %v, want the upstream's own word", task, time.Since(s.At))
		}
		if n := r.sim.Requests().Routes["fetch"]; n > 110 {
			t.Errorf("4500 forged webhooks caused %d fetches, want at most one in half a second", n)
		}
	})
}

// TestAWebhookMayComeBeforeTheAnswer: it is kept, and a submission whose answer got lost is found
// by it.
func TestAWebhookMayComeBeforeTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := hookRig(t, simulator.Config{})
		r.sim.Fail(simulator.Fault{Route: "imagine", Kind: "drop-after"})
		_, err := r.Upstream.Submit(t.Context(), adapter.Imagine{Prompt: "a fox"}, adapter.Options{State: "lost"})
		if kindOf(err) != adapter.Ambiguous {
			t.Fatalf("Submit(…) = %v, want %q", err, adapter.Ambiguous)
		}
		pass(time.Second)
		f := r.Upstream.(adapter.Finder)
		task, err := f.Find(t.Context(), "lost")
		if err != nil || task.ID == "" {
			t.Fatalf("Find(…) = %+v, %v; want the task", task, err)
		}
		if _, err := f.Find(t.Context(), "nobody's"); !errors.Is(err, adapter.ErrNotFound) {
			t.Errorf("Find(an unknown state) = %v, want %v", err, adapter.ErrNotFound)
		}
		pass(time.Minute) // it is over by now, and the webhooks said so
		start := time.Now()
		r.must("imagine", adapter.Submission{TaskID: task.ID, At: start}, "lost")
		if d := time.Since(start); d > 100*time.Millisecond {
			t.Errorf("the wait took %v, want it to end at once", d)
		}
	})
}

// TestHintsInAnyOrderEndOneWait: every order and repetition of a task's webhooks.
func TestHintsInAnyOrderEndOneWait(t *testing.T) {
	words := rapid.SampledFrom([]string{"", "NOT_START", "MODAL", "IN_PROGRESS", "SUCCESS", "FAILURE", "CANCEL"})
	rapid.Check(t, func(rt *rapid.T) {
		statuses := rapid.SliceOfN(words, 0, 12).Draw(rt, "statuses")
		synctest.Test(t, func(t *testing.T) {
			deaf := &http.Client{Transport: roundTrip(func(*http.Request) (*http.Response, error) { return nil, errors.New("deaf") })}
			r := newRig(t, simulator.Config{HookClient: deaf}, func(c *Config) { c.WebhookURL, c.Secret = "http://m.example", []byte("k") })
			s := r.submit(adapter.Imagine{Prompt: "a fox"}, "s")
			var noise sync.WaitGroup
			noise.Go(func() {
				for _, status := range statuses {
					body := fmt.Sprintf(`{"id":%q,"status":%q,"state":"s"}`, s.TaskID, status)
					_ = r.fleet.Hint(token([]byte("k"), "s"), []byte(body))
					pass(700 * time.Millisecond)
				}
			})
			r.happy(r.await("imagine", s, "s"))
			noise.Wait()
		})
	})
}

// FuzzToken: no text but our own opens anything.
func FuzzToken(f *testing.F) {
	f.Add(token([]byte("secret"), "state"))
	f.Add("c3RhdGU.AAAA")
	f.Add("..")
	f.Fuzz(func(t *testing.T, tok string) {
		if state, ok := stateOf([]byte("secret"), tok); ok && token([]byte("secret"), state) != tok {
			t.Errorf("stateOf(%q) = %q, whose token is another", tok, state)
		}
	})
}

func TestHintsAreBounded(t *testing.T) {
	h := newHints()
	now := time.Now()
	for i := range 3 * hintsKept {
		h.park(fmt.Sprint(i), "1", false, now)
	}
	if len(h.known) > hintsKept || len(h.order) > hintsKept {
		t.Errorf("%d hints are kept, want at most %d", len(h.known), hintsKept)
	}
	h.park("final", "1", true, now)
	h.park("final", "1", false, now)
	if !h.finished("final", "1") {
		t.Errorf("a late hint undid a final one")
	}
}
