package simulator

import (
	"bytes"
	"context"
	"net/http"
	"time"

	"midgate/adapter/midjourney/simulator/reply"
)

// hookTimeout bounds one webhook post.
const hookTimeout = 10 * time.Second

// follow posts a task's webhooks from now on, if it has any: at each change, never twice on its own account, and
// nobody waits for the answer. s.mu is held.
func (s *Simulator) follow(t *task) {
	if t.hook == "" || s.running.Err() != nil {
		return
	}
	moments := t.run.Moments()
	if s.cfg.HookReorder {
		for i := 1; i+1 < len(moments); i += 2 {
			moments[i], moments[i+1] = moments[i+1], moments[i]
		}
	}
	s.posts.Go(func() { s.tell(t, moments) })
}

// tell walks through the moments. In a swapped pair both are posted when the later one has come.
func (s *Simulator) tell(t *task, moments []time.Time) {
	for _, at := range moments {
		if !hold(s.running, time.Until(at)) {
			return
		}
		body, lost := s.event(t, at)
		if body == nil || lost {
			continue
		}
		s.post(t.hook, body)
		if s.cfg.HookDup {
			s.post(t.hook, body)
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
	lost = float64(s.roll()>>11)/(1<<53) < s.cfg.HookLoss
	v := t.run.At(at)
	if v.Status == "MODAL" {
		return nil, false
	}
	return reply.Encode(s.habits.Event(s.facts(t, v, at, t.base))), lost
}

// post sends one webhook; a failure is dropped, as the origins do.
func (s *Simulator) post(url string, body []byte) {
	ctx, cancel := context.WithTimeout(s.running, hookTimeout)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return
	}
	r.Header.Set("Content-Type", "application/json")
	resp, err := s.cfg.HookClient.Do(r)
	if err != nil {
		return
	}
	_ = resp.Body.Close()
}
