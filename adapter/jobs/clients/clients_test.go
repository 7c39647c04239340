package clients

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
	"midgate/adapter/jobs/dedup"
)

func TestGuests_WhoWaits(t *testing.T) {
	job := adapter.Job{ID: "job_1", Body: "b"}
	for name, c := range map[string]struct {
		happens func(g *Guests, here context.Context, hangUp func())
		want    bool
	}{
		"nobody came":            {func(*Guests, context.Context, func()) {}, false},
		"an attempt is decided":  {func(g *Guests, _ context.Context, _ func()) { g.Arrive("b") }, true},
		"it was decided":         {func(g *Guests, _ context.Context, _ func()) { seated := g.Arrive("b"); seated(); seated() }, false},
		"one of two was decided": {func(g *Guests, _ context.Context, _ func()) { g.Arrive("b"); g.Arrive("b")() }, true},
		"a client waits":         {func(g *Guests, here context.Context, _ func()) { g.Sit(here, "job_1", adapter.Attempt{}) }, true},
		"another job's client":   {func(g *Guests, here context.Context, _ func()) { g.Sit(here, "job_2", adapter.Attempt{}) }, false},
		"its connection ended": {func(g *Guests, here context.Context, hangUp func()) {
			g.Sit(here, "job_1", adapter.Attempt{})
			hangUp()
		}, false},
		"it left": {func(g *Guests, here context.Context, _ func()) {
			g.Leave(g.Sit(here, "job_1", adapter.Attempt{}), false)
		}, false},
		"an onlooker left": {func(g *Guests, here context.Context, _ func()) {
			g.Sit(here, "job_1", adapter.Attempt{})
			g.Leave(nil, false)
		}, true},
		"it relies on it": {func(g *Guests, here context.Context, hangUp func()) {
			g.Rely(g.Sit(here, "job_1", adapter.Attempt{}))
			hangUp()
		}, true},
		"it never waited, and the job had ended before it came": {func(g *Guests, here context.Context, _ func()) {
			g.Leave(g.Sit(here, "job_1", adapter.Attempt{Async: true}), true)
		}, false},
		"it never waited": {func(g *Guests, here context.Context, hangUp func()) {
			g.Leave(g.Sit(here, "job_1", adapter.Attempt{Async: true}), false)
			hangUp()
		}, true},
		"the job is over meanwhile": {func(g *Guests, here context.Context, _ func()) {
			g.Sit(here, "job_1", adapter.Attempt{})
			g.Over("job_1", g.Of("job_1"))
		}, false},
	} {
		g := NewGuests()
		here, hangUp := context.WithCancel(t.Context())
		c.happens(g, here, hangUp)
		if got := g.WaitFor(job); got != c.want {
			t.Errorf("%s: WaitFor() = %v", name, got)
		}
		hangUp()
	}
}

func TestLeavers_WakeWhoWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var l Leavers
		ctx, cancel := context.WithCancelCause(t.Context())
		type end struct {
			over bool
			err  error
		}
		wait := func(ctx context.Context, body string) <-chan end {
			c := make(chan end, 1)
			go func() {
				over, err := l.Wait(ctx, body, time.Second)
				c <- end{over, err}
			}()
			return c
		}
		one, two, other, left := wait(t.Context(), "b"), wait(t.Context(), "b"), wait(t.Context(), "c"), wait(ctx, "d")
		synctest.Wait()
		began := time.Now()
		l.Gone("b")
		gone := errors.New("gone")
		cancel(gone)
		for name, c := range map[string]struct {
			got  <-chan end
			want end
		}{"one": {one, end{}}, "two": {two, end{}}, "left itself": {left, end{false, gone}}} {
			if got := <-c.got; got != c.want || time.Since(began) != 0 {
				t.Errorf("%s: Wait() = %+v after %s, want %+v", name, got, time.Since(began), c.want)
			}
		}
		if got := <-other; !got.over || time.Since(began) != time.Second {
			t.Errorf("Wait() = %+v after %s, want the time to be over", got, time.Since(began))
		}
		if over, err := l.Wait(t.Context(), "b", 0); !over || err != nil {
			t.Errorf("Wait() without time = %v, %v", over, err)
		}
		if len(l.byBody) != 0 {
			t.Errorf("%d bodies are kept that nobody waits for", len(l.byBody))
		}
	})
}

func TestRefusals_AreTakenOnce(t *testing.T) {
	var r Refusals
	now := time.Now()
	r.Note("b", now)
	r.Note("b", now.Add(time.Second))
	r.Note("c", now)
	if n := r.Take("b", 1, now); n != 1 {
		t.Errorf("Take() = %d, want the one try", n)
	}
	if n := r.Take("b", 5, now); n != 1 {
		t.Errorf("Take() = %d, want the other", n)
	}
	if n := r.Take("c", 5, now.Add(dedup.RepeatWindow+time.Second)); n != 0 {
		t.Errorf("Take() = %d, want nothing so late", n)
	}
	r.Note("d", now)
	r.Note("e", now.Add(3*dedup.RepeatWindow))
	if len(r.byBody) != 1 {
		t.Errorf("%d bodies are kept, want the newest alone", len(r.byBody))
	}
}

// Whoever came after a job had ended waits for what begins it anew: the end of the one before is not theirs.
func TestGuests_OfTheNextLifeOfAJobStay(t *testing.T) {
	g := NewGuests()
	ctx := t.Context()
	g.Sit(ctx, "job_1", adapter.Attempt{})
	ended := g.Of("job_1")
	next := g.Sit(ctx, "job_1", adapter.Attempt{})
	g.Over("job_1", ended)
	if !g.WaitFor(adapter.Job{ID: "job_1"}) {
		t.Error("a client that waits for the restart is forgotten with the end before it")
	}
	g.Leave(next, true)
	if g.WaitFor(adapter.Job{ID: "job_1"}) {
		t.Error("nobody is left, and somebody is said to wait")
	}
}
