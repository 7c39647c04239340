package jetstream

import (
	"context"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"testing"
	"time"

	"midgate/adapter"
	"midgate/adapter/jetstream/clustertest"
	"midgate/adapter/sharedpoll"
)

// punctual is an account whose tasks end exactly when their Wait says that they were submitted.
type punctual struct{}

func (p punctual) Choose(context.Context, adapter.Caller, adapter.Speed) (adapter.Account, error) {
	return adapter.Account{Name: "one", Waiter: p}, nil
}

func (p punctual) Made(ctx context.Context, c adapter.Caller, _ string) (adapter.Account, error) {
	return p.Choose(ctx, c, "")
}

func (p punctual) Wait(ctx context.Context, w adapter.Wait) (adapter.Task, error) {
	timer := time.NewTimer(time.Until(w.Submitted))
	defer timer.Stop()
	select {
	case <-timer.C:
		return adapter.Task{ID: w.TaskID, Status: adapter.Success, FinishedAt: w.Submitted}, nil
	case <-ctx.Done():
		return adapter.Task{}, context.Cause(ctx)
	}
}

// desks are three replicas on a cluster; the first one polls.
func desks(b *testing.B, c *clustertest.Cluster) (engines []*Engine, waiters []adapter.Waiter) {
	b.Helper()
	for i := range 3 {
		e := start(b, Config{URL: c.URL()})
		name := fmt.Sprint("replica", i)
		s := sharedpoll.New(punctual{}, nil, e.Journal(), e.Leases(), name, slog.New(slog.DiscardHandler))
		b.Cleanup(s.Close)
		account, err := s.Made(b.Context(), adapter.Caller{}, "one")
		if err != nil {
			b.Fatal(err)
		}
		engines, waiters = append(engines, e), append(waiters, account.Waiter)
		if i > 0 {
			continue
		}
		if _, err := account.Waiter.Wait(b.Context(), adapter.Wait{TaskID: "first", Submitted: time.Now()}); err != nil {
			b.Fatal(err) // it leads when it has answered
		}
	}
	return engines, waiters
}

// lateness waits for n tasks that end within a span, at the waiters in turn, and returns how late each end was known.
func lateness(b *testing.B, waiters []adapter.Waiter, n int, from time.Time, span time.Duration) []time.Duration {
	b.Helper()
	late := make([]time.Duration, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			end := from.Add(span * time.Duration(i) / time.Duration(n))
			w := adapter.Wait{TaskID: fmt.Sprint(from.UnixNano(), "-", i), Submitted: end, Watch: func(adapter.Task) {}}
			if _, err := waiters[i%len(waiters)].Wait(b.Context(), w); err != nil {
				b.Error(err)
			}
			late[i] = time.Since(end)
		})
	}
	all.Wait()
	slices.Sort(late)
	return late
}

// BenchmarkD7Replicas measures three replicas on a cluster of three nodes: how long after the polling one a replica that
// does not poll knows that a task has ended (bar: p99 50 ms), and how long nobody polls when the polling one is gone
// without a word (bar: 7 s).
func BenchmarkD7Replicas(b *testing.B) {
	for range b.N {
		engines, waiters := desks(b, clustertest.Start(b))
		from := time.Now().Add(3 * time.Second)
		baseline := lateness(b, waiters[:1], 1000, from, 5*time.Second)
		subject := lateness(b, waiters[1:], 1000, time.Now().Add(3*time.Second), 5*time.Second)
		engines[0].conn.Close() // without giving its leases back
		gone := time.Now()
		after := lateness(b, waiters[1:], 100, gone, time.Millisecond)
		b.ReportMetric(subject[990].Seconds()*1000, "p99-ms")
		b.ReportMetric(baseline[990].Seconds()*1000, "baseline-p99-ms")
		b.ReportMetric(after[99].Seconds(), "failover-s")
		if subject[990] > 50*time.Millisecond || after[99] > 7*time.Second {
			b.Errorf("an end is known after %v (p99), another replica polls after %v; want 50ms and 7s", subject[990], after[99])
		}
	}
}
