package simulator

import (
	"bytes"
	"context"
	"net/http"
	"sync"
	"time"

	"midgate/adapter/midjourney/simulator/reply"
)

// hookTimeout bounds one webhook post.
const hookTimeout = 10 * time.Second

// webhooks posts the changes of tasks to the addresses that came with them.
type webhooks struct {
	client         *http.Client
	reorder, twice bool
	event          func(t *task, at time.Time) (body []byte, lost bool)

	running context.Context // ends with close
	stop    context.CancelFunc
	posts   sync.WaitGroup
}

// close ends the posts and waits for their goroutines.
func (w *webhooks) close() {
	w.stop()
	w.posts.Wait()
}

// follow posts a task's webhooks from now on, if it has any: at each change, never twice on its own account, and
// nobody waits for the answer. The simulator's mu is held.
func (w *webhooks) follow(t *task) {
	if t.hook == "" || w.running.Err() != nil {
		return
	}
	moments := t.run.Moments()
	if w.reorder {
		for i := 1; i+1 < len(moments); i += 2 {
			moments[i], moments[i+1] = moments[i+1], moments[i]
		}
	}
	w.posts.Go(func() { w.tell(t, moments) })
}

// tell walks through the moments. In a swapped pair both are posted when the later one has come.
func (w *webhooks) tell(t *task, moments []time.Time) {
	for _, at := range moments {
		if !hold(w.running, time.Until(at)) {
			return
		}
		body, lost := w.event(t, at)
		if body == nil || lost {
			continue
		}
		w.post(t.hook, body)
		if w.twice {
			w.post(t.hook, body)
		}
	}
}

// event is the task as it was at a moment, in the origin's form; nil when it was forgotten or cancelled meanwhile.
func (s *Simulator) event(t *task, at time.Time) (body []byte, lost bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !t.forgotten.IsZero() || !t.cancelled.IsZero() {
		return nil, false
	}
	lost = s.dice.lucky(s.cfg.HookLoss)
	v := t.run.At(at)
	if v.Status == "MODAL" {
		return nil, false
	}
	return reply.Encode(s.habits.Event(s.facts(t, v, at, t.base))), lost
}

// post sends one webhook; a failure is dropped, as the origins do.
func (w *webhooks) post(url string, body []byte) {
	ctx, cancel := context.WithTimeout(w.running, hookTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := w.client.Do(r)
	if err != nil {
		return
	}
	_ = resp.Body.Close()
}
