package adapter_test

import (
	"log/slog"
	"testing"
	"testing/synctest"
	"time"

	"midgate/adapter"
)

func TestReplicasWaitForTasksThroughOneOfThem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		up := &scripted{takes: 30 * time.Second}
		one := newEngine(t, up, func(c *adapter.Config) { c.Replica = "one" })
		var shared []*adapter.Shared
		var waiters []adapter.Waiter
		for _, name := range []string{"a", "b", "c"} {
			s := adapter.NewShared(up, one.journal.Join(), one.leases, name, slog.New(slog.DiscardHandler))
			account, err := s.Made(t.Context(), adapter.Caller{}, "one")
			if err != nil {
				t.Fatal(err)
			}
			shared, waiters = append(shared, s), append(waiters, account.Waiter)
			synctest.Wait() // the first one leads
		}
		defer func() {
			for _, s := range shared {
				s.Close()
			}
		}()
		from := time.Now()
		task, err := waiters[2].Wait(t.Context(), adapter.Wait{TaskID: "x", Submitted: from})
		if err != nil || task.Texts[0] != "short x" || time.Since(from) != 30*time.Second {
			t.Errorf("Wait() = %v, %v after %s, want the leader's answer after 30s", task, err, time.Since(from))
		}
		done := make(chan error, 1)
		go func() {
			_, err := waiters[1].Wait(t.Context(), adapter.Wait{TaskID: "y", Submitted: time.Now()})
			done <- err
		}()
		<-time.After(10 * time.Second)
		shared[0].Close() // the leader dies
		if err := <-done; err != nil {
			t.Errorf("Wait() over the leader's death = %v", err)
		}
		if took := time.Since(from); took > 67*time.Second {
			t.Errorf("the task was known %s after its end, want at most 7s", took-60*time.Second)
		}
	})
}
