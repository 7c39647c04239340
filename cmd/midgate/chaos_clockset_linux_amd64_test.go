package main

import (
	"context"
	"net/http"
	"os/exec"
	"testing"
	"time"

	"midgate/adapter/midjourney/simulator"
)

// serveClocked starts a gate whose wall clock can be set.
func (b *bed) serveClocked() *clock {
	b.t.Helper()
	var c *clock
	b.gate = startBy(b.t, func(cmd *exec.Cmd) (err error) {
		c, err = startClocked(cmd)
		return err
	}, b.environ, "serve")
	b.url = b.gate.url()
	return c
}

// The wall clock is set by an hour while jobs are under way, those of this process and those that it took over from the
// one before, and it is set right again later: each is answered, repeats meet their jobs, and what is asked for
// meanwhile is drawn as ever.
func TestAClockThatIsSetWhileTheGateRunsCostsNothing(t *testing.T) {
	t.Parallel()
	for name, by := range map[string]time.Duration{"an hour ahead": time.Hour, "an hour back": -time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t, simulator.Config{Pace: 4 * time.Second})
			old, young := b.generation("begun by the process before", 2), b.generation("begun before the clock is set", 2)
			ctx, leave := context.WithCancel(t.Context())
			left := make(chan struct{})
			go func() {
				defer close(left)
				_, _ = old.tryFor(ctx, 0)
			}()
			eventually(t, "a job is under way", func() bool { return b.accepted() == 1 })
			leave()
			<-left
			b.gate.until(b.gate.err, `"status":499`)
			b.kill()
			clock := b.serveClocked()
			waiting := make(chan struct{})
			go func() {
				defer close(waiting)
				if d := young.must(t, 0); len(d.Data) != 2 {
					t.Errorf("who waits while the clock is set gets %d pictures, want 2", len(d.Data))
				}
			}()
			eventually(t, "another job is under way", func() bool { return b.accepted() == 2 })
			if err := clock.set(by); err != nil {
				t.Fatal(err)
			}
			if d := old.must(t, 0); len(d.Data) != 2 {
				t.Errorf("the repeat gets %d pictures, want 2", len(d.Data))
			}
			<-waiting
			if off := b.clockOff(); (off - by).Abs() > time.Minute {
				t.Errorf("the gate's clock is %s off, want %s", off, by)
			}
			keyed := b.generation("begun while the clock is wrong", 2, "Idempotency-Key", "once")
			wrong := keyed.insist(t)
			if err := clock.set(0); err != nil {
				t.Fatal(err)
			}
			if right := keyed.insist(t); len(wrong.Data) != 2 || len(right.Data) != 2 || right.Data[0].ID != wrong.Data[0].ID {
				t.Errorf("the keyed request gets %+v when the clock is right again, want %+v", right, wrong)
			}
			b.settle(3)
			b.alive()
		})
	}
}

// clockOff is how far the gate's wall clock is ahead of the machine's, as its answers are dated.
func (b *bed) clockOff() time.Duration {
	b.t.Helper()
	at, err := http.ParseTime(ask(b.t, b.url+"/healthz", "", "").header.Get("Date"))
	if err != nil {
		b.t.Fatal(err)
	}
	return time.Until(at)
}
